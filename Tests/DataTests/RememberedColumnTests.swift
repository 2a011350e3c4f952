import Foundation
import HourglassFormats
import HourglassTensor
import Testing

@testable import HourglassData

@Suite("Remembered columns")
struct RememberedColumnTests {
  private func options(_ preparation: Preparation) throws -> SourceOptions {
    // Through the form that a model file holds.
    let text = try JSONEncoder().encode(preparation)
    return SourceOptions(try JSONDecoder().decode(Preparation.self, from: text))
  }

  private func write(_ text: String, _ name: String, _ folder: Folder) -> String {
    folder.write([UInt8](text.utf8), name)
  }

  private let named = "a,kind,b,much\n1,x,2,3\n4,y,5,6\n7,x,9,0\n"

  @Test("columns that were taken out are taken out again, wherever they are now")
  func again() throws {
    let folder = try Folder()
    let path = write(named, "t.csv", folder)
    let training = try Source.open(path, label: "kind", weight: "4")
    #expect(
      training.takenColumns == [
        TakenColumn(role: .label, name: "kind", number: 2),
        TakenColumn(role: .weight, name: "much", number: 4),
      ])
    let preparation = try Preparation.fitted(to: training)
    let options = try options(preparation)
    let same = try Source.open(path, options: options)
    #expect(same.samples == training.samples && same.labels == [0, 1, 0] && same.weights == [3, 6, 0])
    #expect(same.classNames == ["x", "y"])
    let moved = try Source.open(write("kind,a,b\nz,1,2\n", "moved.csv", folder), options: options)
    #expect(moved.samples.values == [1, 2] && moved.classNames == ["z"] && moved.weights == nil)
    let bare = try Source.open(write("a,b\n1,2\n", "bare.csv", folder), options: options)
    #expect(bare.samples.values == [1, 2] && bare.labels == nil)
    // Without a header the number tells, where as many columns are there.
    let headless = try Source.open(write("1,x,2,3\n", "headless.csv", folder), options: options)
    #expect(headless.samples.values == [1, 2] && headless.weights == [3])
    #expect(try Source.open(write("1,2\n", "short.csv", folder), options: options).samples.values == [1, 2])
    // A row without a class is no fault where none was asked for.
    let open = try Source.open(write("a,kind,b\n1,x,2\n3,,4\n", "open.csv", folder), options: options)
    #expect(open.samples.values == [1, 2, 3, 4] && open.labels == nil && open.classNames == nil)
  }

  @Test("what is asked for replaces what is remembered, which is passed over")
  func replaced() throws {
    let folder = try Folder()
    let options = try options(
      Preparation.fitted(to: Source.open(write(named, "t.csv", folder), label: "kind", weight: "much")))
    let other = write("a,kind,b,sort\n1,x,2,p\n3,y,4,p\n", "other.csv", folder)
    let opened = try Source.open(other, label: "sort", options: options)
    #expect(opened.samples.values == [1, 2, 3, 4] && opened.classNames == ["p"])
    let classes = write("u\nv\n", "classes.csv", folder)
    let apart = try Source.open(
      write("a,kind,b\n1,x,2\n3,y,4\n", "u.csv", folder), label: classes, options: options)
    #expect(apart.samples.values == [1, 2, 3, 4] && apart.classNames == ["u", "v"])
  }

  @Test("a large table's copy keeps what was taken out")
  func copied() throws {
    let folder = try Folder()
    let path = write(named, "t.csv", folder)
    let cache = Cache(folders: [folder("cache")], notice: { _ in })
    var opening = Opening(label: "kind", weight: "much")
    opening.smallest = 1
    for _ in 0..<2 {
      let training = try Source.open(path, opening, cache)
      #expect(training.takenColumns.map(\.name) == ["kind", "much"])
      #expect(training.takenColumns.map(\.number) == [2, 4])
      var use = Opening(options: SourceOptions(try Preparation.fitted(to: training)))
      use.smallest = 1
      #expect(try Source.open(path, use, cache).labels == training.labels)
    }
  }

  @Test("arrays of an archive are found by their names")
  func archive() throws {
    let folder = try Folder()
    let arrays = [
      NamedTensor(name: "X", tensor: Tensor([2, 2], [1, 2, 3, 4] as [Float])),
      NamedTensor(name: "sort", tensor: Tensor([5, 6] as [Int64])),
      NamedTensor(name: "much", tensor: Tensor([1, 2] as [Float])),
    ]
    try NPZ.write(arrays, to: folder("a.npz"))
    let training = try Source.open(folder("a.npz"), label: "sort", weight: "much")
    let options = try options(Preparation.fitted(to: training))
    let again = try Source.open(folder("a.npz"), options: options)
    #expect(again.labels == [5, 6] && again.weights == [1, 2])
    try NPZ.write(Array(arrays.prefix(1)), to: folder("b.npz"))
    #expect(try Source.open(folder("b.npz"), options: options).labels == nil)
  }

  @Test("a folder is no file of classes; a file comes before a column, and says so")
  func names() throws {
    let folder = try Folder()
    let path = write(named.replacingOccurrences(of: "kind", with: folder("k")), "t.csv", folder)
    try FileManager.default.createDirectory(atPath: folder("k"), withIntermediateDirectories: false)
    #expect(try Source.open(path, label: folder("k"), weight: "much").classNames == ["x", "y"])
    try FileManager.default.removeItem(atPath: folder("k"))
    _ = write("p\nq\nq\n", "k", folder)
    let unknown = message { _ = try Source.open(path, label: folder("k"), weight: "much") }
    #expect(unknown.contains("there is a file of that name too"), "\(unknown)")
    #expect(unknown.contains("give its number"), "\(unknown)")
    try FileManager.default.removeItem(atPath: folder("k"))
    try NPY.write(Tensor([4, 5, 6] as [Int64]), to: folder("k"))
    var notices: [String] = []
    let numbers = "a,\(folder("k")),much\n1,2,3\n4,5,6\n7,8,9\n"
    let both = try Source.open(write(numbers, "n.csv", folder), label: folder("k")) { notices.append($0) }
    #expect(both.labels == [4, 5, 6] && both.sampleShape == [3])
    #expect(notices.count == 1 && notices[0].contains("is a file and a column"), "\(notices)")
  }
}
