import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

private func goldenSound(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/sounds/" + name).path
}

@Suite("Sounds")
struct SoundTests {
  private func write(
    _ values: [Float], _ name: String, in folder: Folder, rate: Int = 8000, channels: Int = 1
  ) throws {
    _ = folder.write(try SoundFile(rate: rate, channels: channels, values: values).wav(), name)
  }

  /// Whole steps of 16 bits.
  private func ramp(_ count: Int) -> [Float] { (1...count).map { Float($0) / 1024 } }

  private func options(window: Int? = nil, stride: Int? = nil) -> SourceOptions {
    var options = SourceOptions()
    (options.window, options.stride) = (window, stride)
    return options
  }

  @Test("windows cover a sound, with silence behind its end")
  func windows() throws {
    let folder = try Folder()
    try write(ramp(5), "a.wav", in: folder)
    try write(ramp(2), "b.wav", in: folder)
    let dataset = try Source.open(folder.path, options: options(window: 3, stride: 2))
    #expect(dataset.samples.values.map { $0 * 1024 } == [1, 2, 3, 3, 4, 5, 1, 2, 0])
    #expect(dataset.sampleShape == [1, 3])
    #expect(dataset.sampleNames == ["a.wav", "a.wav", "b.wav"])
    #expect(dataset.spans?.map(\.start) == [0, 2, 0] && dataset.spans?.map(\.total) == [5, 5, 2])
    let apart = try Source.open(folder.path, options: options(window: 2))
    #expect(apart.samples.values.map { $0 * 1024 } == [1, 2, 3, 4, 5, 0, 1, 2])
    #expect(apart.form == .sounds(SoundForm(rate: 8000, window: 2, stride: 2)))
    let asked = message { _ = try Source.open(folder.path) }
    #expect(asked.contains("b.wav of 2 and a.wav of 5 samples") && asked.contains("--window"), "\(asked)")
    let whole = try Source.open(folder("a.wav"))
    #expect(whole.samples.shape == [1, 1, 5])
  }

  @Test("takes the mean of the channels, or one of them")
  func channels() throws {
    let folder = try Folder()
    try write([0.5, 0.25, -0.5, 0], "a.wav", in: folder, channels: 2)
    #expect(try Source.open(folder.path).samples.values == [0.375, -0.25])
    var second = SourceOptions()
    second.channel = 2
    #expect(try Source.open(folder.path, options: second).samples.values == [0.25, 0])
    second.channel = 3
    #expect(message { _ = try Source.open(folder.path, options: second) }.contains("a channel 3, found 2"))
  }

  @Test("asks for a rate where sounds differ")
  func rates() throws {
    let folder = try Folder()
    try write(ramp(80), "a.wav", in: folder)
    try write(ramp(160), "b.wav", in: folder, rate: 16000)
    let asked = message { _ = try Source.open(folder.path) }
    #expect(
      asked.contains("a.wav of 8000 and b.wav of 16000") && asked.contains("--sample-rate 8000"), "\(asked)")
    var options = SourceOptions()
    options.rate = 4000
    #expect(try Source.open(folder.path, options: options).samples.shape == [2, 1, 40])
    options.rate = 10
    #expect(message { _ = try Source.open(folder.path, options: options) }.contains("another --sample-rate"))
  }

  @Test(
    "resampling keeps what lies in the band and takes out what does not",
    arguments: [(44100, 8000), (8000, 22050), (16000, 8000)])
  func resampling(from: Int, to: Int) throws {
    func tone(_ frequency: Double, _ rate: Int) -> [Float] {
      (0..<(rate / 2)).map { Float(0.5 * sin(2 * Double.pi * frequency * Double($0) / Double(rate))) }
    }
    let made = try #require(Resampling.resampled(tone(1000, from), from: from, to: to))
    let expected = tone(1000, to)
    #expect(made.count == expected.count)
    // Away from the ends, where the tone begins and stops at once.
    let middle = (to / 10)..<(to * 4 / 10)
    #expect(middle.allSatisfy { abs(made[$0] - expected[$0]) < 1e-4 })
    guard to < from else { return }
    let above = try #require(Resampling.resampled(tone(Double(to) * 0.6, from), from: from, to: to))
    #expect(middle.allSatisfy { abs(above[$0]) < 1e-4 })
  }

  @Test("log-mel spectrograms agree with numpy's in double precision")
  func mel() throws {
    let form = SoundForm(
      rate: 8000, window: 700, stride: 700, mel: MelForm(bands: 24, size: 256, hop: 64))
    let mel = try #require(form.mel)
    let filters = MelFilters(mel, rate: 8000)
    let golden = try NPZ.read(goldenSound("mel.npz"), name: "filters").tensor
    let dense = filters.rows.flatMap { row -> [Float] in
      let rest = 129 - row.first - row.weights.count
      return [Float](repeating: 0, count: row.first) + row.weights + [Float](repeating: 0, count: rest)
    }
    #expect(Tolerance(absolute: 1e-6, relative: 1e-6).disagreement(dense, golden.doubles) == nil)
    let expected = try NPZ.read(goldenSound("mel.npz"), name: "logmel").tensor
    #expect(form.sampleShape == [1, 24, 11] && expected.shape == [24, 11])
    #expect(MelForm(bands: 24, rate: 8000) == mel)
    var options = SourceOptions()
    options.bands = 24
    let dataset = try Source.open(goldenSound("mono-16.wav"), options: options)
    #expect(dataset.form == .sounds(form))
    // A quiet band beside loud ones keeps what single precision leaves of it.
    #expect(
      Tolerance(absolute: 2e-3, relative: 1e-4).disagreement(dataset.samples.values, expected.doubles) == nil)
  }

  @Test("a sound comes back from its spectra, and nearly from its log-mel spectrogram")
  func back() throws {
    let sound = try SoundFile.read(goldenSound("mono-16.wav")).values
    let mel = MelForm(bands: 40, size: 256, hop: 64)
    let spectrogram = Spectrogram(SoundForm(rate: 8000, window: 700, stride: 700, mel: mel), mel)
    let same = spectrogram.sound(spectrogram.spectra(sound), count: 700)
    #expect(zip(same, sound).allSatisfy { abs($0 - $1) < 1e-5 })
    let logMel = spectrogram.logMel(sound)
    let made = spectrogram.sound(logMel: logMel, count: 700)
    let again = spectrogram.logMel(made)
    // Judged where there is something to hear: bands above -40 dB.
    let loud = logMel.indices.filter { logMel[$0] > -2 }
    let apart = loud.map { abs(again[$0] - logMel[$0]) }.reduce(0, +) / Float(loud.count)
    let silent = loud.map { abs(-11.5 - logMel[$0]) }.reduce(0, +) / Float(loud.count)
    print("log-mel of the sound made from a log-mel: \(apart) apart, silence \(silent)")
    #expect(loud.count > 100 && apart < 0.35)
    #expect(made == spectrogram.sound(logMel: logMel, count: 700))
  }

  @Test("too many bands are refused with a word")
  func bands() throws {
    var options = SourceOptions()
    options.bands = 200
    let refused = message { _ = try Source.open(goldenSound("mono-16.wav"), options: options) }
    #expect(refused.contains("give fewer"), "\(refused)")
  }

  @Test("a model keeps the form of its sounds, and writes them")
  func preparation() throws {
    let folder = try Folder()
    try write(ramp(50) + ramp(50), "x.wav", in: folder)
    try write(ramp(23), "y.wav", in: folder)
    let dataset = try Source.open(folder.path, options: options(window: 20, stride: 10))
    let preparation = try Preparation.fitted(to: dataset)
    let text = try JSONEncoder().encode(preparation)
    #expect(try JSONDecoder().decode(Preparation.self, from: text) == preparation)
    let changed = String(decoding: text, as: UTF8.self).replacingOccurrences(
      of: #""stride":10"#, with: #""stride":0"#)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Preparation.self, from: Data(changed.utf8))
    }
    let again = try Source.open(folder.path, options: SourceOptions(preparation))
    #expect(again.samples == dataset.samples)
    try SampleFiles(preparation, place: "out").write(again.tensor, of: again, to: folder("out"))
    #expect(try SoundFile.read(folder("out/x.wav")).values == ramp(50) + ramp(50))
    #expect(try SoundFile.read(folder("out/y.wav")).values == ramp(23))
  }

  @Test("a folder holds images or sounds")
  func mixed() throws {
    let folder = try Folder()
    try write(ramp(5), "a.wav", in: folder)
    _ = folder.write(try PNG.encode(pixels: [1], width: 1, height: 1, channels: 1), "a.png")
    #expect(message { _ = try Source.open(folder.path) }.contains("1 images and 1 sounds"))
    var options = SourceOptions()
    options.height = 3
    #expect(message { _ = try Source.open(folder("a.wav"), options: options) }.contains("leave out --size"))
    options = SourceOptions()
    options.rate = 3
    #expect(
      message { _ = try Source.open(folder("a.png"), options: options) }.contains("leave out --sample-rate"))
    _ = folder.write([1, 2, 3], "b.wav")
    try FileManager.default.removeItem(atPath: folder("a.png"))
    #expect(message { _ = try Source.open(folder.path) }.contains("b.wav: expected a WAV or FLAC"))
    options = SourceOptions()
    options.skipsBadFiles = true
    #expect(try Source.open(folder.path, options: options).count == 1)
  }

  @Test(
    "spoken digits", .enabled(if: RealData.folder != nil, "the data sets are not here; set HOURGLASS_DATA"))
  func real() throws {
    guard let path = RealData.file("audio/fsdd") else { return }
    var options = SourceOptions()
    (options.window, options.bands) = (10_600, 40)
    options.stride = options.window
    let dataset = try Source.open(path, options: options)
    #expect(dataset.samples.shape == [2000, 1, 40, 166])
    #expect(dataset.samples.values.allSatisfy { $0 >= -11.52 && $0 < 6 })
  }
}
