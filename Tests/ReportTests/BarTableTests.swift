import Testing

@testable import HourglassReport

/// Lengths and colours that stand for numbers.
@Suite struct BarTableTests {
  private func bars(_ values: Double...) -> BarTable {
    BarTable("errors", values.enumerated().map { .init("bar \($0)", $1, isFirst: $0 == 0) })
  }

  @Test func theScaleIsMadeForTheTwoThatAreCompared() {
    let table = bars(0.2046, 0.3399, 1.053, 5.804)
    #expect(abs(table.end - 1.6 * 0.3399) < 1e-12)
    #expect(table.bars.map(table.isCut) == [false, false, true, true])
    let html = table.markup().html
    // 0.2046 and 0.3399 of 0.54384
    #expect(html.contains("<div style=\"width:37.62%\">") && html.contains("<div style=\"width:62.5%\">"))
    #expect(html.contains("<div class=\"cut\" style=\"width:100%\">"))
    #expect(html.contains("1.66 times") && html.contains("28.4 times") && html.contains("end in a point"))
  }

  @Test func nothingIsCutWhereNumbersAreNear() {
    let table = bars(2, 1, 3)
    #expect(table.end == 3 && !table.bars.contains(where: table.isCut))
    #expect(!table.markup().html.contains("end in a point"))
    // The nearest of the others may be the smaller one; a number that is none takes no room.
    #expect(bars(10, 9, 500, .nan).end == 16)
    #expect(bars(0, 0).markup().html.contains("width:0%"))
  }

  @Test func withoutAFirstTheLargestIsWhole() {
    let table = BarTable("columns", [.init("a", 1), .init("b", 100)])
    #expect(table.end == 100 && !table.markup().html.contains("times"))
  }

  @Test func coloursTellHowFarFromNothing() {
    #expect(
      [1, 0.88, 0.87, 0.13, 0.12, 0].map(HeatTable.name) == ["up4", "up4", "up3", "up1", "none", "none"])
    #expect([-1, -0.5, -0.1].map(HeatTable.name) == ["down4", "down2", "none"])
    let table = HeatTable("c", corner: "column", columns: ["value 0"], [("a", [-0.5]), ("b", [.nan])])
    let html = table.markup().html
    #expect(html.contains("<td class=\"n down2\">−0.50</td>") && html.contains("<td class=\"n\">–</td>"))
    #expect(html.contains("<th scope=\"row\"><bdi>a</bdi></th>"))
  }

  @Test func smallLinesMayHaveTheirNumbers() {
    let line = LineChart("a", [.init("x", .first, [0, 0.1, -0.1])])
    #expect(!line.small(height: 60).markup().html.contains("<text"))
    let html = line.small(height: 60, scaledTo: []).markup().html
    #expect(html.contains(">0.1</text>") && html.contains(">−0.1</text>"))
    // On one scale with larger ones.
    #expect(line.small(height: 60, scaledTo: [10]).markup().html.contains(">10</text>"))
  }

  @Test func theBlamedValueIsMarked() throws {
    var example = Example(name: "row 7", notes: [])
    example.rows = [.init("age", ["1"]), .init("mass", ["2"], isBlamed: true)]
    let html = try ExamplesSection(
      introduction: "i", [ExampleGroup(title: "t", caption: "c", [example], heads: ["", "given"], side: 90)]
    ).content().html
    #expect(html.contains("<tr class=\"blamed\"><th scope=\"row\"><bdi>mass</bdi></th>"))
    #expect(html.contains("<tr><th scope=\"row\"><bdi>age</bdi></th>"))
  }
}
