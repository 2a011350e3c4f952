import Foundation
import HourglassTensor
import Testing

@testable import HourglassData

@Suite("Times of rows")
struct TimeGridTests {
  @Test("the step and the rows that are missing are found")
  func places() throws {
    let minutes = [
      "2014-04-01 23:50:00", "2014-04-01 23:55:00", "2014-04-02 00:00:00", "2014-04-02 00:15:00",
    ]
    let grid = try #require(TimeGrid(minutes))
    #expect(grid.places == [0, 1, 2, 5] && grid.missing == 2 && grid.stepWords == "5 min")
    #expect(grid.firstHole == 2 && grid.firstUneven == nil)
    // Over the end of February of a leap year, and of one that is none.
    let leap = try #require(TimeGrid(["2020-02-27", "2020-02-28", "2020-02-29", "2020-03-01"]))
    #expect(leap.places == [0, 1, 2, 3] && leap.stepWords == "day")
    #expect(try #require(TimeGrid(["1999-12-30", "1999-12-31", "2000-01-01"])).missing == 0)
    #expect(try #require(TimeGrid(["1900-02-27", "1900-02-28", "1900-03-01"])).missing == 0)
    let months = try #require(TimeGrid(["1949-11", "1949-12", "1950-01", "1950-03"]))
    #expect(months.places == [0, 1, 2, 4] && months.stepWords == "month")
    let quarters = try #require(TimeGrid(["1949-01-15", "1949-04-15", "1949-07-15"]))
    #expect(quarters.places == [0, 1, 2] && quarters.stepWords == "3 months")
    // A zone moves a time; a fraction is kept.
    let zones = ["2020-01-01T00:00:00Z", "2020-01-01T02:00:00+01:00", "2020-01-01T02:00:00.000Z"]
    #expect(try #require(TimeGrid(zones)).places == [0, 1, 2])
    #expect(try #require(TimeGrid(zones)).stepWords == "1 h")
  }

  @Test("times that are not evenly spaced are told by row")
  func uneven() throws {
    let times = ["2020-01-01 00:00", "2020-01-01 00:10", "2020-01-01 00:20", "2020-01-01 00:27"]
    let grid = try #require(TimeGrid(times))
    #expect(grid.firstUneven == 2 && grid.firstHole == nil && grid.places == [0, 1, 2, 3])
    for other in [["a", "b", "c"], ["2020-01", "2020-02"], ["2020-13", "2020-14", "2020-15"]] {
      #expect(TimeGrid(other) == nil)
    }
    #expect(TimeGrid(["2020-01-01", "2020-01-01", "2020-01-01"]) == nil)
  }

  private func opened(_ text: String, gaps: Bool) throws -> (Dataset, [String]) {
    let folder = try Folder()
    var options = SourceOptions()
    (options.window, options.stride) = (2, 2)
    var notices: [String] = []
    let path = folder.write(Array(text.utf8), "t.csv")
    return (try Source.open(path, gaps: gaps, options: options) { notices.append($0) }, notices)
  }

  @Test("missing rows are told of, and with gaps allowed are missing values")
  func gaps() throws {
    let text = "day,a,b\n2020-01-01,1,10\n2020-01-02,2,\n2020-01-03,3,30\n2020-01-05,5,50\n2020-01-06,6,60\n"
    let (dataset, notices) = try opened(text, gaps: true)
    #expect(dataset.hasGaps && notices.count == 1 && notices[0].contains("they are taken for missing"))
    let shown = dataset.tensor.values.map { "\($0)" }.joined(separator: " ")
    #expect(shown == "1.0 2.0 10.0 nan 3.0 nan 30.0 nan 5.0 6.0 50.0 60.0")
    let filled = text.replacingOccurrences(of: "2,\n", with: "2,20\n")
    let (whole, told) = try opened(filled, gaps: false)
    #expect(!whole.hasGaps && whole.tensor.values == [1, 2, 10, 20, 3, 5, 30, 50, 5, 6, 50, 60])
    #expect(told.count == 1)
    #expect(
      told[0].contains("1 row is missing from the times, a row every day, the first after 2020-01-03"))
    #expect(told[0].contains("--gaps"))
    #expect(try opened(filled.replacingOccurrences(of: "05,5", with: "04,5"), gaps: false).1.count == 1)
    let far = filled.replacingOccurrences(of: "2020-01-06", with: "2920-01-06")
    let refused = message { _ = try opened(far, gaps: true) }
    #expect(refused.contains("row 4") && refused.contains("2920-01-06 after 2020-01-05"), "\(refused)")
  }
}
