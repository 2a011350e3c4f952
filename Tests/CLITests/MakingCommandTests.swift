import Foundation
import Hourglass
import Testing

@testable import HourglassCLI

/// The command that a page gives to make its model again.
@Suite struct MakingCommandTests {
  private func table(_ rows: Range<Int>) -> String {
    rows.map { row in
      let (a, b) = (sin(Double(row)), cos(1.7 * Double(row)))
      return "\(a),\(b),\(a + b),\(a - b),\(a * b),\(row % 3),\(row % 5)\n"
    }.joined()
  }

  /// What stands in a page, as a browser shows it.
  private func shown(_ text: Substring) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
      .reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
  }

  /// Trains, writes the page, does what the page says, and compares the two files.
  private func check(_ program: BuiltProgram, _ words: [String]) throws {
    let training = try program.run(["train"] + words + ["-o", "first.st", "--report", "page.html"])
    #expect(training.code == 0, "\(words): \(training.messages)")
    let page = program.text("page.html")
    let command = try #require(
      page.firstMatch(of: #/To make it again</h3>\s*<pre[^>]*><code>(.*?)</code>/#.dotMatchesNewlines()),
      "\(words)")
    let network = try #require(
      page.firstMatch(
        of: #/The architecture as JSON</summary>\s*<pre[^>]*><code>(.*?)</code>/#.dotMatchesNewlines()))
    try program.write("architecture.json", shown(network.1))
    let again = shown(command.1).replacing("hourglass train", with: "train")
    let run = try program.start(["/bin/sh", "-c", "\"$0\" \(again)", BuiltProgram.path("hourglass")]).end()
    #expect(run.code == 0, "\(again): \(run.messages)")
    let isSame = program.bytes("model.safetensors") == program.bytes("first.st")
    #expect(isSame && !program.bytes("first.st").isEmpty, "\(again)")
  }

  @Test func makesTheSameBytesOfTables() throws {
    let program = try BuiltProgram()
    try program.write("my table.csv", "a,b,c,d,e,kind,weight\n" + table(0..<120))
    try program.write("other.csv", "a,b,c,d,e,kind,weight\n" + table(200..<240))
    let usual = ["my table.csv", "--epochs", "2"]
    try check(program, usual)
    try check(program, usual + ["--first-weights", "drawn"])
    try check(
      program, usual + ["--activation", "gelu", "--warmup", "0", "--layers", "24,16", "--loss", "huber"])
    try check(program, usual + ["--initializer", "he-uniform"])
    try check(program, usual + ["--label", "kind", "--weight", "weight", "--drop", "e,2", "--balanced"])
    try check(program, usual + ["--validation", "other.csv", "--label", "kind", "--gaps"])
    try check(
      program, usual + ["--validation", "0.5", "--trim", "0.1", "--scaling", "min-max", "--loss", "mae"])
    try check(program, usual + ["--validation", "0", "--augment", "noise=0.05", "--average", "0.9"])
    try check(
      program, ["my table.csv", "--held-out", "last", "--latent", "2", "--seed", "7", "--layers", "8,4"])
    let sgd = ["--optimizer", "sgd", "--momentum", "0.5", "--nesterov", "--rate", "0.01"]
    try check(
      program,
      usual + sgd + [
        "--schedule", "step:every=1,factor=0.5", "--warmup", "0.5", "--clip", "1", "--max-norm", "3",
      ])
    let adam = ["--beta1", "0.8", "--beta2", "0.99", "--epsilon", "1e-6", "--weight-decay", "0.01"]
    try check(program, usual + adam + ["--batch-schedule", "step:every=1,factor=2", "--clip-value", "0.5"])
    try check(program, usual + ["--optimizer", "lbfgs", "--memory", "4", "--patience", "3"])
    try check(
      program, usual + ["--family", "variational", "--prior", "mixture", "--prior-components", "2"])
  }

  @Test func makesTheSameBytesOfOtherSources() throws {
    let program = try BuiltProgram()
    try program.write(
      "s.csv", (0..<200).map { "\(sin(Double($0) / 5)),\(Double($0 * $0 % 91))\n" }.joined())
    try check(program, ["s.csv", "--window", "24", "--stride", "4", "--epochs", "1"])
    try check(program, ["builtin:digits:60", "--epochs", "1"])
    let waves = (0..<40).map { row in
      (0..<32).map { "\(sin(Double(row) + Double($0) / 3))" }.joined(separator: ",") + "\n"
    }
    try program.write("w.csv", waves.joined())
    try check(program, ["w.csv", "--model", "conv1d", "--epochs", "1"])
    program.makeFolder("pictures")
    for number in 0..<24 {
      let pixels = (0..<144).map { UInt8(truncatingIfNeeded: $0 * number + number) }
      try program.write(
        "pictures/\(number).png", try PNG.encode(pixels: pixels, width: 12, height: 12, channels: 1))
    }
    try check(program, ["pictures", "--size", "8x9", "--gray", "--epochs", "1"])
  }

  @Test func whatIsReadIsShown() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "a,b,c,d,e,kind,weight\n" + table(0..<100))
    let words = ["train", "t.csv", "--weight", "weight", "--label", "kind", "--epochs", "2", "-o", "m.st"]
    let training = try program.run(words)
    // Of five weights one is 0: of a hundred rows twenty, ninety of which are trained on.
    let said = try #require(
      training.messages.firstMatch(
        of: #/weighted, (\d+) of them and (\d+) of those held out without weight/#),
      "\(training.messages)")
    let (trained, held) = (try #require(Int(said.1)), try #require(Int(said.2)))
    #expect(trained + held == 20)
    let inspected = try program.run("inspect", "m.st").output
    #expect(inspected.contains("90 samples (\(trained) without weight, which count nothing)"), "\(inspected)")
    #expect(inspected.contains("10 samples held out (random) (\(held) without weight, which count nothing)"))
    #expect(inspected.contains("--label kind --weight weight"))
    let evaluated = try program.run("evaluate", "m.st", "t.csv").output
    #expect(evaluated.contains("20 of the 100 samples have no weight or no value, and are in no figure."))
    // The mean of the page is the error of the verdict.
    let found = try Evaluation(
      Model(contentsOf: program.folder + "/m.st"),
      on: Model(contentsOf: program.folder + "/m.st").judged(
        of: Source.open(program.folder + "/t.csv", label: "kind", weight: "weight")
      ).samples)
    #expect(try program.run("report", "m.st", "t.csv", "-o", "r.html").code == 0)
    #expect(
      program.text("r.html").contains("The mean error, by weight, is \(Figures.significant(found.mse))"))
  }
}
