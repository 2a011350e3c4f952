import HourglassFormats
import HourglassTensor
import Testing

@testable import HourglassReport

/// Where charts put what.
@Suite struct ChartTests {
  @Test func ticksAreRoundAndInside() {
    let axis = Axis([0.13, 9.7])
    #expect(axis.ticks == [2, 4, 6, 8] && axis.lowest == 0.13 && axis.highest == 9.7)
    #expect(axis.ticks.map(axis.label) == ["2", "4", "6", "8"])
    #expect(Axis([0.0, 0.03]).ticks.count >= 3 && Axis([0.0, 0.03]).label(0.01) == "0.01")
    #expect(abs(axis.place(4.915) - 0.5) < 1e-12 && axis.place(-5) == 0 && axis.place(50) == 1)
    let powers = Axis([0.02, 5], logarithmic: true)
    #expect(powers.isLogarithmic && powers.ticks.contains { abs($0 - 0.1) < 1e-12 })
    #expect(abs(powers.place((0.02 * 5).squareRoot()) - 0.5) < 1e-9)
  }

  @Test(arguments: [
    [], [.nan], [3, 3, 3], [0, 0], [-.infinity, 1], [1e-300, 2e-300], [-1e300, 1e300],
    [.leastNonzeroMagnitude, .leastNonzeroMagnitude], [.leastNonzeroMagnitude, 1], [1e17, 1e17 + 32],
  ])
  func noNumbersBreakAnAxis(values: [Double]) {
    for logarithmic in [false, true] {
      let axis = Axis(values, logarithmic: logarithmic)
      #expect(axis.highest > axis.lowest && axis.ticks.count < 200, "\(values)")
      for value in values + [0, 1] { #expect((0...1).contains(axis.place(value))) }
      for tick in axis.ticks { #expect(!axis.label(tick).isEmpty) }
    }
  }

  @Test func linesGoThroughTheirPoints() {
    let chart = LineChart("a line", [.init("loss", .first, x: [1, 2, 3], y: [4, 2, 0])], xTitle: "epoch")
    let html = chart.markup().html
    #expect(html.contains("d=\"M0 0L500 500L1000 1000\""), "\(html)")
    #expect(html.contains("role=\"img\"") && html.contains("aria-label=\"a line\""))
  }

  @Test func aGapBreaksALine() {
    let html = LineChart("", [.init("", .first, [1, .nan, 3, 4])]).markup().html
    #expect(html.components("M").count - 1 == 2)
  }

  @Test func manyPointsKeepTheirPeaks() {
    var values = (0..<100_000).map { Double($0 % 7) }
    values[54_321] = 1000
    let line = LineChart.Line("", .first, values)
    #expect(line.x.count <= 1200 && line.y.contains(1000) && line.x.contains(54_321))
    #expect(zip(line.x, line.x.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func barsAreAsHighAsTheirCounts() {
    let bins = [HistogramChart.Bin(0...1, count: 10), .init(1...2, count: 5), .init(2...4, count: 0)]
    let html = HistogramChart("h", bins, marks: [(place: 1, text: "median: 1")]).markup().html
    #expect(html.contains("x=\"0%\" y=\"0%\" width=\"25%\" height=\"100%\""), "\(html)")
    #expect(html.contains("x=\"25%\" y=\"50%\" width=\"25%\" height=\"50%\""))
    #expect(html.contains("median: 1"))
  }

  @Test func pointsHaveTheirTitlesAndColours() throws {
    let points = (0..<30).map { index in
      ScatterPlot.Point(
        x: Double(index), y: Double(index % 5), title: "<\(index)>", group: index % 3,
        level: Double(index) / 29)
    }
    let plot = ScatterPlot(
      "map", identifier: "m", points, groups: ["a", "<b>", "c"],
      scale: (name: "error", lowest: "0", highest: "1"))
    let html = try plot.figure().html
    #expect(html.components("<circle").count - 1 == 30 && html.contains("<title>&lt;29&gt;</title>"))
    #expect(html.contains("class=\"p c2 v9\"") && html.contains("<bdi>&lt;b&gt;</bdi>"))
  }

  @Test func picturesAreTheirPixels() throws {
    let picture = Picture(width: 2, height: 1, pixels: [.zero, SIMD3(repeating: 1)])
    let sheet = Picture.sheet([picture, picture, picture], across: 2, gap: 1)
    #expect(sheet.width == 6 && sheet.height == 4)
    #expect(sheet[0, 1].x == 1 && sheet[0, 2].x == 0.5 && sheet[1, 0].x == 0.5 && sheet[2, 4].x == 0.5)
    let raster = Raster(picture)
    #expect(raster.channels == 1 && raster.pixels == [0, 255])
    let read = try ImageFile.read(bytes: try raster.png(), name: "p")
    #expect(read.width == 2 && read.height == 1 && read.pixels == [0, 255])
    #expect(try raster.address().hasPrefix("data:image/png;base64,iVBORw0KGgo"))
    let filter = Picture(filter: [-2, 0, 1, 2], [1, 2, 2])
    #expect(filter[0, 0].z > filter[0, 0].x && filter[1, 1].x > filter[1, 1].z)
  }

  @Test func aFileOfItsOwnHasItsColours() {
    let svg = ColumnChart("columns", [1, 2], names: ["a", "b"]).svg(width: 400)
    #expect(svg.hasPrefix("<svg xmlns=") && svg.contains("--first:") && svg.contains("width=\"400\""))
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
