import Foundation
import HourglassFormats
import HourglassTensor
import Testing

/// Tables as people and programs write them, beside the plain form.
@Suite struct CSVLayoutTests {
  static func table(_ text: String, _ options: CSV.Options = .init()) throws -> Table {
    try CSV.read(bytes: [UInt8](text.utf8), name: "a.csv", options)
  }

  private static let rowNames =
    "the first column, which has no name, for names of rows and left it out "
    + "(a name in the header keeps it)"
  private static let numbers = [1, 2, 3, 4] as [Float]

  static let accepted: [(text: String, columns: [String]?, values: [Float], remarks: [String])] = [
    ("sep=;\na;b\n1;2\n3;4\n", ["a", "b"], numbers, ["line 1 for the separator"]),
    ("\"sep=;\"\r\na;b\r\n1;2\r\n3;4\r\n", ["a", "b"], numbers, ["line 1 for the separator"]),
    (
      "# made by hand\n#\na,b\n1,2\n# in between\n3,4\n\n# end\n\n", ["a", "b"], numbers,
      ["4 lines that begin with # for comments and left them out"]
    ),
    (
      "% x\na,b\n1,2\n3,4\n", ["a", "b"], numbers,
      ["1 line that begins with % for a comment and left it out"]
    ),
    (
      "1,2\n# among the rows\n3,4\n", nil, numbers,
      ["1 line that begins with # for a comment and left it out"]
    ),
    ("# a, b\n1,2\n3,4\n", ["a", "b"], numbers, ["the comment on line 1 for the header"]),
    ("#a\tb\n1\t2\n3\t4\n", ["a", "b"], numbers, ["the comment on line 1 for the header"]),
    ("a,b\nkg,m/s\n1,2\n3,4\n", ["a", "b"], numbers, ["line 2 for units"]),
    ("a,b\n,[s]\n1,2\n3,4\n", ["a", "b"], numbers, ["line 2 for units"]),
    ("a b\n1   2\n  3\t4  \n", ["a", "b"], numbers, []),
    ("1 2\n3 4", nil, numbers, []),
    ("a|b\n1|2\n3|4\n", ["a", "b"], numbers, []),
    (
      "\"a\" \"b c\"\n\"x\" 1 2\n\"y\" 3 4\n", ["a", "b c"], numbers,
      [
        rowNames
      ]
    ),
    (
      ",a,b\n0,1,2\n1,3,4\n", ["a", "b"], numbers,
      [
        rowNames
      ]
    ),
    (
      "Unnamed: 0,a,b\n17,1,2\n4,3,4\n", ["a", "b"], numbers,
      [
        rowNames
      ]
    ),
    (",0,1\n0,1,2\n1,3,4\n", ["0", "1"], numbers, [rowNames]),
    (",a\n0.5,1\n0.25,2\n", ["column 1", "a"], [0.5, 1, 0.25, 2], []),
    (",a\n3,1\n3,2\n", ["column 1", "a"], [3, 1, 3, 2], []),
    ("a,b,,\n1,2,,\n3,4,,\n", ["a", "b"], numbers, ["columns 3 and 4, without name and value, for nothing"]),
    (
      "a;b\n0,5;1.234,5\n-1,25;2\n", ["a", "b"], [0.5, 1234.5, -1.25, 2],
      ["the comma in columns 'a' and 'b' for the mark before decimals"]
    ),
    (
      "\"0,5\",1\n\"1,5\",2\n", nil, [0.5, 1, 1.5, 2], ["the comma in column 1 for the mark before decimals"]
    ),
    // A column that does not tell goes with the others.
    (
      "a;b\n4,697;0,5\n12,5;1\n", ["a", "b"], [4.697, 0.5, 12.5, 1],
      ["the comma in columns 'a' and 'b' for the mark before decimals"]
    ),
    (
      "\"4,697\",\"1,000,000\"\n\"3,350.5\",2\n", nil, [4697, 1_000_000, 3350.5, 2],
      ["the comma in columns 1 and 2 for the mark between thousands"]
    ),
    ("19'200.50,1 234\n5\u{A0}432,(8)\n", nil, [19200.5, 1234, 5432, -8], []),
    (
      "$5.50,12.5 %\n-$6,-3%\n", nil, [5.5, 12.5, -6, -3],
      ["'$' in column 1 for a unit", "'%' in column 2 for a unit"]
    ),
    (
      "a,b\n4 kg,EUR 2\n5 kg,EUR 3\n", ["a", "b"], [4, 2, 5, 3],
      ["'kg' in column 'a' for a unit", "'EUR' in column 'b' for a unit"]
    ),
    ("a,b\nTRUE,1\nFalse,2\n", ["a", "b"], [1, 1, 0, 2], ["true and false in column 'a' for 1 and 0"]),
    (
      "2001,2002,2003\n5,7,6\n", nil, [2001, 2002, 2003, 5, 7, 6],
      ["line 1, numbers in a row, for data (--header yes takes it for names)"]
    ),
  ]

  @Test(arguments: accepted)
  func `is read, and told`(text: String, columns: [String]?, values: [Float], remarks: [String]) throws {
    let table = try Self.table(text)
    #expect(table.columns == columns)
    #expect(table.tensor.values == values)
    #expect(table.remarks == remarks)
    let folder = try TemporaryFolder()
    for blockSize in [1, 7, 64] {
      let blocks = try CSV.read(folder.file("a.csv", [UInt8](text.utf8)), .init(), blockSize: blockSize)
      #expect(blocks.tensor == table.tensor && blocks.remarks == table.remarks)
    }
  }

  static let refused: [(text: String, words: String)] = [
    (
      "a,b\n\"4,697\",1\n\"5,000\",2\n",
      "found '4,697'; say whether the comma stands before decimals (--decimal comma) or between thousands"
    ),
    ("a;b\n0,5;1\n1.5;2\n", "write numbers with one mark before decimals"),
    (
      "a,b\n4 kg,1\n5 lb,2\n",
      "line 3 column 'a': expected a number, found '5 lb'; write the column in one unit"
    ),
    (
      "a,b,c\nx,1,y\nz,,w\n",
      "line 2 column 'a': expected a number, found 'x'; leave out the columns of text, which are 'a' and 'c': "
        + "--drop a,c, and --gaps, as cells are empty"
    ),
    ("a,b\nx,y\nz,w\n", "give a table with columns of numbers: here all are text"),
    (
      "n,t\n" + (0..<40).map { "\($0),\($0 % 10 == 3 ? "A 5" : "7")\n" }.joined(),
      "line 5 column 't': expected a number, found 'A 5'; leave out this column of text: --drop t"
    ),
    ("the name,b\nx,1\ny,2\n", "leave out this column of text: --drop 1"),
    ("a,b\n1,2\n3,4\n; a note,\n", "remove lines that are comments, or begin them with #"),
    (
      "a,b,\n1,2,\n3,4,\n" + String(repeating: "5,6,\n", count: 300) + "7,8,9\n",
      "line 304 column 3: expected nothing"
    ),
    ("1,2\n\n3,4\n", "line 2: expected a row of numbers, found an empty line"),
    ("a,b\n2014-01-01,1\n2014-01-02,2\n", "--drop a; of a series --window cuts windows"),
  ]

  @Test(arguments: refused)
  func `is refused with what to do`(text: String, words expected: String) {
    let message = words { _ = try Self.table(text) }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `what was found by looking may be told`() throws {
    var options = CSV.Options()
    options.decimal = .comma
    #expect(try Self.table("\"4,697\",1.000\n", options).tensor.values == [4.697, 1000])
    options.decimal = .point
    #expect(try Self.table("\"4,697\",1.5\n", options).tensor.values == [4697, 1.5])
    options = .init()
    options.header = true
    #expect(try Self.table("2001,2002\n5,7\n", options).columns == ["2001", "2002"])
    options.header = false
    #expect(
      words { _ = try Self.table("a,b\n5,7\n", options) }.contains(
        "line 1 column 1: expected a number, found 'a'"))
  }

  @Test func `columns are left out by name, number and range, and remembered`() throws {
    var options = CSV.Options()
    let text = "a,b-c,d,e,f\nx,1,2,3,4\ny,5,6,7,8\n"
    options.drop = ["a", "3-4"]
    let table = try Self.table(text, options)
    #expect(table.columns == ["b-c", "f"] && table.tensor.values == [1, 4, 5, 8])
    #expect(
      table.taken == [
        TakenColumn(role: .dropped, name: "a", number: 1), TakenColumn(role: .dropped, name: "d", number: 3),
        TakenColumn(role: .dropped, name: "e", number: 4),
      ])
    options.drop = ["b-c", "1", "d"]
    #expect(try Self.table(text, options).columns == ["e", "f"])
    options = .init()
    options.remembered = .init(columns: table.taken, features: 2)
    #expect(try Self.table(text, options).tensor == table.tensor)
    #expect(try Self.table("f,d,b-c\n1,2,3\n", options).columns == ["f", "b-c"])
    #expect(try Self.table("x,1,2,3,4\n", options).tensor.values == [1, 4])
    #expect(try Self.table("1,4\n", options).tensor.values == [1, 4])
    // Without a column of classes, the columns behind it move up.
    options.remembered = .init(
      columns: [
        TakenColumn(role: .label, name: "k", number: 1), TakenColumn(role: .dropped, name: "a", number: 3),
      ], features: 2)
    #expect(try Self.table("7,x,8\n", options).tensor.values == [7, 8])
  }

  @Test func `columns that are not there or twice are refused`() throws {
    for (drop, label, expected) in [
      (["hight"], nil, "expected a column 'hight', found 'height', 'width', 'height'; did you mean height?"),
      (["height"], nil, "expected one column 'height', found 2, columns 1 and 3; give the number"),
      (["width"], "width", "expected columns to leave out beside those of classes and weights"),
      (["1-3"], nil, "expected at least one column of numbers beside those taken out"),
      (["7"], nil, "give a column's name or its number from 1 to 3"),
    ] as [([String], String?, String)] {
      var options = CSV.Options(label: label)
      options.drop = drop
      let message = words { _ = try Self.table("height,width,height\n1,2,3\n", options) }
      #expect(
        message.contains(expected.replacingOccurrences(of: "columns 1 and 3", with: "columns 1, 3")),
        "\(message)")
    }
  }

  @Test func `a column without a name that training had is a feature again`() throws {
    var options = CSV.Options()
    options.remembered = .init(columns: [], features: 2)
    #expect(try Self.table(",a\n0,1\n1,2\n", options).tensor.values == [0, 1, 1, 2])
    options.remembered.features = 1
    #expect(try Self.table(",a\n0,1\n1,2\n", options).tensor.values == [1, 2])
  }

  @Test func `a column that counts the rows is told of`() throws {
    let rows = (0..<12).map { "\($0 + 1),\($0 * $0),\($0),\(5 + $0)" }.joined(separator: "\n")
    #expect(
      try Self.table("id,x,n,y\n" + rows + "\n").remarks == [
        "columns 'id' and 'n' for features, though they only count the rows (leave out with --drop id,n)"
      ])
    #expect(try Self.table("1,5\n2,6\n").remarks == [])
  }

  @Test func `UTF-16 and ISO 8859-1 are read`() throws {
    let text = "größe;k\n1,5;ä\n2,5;ö\n"
    for (encoding, mark) in [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE]), (.utf16BigEndian, [0xFE, 0xFF]),
      (.utf16LittleEndian, []),
      (.isoLatin1, []),
    ] as [(String.Encoding, [UInt8])] {
      let bytes = try mark + [UInt8](#require(text.data(using: encoding)))
      let folder = try TemporaryFolder()
      for file in [bytes, try Gzip.compress(bytes)] {
        for table in [
          try CSV.read(bytes: file, name: "w.csv", .init(label: "k")),
          try CSV.read(folder.file("w.csv", file), .init(label: "k")),
        ] {
          #expect(table.columns == ["größe"] && table.tensor.values == [1.5, 2.5], "\(encoding)")
          #expect(table.classNames == ["ä", "ö"])
        }
      }
      let path = try folder.file("w.csv", bytes)
      _ = try CSV.convert(path, .init(label: "k"), to: folder.file("w.npz"), key: "k")
      let copy = try #require(Table(archive: NPZ.read(folder.file("w.npz"))))
      #expect(
        copy.columns == ["größe"] && copy.classNames == ["ä", "ö"] && copy.tensor.values == [1.5, 2.5])
      #expect(copy.remarks == ["the comma in column 'größe' for the mark before decimals"])
    }
  }
}

/// The fifteen tables of `tables/messy`: what is a number in them is read as its description has it.
@Suite struct MessyTableTests {
  struct Expected: Decodable {
    struct Column: Decodable {
      let position: Int
      let name: String
      let kind: String
      let missing: Int
      let first: [Value]
      let sentinel: Double?
      let role: String?
    }

    enum Value: Decodable {
      case number(Double)
      case other

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = (try? container.decode(Double.self)).map(Value.number) ?? .other
      }
    }

    let file: String
    let rows: Int
    let columns: [Column]
  }

  static let names = [
    "01_semicolon_decimal_comma", "02_thousands_separators", "03_r_write_table", "04_comment_lines",
    "05_excel_sep_line", "06_quoted_line_breaks", "07_percent_currency", "08_dates_gaps", "09_booleans",
    "10_index_and_ids", "11_sentinels", "12_duplicate_names", "13_latin1", "14_utf16_tabs",
    "15_r_write_table_spaces",
  ]

  @Test(.enabled(if: RealData.file("tables/messy") != nil, RealData.comment), arguments: names)
  func `numbers are read`(name: String) throws {
    let json = try #require(RealData.file("tables/messy/\(name).expected.json"))
    let expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: URL(fileURLWithPath: json)))
    var options = CSV.Options(gaps: true)
    let numbers = expected.columns.filter { $0.kind == "number" }
    // Left out by the reader itself: names of rows, and columns without name and value.
    let others = expected.columns.filter {
      $0.kind != "number" && $0.role == nil && !($0.kind == "empty" && $0.name.isEmpty)
    }
    options.drop = others.map { "\($0.position)" }
    let table = try CSV.read(#require(RealData.file("tables/messy/\(expected.file)")), options)
    #expect(table.tensor.shape == [expected.rows, numbers.count])
    #expect(table.columns == numbers.map { $0.name.isEmpty ? "column \($0.position)" : $0.name })
    let values = table.tensor.doubles
    for (index, column) in numbers.enumerated() {
      let found = (0..<table.tensor.rows).map { values[$0 * numbers.count + index] }
      if column.sentinel == nil { #expect(found.count(where: \.isNaN) == column.missing, "\(column.name)") }
      for (value, first) in zip(found, column.first) {
        guard case .number(let number) = first else { continue }
        #expect(abs(value - number) <= 1e-6 * abs(number), "\(column.name): \(value) for \(number)")
      }
    }
  }
}
