import Foundation
import HourglassFormats
import Testing

/// Dates and times as people write them, held against Foundation's calendar.
@Suite struct TypedTimeTests {
  /// Cells of a column, how it is written, and the times.
  static let forms: [(cells: [String], pattern: String, times: String)] = [
    (["2023-01-05", "1969-12-31"], "yyyy-MM-dd", "2023-01-05T00:00:00 1969-12-31T00:00:00"),
    (["2023-01-05 17:41:09"], "yyyy-MM-dd HH:mm:ss", "2023-01-05T17:41:09"),
    (["2023-01-05T17:41"], "yyyy-MM-dd'T'HH:mm", "2023-01-05T17:41:00"),
    (["2023-01-05T17:41:09Z"], "yyyy-MM-dd'T'HH:mm:ssXXX", "2023-01-05T17:41:09"),
    // On the clock as written.
    (["2023-01-05T17:41:09+02:00"], "yyyy-MM-dd'T'HH:mm:ssXXX", "2023-01-05T17:41:09"),
    (["20230105T174109"], "yyyyMMdd'T'HHmmss", "2023-01-05T17:41:09"),
    (["2023/1/5", "2023/11/15"], "yyyy/M/d", "2023-01-05T00:00:00 2023-11-15T00:00:00"),
    (["2023-04", "2024-12"], "yyyy-MM", "2023-04-01T00:00:00 2024-12-01T00:00:00"),
    (["01.02.2023", "31.12.1999"], "dd.MM.yyyy", "2023-02-01T00:00:00 1999-12-31T00:00:00"),
    (["1.2.2023 7:05", "11.12.2023 17:05"], "d.M.yyyy H:mm", "2023-02-01T07:05:00 2023-12-11T17:05:00"),
    (["13/04/2023", "01/02/2023"], "dd/MM/yyyy", "2023-04-13T00:00:00 2023-02-01T00:00:00"),
    (["01/02/2023", "04/13/2023"], "MM/dd/yyyy", "2023-01-02T00:00:00 2023-04-13T00:00:00"),
    (
      ["05/05/2023", "01/02/2023", "04/13/2023"], "MM/dd/yyyy",
      "2023-05-05T00:00:00 2023-01-02T00:00:00 2023-04-13T00:00:00"
    ),
    (["1-2-2023", "14-2-2023"], "d-M-yyyy", "2023-02-01T00:00:00 2023-02-14T00:00:00"),
    (["13/4/68", "13/4/69"], "dd/M/yy", "2068-04-13T00:00:00 1969-04-13T00:00:00"),
    (["05/05/2023"], "dd/MM/yyyy", "2023-05-05T00:00:00"),
    (["13 Apr 2023", "1 May 2023"], "d MMM yyyy", "2023-04-13T00:00:00 2023-05-01T00:00:00"),
    (["13-APR-23"], "dd-MMM-yy", "2023-04-13T00:00:00"),
    (["May 1, 2023", "June 13, 2023"], "MMMM d, yyyy", "2023-05-01T00:00:00 2023-06-13T00:00:00"),
    (["Thu, 13 Apr 2023 07:05:00"], "EEE, dd MMM yyyy HH:mm:ss", "2023-04-13T07:05:00"),
    (
      ["12/31/2023 12:05 AM", "1/2/2023 1:30 PM"], "M/d/yyyy h:mm a",
      "2023-12-31T00:05:00 2023-01-02T13:30:00"
    ),
    (["07:05", "23:59"], "HH:mm", "1970-01-01T07:05:00 1970-01-01T23:59:00"),
    (["2024-02-29", "1900-02-28"], "yyyy-MM-dd", "2024-02-29T00:00:00 1900-02-28T00:00:00"),
  ]

  @Test(arguments: forms.indices)
  func form(index: Int) throws {
    let (cells, pattern, times) = Self.forms[index]
    let text = "a;when\n" + cells.map { "1;\"\($0)\"\n" }.joined()
    let column = try TypedTableTests.table(text).columns[1]
    #expect(TypedTableTests.shown(column) == "times " + times)
    #expect(column.form.pattern?.description == pattern)
    guard case .times(let values) = column.values else { return }
    let written = values.map { column.form.text($0) }
    #expect(written.map { $0.lowercased() } == cells.map { $0.lowercased() })
    // What is kept in a file brings the same pattern back.
    let kept = try JSONDecoder().decode(CellForm.self, from: JSONEncoder().encode(column.form))
    #expect(kept == column.form)
  }

  static let noTimes = [
    "2023-02-29", "2023-13-01", "2023-00-10", "32.01.2023", "31.04.2023", "13/13/2023", "24:00", "7:5",
    "12:60",
    "2023-1", "99-1-2", "1.2.3.4", "13 Foo 2023", "2023/0017", "0:00 XM", "13:05 PM", "10115", "2023-01-05T",
    "T10:00",
    "1-2", "A-1001", "May", "2023-01-05 10", "2023-01-05T10:00:00+2",
  ]

  @Test(arguments: noTimes)
  func noTime(text: String) throws {
    let table = try TypedTableTests.table("a;when\n1;\(text)\n") { $0.header = true }
    if case .times = table.columns[1].values { Issue.record("\(text) is read as a time") }
  }

  /// Days of eight hundred years, against Foundation's calendar.
  @Test func calendar() throws {
    let days = Array(stride(from: -140_000, to: 150_000, by: 37))
    let cells = days.map { TypedTableTests.iso(Double($0) * 86_400).prefix(10) }
    let column = try TypedTableTests.table("when,a\n" + cells.map { "\($0),1\n" }.joined()).columns[0]
    #expect(column.values == .times(days.map { Double($0) * 86_400 }))
    #expect(days.map { column.form.text(Double($0) * 86_400) } == cells.map(String.init))
  }

  @Test func orderAsked() throws {
    let text = "when\n05/06/2023\n07/08/2023\n"
    #expect(
      TypedTableTests.shown(try TypedTableTests.table(text) { $0.dateOrder = .monthFirst }.columns[0])
        == "times 2023-05-06T00:00:00 2023-07-08T00:00:00")
    #expect(
      TypedTableTests.shown(try TypedTableTests.table(text) { $0.dateOrder = .dayFirst }.columns[0])
        == "times 2023-06-05T00:00:00 2023-08-07T00:00:00")
    // A number above 12 says more than a wish.
    #expect(
      TypedTableTests.shown(
        try TypedTableTests.table(text + "13/08/2023\n") { $0.dateOrder = .monthFirst }.columns[0])
        == "times 2023-06-05T00:00:00 2023-08-07T00:00:00 2023-08-13T00:00:00")
    // One column in both orders holds no dates.
    let both = try TypedTableTests.table("when\n05/16/2023\n17/08/2023\n").columns[0]
    #expect(TypedTableTests.shown(both) == "texts 05/16/2023|17/08/2023")
  }

  @Test func greenwich() throws {
    let table = try TypedTableTests.table("a,when\n1,2023-03-25T12:00+01:00\n2,\n3,2023-03-26T12:00+02:00\n")
    #expect(TypedTableTests.shown(table.columns[1]) == "times 2023-03-25T11:00:00 - 2023-03-26T10:00:00")
    #expect(table.columns[1].form.text(0) == "1970-01-01T00:00Z")
    #expect(
      table.remarks == ["times of several distances from Greenwich in column 'when' for those of Greenwich"])
  }

  /// Values between those that were written are rounded to what the pattern shows.
  @Test func rounding() throws {
    let clock = try #require(TimePattern("HH:mm:ss.SSS"))
    #expect(clock.text(1.9996) == "00:00:02.000")
    #expect(clock.text(86_399.9999) == "00:00:00.000")
    #expect(TimePattern("HH:mm")?.text(89.9) == "00:01")
    #expect(TimePattern("yyyy-MM-dd")?.text(-1) == "1969-12-31")
    #expect(TimePattern("h 'o clock' a")?.text(46_800) == "1 o clock PM")
    #expect(TimePattern("qq") == nil)
    #expect(TimePattern("'open") == nil)
  }
}
