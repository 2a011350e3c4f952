import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Pictures of 16 bits, and what others lose.
@Suite("Deep images")
struct DeepImageTests {
  private func png(_ levels: [UInt16], _ height: Int, _ width: Int, _ channels: Int = 1) throws -> [UInt8] {
    try PNG.encode(levels: levels, width: width, height: height, channels: channels)
  }

  private func options(_ size: Int? = nil, channels: Int? = nil) -> SourceOptions {
    var options = SourceOptions()
    (options.height, options.width, options.channels) = (size, size, channels)
    return options
  }

  private func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  @Test("levels of a sensor of 12 bits stay apart, in and out")
  func levels() throws {
    let folder = try Folder()
    let levels = (0..<4096).map { UInt16($0) }
    try makeFolder(folder("in"))
    _ = folder.write(try png(levels, 64, 64), "in/a.png")
    let dataset = try Source.open(folder("in"))
    #expect(dataset.samples.element == .uint16 && dataset.samples.shape == [1, 1, 64, 64])
    #expect(dataset.samples.integers.compactMap(\.self) == levels.map { Int($0) })
    let preparation = try Preparation.fitted(to: dataset)
    #expect(preparation.scaling.kind == .minMax && preparation.scaling.isUnitInterval)
    let scaled = preparation.scaling.apply(dataset.tensor)
    #expect(abs(scaled.values[4095] - 1) < 1e-6 && abs(scaled.values[1] - 1 / 4095) < 1e-7)
    let made = preparation.scaling.undo(scaled)
    try SampleFiles(preparation, place: "out").write(made, of: dataset, to: folder("out"))
    let (image, bits) = try PixelImage<UInt16>.readWithBits(folder("out/a.png"))
    #expect(bits == 16 && image.pixels == levels)
    // The same numbers as an array go the same way.
    let array = try Dataset(dataset.samples, origin: "a.npy")
    let other = try Preparation.fitted(to: array)
    #expect(other.scaling == preparation.scaling)
    try SampleFiles(other, place: "out").write(made, of: nil, to: folder("out"))
    #expect(try PixelImage<UInt16>.read(folder("out/000000.png")).pixels == levels)
    let form = ImageForm(height: 64, width: 64, channels: 1, bits: 16)
    #expect(dataset.form == .images(form))
    #expect(try JSONDecoder().decode(ImageForm.self, from: JSONEncoder().encode(form)) == form)
    let old = try JSONEncoder().encode(ImageForm(height: 2, width: 3, channels: 1))
    #expect(!String(decoding: old, as: UTF8.self).contains("bits"))
  }

  @Test("pictures of 8 bits among those of 16 are spread over them; 16 for a model of 8 are told of")
  func mixed() throws {
    let folder = try Folder()
    _ = folder.write(try png([0, 257, 65535, 300], 2, 2), "a.png")
    _ = folder.write(try PNG.encode(pixels: [0, 1, 255, 2], width: 2, height: 2, channels: 1), "b.png")
    let dataset = try Source.open(folder.path)
    #expect(dataset.samples.integers.compactMap(\.self) == [0, 257, 65535, 300, 0, 257, 65535, 514])
    var notices: [String] = []
    let form = ImageForm(height: 2, width: 2, channels: 1)
    let old = try Source.open(folder.path, options: SourceOptions(.images(form))) { notices.append($0) }
    #expect(old.samples.element == .uint8 && old.samples.values == [0, 1, 255, 1, 0, 1, 255, 2])
    #expect(
      notices == [
        "\(folder.path): 1 of 2 images has 16 bits a channel and is read at 8, as this model "
          + "learned; one trained anew keeps all"
      ])
    let wide = try Dataset(Tensor([1, 1, 1, 1], [UInt16(4000)]), origin: "a.npy")
    let narrow = Preparation(
      sampleShape: [1, 1, 1], element: .uint8,
      scaling: Scaling(.by255, shift: [0], scale: [1 / 255], isUnitInterval: true))
    #expect(
      message { try narrow.check(wide) }.contains("found values of 16 bits up to 4000; divide them by 257"))
  }

  @Test("colours, opacity and the filter work on 16 bits as on 8")
  func conversions() throws {
    let form = ImageForm(height: 1, width: 1, channels: 1, bits: 16)
    let colour = PixelImage<UInt16>(width: 1, height: 1, channels: 3, pixels: [65535, 0, 1000])
    #expect(form.converted(colour).pixels == [UInt16((0.299 * 65535 + 0.114 * 1000).rounded())])
    let half = PixelImage<UInt16>(width: 1, height: 1, channels: 2, pixels: [0, 32768])
    #expect(form.converted(half).pixels == [32767])
    let row = PixelImage<UInt16>(width: 2, height: 1, channels: 1, pixels: [1000, 3001])
    #expect(form.resized(row) == [2001])
    let four = ImageForm(height: 1, width: 1, channels: 4, bits: 16)
    let faint = PixelImage<UInt16>(
      width: 2, height: 1, channels: 4, pixels: [65535, 0, 0, 65535, 0, 65535, 0, 0])
    #expect(four.resized(faint) == [65535, 0, 0, 32768])
  }

  @Test("what images lose on their way is told of, unless it was asked for")
  func losses() throws {
    let folder = try Folder()
    _ = folder.write(
      try PNG.encode(pixels: [9, 9, 9, 255, 9, 9, 9, 0], width: 2, height: 1, channels: 4), "a.png")
    _ = folder.write(
      try PNG.encode(pixels: [9, 9, 9, 255, 9, 9, 9, 255], width: 2, height: 1, channels: 4), "b.png")
    func notices(_ options: SourceOptions) throws -> [String] {
      var notices: [String] = []
      _ = try Source.open(folder.path, options: options) { notices.append($0) }
      return notices.map { String($0.dropFirst(folder.path.count + 2)) }
    }
    #expect(
      try notices(options()) == [
        "1 of 2 images is not opaque and is laid over white; --channels 4 keeps their opacity"
      ])
    #expect(try notices(options(3, channels: 4)).isEmpty)
    let grey = SourceOptions(.images(ImageForm(height: 1, width: 1, channels: 1)))
    #expect(
      try notices(grey) == [
        "all 2 images have other sides and are stretched to 1x1, as in training",
        "all 2 images are in colour and become grey, as in training",
        "1 of 2 images is not opaque and is laid over white, as in training",
      ])
  }

  @Test("kinds of pictures that are not read are named")
  func others() throws {
    let folder = try Folder()
    try makeFolder(folder("scans"))
    let tiff = folder.write([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "scans/a.tif")
    #expect(
      message { _ = try Source.open(tiff) }.contains("found a TIFF image; PNG keeps all of it, 16 bits"))
    let asked = message { _ = try Source.open(folder("scans")) }
    #expect(asked.contains("1 other files, such as a.tif; convert them to PNG"), "\(asked)")
    let web = folder.write(Array("RIFF1234WEBPVP8 ".utf8), "a.webp")
    #expect(message { _ = try Source.open(web) }.contains("found a WebP image"))
    // A table may begin with the same letters.
    let table = folder.write(Array("BMI,ID3\n1,2\n3,4\n".utf8), "t.csv")
    #expect(try Source.open(table).featureNames == ["BMI", "ID3"])
  }
}
