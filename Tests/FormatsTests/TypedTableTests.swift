import Foundation
import HourglassFormats
import Testing

/// Columns of numbers, times and texts as they stand in a file.
@Suite struct TypedTableTests {
  static func table(_ text: String, _ change: (inout CSV.TypedOptions) -> Void = { _ in }) throws
    -> TypedTable
  {
    var options = CSV.TypedOptions()
    change(&options)
    return try CSV.readTyped(bytes: [UInt8](text.utf8), name: "a.csv", options)
  }

  /// A column as words: `numbers 1 2.5 -`, `times 2023-01-05T00:00:00`, `texts a b -`.
  static func shown(_ column: TypedTable.Column) -> String {
    switch column.values {
    case .numbers(let values):
      return "numbers " + values.map { $0.isNaN ? "-" : "\($0)" }.joined(separator: " ")
    case .times(let values): return "times " + values.map { $0.isNaN ? "-" : iso($0) }.joined(separator: " ")
    case .texts(let levels, let indices):
      return "texts " + indices.map { $0 < 0 ? "-" : levels[Int($0)] }.joined(separator: "|")
    }
  }

  /// All columns as words.
  static func lines(_ table: TypedTable) -> [String] { table.columns.map(shown) }

  /// A time by Foundation's calendar.
  static func iso(_ seconds: Double) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
    return formatter.string(from: Date(timeIntervalSince1970: seconds))
  }

  static let cells: [(text: String, words: [String])] = [
    ("a,b\n1,x\n2.5,y\n-3e2,x\n", ["numbers 1.0 2.5 -300.0", "texts x|y|x"]),
    ("a;b\n1,5;x\n2;y\n", ["numbers 1.5 2.0", "texts x|y"]),
    ("a\tb\n1\tx y\n2\tz\n", ["numbers 1.0 2.0", "texts x y|z"]),
    ("a|b\n1|x\n2|y\n", ["numbers 1.0 2.0", "texts x|y"]),
    ("\"a\" \"b c\"\n\"r 1\" 1 x\n\"r 2\" 2 y\n", ["texts r 1|r 2", "numbers 1.0 2.0", "texts x|y"]),
    ("a,b\n,x\nNA,\n?,NULL\n4,n/a\n", ["numbers - - - 4.0", "texts x|-|-|-"]),
    // A column of gaps, and one that begins with them.
    ("a,b\n,\n,2\n,3\n", ["texts -|-|-", "numbers - 2.0 3.0"]),
    // Codes, not numbers.
    ("zip,n\n00123,0.5\n10115,0\n", ["texts 00123|10115", "numbers 0.5 0.0"]),
    ("id\n12345678901234567890\n5\n", ["texts 12345678901234567890|5"]),
    ("a,b\nTRUE,1\nFALSE,0\n", ["texts TRUE|FALSE", "numbers 1.0 0.0"]),
    ("a,b\ninf,x\n-Inf,y\n1,z\n", ["numbers inf -inf 1.0", "texts x|y|z"]),
    // Numbers with something beside them.
    ("a,b\n\"$1,234.50\",12.5%\n-$3,-1 %\n", ["numbers 1234.5 -3.0", "numbers 12.5 -1.0"]),
    ("a,b\n5 kg,\"(1,234)\"\n6.5 kg,\"1,234,567\"\n", ["numbers 5.0 6.5", "numbers -1234.0 1234567.0"]),
    ("a,b\n5 kg,1\n6 lb,2\n", ["texts 5 kg|6 lb", "numbers 1.0 2.0"]),
    // A word that is a value where others are.
    ("a,b\nnone,none\nfew,3\n", ["texts none|few", "numbers - 3.0"]),
    ("a,b\n\"x\ny\",1\n\"say \"\"so\"\"\",2\n", ["texts x\ny|say \"so\"", "numbers 1.0 2.0"]),
    // Blank lines between rows, and rows of one column that are missing.
    ("a,b\n1,2\n\n  \n3,4\n\n\n", ["numbers 1.0 3.0", "numbers 2.0 4.0"]),
    ("a\n1\n\n3\n\n", ["numbers 1.0 - 3.0"]),
    // Without a header.
    ("2023-01-05,x\n2023-01-06,y\n", ["times 2023-01-05T00:00:00 2023-01-06T00:00:00", "texts x|y"]),
    ("# note\na,b\n1,x\n# more\n2,#y\n", ["numbers 1.0 2.0", "texts x|#y"]),
    (
      "a,b\n0.1234567890123456789,1e-300\n1e22,5e-324\n",
      ["numbers 0.12345678901234568 1e+22", "numbers 1e-300 5e-324"]
    ),
  ]

  @Test(arguments: cells.indices)
  func cell(index: Int) throws {
    let (text, expected) = Self.cells[index]
    #expect(try Self.table(text).columns.map(Self.shown) == expected)
    // With other line ends, in gzip, and as UTF-16 either way.
    let windows = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    if !text.contains("x\ny") { #expect(try Self.table(windows).columns.map(Self.shown) == expected) }
    let little: [UInt8] = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let big: [UInt8] = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    let plain = [UInt8](text.utf8)
    let encoded: [[UInt8]] = [
      try Gzip.compress(plain), [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, [0xEF, 0xBB, 0xBF] + plain,
    ]
    for bytes in encoded {
      #expect(try CSV.readTyped(bytes: bytes, name: "x").columns.map(Self.shown) == expected)
    }
  }

  /// A later row shows that a column is something else; blocks of any size give the same table.
  @Test func laterRows() throws {
    let folder = try TemporaryFolder()
    var text = "n,zip,d,t,late,g\n"
    for row in 0..<2000 {
      let (day, late, gap) = (
        row < 1500 ? "06" : "16", row < 1000 ? "" : "7.5", row < 900 ? "NA" : "x\(row % 2)"
      )
      text += "\(row),\(10000 + row),05/\(day)/2023,word \(row % 7),\(late),\(gap)\n"
    }
    text += "oops,01067,06/01/2023,\"two\nlines\",8,x1\n"
    let path = try folder.file("a.csv", [UInt8](text.utf8))
    let whole = try CSV.readTyped(path)
    #expect(whole.rowCount == 2001)
    for blockSize in [16, 100, 4096] {
      #expect(
        try CSV.readTyped(path, .init(), blockSize: blockSize).columns.map(Self.shown)
          == whole.columns.map(Self.shown))
    }
    let columns = whole.columns
    #expect(Self.shown(columns[0]).hasSuffix("1998|1999|oops"))
    #expect(Self.shown(columns[1]).hasSuffix("11999|01067"))
    // Month first, as the sixteenth has it.
    #expect(Self.shown(columns[2]).hasPrefix("times 2023-05-06T00:00:00 "))
    #expect(Self.shown(columns[2]).hasSuffix("2023-05-16T00:00:00 2023-06-01T00:00:00"))
    #expect(Self.shown(columns[3]).hasSuffix("two\nlines"))
    #expect(columns[4].values.gaps == 1000 && Self.shown(columns[4]).hasSuffix(" 7.5 8.0"))
    #expect(columns[5].values.gaps == 900 && Self.shown(columns[5]).hasSuffix("|x1|x1"))
    #expect(
      whole.remarks == [
        "column 'n' for texts, since 1 of 2001 cells is no numbers ('oops')",
        "column 'zip' for texts, since 1 of 2001 cells is codes, not numbers ('01067')",
      ])
  }

  @Test func names() throws {
    let table = try Self.table("a,a,,a (2), b ,a\n1,2,3,4,5,6\n7,8,9,1,2,3\n")
    #expect(table.columns.map(\.name) == ["a", "a (3)", "column 3", "a (2)", "b", "a (4)"])
    #expect(table.columns.map(\.title) == ["a", "a", "", "a (2)", "b", "a"])
    #expect(
      table.remarks == [
        "'a (3)' for the name of column 2", "'column 3' for the name of column 3",
        "'a (4)' for the name of column 6",
      ])
    #expect(try Self.table("1,x\n2,y\n").columns.map(\.name) == ["column 1", "column 2"])
  }

  @Test func options() throws {
    let text = "a,b\n1,-9\n2,5\n"
    #expect(
      try Self.table(text) { $0.texts = ["a"] }.columns.map(Self.shown) == ["texts 1|2", "numbers -9.0 5.0"])
    #expect(try Self.table(text) { $0.gaps = ["-9"] }.columns.map(Self.shown)[1] == "numbers - 5.0")
    #expect(
      try Self.table("x,y\nz,w\n") { $0.header = false }.columns.map(Self.shown) == [
        "texts x|z", "texts y|w",
      ])
    #expect(
      try Self.table("a;b\n\"1,234\";x\n") { $0.decimal = .comma }.columns.map(Self.shown)[0]
        == "numbers 1.234")
    #expect(
      try Self.table("a;b\n\"1,234\";x\n") { $0.decimal = .point }.columns.map(Self.shown)[0]
        == "numbers 1234.0")
  }

  static let refused: [(text: String, words: String)] = [
    (
      "a,b\n1,x\n2,y,z\n",
      "a.csv line 3: expected 2 cells as in the first row, found 3; see that every row has the same number of cells"
    ),
    (
      "a,b\n\"1\n2\",x\n\n2\n",
      "a.csv line 5: expected 2 cells as in the first row, found 1; see that every row has the same number of cells"
    ),
    (
      "a,b\n1,\"x\n2,y\n",
      "a.csv line 2 column 'b': expected a quoted cell that ends with its quote, found text after it or the end "
        + "of the file; write a quote in a quoted cell twice"
    ),
    ("", "a.csv: expected at least one row, found none"),
    ("a,b\n", "a.csv: expected at least one row, found only a header"),
    (
      "a;b\n4,697;x\n",
      "a.csv line 2 column 'a': expected a number, found '4,697'; say whether the comma stands before decimals "
        + "(--decimal comma) or between thousands (--decimal point)"
    ),
    (
      "a,day\n1,05/06/2023\n2,06/06/2023\n",
      "a.csv line 2 column 'day': expected dates that tell the day from the month by a number above 12, found "
        + "'05/06/2023' and none in all rows; say which stands first (--dates day-first or --dates month-first)"
    ),
  ]

  @Test(arguments: refused.indices)
  func refusal(index: Int) {
    #expect(words { _ = try Self.table(Self.refused[index].text) } == Self.refused[index].words)
  }

  /// What is taken for texts, or refused where that is wished.
  @Test func unreadable() throws {
    let numbers = "a,b\n" + (1...20).map { "\($0),x\n" }.joined() + "oops,y\n"
    #expect(try Self.table(numbers).columns.map(Self.shown)[0].hasSuffix("19|20|oops"))
    #expect(
      words { _ = try Self.table(numbers) { $0.unreadable = .refused } }
        == "a.csv line 22 column 'a': expected a number as in the other rows, found 'oops'; mend the cell, "
        + "leave it empty, or have the column read as texts")
    // Behind the rows that were looked at.
    let later = "day,b\n" + String(repeating: "2023-01-30,x\n", count: 8000) + "2023-02-31,y\n"
    #expect(try Self.table(later).columns.map(Self.shown)[0].hasSuffix("|2023-01-30|2023-02-31"))
    #expect(
      words { _ = try Self.table(later) { $0.unreadable = .refused } }
        .hasPrefix("a.csv line 8002 column 'day': expected a time as yyyy-MM-dd, found '2023-02-31'"))
    let days = "day,b\n2023-01-30,x\n2023-01-31,x\n2023-02-31,y\n"
    #expect(try Self.table(days).columns.map(Self.shown)[0].hasPrefix("texts "))
    #expect(
      words { _ = try Self.table(days) { $0.unreadable = .refused } }
        == "a.csv line 4 column 'day': expected a time as yyyy-MM-dd, found '2023-02-31'; mend the cell, "
        + "leave it empty, or have the column read as texts")
  }

  /// Windows' own characters where no UTF-8 is.
  @Test func windowsCharacters() throws {
    let bytes = [UInt8]("a,b\n1,".utf8) + [0x80, 0x93, 0xE9] + [UInt8]("\n2,y\n".utf8)
    let table = try CSV.readTyped(bytes: bytes, name: "x")
    #expect(Self.shown(table.columns[1]) == "texts €“é|y")
  }
}
