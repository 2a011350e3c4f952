import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite("Image folder")
struct ImageFolderTests {
  private func png(_ image: ImageFile) throws -> [UInt8] {
    try PNG.encode(
      pixels: image.pixels, width: image.width, height: image.height, channels: image.channels)
  }

  private func flat(_ value: UInt8, _ height: Int = 2, _ width: Int = 3, channels: Int = 1) throws -> [UInt8]
  {
    try png(
      ImageFile(
        width: width, height: height, channels: channels,
        pixels: [UInt8](repeating: value, count: height * width * channels)))
  }

  private func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  @Test("reads images in the order of their names, as bytes")
  func order() throws {
    let folder = try Folder()
    for (index, name) in ["b.png", "a.PNG", "Z.png", "10.png", "9.png"].enumerated() {
      _ = folder.write(try flat(UInt8(index)), name)
    }
    _ = folder.write([1], "notes.md")
    _ = folder.write([1], ".hidden.png")
    var notices: [String] = []
    let dataset = try Source.open(folder.path, notice: { notices.append($0) })
    #expect(dataset.samples.shape == [5, 1, 2, 3] && dataset.samples.element == .uint8)
    #expect(dataset.sampleNames == ["10.png", "9.png", "Z.png", "a.PNG", "b.png"])
    let first = dataset.samples.integers.enumerated().filter { $0.offset % 6 == 0 }.map(\.element)
    #expect(first == [3, 4, 2, 1, 0])
    #expect(dataset.form == .images(ImageForm(height: 2, width: 3, channels: 1)))
    #expect(dataset.labels == nil && !dataset.hasGaps)
    #expect(notices.count == 1 && notices[0].contains("1 file that is no image, such as"))
    #expect(dataset.subset([3, 0]).orderedNames == ["a.PNG", "10.png"])
  }

  @Test("folders are classes where all images lie in one")
  func classes() throws {
    let folder = try Folder()
    for name in ["dog/1.png", "cat/x/2.png", "dog/0.png", "cat/1.png"] {
      try makeFolder(folder((name as NSString).deletingLastPathComponent))
      _ = folder.write(try flat(7), name)
    }
    let dataset = try Source.open(folder.path)
    #expect(dataset.sampleNames == ["cat/1.png", "cat/x/2.png", "dog/0.png", "dog/1.png"])
    #expect(dataset.labels == [0, 0, 1, 1] && dataset.classNames == ["cat", "dog"])
    _ = folder.write(try flat(7), "alone.png")
    #expect(try Source.open(folder.path).labels == nil)
  }

  @Test("a folder that holds itself comes to an end")
  func loop() throws {
    let folder = try Folder()
    _ = folder.write(try flat(1), "a.png")
    try FileManager.default.createSymbolicLink(atPath: folder("again"), withDestinationPath: folder.path)
    #expect(try Source.open(folder.path).count == 1)
  }

  @Test("planes stand one behind the other")
  func planes() throws {
    let folder = try Folder()
    let image = ImageFile(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    let path = folder.write(try png(image), "a.png")
    #expect(try Source.open(path).samples == Tensor([1, 3, 1, 2], [1, 4, 2, 5, 3, 6] as [UInt8]))
  }

  @Test("colours become grey, grey becomes colours, opacity is laid over white")
  func channels() throws {
    func convert(_ pixel: [UInt8], _ channels: Int) -> [UInt8] {
      ImageForm(height: 1, width: 1, channels: channels).converted(
        ImageFile(width: 1, height: 1, channels: pixel.count, pixels: pixel)
      ).pixels
    }
    #expect(convert([200, 100, 50], 1) == [124])  // 59.8 + 58.7 + 5.7
    #expect(convert([255, 255, 255], 1) == [255])
    #expect(convert([9], 3) == [9, 9, 9])
    #expect(convert([9], 4) == [9, 9, 9, 255])
    #expect(convert([9, 7], 4) == [9, 9, 9, 7])
    #expect(convert([0, 0], 1) == [255])
    #expect(convert([100, 51], 1) == [224])  // 20 + 204
    #expect(convert([10, 20, 30, 0], 3) == [255, 255, 255])
    #expect(convert([10, 20, 30, 255], 3) == [10, 20, 30])
    #expect(convert([1, 2, 3, 4], 4) == [1, 2, 3, 4])
  }

  @Test("resizes as another program does in floating point", arguments: 0..<6)
  func resizing(number: Int) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Golden/images/resized.npz").path
    let before = try NPZ.read(path, name: "before\(number)").tensor
    let after = try NPZ.read(path, name: "after\(number)").tensor
    let form = ImageForm(height: after.shape[0], width: after.shape[1], channels: 1)
    let image = ImageFile(
      width: before.shape[1], height: before.shape[0], channels: 1,
      pixels: before.integers.map { UInt8($0 ?? 0) })
    // Rounded to the nearest byte, with a hair for the order of sums.
    let apart = zip(form.resized(image), after.doubles).map { abs(Double($0) - $1) }
    #expect((apart.max() ?? 9) < 0.501)
    // The three planes of a colour image are each treated so.
    let three = ImageForm(height: form.height, width: form.width, channels: 3)
    let colours = three.resized(
      ImageFile(
        width: image.width, height: image.height, channels: 3, pixels: image.pixels.flatMap { [$0, 0, $0] }))
    #expect(colours == form.resized(image).flatMap { [$0, 0, $0] })
  }

  @Test("what is transparent does not colour what is not")
  func transparency() {
    // A red pixel beside a green one that cannot be seen.
    let image = ImageFile(width: 2, height: 1, channels: 4, pixels: [255, 0, 0, 255, 0, 255, 0, 0])
    #expect(ImageForm(height: 1, width: 1, channels: 4).resized(image) == [255, 0, 0, 128])
  }

  @Test("asks for a size where images differ, and brings them to it")
  func size() throws {
    let folder = try Folder()
    _ = folder.write(try flat(1, 2, 3), "a.png")
    _ = folder.write(try flat(2, 4, 5, channels: 3), "b.png")
    let asked = message { _ = try Source.open(folder.path) }
    #expect(asked.contains("a.png of 2x3 and b.png of 4x5") && asked.contains("--size 2x3"), "\(asked)")
    var options = SourceOptions()
    (options.height, options.width) = (6, 4)
    #expect(try Source.open(folder.path, options: options).samples.shape == [2, 3, 6, 4])
    options.channels = 1
    #expect(try Source.open(folder.path, options: options).samples.shape == [2, 1, 6, 4])
    let table = folder.write(Array("1,2\n3,4\n".utf8), "t.csv")
    #expect(message { _ = try Source.open(table, options: options) }.contains("leave out --size"))
    #expect(
      message { _ = try Source.open("builtin:digits:5", options: options) }.contains("leave out --size"))
  }

  @Test("names a file that is damaged, or leaves it out and counts it")
  func bad() throws {
    let folder = try Folder()
    for name in ["a.png", "b.png", "d.png"] { _ = folder.write(try flat(5), name) }
    _ = folder.write(Array(try flat(5).dropLast(20)), "c.png")
    _ = folder.write([0xFF, 0xD8, 0xFF, 0xE0, 0], "e.jpg")
    _ = folder.write([], "f.jpg")
    let refused = message { _ = try Source.open(folder.path) }
    #expect(refused.contains("c.png") || refused.contains("e.jpg"))
    #expect(refused.contains("--skip-bad"), "\(refused)")
    for isGiven in [false, true] {
      var options = SourceOptions()
      options.skipsBadFiles = true
      if isGiven { (options.height, options.width, options.channels) = (2, 3, 1) }
      var notices: [String] = []
      let dataset = try Source.open(folder.path, options: options, notice: { notices.append($0) })
      #expect(dataset.sampleNames == ["a.png", "b.png", "d.png"])
      #expect(dataset.samples == Tensor([3, 1, 2, 3], [UInt8](repeating: 5, count: 18)))
      #expect(notices.count == 1 && notices[0].contains("left out 3 of 6 files"), "\(notices)")
      for name in ["a.png", "b.png", "d.png"] {
        try FileManager.default.moveItem(atPath: folder(name), toPath: folder(name + "-"))
      }
      let none = message { _ = try Source.open(folder.path, options: options) }
      #expect(none.contains("found none of 3"), "\(none)")
      for name in ["a.png", "b.png", "d.png"] {
        try FileManager.default.moveItem(atPath: folder(name + "-"), toPath: folder(name))
      }
    }
  }

  @Test("a folder without images says what is in it")
  func none() throws {
    let folder = try Folder()
    #expect(message { _ = try Source.open(folder.path) }.contains("found an empty one"))
    _ = folder.write([1], "notes.md")
    #expect(message { _ = try Source.open(folder.path) }.contains("1 other files, such as notes.md"))
    _ = folder.write(try flat(1), "a.png")
    #expect(message { _ = try Source.open(folder.path, label: "x") }.contains("'x'"))
  }

  @Test("a model keeps the form of its images")
  func preparation() throws {
    let folder = try Folder()
    _ = folder.write(try flat(0), "a.png")
    _ = folder.write(try flat(255), "b.png")
    let preparation = try Preparation.fitted(to: Source.open(folder.path))
    #expect(preparation.form == .images(ImageForm(height: 2, width: 3, channels: 1)))
    let text = try JSONEncoder().encode(preparation)
    #expect(try JSONDecoder().decode(Preparation.self, from: text) == preparation)
    let other = try Folder()
    _ = other.write(try flat(9, 50, 40, channels: 3), "a.png")
    let used = try Source.open(other.path, options: SourceOptions(preparation))
    #expect(used.samples == Tensor([1, 1, 2, 3], [UInt8](repeating: 9, count: 6)))
    for wrong in [#""height":0"#, #""height":3"#] {
      let changed = String(decoding: text, as: UTF8.self).replacingOccurrences(
        of: #""height":2"#, with: wrong)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Preparation.self, from: Data(changed.utf8))
      }
    }
    // A model of an array takes images of its size.
    let grey = Preparation(sampleShape: [28, 30], element: .uint8, scaling: .none(isUnitInterval: false))
    let options = SourceOptions(grey)
    #expect(options.height == 28 && options.width == 30 && options.channels == 1)
  }

  @Test("samples are written as files under their names")
  func writing() throws {
    let folder = try Folder()
    let form = ImageForm(height: 1, width: 2, channels: 3)
    let preparation = Preparation(
      sampleShape: form.sampleShape, element: .uint8, scaling: .none(isUnitInterval: false),
      form: .images(form))
    let samples = Tensor([2, 3, 1, 2], [-5, 0.4, 0.6, 300, 255, .nan, 1, 2, 3, 4, 5, 6] as [Float])
    let files = try SampleFiles(preparation, place: "out")
    let source = try Dataset(samples, hasGaps: true, origin: "x").with(
      form: .images(form), sampleNames: ["x/a.jpg", "b.c.png"])
    try files.write(samples, of: source, to: folder("out"))
    #expect(try ImageFile.read(folder("out/x/a.png")).pixels == [0, 1, 255, 0, 255, 0])
    #expect(try ImageFile.read(folder("out/b.c.png")).pixels == [1, 3, 5, 2, 4, 6])
    #expect(
      SampleFiles.names(["a.png", "a.jpg", "b/c"], count: 3, ending: ".png") == [
        "a.png.png", "a.jpg.png", "b/c.png",
      ])
    #expect(SampleFiles.names(nil, count: 2, ending: ".png") == ["000000.png", "000001.png"])
    let table = Preparation(sampleShape: [6], element: .float32, scaling: .none(isUnitInterval: false))
    #expect(message { _ = try SampleFiles(table, place: "out") }.contains("a model of images or sounds"))
    _ = folder.write([1], "file")
    #expect(throws: FormatError.self) { try files.write(samples, of: nil, to: folder("file")) }
  }
}

/// Folders of published images.
@Suite(
  "Image folder, real", .enabled(if: RealData.folder != nil, "the data sets are not here; set HOURGLASS_DATA")
)
struct RealImageTests {
  @Test("nuclei, with a constant opacity") func nuclei() throws {
    guard let path = RealData.file("segmentation/nuclei/test") else { return }
    var options = SourceOptions()
    (options.height, options.width) = (32, 32)
    let dataset = try Source.open(path, options: options)
    #expect(dataset.samples.shape == [48, 3, 32, 32])
    #expect(dataset.classNames == ["images", "labels", "masks"])
  }

  @Test("photographs") func photos() throws {
    guard let path = RealData.file("images/photos") else { return }
    #expect(message { _ = try Source.open(path) }.contains("--size"))
    var options = SourceOptions()
    (options.height, options.width) = (24, 24)
    let dataset = try Source.open(path, options: options)
    #expect(dataset.samples.shape == [15, 3, 24, 24])
    #expect(dataset.sampleNames?.first == "astronaut.png")
  }
}
