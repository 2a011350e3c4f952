import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

/// Rows that are read many at once, by several threads, against the cells they were made of.
@Suite struct TypedChunkTests {
  private static let rows = 3000

  /// Numbers as programs and people write them.
  private static func number(_ row: Int, _ chance: Float) -> String {
    let value = Double(chance) - 0.5
    switch row % 23 {
    case 0: return "\(value)"
    case 1: return "\(row)"
    case 2: return "-0"
    case 3: return ".5"
    case 4: return "-12."
    case 5: return "1.5e-7"
    case 6: return "0.\(row)000000000000001"
    case 7: return "1234567.123456789012345678"
    case 8: return "90071992547409.93"
    case 9: return "\"2.25\""
    case 10: return "12345678.5"
    case 11: return "-3.14159265358979"
    default: return "\((value * 1e6).rounded() / 1e4)"
    }
  }

  /// The cells, column by column: numbers, numbers with gaps, texts, quoted texts, dates.
  private static let cells: [[String]] = {
    let chances = Draws.uniform(rows, seed: 5)
    let all = 0..<rows
    return [
      all.map { number($0, chances[$0]) },
      all.map { $0 % 5 == 2 ? "NA" : $0 % 7 == 3 ? "" : "\($0).25" },
      all.map { $0 % 11 == 0 ? "" : "town \($0 * $0 % 37)" },
      all.map { "\"level, \($0 % 4)\"" },
      all.map { "20\(10 + $0 % 13)-0\(1 + $0 % 9)-1\($0 % 10)" },
      all.map { $0 < 2900 ? "" : "7" },
    ]
  }()

  private static func text(end: String, odd: [Int: String] = [:]) -> [UInt8] {
    var text = "n,gaps,town,level,day,late" + end
    for row in 0..<rows {
      if let line = odd[row] { text += line + end }
      text += cells.map { $0[row] }.joined(separator: ",") + end
    }
    return [UInt8](text.utf8)
  }

  private static func read(_ text: [UInt8], threads: Int, chunk: Int) throws -> TypedTable {
    var options = CSV.TypedOptions()
    (options.threads, options.chunkSize) = (threads, chunk)
    return try CSV.readTyped(bytes: text, name: "a.csv", options)
  }

  private static func bits(_ values: [Double]) -> [UInt64?] { values.map { $0.isNaN ? nil : $0.bitPattern } }

  @Test(arguments: ["\n", "\r\n"])
  func everyCellIsWhatItWasMadeOf(end: String) throws {
    let table = try Self.read(Self.text(end: end), threads: 2, chunk: 5000)
    #expect(table.rowCount == Self.rows)
    for (column, cells) in zip(table.columns, Self.cells) {
      let plain = cells.map { $0.replacing("\"", with: "") }
      switch column.values {
      case .numbers(let values):
        let expected = plain.map { Double($0.hasPrefix(".") ? "0" + $0 : $0) ?? .nan }
        #expect(Self.bits(values) == Self.bits(expected), "\(column.name)")
      case .texts(let levels, let indices):
        #expect(indices.map { $0 < 0 ? "" : levels[Int($0)] } == plain)
        var seen: Set<String> = []
        #expect(levels == plain.filter { !$0.isEmpty && seen.insert($0).inserted })
      case .times(let values): #expect(values.map { column.form.text($0) } == plain)
      }
    }
    #expect(table.columns.map(\.form.decimals)[1] == 2)
    #expect(table.columns.map(\.form.isQuoted) == [true, false, false, false, false, false])
  }

  /// A comment, a line end and quotes within quotes, and spaces, in the middle.
  @Test func theTableDoesNotDependOnChunksAndThreads() throws {
    let odd = [
      700: "# a comment", 1100: "1,2,\"two\nlines\",x,2020-01-01,", 1101: " 3 , 4 , a b , y ,2020-01-02, ",
      2500: "5,6,\"a \"\"b\"\"\",z,2020-01-03,",
    ]
    let text = Self.text(end: "\n", odd: odd)
    let one = try Self.read(text, threads: 1, chunk: 1 << 30)
    #expect(one.rowCount == Self.rows + 3)
    for (threads, chunk) in [(1, 100), (2, 1000), (3, 4096), (3, 1 << 16)] {
      let other = try Self.read(text, threads: threads, chunk: chunk)
      #expect(other.form == one.form && other.remarks == one.remarks)
      for (column, expected) in zip(other.columns, one.columns) {
        #expect(column.form == expected.form && column.title == expected.title)
        switch (column.values, expected.values) {
        case (.numbers(let left), .numbers(let right)), (.times(let left), .times(let right)):
          #expect(Self.bits(left) == Self.bits(right))
        default: #expect(column.values == expected.values)
        }
      }
    }
  }

  @Test func faultsNameTheirLine() throws {
    for odd in ["1,2,3", "1,2,x,y,2020-01-01,,9"] {
      let text = Self.text(end: "\n", odd: [1999: odd])
      #expect {
        try Self.read(text, threads: 2, chunk: 3000)
      } throws: {
        ($0 as? FormatError)?.place == "a.csv line 2001"
      }
    }
  }
}
