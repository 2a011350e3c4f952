import HourglassFormats
import HourglassTensor
import Testing

@Suite struct CSVTests {
  static func table(_ text: String, separator: Character? = nil) throws -> Table {
    try CSV.read(bytes: [UInt8](text.utf8), name: "a.csv", separator: separator)
  }

  @Test func `every number is the nearest float`() throws {
    let table = try CSV.read(golden("decimals.csv"))
    let expected = try NPY.read(golden("decimals.npy"))
    #expect(table.columns == nil)
    #expect(table.tensor.shape == expected.shape)
    let wrong = zip(table.tensor.values, expected.values).filter { $0.bitPattern != $1.bitPattern }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  static let accepted: [(text: String, columns: [String]?, shape: Shape, values: [Float])] = [
    ("1,2\n3,4\n", nil, [2, 2], [1, 2, 3, 4]),
    ("1,2\n3,4", nil, [2, 2], [1, 2, 3, 4]),
    ("1,2\r\n3,4\r\n\r\n\n  ", nil, [2, 2], [1, 2, 3, 4]),
    ("1,2\r3,4\r", nil, [2, 2], [1, 2, 3, 4]),
    ("\u{FEFF}a,b\n1,2\n", ["a", "b"], [1, 2], [1, 2]),
    ("a;b\n1;2\n", ["a", "b"], [1, 2], [1, 2]),
    ("a\tb\n1\t2\n", ["a", "b"], [1, 2], [1, 2]),
    ("\"a, b\",\"c \"\"d\"\"\"\n1,2\n", ["a, b", "c \"d\""], [1, 2], [1, 2]),
    ("\"a\nb\",c\n1,2\n", ["a\nb", "c"], [1, 2], [1, 2]),
    (",a\n1.5,2\n", ["column 1", "a"], [1, 2], [1.5, 2]),
    (" 1 , +2e0 \n\"3\",\"-.5\" \n", nil, [2, 2], [1, 2, 3, -0.5]),
    ("x\n1\n2\n", ["x"], [2, 1], [1, 2]),
    ("7", nil, [1, 1], [7]),
    ("a,b;c\n1,2\n", ["a", "b;c"], [1, 2], [1, 2]),
    ("größe,maß\n1,2\n", ["größe", "maß"], [1, 2], [1, 2]),
  ]

  @Test(arguments: accepted)
  func `is read`(text: String, columns: [String]?, shape: Shape, values: [Float]) throws {
    let table = try Self.table(text)
    #expect(table.columns == columns)
    #expect(table.tensor == Tensor(shape, values))
    let compressed = try CSV.read(bytes: Gzip.compress([UInt8](text.utf8)), name: "a.csv.gz")
    #expect(compressed.tensor == table.tensor)
  }

  @Test func `a separator may be named`() throws {
    #expect(try Self.table("1|2\n3|4\n", separator: "|").tensor == Tensor([2, 2], [1, 2, 3, 4] as [Float]))
    #expect(try Self.table("1 2\n3 4\n", separator: " ").tensor == Tensor([2, 2], [1, 2, 3, 4] as [Float]))
    for separator in ["5", "\"", "\n", "€", "."] as [Character] {
      #expect(words { _ = try Self.table("1|2", separator: separator) }.contains("separator of one ASCII"))
    }
  }

  static let refused: [(text: String, words: String)] = [
    ("", "a.csv: expected at least one row of numbers, found none"),
    ("\n\r\n", "a.csv: expected at least one row of numbers, found none"),
    ("\u{FEFF}", "a.csv: expected at least one row of numbers, found none"),
    ("a,b\n", "a.csv: expected at least one row of numbers, found only a header"),
    ("age,b\n1,2\nabc,3\n", "a.csv line 3 column 'age': expected a number, found 'abc'; mend the cell"),
    ("1,2\nx,3\n", "a.csv line 2 column 1: expected a number, found 'x'"),
    (
      "1,x\n2,3\n",
      "a.csv line 1 column 2: expected a number, found 'x'; mend the cell, leave out the row, or the "
        + "column (--drop 2); in a header"
    ),
    ("a,b\n1\n", "a.csv line 2: expected 2 cells as in the first row, found 1"),
    ("1,2\n3,4,5,6\n", "a.csv line 2: expected 2 cells as in the first row, found 4"),
    ("1,2\n\n3,4\n", "a.csv line 2: expected a row of numbers, found an empty line"),
    ("1\n\n3\n", "a.csv line 2: expected a row of numbers, found an empty line"),
    ("a,b\n1,\n", "a.csv line 2 column 'b': expected a number, found an empty cell; fill the gap"),
    ("a,b\n,1\n", "a.csv line 2 column 'a': expected a number, found an empty cell"),
    ("a,b\n1,nan\n", "a.csv line 2 column 'b': expected a number, found 'nan'; replace it"),
    ("a,b\n1,-Infinity\n", "line 2 column 'b': expected a number, found '-Infinity'; replace it"),
    ("nan,1\n2,3\n", "line 1 column 1: expected a number, found 'nan'; replace it"),
    ("1,1e39\n", "a.csv line 1 column 2: expected a number below 3.4e38, found a larger one"),
    ("1,0x10\n", "found '0x10'"),
    ("1,1e\n", "found '1e'"),
    ("1,1_000\n", "found '1_000'"),
    ("1,2 3\n", "found '2 3'"),
    ("1,\"2\n3,4\n", "a.csv line 1 column 2: expected a quoted cell that ends"),
    ("1,\"2\"x\n3,4\n", "a.csv line 1 column 2: expected a quoted cell that ends"),
    ("\"a\nb\"\n1\nx\n", "a.csv line 4 column 'a"),
    ("1,\u{1}\u{1B}[31m\n", "found '\u{FFFD}\u{FFFD}[31m'"),
    ("1," + String(repeating: "y", count: 1000) + "\n", "yyyy'…"),
  ]

  @Test(arguments: refused)
  func `is refused with its place`(text: String, words expected: String) {
    let message = words { _ = try Self.table(text) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `a damaged gzip is named`() throws {
    let cut = [UInt8](try Gzip.compress(Array("1,2\n".utf8)).dropLast(3))
    #expect(
      words { _ = try CSV.read(bytes: cut, name: "a.csv.gz") }.contains("the rest of the compressed data"))
  }

  @Test(arguments: Element.allCases, ["a.csv", "a.tsv", "a.csv.gz", "a.tsv.gz"])
  func `a table written is the table read`(element: Element, name: String) throws {
    let folder = try TemporaryFolder()
    let columns = (0..<12).map { "column, \"\($0)\"\t\n" }
    try CSV.write(rampTensor(element), columns: columns, to: folder.file(name))
    let table = try CSV.read(folder.file(name))
    #expect(table.columns == columns)
    #expect(table.tensor == Tensor([2, 12], ramp.map(Float.init)))
  }

  @Test func `floats come back to the bit, in as few digits as that needs`() throws {
    let folder = try TemporaryFolder()
    let random = Random(seed: 3, stream: 1)
    let values = (0..<3000).map { Float(bitPattern: random.bits(position: UInt64($0)).x) }.filter(\.isFinite)
    let tensor = Tensor([values.count, 1], values)
    try CSV.write(tensor, to: folder.file("a.csv"))
    #expect(try CSV.read(folder.file("a.csv")).tensor == tensor)
    try CSV.write(Tensor([2, 2], [1, 0.1, -2.5, .nan] as [Float]), to: folder.file("b.csv"))
    #expect(try contents(folder.file("b.csv")) == Array("1,0.1\n-2.5,nan\n".utf8))
  }

  @Test(.enabled(if: RealData.isThere, RealData.comment))
  func `real tables are read or refused by name`() throws {
    let pima = try CSV.read(try #require(RealData.file("tabular/pima/pima-indians-diabetes.csv")))
    #expect(pima.tensor.shape == [768, 9])
    let digits = try CSV.read(try #require(RealData.file("images/optdigits/optdigits.tes")))
    #expect(digits.tensor.shape == [1797, 65])
    let titanic = try #require(RealData.file("tabular/titanic/titanic.csv"))
    #expect(words { _ = try CSV.read(titanic) }.contains("line 2 column 'Name': expected a number"))
  }
}
