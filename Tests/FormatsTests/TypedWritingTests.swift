import Foundation
import HourglassFormats
import HourglassTensor
import Testing

/// Tables that are written as they were.
@Suite struct TypedWritingTests {
  /// Texts that come back to the byte.
  static let same = [
    "a,b\n1.50,x\n-2.25,y\n,\n",
    "a;b\n1.234,50;x\n-0,25;NA\nNA;y\n",
    "a,b\n\"$1,234.50\",4.5%\n\"-$12,345.00\",-0.5%\n$3.25,12.0%\n",
    "a,b\nEUR 7.29,42.1 kg\nEUR 39.49,5.0 kg\n",
    "a,b\n\"1,234\",+1.9 %\n\"(8,302)\",-0.5 %\n\"1,234,567\",+4.0 %\n",
    "a,b\n19'200.50,1\n5'432.85,2\n",
    "a;b\n46\u{A0}217\u{A0}876;1\n583\u{A0}192;2\n",
    "when;b\n31.12.2023;x\n01.02.2023;y\n;z\n",
    "when,at\n2023-01-05 17:41:09,7:05 AM\n2023-11-15 07:41:00,12:30 PM\n",
    "when,b\n\"Jan 5, 2023\",1\n\"Nov 15, 2023\",2\n",
    "when,b\n2023-01-05T17:41:09.250+02:00,1\n2023-01-05T17:41:09.125+02:00,2\n",
    "\"a\",\"b\"\n\"x\",1\n\"say \"\"so\"\"\",2\nNA,3\n",
    "\"mass\",\"gear\"\n\"Alba GT\",2.5,\"manual\"\n\"Alba 10\",NA,NA\n",
    "a\tb\n1\tx,y\n2\tz\n",
    "sep=;\na;b\n1;x\n2;y\n",
    "a,b\r\n1,x\r\n2,y\r\n",
    "\u{FEFF}a,b\n1,x\n2,y\n",
    ",a,a\n0,1,x\n1,2,y\n",
    "1,x\n2,y\n",
    "a\n1\nNA\n3\n",
    "a,b\n\"two\nlines\",1\n\" \",2\n",
    "a,b\n1,x\n2.5,y\n10.125,z\n",
    "a,b\n0.1234567890123456,1e-30\n1234567890.5,2.5\n",
    "a,b\ninf,x\n-inf,y\n1,z\n",
    "zip,n\n00123,9007199254740993\n10115,5\n",
  ]

  @Test(arguments: same.indices)
  func sameBytes(index: Int) throws {
    let text = Self.same[index]
    let table = try CSV.readTyped(bytes: [UInt8](text.utf8), name: "a.csv")
    let written = String(decoding: CSV.bytes(of: table), as: UTF8.self)
    #expect(written == text)
    let again = try CSV.readTyped(bytes: CSV.bytes(of: table), name: "a.csv")
    #expect(TypedTableTests.lines(again) == TypedTableTests.lines(table))
    #expect(again.columns.map(\.form) == table.columns.map(\.form))
    let folder = try TemporaryFolder()
    try CSV.write(table, to: folder.file("a.csv.gz"))
    #expect(try CSV.readTyped(folder.file("a.csv.gz")).columns.map(\.form) == table.columns.map(\.form))
  }

  /// Values that were not in the file, as imputed ones are: rounded as the column shows its numbers.
  static let numbers: [(cells: [String], value: Double, text: String)] = [
    (["1", "2"], 1.5, "2"), (["1.5", "2"], 2, "2"), (["1.5", "2"], 1.249, "1.2"),
    (["1.50", "2.00"], 2, "2.00"),
    (["1.50", "2.00"], -0.001, "0.00"), (["1.50", "2.00"], 1.005, "1.01"), (["1.50", "2.00"], 0.999, "1.00"),
    (["1.50", "2.00"], 9.999, "10.00"), (["1,5", "1.234,5"], 1_234_567.89, "1.234.567,9"),
    (["$1.50", "$2.00"], -3, "-$3.00"), (["$-1.50", "$2.00"], -3, "$-3.00"), (["(5)", "6"], -7, "(7)"),
    (["+5 %", "-6 %"], 7, "+7 %"), (["1e-30", "5"], 0.1, "0.1"), (["1", "2"], 1e17, "100000000000000000"),
    (["1.5"], 1e-9, "0.0"), (["12 kg", "5 kg"], 7.4, "7 kg"), (["0.5"], 0.05, "0.1"),
    (["5"], .infinity, "inf"),
  ]

  @Test(arguments: numbers.indices)
  func number(index: Int) throws {
    let (cells, value, text) = Self.numbers[index]
    let table = try CSV.readTyped(
      bytes: [UInt8](("a;b\n" + cells.map { "\($0);x\n" }.joined()).utf8), name: "a.csv")
    let form = table.columns[0].form
    #expect(form.kind == .number && form.text(value) == text)
    #expect(try JSONDecoder().decode(CellForm.self, from: JSONEncoder().encode(form)) == form)
  }

  /// Numbers of every length are read to the bits that `Double(String)` has, and written back.
  @Test func randomNumbers() throws {
    let random = Random(seed: 5, stream: 1)
    var texts: [String] = []
    for index in 0..<20_000 {
      let drawn = random.bits(position: UInt64(index))
      let bits = UInt64(drawn.x) << 32 | UInt64(drawn.y)
      let wide = Double(bitPattern: bits)
      let near = Double(Int64(bitPattern: bits) >> Int64(index % 60)) * [1e-3, 1e-17, 1, 1e-9][index % 4]
      texts.append("\(index % 2 == 0 && wide.isFinite ? wide : near)")
    }
    let table = try CSV.readTyped(
      bytes: [UInt8](("a,b\n" + texts.map { "\($0),x\n" }.joined()).utf8), name: "x")
    #expect(table.columns[0].values == .numbers(texts.map { Double($0) ?? .nan }))
    let written = texts.map { CellForm.number().text(Double($0) ?? .nan) }
    #expect(written.map { Double($0) } == texts.map { Double($0) })
  }
}
