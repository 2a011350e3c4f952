import Foundation
import HourglassFormats
import HourglassTensor
import Testing

@Suite struct CSVGapTests {
  static func table(_ text: String, _ options: CSV.Options) throws -> Table {
    try CSV.read(bytes: [UInt8](text.utf8), name: "a.csv", options)
  }

  /// Bits, so that a NaN equals a NaN.
  static func bits(_ table: Table) -> [UInt32] {
    table.tensor.values.map { ($0.isNaN ? .nan : $0).bitPattern }
  }

  static let gap = Float.nan

  static let accepted: [(text: String, columns: [String]?, width: Int, values: [Float])] = [
    ("a,b\n1,\n,2\n", ["a", "b"], 2, [1, gap, gap, 2]),
    ("1,NA,N/A\nNaN,nan,null\n?,-,\"\"\n", nil, 3, [1, gap, gap, gap, gap, gap, gap, gap, gap]),
    ("1, NA ,\"?\"\n", nil, 3, [1, gap, gap]),
    ("NA,?\n1,2\n", nil, 2, [gap, gap, 1, 2]),
    (",\n1,2\n", nil, 2, [gap, gap, 1, 2]),
    ("a,-\n1,2\n", ["a", "-"], 2, [1, 2]),
    ("x\n1\nNA\n3\n\n", ["x"], 1, [1, gap, 3]),
    ("1\t\t3\n\t\t\n", nil, 3, [1, gap, 3, gap, gap, gap]),
    ("1,-2,-\n", nil, 3, [1, -2, gap]),
    (
      "a,b,c\n1,NULL,None\n#N/A,<NA>,NAN\n–,—,k. A.\n", ["a", "b", "c"], 3,
      [1] + Array(repeating: gap, count: 8)
    ),
  ]

  @Test(arguments: accepted)
  func `gaps are NaN where they are allowed`(
    text: String, columns: [String]?, width: Int, values: [Float]
  ) throws {
    let table = try Self.table(text, .init(gaps: true))
    #expect(table.columns == columns)
    #expect(table.tensor.shape == [values.count / width, width])
    #expect(Self.bits(table) == values.map(\.bitPattern))
    #expect(table.hasGaps == values.contains(where: \.isNaN))
  }

  static let refused: [(text: String, gaps: Bool, words: String)] = [
    (
      "a,b\n1,\n", false,
      "line 2 column 'b': expected a number, found an empty cell; fill the gap, leave out the row, "
        + "or allow gaps (--gaps)"
    ),
    ("a,b\n1,NA\n", false, "found 'NA'; replace it, leave out the row, or allow gaps (--gaps)"),
    ("1,?\n", false, "line 1 column 2: expected a number, found '?'; replace it"),
    ("1,na\n", true, "found 'na'; leave out this column of text: --drop 2"),
    ("1,---\n", true, "found '---'"),
    ("1,+nan\n", true, "found '+nan'; replace it or leave out the row"),
    ("1,inf\n", true, "found 'inf'; replace it or leave out the row"),
    ("1,1e39\n", true, "expected a number below 3.4e38"),
    ("1,,3\n1,2\n", true, "line 2: expected 3 cells as in the first row, found 2"),
    ("x\n1\n\n3\n", true, "line 3: expected a row of numbers, found an empty line; write NA where"),
  ]

  @Test(arguments: refused)
  func `what is no gap is refused`(text: String, gaps: Bool, words expected: String) {
    let message = words { _ = try Self.table(text, .init(gaps: gaps)) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test(.enabled(if: RealData.isThere, RealData.comment))
  func `a real table with gaps is read`() throws {
    let file = try #require(RealData.file("tabular/horse_colic/horse-colic.csv"))
    let table = try CSV.read(file, gaps: true)
    // pandas.read_csv(…, header=None, na_values='?'): the shape, and isna().sum().sum().
    #expect(table.tensor.shape == [300, 28])
    #expect(table.tensor.values.count(where: \.isNaN) == 1605)
    #expect(words { _ = try CSV.read(file) }.contains("line 1 column 9: expected a number, found '?'"))
  }
}

@Suite struct CSVColumnTests {
  static let text = "kind,a,much,b\nred,1,0.5,2\nblue,3,2,4\nred,5,1,6\n"

  @Test func `classes and weights are taken out by name`() throws {
    let table = try CSVGapTests.table(Self.text, .init(label: "kind", weight: "much"))
    #expect(table.columns == ["a", "b"])
    #expect(table.tensor == Tensor([3, 2], [1, 2, 3, 4, 5, 6] as [Float]))
    #expect(table.labels == [0, 1, 0])
    #expect(table.classNames == ["red", "blue"])
    #expect(table.weights == [0.5, 2, 1])
  }

  @Test func `and by number, with or without a header`() throws {
    let named = try CSVGapTests.table(Self.text, .init(label: "1", weight: "3"))
    #expect(named.labels == [0, 1, 0] && named.weights == [0.5, 2, 1] && named.columns == ["a", "b"])
    let bare = try CSVGapTests.table("red,1,2\nblue,3,4\n", .init(label: "1"))
    #expect(bare.labels == [0, 1] && bare.columns == nil)
    #expect(bare.tensor == Tensor([2, 2], [1, 2, 3, 4] as [Float]))
  }

  @Test func `whole numbers are classes in their order, text in that of appearance`() throws {
    func classes(_ cells: [String]) throws -> ([Int32]?, [String]?) {
      let rows = cells.map { "1,\($0)\n" }.joined()
      let table = try CSVGapTests.table("x,y\n" + rows, .init(gaps: true, label: "y"))
      return (table.labels, table.classNames)
    }
    #expect(try classes(["10", "9", "-1", "9.0", "10."]) == ([2, 1, 0, 1, 2], ["-1", "9", "10"]))
    #expect(try classes(["10", "9", "x", "9"]) == ([0, 1, 2, 1], ["10", "9", "x"]))
    #expect(try classes(["1.5", "1"]) == ([0, 1], ["1.5", "1"]))
    #expect(try classes(["\"a,\"\"b\"", "NA", " NA "]) == ([0, 1, 1], ["a,\"b", "NA"]))
  }

  static let refused: [(text: String, options: CSV.Options, words: String)] = [
    (
      text, .init(label: "color"),
      "a.csv: expected a column 'color', found 'kind', 'a', 'much', 'b'; give a column's name"
    ),
    (
      text, .init(weight: "5"),
      "a.csv: expected a column '5', found 'kind', 'a', 'much', 'b'; give a column's name or its "
        + "number from 1 to 4"
    ),
    (text, .init(label: "0"), "expected a column '0'"),
    (text, .init(label: "kind", weight: "1"), "found '1' for both"),
    ("a\nx\n", .init(label: "a"), "at least one column of numbers beside those taken out"),
    (
      "a,b\n,1\n", .init(gaps: true, label: "a"),
      "line 2 column 'a': expected the row's class, found an empty cell"
    ),
    ("a,b\n-1,1\n", .init(weight: "a"), "line 2 column 'a': expected a weight from 0 on, found -1.0"),
    (
      "a,b\nNA,1\n", .init(gaps: true, weight: "a"),
      "line 2 column 'a': expected a number, found 'NA'; give each row"
    ),
    ("a,b\n1e99,1\n", .init(weight: "a"), "line 2 column 'a': expected a number below 3.4e38"),
    (text, .init(label: "much"), "line 2 column 'kind': expected a number, found 'red'"),
  ]

  @Test(arguments: refused)
  func `what cannot be taken out is named`(text: String, options: CSV.Options, words expected: String) {
    let message = words { _ = try CSVGapTests.table(text, options) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `a column of measurements is no column of classes`() {
    let text = (0..<66_000).map { "1,\($0).5\n" }.joined()
    let message = words { _ = try CSVGapTests.table(text, .init(label: "2")) }
    #expect(message.contains("line 65537: expected at most 65536 classes"))
  }
}
