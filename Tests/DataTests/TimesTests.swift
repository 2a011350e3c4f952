import HourglassTensor
import Testing

@testable import HourglassData

/// Steps of series in order of time, from tables and from files of cases.
@Suite("Series in time")
struct TimesTests {
  @Test("dates, numbers and texts that begin with a year are understood")
  func units() throws {
    #expect(try #require(Times(["1949-03", "1950-01"])).unit == .months)
    #expect(
      try #require(Times(["2020-01-01", "2020-01-02"])).numbers.map { $0 / 86_400_000 } == [18262, 18263])
    let decimals = try #require(Times(["0.25", "1e1", "-3"]))
    #expect(decimals.unit == .digits(2) && decimals.numbers == [25, 1000, -300])
    #expect(try #require(Times(["1396310400", "1396310700.0"])).unit == .digits(0))
    #expect(
      try #require(Times(["0.1", "0.2", "0.30000000000000004"])).numbers == [
        100_000_000, 200_000_000, 300_000_000,
      ])
    let texts = try #require(Times(["2020-w02", "2020-w01", "2020-w02"]))
    #expect(texts.unit == .order && texts.numbers == [1, 0, 1])
    for other in [["1.1.00", "2.1.00"], ["2020-w1", "2020-w10"], ["nan"], ["1e300"], [""]] {
      #expect(Times(other) == nil)
    }
  }

  @Test("steps back and doubled times are found, and sorting keeps the order of one time")
  func order() throws {
    let times = try #require(Times(["3", "1", "2", "2", "1"]))
    #expect(times.stepsBack?.first == 1 && times.stepsBack?.count == 2)
    #expect(times.doubled?.first == 3 && times.doubled?.count == 1)
    #expect(times.sorted == [1, 4, 2, 3, 0] && times.at(times.sorted).texts == ["1", "1", "2", "2", "3"])
    #expect(try #require(Times(["1", "2"])).stepsBack == nil)
  }

  @Test("a grid of numbers, its step as it would be written")
  func numbers() throws {
    let grid = try #require(TimeGrid(["0", "0.1", "0.2", "0.30000000000000004", "0.5"]))
    #expect(grid.places == [0, 1, 2, 3, 5] && grid.stepWords == "0.1" && grid.firstUneven == nil)
    #expect(try #require(TimeGrid(["10", "30", "50"])).stepWords == "20")
    #expect(try #require(TimeGrid(["0.05", "1.1", "2.15"])).stepWords == "1.05")
    // A doubled time is a step of its own, and no fault of the grid.
    let doubled = try #require(TimeGrid(["1", "2", "2", "3", "5"]))
    #expect(doubled.places == [0, 1, 2, 3, 5] && doubled.firstUneven == nil && doubled.firstHole == 3)
    // Far beyond what can be counted.
    #expect(try #require(TimeGrid(["0", "1", "2", "2000000000000000000"])).places.count == 4)
  }

  private func opened(
    _ text: String, _ name: String, window: Int? = nil, gaps: Bool = false, sorts: Bool = false
  ) throws -> (Dataset, [String]) {
    let folder = try Folder()
    var options = SourceOptions()
    options.window = window
    options.sorts = sorts
    var notices: [String] = []
    let path = folder.write(Array(text.utf8), name)
    return (try Source.open(path, gaps: gaps, options: options) { notices.append($0) }, notices)
  }

  private func shown(_ dataset: Dataset) -> String {
    dataset.tensor.values.map { "\(Int(exactly: $0) ?? -1)" }.joined(separator: " ")
  }

  @Test("a table with steps back is refused, or sorted and told of")
  func table() throws {
    let rows = [
      "2020-01-02,2,20", "2020-01-01,1,10", "2020-01-03,3,30", "2020-01-03,4,40", "2020-01-05,6,60",
    ]
    let text = "day,a,b\n" + rows.joined(separator: "\n") + "\n"
    let refused = message { _ = try opened(text, "t.csv", window: 5) }
    #expect(refused.contains("row 1 (counted from 0): expected times in order"), "\(refused)")
    #expect(refused.contains("2020-01-01 after 2020-01-02") && refused.contains("--sort"), "\(refused)")
    let (dataset, told) = try opened(text, "t.csv", window: 5, sorts: true)
    #expect(shown(dataset) == "1 2 3 4 6 10 20 30 40 60")
    #expect(told.count == 3, "\(told)")
    #expect(
      told[0].contains("1 row comes before the one above in time, the first 2020-01-01 after 2020-01-02"))
    #expect(told[1].contains("1 row has the time of the row before, the first 2020-01-03"))
    #expect(told[2].contains("1 row is missing from the times, a row every day, the first after 2020-01-03"))
    let (gapped, _) = try opened(text, "t.csv", window: 6, gaps: true, sorts: true)
    #expect(shown(gapped) == "1 2 3 4 -1 6 10 20 30 40 -1 60")
    // What is in order is not touched, nor talked about.
    let ordered = "day,a\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n"
    #expect(try opened(ordered, "t.csv", window: 3, sorts: true).1.isEmpty)
    #expect(
      message { _ = try opened("a,b\n1,2\n3,4\n", "t.csv", window: 2, sorts: true) }.contains(
        "times to sort by"))
    #expect(
      message { _ = try opened("t,b\n1.1.00,2\n", "t.csv", window: 1, sorts: true) }.contains("'1.1.00'"))
    #expect(
      message { _ = try opened("a,b\n1,2\n3,4\n", "t.csv", sorts: true) }.contains("since --sort is given"))
  }

  @Test("a first column of numbers is the times where it is called so, and this is told")
  func numbered() throws {
    let text = "timestamp,a\n1396310400,1\n1396310700,2\n1396311300,4\n1396311600,5\n"
    let (dataset, told) = try opened(text, "t.csv", window: 4)
    #expect(shown(dataset) == "1 2 4 5" && told.count == 2, "\(told)")
    #expect(told[0].contains("the first column is taken for the times of the rows, by its name"))
    #expect(told[1].contains("a row every 300, the first after 1396310700"))
    #expect(try opened(text, "t.csv", window: 5, gaps: true).0.count == 1)
    // A model whose training had the column among its channels has it again.
    let folder = try Folder()
    let path = folder.write(Array(text.utf8), "t.csv")
    let form = SeriesForm(channels: 2, window: 4, stride: 1)
    #expect(try Source.open(path, options: SourceOptions(.series(form))).sampleShape == [2, 4])
  }

  @Test("cases with times: in order, on one grid, with what is missing told")
  func cases() throws {
    let text =
      "@timestamps true\n@classLabel true x y\n@data\n"
      + "(0,1),(1,2),(3,4):(0,10),(1,20),(3,40):x\n(5,5),(6,6),(7,7):(5,50),(6,60),(7,70):y\n"
    let (whole, told) = try opened(text, "a.ts")
    #expect(whole.sampleShape == [2, 3] && whole.labels == [0, 1] && told.count == 1, "\(told)")
    #expect(told[0].contains("1 step is missing from the times, a step every 1, the first after 1 in line 4"))
    #expect(told[0].contains("--gaps"))
    let (gapped, _) = try opened(text, "a.ts", gaps: true)
    #expect(shown(gapped) == "1 2 -1 4 10 20 -1 40 5 6 7 -1 50 60 70 -1" && gapped.hasGaps)
    let back = "@data\n(2020-01-02,2),(2020-01-01,1),(2020-01-03,3)\n"
    let refused = message { _ = try opened(back, "a.ts") }
    #expect(refused.contains("a.ts line 2: expected times in order"), "\(refused)")
    let (sorted, sortedTold) = try opened(back, "a.ts", sorts: true)
    #expect(shown(sorted) == "1 2 3" && sortedTold.count == 1 && sortedTold[0].contains("sorted by time"))
    let uneven = try opened("@data\n(0,1),(2,2),(3,3),(5,4),(7,5),(9,6)\n", "a.ts").1
    #expect(
      uneven.count == 1 && uneven[0].contains("line 2: 3 follows 2, where most follow after 2"), "\(uneven)")
    let doubled = try opened("@data\n(0,1),(1,2),(1,3),(2,4)\n", "a.ts").1
    #expect(doubled.count == 1 && doubled[0].contains("1 step has the time of the step before"), "\(doubled)")
    #expect(message { _ = try opened("@data\n1,2\n", "a.ts", sorts: true) }.contains("series without times"))
    let odd = try opened("@data\n(1.1.00,1),(2.1.00,2)\n", "a.ts")
    #expect(shown(odd.0) == "1 2" && odd.1[0].contains("'1.1.00' are not understood"))
    let far = "@data\n(0,1),(1,2),(2,3),(1000000000000,4)\n"
    #expect(message { _ = try opened(far, "a.ts", gaps: true) }.contains("and 999999999997 missing in all"))
  }
}
