import Hourglass
import HourglassTestSupport
import Testing

/// From data to a page about a model of them.
@Suite struct ReportCommandTests {
  @Test func aPageShowsWhatWasTrained() throws {
    let program = try BuiltProgram()
    let words = [
      "train", "builtin:digits:300", "--latent", "4", "--layers", "16", "--epochs", "3", "--report",
      "first.html",
    ]
    let training = try program.run(words + ["-o", "m.st"])
    #expect(training.code == 0 && training.messages.contains("first.html: a page of"), "\(training.messages)")
    #expect(program.text("first.html").contains("held out of its training"))
    for name in ["a.html", "b.html"] {
      let outcome = try program.run("report", "m.st", "builtin:digits:100:8", "--seed", "3", "-o", name)
      #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.messages)")
    }
    let page = program.text("a.html")
    #expect(page == program.text("b.html"))
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.utf8.count < 2_000_000)
    for title in [
      "Verdict", "Training", "Reconstructions", "Errors", "Map of the codes", "The code", "First layer",
      "Architecture",
      "How it was made",
    ] { #expect(page.contains(">\(title)</h2>"), "\(title)") }
    #expect(page.contains("data:image/png;base64,") && !page.contains("http:") && !page.contains("https:"))
    #expect(page.contains(SHA256.text(SHA256.of(program.bytes("m.st")))))
    let other = try program.run(
      "report", "m.st", "builtin:digits:100:8", "--seed", "4", "-o", "c.html", "--json")
    #expect(other.output.contains("\"file\":\"c.html\"") && program.text("c.html") != page)
    let mapped = try program.run(
      "report", "m.st", "builtin:digits:100:8", "--map", "tsne", "--map", "umap", "-o", "d.html")
    #expect(mapped.code == 0, "\(mapped.messages)")
    for title in ["Principal components", "t-SNE", "UMAP"] {
      #expect(program.text("d.html").contains(">\(title)</h3>"), "\(title)")
    }
    #expect(program.names() == ["a.html", "b.html", "c.html", "d.html", "first.html", "m.st"])
  }

  @Test func theWholeSourceIsSeenByTheHeldPart() throws {
    let program = try BuiltProgram()
    #expect(try program.run("train", "builtin:digits:200", "--epochs", "1", "-o", "m.st").code == 0)
    #expect(try program.run("report", "m.st", "builtin:digits:200", "-o", "a.html").code == 0)
    #expect(program.text("a.html").contains("on 20 samples"))
    #expect(try program.run("report", "m.st", "builtin:digits:199:5", "-o", "b.html").code == 0)
    #expect(program.text("b.html").contains("on 199 samples"))
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "a \"quoted\" 'name'", "🐧 שלום \u{202E}x",
    String(repeating: "long ", count: 2000),
  ])
  func columnsAndClassesMayBeCalledAnything(name: String) throws {
    let program = try BuiltProgram()
    let quoted = "\"" + name.replacing("\"", with: "\"\"") + "\""
    let rows = (0..<60).map { "\($0),\($0 % 7),\(quoted)\($0 % 2 == 0 ? "" : "x"),\($0 * $0)" }
    try program.write(
      "t.csv",
      "a,\(quoted),kind,d\n" + rows.map { $0.replacing("\"x,", with: "\",") }.joined(separator: "\n") + "\n")
    let training = try program.run(
      "train", "t.csv", "--label", "kind", "--epochs", "2", "--latent", "2", "-o", "m.st")
    #expect(training.code == 0, "\(training.messages)")
    let outcome = try program.run("report", "m.st", "t.csv", "-o", "p.html")
    #expect(outcome.code == 0, "\(outcome.messages)")
    let page = program.text("p.html")
    #expect(!page.contains("<script>alert") && !page.contains("\u{202E}") && page.utf8.count < 1_000_000)
    #expect(page.contains("typically off by"))
  }

  @Test func whatCannotBeIsRefused() throws {
    let program = try BuiltProgram()
    #expect(try program.run("train", "builtin:digits:60", "--epochs", "1", "-o", "m.st").code == 0)
    let ending = try program.run("report", "m.st", "builtin:digits:60", "-o", "page.pdf")
    #expect(ending.code == 2 && ending.messages.contains("ends in .html"), "\(ending.messages)")
    let shape = try program.run("report", "m.st", "t.csv", "-o", "p.html")
    #expect(shape.code == 1 && !program.names().contains("p.html"))
    let early = try program.run(
      "train", "builtin:digits:60", "--epochs", "1", "-o", "n.st", "--report", "no/where.html")
    #expect(early.code == 1 && !program.names().contains("n.st"), "\(early.messages)")
    #expect(try program.run("compare", "m.st", "-o", "p.html").code == 2)
  }

  @Test func modelsStandSideBySide() throws {
    let program = try BuiltProgram()
    let words = ["train", "builtin:digits:200", "--epochs", "2", "--layers", "16"]
    #expect(try program.run(words + ["--latent", "2", "-o", "small.st"]).code == 0)
    #expect(try program.run(words + ["--latent", "8", "--loss", "mse", "-o", "large.st"]).code == 0)
    let outcome = try program.run(
      "compare", "small.st", "large.st", "--on", "builtin:digits:200", "-o", "both.html")
    #expect(outcome.code == 0, "\(outcome.messages)")
    let page = program.text("both.html")
    #expect(
      page.contains("held out of the training of all of them") && page.contains("Where they differ most"))
    #expect(page.contains(">small.st</bdi>") && page.contains("reconstruction by large.st of"))
    try program.write("t.csv", (0..<30).map { "\($0),\($0 % 3),\($0 % 7)\n" }.joined())
    #expect(try program.run("train", "t.csv", "--epochs", "1", "-o", "rows.st").code == 0)
    let odd = try program.run("compare", "small.st", "rows.st", "--on", "builtin:digits:200", "-o", "p.html")
    #expect(odd.code == 1 && odd.messages.contains("expected samples of shape [3]"), "\(odd.messages)")
  }

  /// The text of a page, without its styles, its scripts and what is folded away as JSON.
  private func words(_ page: String) -> String {
    page.replacing(#/(?s)<(style|script|pre)\b.*?</(style|script|pre)>/#, with: "")
  }

  @Test func aRowIsShownWithWhatItsErrorComesFrom() throws {
    let program = try BuiltProgram()
    // c is a + b but in one row, where it is far off.
    let rows = (0..<80).map { "\($0 % 9),\($0 % 7),\($0 == 40 ? 90 : $0 % 9 + $0 % 7),\(2020 + $0 % 2)" }
    try program.write("t.csv", "a,b,c,year\n" + rows.joined(separator: "\n") + "\n")
    let training = try program.run(
      "train", "t.csv", "--latent", "2", "--epochs", "30", "--validation", "0", "-q", "-o", "m.st",
      "--first-weights", "drawn")
    #expect(training.code == 0, "\(training.messages)")
    #expect(try program.run("report", "m.st", "t.csv", "-o", "p.html", "-q").code == 0)
    let page = words(program.text("p.html"))
    #expect(page.contains("<th scope=\"col\">mostly from</th>"))
    #expect(page.contains("<bdi>c</bdi> 90, made "))
    #expect(page.contains("<tr class=\"blamed\"><th scope=\"row\"><bdi>c</bdi></th><td class=\"n\">90</td>"))
    #expect(page.contains("% of it from c") && page.contains(">PCA</th>"))
    #expect(
      page.contains("What each value goes with") && page.contains("<th scope=\"row\"><bdi>year</bdi></th>"))
    #expect(page.firstMatch(of: #/[ >(]\.[a-z][A-Za-z]+\b/#) == nil && page.contains(#/dense, [0-9]+ units/#))
  }

  @Test func windowsAreShownInTheirTime() throws {
    let program = try BuiltProgram()
    // A wave that is flat from step 300 to 320.
    let rows = (0..<400).map { step in
      (300..<320).contains(step) ? "0.5" : "\(Double((step * step / 7) % 11) / 11 + Double(step % 8))"
    }
    try program.write("s.csv", "load\n" + rows.joined(separator: "\n") + "\n")
    let training = try program.run(
      "train", "s.csv", "--window", "16", "--latent", "4", "--epochs", "5", "-q", "-o", "m.st")
    #expect(training.code == 0, "\(training.messages)")
    #expect(try program.run("report", "m.st", "s.csv", "-o", "p.html", "-q").code == 0)
    let page = words(program.text("p.html"))
    #expect(page.contains(">Over time</h2>") && page.contains("The error of each window of 16 steps"))
    #expect(page.firstMatch(of: #/<bdi>steps [0-9]+ to [0-9]+<\/bdi>/#) != nil)
    #expect(page.contains("class=\"line points first\"") && page.contains("class=\"line thin third\""))
  }

  /// The rules that matter, measured over the page in a browser.
  @Test func pagesCanBeReadByEveryone() throws {
    let program = try BuiltProgram()
    let script =
      "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Scripts/page-check"
    let label = try program.run(
      "train", "builtin:digits:300", "--epochs", "2", "--report", "digits.html", "-o", "m.st")
    #expect(label.code == 0)
    try program.write("t.csv", "a,<b>,c\n" + (0..<60).map { "\($0),\($0 % 3),\($0 % 7)\n" }.joined())
    #expect(
      try program.run("train", "t.csv", "--epochs", "2", "--report", "rows.html", "-o", "r.st").code == 0)
    let outcome = try program.start([script, "digits.html", "rows.html"]).end()
    if outcome.code == 77 {
      print("skipped: chromium and chromedriver are not installed")
      return
    }
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.messages)")
  }
}
