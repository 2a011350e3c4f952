import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// How finely sounds are kept, and what they lose.
@Suite("Depth of sounds")
struct SoundLossTests {
  @Test("24 bits and floating point come back as they were, to the sample", arguments: SoundDepth.allCases)
  func depth(depth: SoundDepth) throws {
    let folder = try Folder()
    let step: Float = depth == .bits16 ? 1 / 32768 : 1 / 8_388_608
    var values = (0..<64).map { Float($0 * 12345 % 32768 - 16384) * step }
    if depth == .float { values[5] = 1.75 }
    let sound = SoundFile(rate: 8000, channels: 1, values: values, depth: depth)
    let bytes = try sound.wav()
    #expect(try SoundFile.read(bytes: bytes, name: "x") == sound && bytes == sound.wav())
    try FileManager.default.createDirectory(atPath: folder("in"), withIntermediateDirectories: true)
    _ = folder.write(bytes, "in/a.wav")
    let dataset = try Source.open(folder("in"))
    guard case .sounds(let form)? = dataset.form else { return #expect(Bool(false)) }
    #expect(form.depth == depth)
    #expect(try JSONDecoder().decode(SoundForm.self, from: JSONEncoder().encode(form)) == form)
    let preparation = Preparation(
      sampleShape: form.sampleShape, element: .float32, scaling: .none(isUnitInterval: false),
      form: .sounds(form))
    try SampleFiles(preparation, place: "out").write(dataset.tensor, of: dataset, to: folder("out"))
    #expect(try SoundFile.read(folder("out/a.wav")) == sound)
    // Without a data set the depth of training counts.
    try SampleFiles(preparation, place: "out").write(dataset.tensor, of: nil, to: folder("out"))
    #expect(try SoundFile.read(folder("out/000000.wav")) == sound)
  }

  @Test("a model of before keeps the form of 16 bits")
  func oldForm() throws {
    let form = SoundForm(rate: 8000, window: 4, stride: 4)
    let text = String(decoding: try JSONEncoder().encode(form), as: UTF8.self)
    #expect(!text.contains("depth"))
    #expect(
      try JSONDecoder().decode(SoundForm.self, from: Data("{\"rate\":8000,\"window\":4,\"stride\":4}".utf8))
        == form)
  }

  @Test("what sounds lose, and what is put in, is told of unless it was asked for")
  func losses() throws {
    let folder = try Folder()
    _ = folder.write(
      try SoundFile(rate: 8000, channels: 2, values: (0..<20).map { Float($0) / 64 }).wav(), "a.wav")
    _ = folder.write(try SoundFile(rate: 8000, channels: 1, values: [0, 0.5, 0.25]).wav(), "b.wav")
    func notices(_ options: SourceOptions) throws -> [String] {
      var notices: [String] = []
      _ = try Source.open(folder.path, options: options) { notices.append($0) }
      return notices.map { String($0.dropFirst(folder.path.count + 2)) }
    }
    var options = SourceOptions()
    options.window = 4
    #expect(
      try notices(options) == [
        "1 of 2 sounds have several channels, of which the mean is taken; --channel takes one",
        "2 of 4 windows go beyond the end of their sound and are filled up with silence",
      ])
    let form = SoundForm(rate: 4000, window: 2, stride: 2)
    let used = try notices(SourceOptions(.sounds(form)))
    #expect(used[0].hasSuffix("the mean is taken, as in training"))
    #expect(used[1] == "all 2 sounds have another rate and are brought to 4000 a second, as in training")
    let fine = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Golden/sounds/mono-double.wav").path
    var said: [String] = []
    _ = try Source.open(fine) { said.append($0) }
    #expect(said == ["\(fine): 1 of 1 sounds are finer than single precision and are rounded to it"])
  }
}
