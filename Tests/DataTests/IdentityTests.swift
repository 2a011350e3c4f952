import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// What the lines of a written table belong to.
@Suite("Identity of samples")
struct IdentityTests {
  private func lines(_ dataset: Dataset) -> [String] {
    let texts = dataset.identity
    return [texts.map(\.name).joined(separator: ",")]
      + (0..<dataset.count).map { row in texts.map { $0.text(row) }.joined(separator: ",") }
  }

  @Test("rows, classes and columns that are kept as they stand")
  func table() throws {
    let folder = try Folder()
    let text = "id,a,kind,b\n007,1.50,cat,2\n\"x, y\",3,dog,4\n"
    var options = SourceOptions()
    options.kept = ["id", "2"]
    options.expected = ["a", "b"]
    let path = folder.write(Array(text.utf8), "t.csv")
    var notices: [String] = []
    let dataset = try Source.open(path, label: "kind", options: options) { notices.append($0) }
    #expect(dataset.samples.values == [1.5, 2, 3, 4] && dataset.featureNames == ["a", "b"])
    #expect(lines(dataset) == ["row,kind,id,a", "0,cat,007,1.50", "1,dog,x, y,3"])
    #expect(lines(dataset.subset([1])) == ["row,kind,id,a", "1,dog,x, y,3"])
    #expect(notices.isEmpty)
    let wrong = message {
      options.kept = ["none"]
      _ = try Source.open(path, options: options)
    }
    #expect(wrong.contains("expected a column 'none', found 'id', 'a', 'kind', 'b'"), "\(wrong)")
    let array = folder("a.npy")
    try NPY.write(dataset.samples, to: array)
    let none = message { _ = try Source.open(array, options: options) }
    #expect(none.contains("expected a table to keep 'none' of, found a single array"), "\(none)")
  }

  @Test("columns that are not among the model's are passed over, and told of")
  func passedOver() throws {
    let folder = try Folder()
    var options = SourceOptions()
    options.expected = ["a", "b"]
    var notices: [String] = []
    let path = folder.write(Array("row,a,name,b\n0,1,x,2\n1,3,y,4\n".utf8), "t.csv")
    let dataset = try Source.open(path, options: options) { notices.append($0) }
    #expect(dataset.samples.values == [1, 2, 3, 4])
    #expect(notices == ["\(path): a column that is not among those of the model is passed over: name"])
    // Where one of the model's is missing nothing is passed over.
    let other = folder.write(Array("a,c\n1,2\n".utf8), "u.csv")
    #expect(try Source.open(other, options: options).featureNames == ["a", "c"])
    // Without a header there are no names to go by.
    let bare = folder.write(Array("1,2\n3,4\n".utf8), "v.csv")
    #expect(try Source.open(bare, options: options).samples.values == [1, 2, 3, 4])
  }

  @Test("a column of classes with empty cells is told of where a model remembers it")
  func classless() throws {
    let folder = try Folder()
    var options = SourceOptions()
    options.remembered = .init(columns: [TakenColumn(role: .label, name: "kind", number: 2)], features: 1)
    var notices: [String] = []
    let path = folder.write(Array("a,kind\n1,x\n2,\n".utf8), "t.csv")
    let dataset = try Source.open(path, options: options) { notices.append($0) }
    #expect(dataset.labels == nil && lines(dataset) == ["row", "0", "1"])
    #expect(notices == ["\(path): column 'kind' has no class in some rows; none is taken"])
  }

  @Test("columns without names are passed over by their number")
  func headless() throws {
    let folder = try Folder()
    var options = SourceOptions()
    options.kept = ["1"]
    options.remembered.features = 2
    let path = folder.write(Array("u7,1,2\nu8,3,4\n".utf8), "t.csv")
    let dataset = try Source.open(path, options: options)
    #expect(dataset.samples.values == [1, 2, 3, 4])
    #expect(lines(dataset) == ["row,1", "0,u7", "1,u8"])
    options.remembered.features = 3
    options.kept = ["2"]
    let numbers = folder.write(Array("7,1,2\n8,3,4\n".utf8), "n.csv")
    #expect(try Source.open(numbers, options: options).sampleShape == [3])
  }

  @Test("a name that values have too is told apart")
  func apart() {
    let texts = [CSV.TextColumn("row") { "\($0)" }, CSV.TextColumn("a") { _ in "x" }].apart(from: [
      "a", "row", "source_a",
    ])
    #expect(texts.map(\.name) == ["source_row", "source_source_a"] && texts[0].text(3) == "3")
  }

  @Test("texts stand in front of the numbers, in quotes where they need them")
  func written() throws {
    let folder = try Folder()
    let path = folder("t.csv")
    try CSV.write(
      Tensor([2, 1], [0.5, 2] as [Float]), columns: ["a"],
      behind: [CSV.TextColumn("row") { "\($0)" }, CSV.TextColumn("id") { $0 == 0 ? "x, \"y\"" : " z" }],
      to: path)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == "row,id,a\n0,\"x, \"\"y\"\"\",0.5\n1,\" z\",2\n")
  }
}
