import HourglassFormats
import Testing

@testable import HourglassReport

/// A whole page.
@Suite struct PageTests {
  /// One of every section, with names that people should not give.
  static func page(_ name: String) -> Page {
    var example = Example(name: name, notes: ["class \(name)", "error 1"])
    example.pictures = [
      (Raster(width: 2, height: 2, channels: 1, pixels: [0, 1, 2, 3]), "original of \(name)")
    ]
    example.rows = [.init(name, ["1", "2", "−1"])]
    example.sounds = [([1, 2, 3], "original")]
    let plot = ScatterPlot(
      "map of \(name)", identifier: "map-a", [.init(x: 0, y: 1, title: name, group: 0, level: 0.5)],
      groups: [name],
      scale: (name: "error", lowest: "0", highest: "1"))
    return Page(
      title: name, lead: "about " + .name(name),
      sections: [
        VerdictSection(
          isGood: false, sentence: "It is \(name).", bars: BarTable("bars", [.init(name, 1, isFirst: true)]),
          facts: [(name: "f", text: name)], findings: [.init(severity: "fault", problem: name, remedy: name)]),
        CurvesSection(
          training: [3, 2, 1], validation: [3, 2, 2.5], rates: [1, 1, 0.5], best: 2, lossName: "mse"),
        ExamplesSection(
          introduction: name,
          [ExampleGroup(title: "a", caption: name, [example], heads: ["", "x"], side: 90)]),
        ErrorsSection(
          introduction: name, histogram: HistogramChart("h", [.init(0...1, count: 3)]),
          quantiles: PageTable(head: ["a"], []),
          worst: PageTable(head: [name], [[.words(.name(name)), .number("1")]])),
        MapSection([(title: name, caption: name, plot: plot)]),
        CodeSection(introduction: name, charts: [], table: PageTable(head: [], [])),
        StripsSection(title: "Strips", identifier: "strips", [.init(title: name, caption: name, [])]),
        ArchitectureSection(
          profile: NetworkProfile(name, widths: [784, 32, 784], code: 1), table: PageTable(head: [], [])),
        ProvenanceSection(
          facts: [("model", .name(name))], command: "train \(name)", texts: [(title: name, text: name)]),
      ])
  }

  @Test(arguments: MarkupTests.hostile)
  func namesBreakNothing(name: String) throws {
    let html = try PageTests.page(name).html()
    let plain = try PageTests.page("plain").html()
    // The same elements, whatever the name.
    func elements(_ html: String) -> [Substring] {
      html.split(separator: "<").dropFirst().map { $0.prefix { $0.isLetter || $0 == "/" || $0 == "!" } }
    }
    #expect(elements(html) == elements(plain))
    #expect(!html.contains("<script>alert") && !html.contains("\u{202E}") && !html.contains("\u{0}"))
    #expect(html.utf8.count < plain.utf8.count + 500_000)
  }

  @Test func theSameNumbersGiveTheSameBytes() throws {
    #expect(try PageTests.page("a").html() == PageTests.page("a").html())
  }

  @Test func nothingOutsideIsAskedFor() throws {
    let html = try PageTests.page("a").html()
    #expect(
      !html.contains("http:") && !html.contains("https:")
        && !html.contains("url(") == !Script.text.contains("url("))
    #expect(html.contains("default-src 'none'".replacing("'", with: "&#39;")))
    for attribute in ["src=\"", "href=\""] {
      for piece in html.split(separator: attribute).dropFirst() {
        #expect(piece.hasPrefix("data:") || piece.hasPrefix("#"))
      }
    }
  }

  @Test func thePolicyNamesTheScript() throws {
    let html = try PageTests.page("a").html()
    let start = try #require(html.firstRange(of: "<script>")).upperBound
    let end = try #require(html.firstRange(of: "</script>")).lowerBound
    let script = String(html[start..<end])
    let fingerprint = Base64.encode(SHA256.of(Array(script.utf8)))
    #expect(html.contains("script-src &#39;sha256-\(fingerprint)&#39;"))
  }

  @Test func everySectionIsLinked() throws {
    let page = PageTests.page("a")
    let html = try page.html()
    for section in page.sections {
      #expect(
        html.contains("href=\"#\(section.identifier)\"") && html.contains("id=\"\(section.identifier)\""))
    }
    #expect(Set(page.sections.map(\.identifier)).count == page.sections.count)
  }

  @Test func theBestEpochIsMarked() throws {
    let section = CurvesSection(
      training: [3, 2, 1], validation: [3, 2, 2.5], rates: [1, 1, 1], best: 2, lossName: "mse")
    let html = section.content().html
    #expect(html.contains("best: epoch 2, 2.000") && html.contains("The learning rate was 1 throughout."))
    #expect(html.contains("2 (best)"))
    let empty = CurvesSection(training: [], validation: [], rates: [], best: 0, lossName: "mse").content()
      .html
    #expect(empty.contains("no record"))
  }
}
