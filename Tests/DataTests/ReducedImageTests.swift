import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// JPEG of a folder that is read at a part of its sides, and what a model keeps of that.
@Suite("Reduced images")
struct ReducedImageTests {
  private static let picture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden/images/grey.jpg").path

  private func folder() throws -> Folder {
    let folder = try Folder()
    _ = folder.write(try [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.picture))), "a.jpg")
    return folder
  }

  private func options(_ height: Int?, _ width: Int?, inFull: Bool = false) -> SourceOptions {
    var options = SourceOptions()
    (options.height, options.width, options.readsInFull) = (height, width, inFull)
    return options
  }

  @Test("with a size, at the smallest part that holds it; the form says so")
  func size() throws {
    let folder = try folder()
    let reduced = try ImageFile.readReduced(Self.picture, toHold: (6, 10)).image
    try #require(reduced.height == 6)
    var notices: [String] = []
    let quarter = try Source.open(folder.path, options: options(6, 10)) { notices.append($0) }
    #expect(quarter.samples == Tensor([1, 1, 6, 10], reduced.pixels) && notices.isEmpty)
    let form = ImageForm(height: 6, width: 10, channels: 1, reducesJPEG: true)
    #expect(quarter.form == .images(form))
    // Between two parts: from the larger one, by the filter.
    let between = try Source.open(folder.path, options: options(5, 9))
    let small = ImageForm(height: 5, width: 9, channels: 1)
    #expect(between.samples == Tensor([1, 1, 5, 9], small.resized(reduced)))
  }

  @Test("in full where that is asked for, or no size is, or as a model of before did")
  func full() throws {
    let folder = try folder()
    let whole = try ImageFile.read(Self.picture)
    let old = ImageForm(height: 6, width: 10, channels: 1)
    let expected = Tensor([1, 1, 6, 10], old.resized(whole))
    let full = try Source.open(folder.path, options: options(6, 10, inFull: true))
    #expect(full.samples == expected && full.form == .images(old))
    #expect(try Source.open(folder.path).form == .images(ImageForm(height: 24, width: 40, channels: 1)))
    // The JSON of a version before: no word of it.
    let json = Data(#"{"images":{"height":6,"width":10,"channels":1}}"#.utf8)
    let form = try JSONDecoder().decode(SampleForm.self, from: json)
    #expect(form == .images(old))
    #expect(try Source.open(folder.path, options: SourceOptions(form)).samples == expected)
    #expect(!String(decoding: try JSONEncoder().encode(form), as: UTF8.self).contains("reduces"))
  }

  @Test("a model reads as its training did, and says what it stretched")
  func model() throws {
    let folder = try folder()
    let dataset = try Source.open(folder.path, options: options(6, 10))
    let preparation = try Preparation.fitted(to: dataset)
    let text = try JSONEncoder().encode(preparation)
    #expect(String(decoding: text, as: UTF8.self).contains(#""reduces_jpeg":true"#))
    let read = try JSONDecoder().decode(Preparation.self, from: text)
    #expect(read == preparation)
    var notices: [String] = []
    let used = try Source.open(folder.path, options: SourceOptions(read)) { notices.append($0) }
    #expect(used.samples == dataset.samples)
    // Not of the sides that were read, but of those that the file has.
    #expect(notices.count == 1 && notices[0].contains("the image has other sides"), "\(notices)")
  }

  @Test("a copy of one kind is not taken for the other")
  func copies() throws {
    let folder = try folder()
    let cache = Cache(folders: [folder("cache")], notice: { _ in })
    func open(inFull: Bool) throws -> Dataset {
      var opening = Opening(options: options(6, 10, inFull: inFull))
      opening.largestLoaded = 0
      return try Source.open(folder.path, opening, cache)
    }
    let reduced = try open(inFull: false)
    let full = try open(inFull: true)
    #expect(reduced.samples != full.samples)
    #expect(try open(inFull: false).samples == reduced.samples)
  }

  @Test("data that are no images refuse it")
  func others() throws {
    let folder = try Folder()
    let table = folder.write(Array("1,2\n3,4\n".utf8), "t.csv")
    #expect(
      message { _ = try Source.open(table, options: options(nil, nil, inFull: true)) }
        .contains("leave out --full-decode"))
  }
}
