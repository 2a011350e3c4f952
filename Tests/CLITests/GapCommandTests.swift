import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// `--gaps`, `--label`, `--weight` and `--balanced`, on every command that has them.
@Suite("Gaps, labels and weights on the command line")
struct GapCommandTests {
  /// Forty rows of two classes; in every fourth a value is missing, in the last but one all are.
  private func table(gap: String = "", class name: String = "kind") -> String {
    var lines = ["a,b,\(name),c,much"]
    for row in 0..<40 {
      let x = Draws.normal(3, seed: UInt64(row))
      let numbers: [Float] = [x[0], 100 * (x[0] + x[1] / 4), x[1] - 2 * x[0]]
      var cells: [String] = numbers.map { "\($0)" }
      if row % 4 == 1 { cells[row / 4 % 3] = gap }
      if row == 38 { cells = [gap, gap, gap] }
      lines.append("\(cells[0]),\(cells[1]),\(row % 5 == 0 ? "rare" : "usual"),\(cells[2]),\(row % 3)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private let columns = ["--label", "kind", "--weight", "much"]

  @Test("a model trained with gaps is used on gaps without saying so again")
  func use() throws {
    let desk = try Desk()
    let data = try desk.write("data.csv", table(gap: "?"))
    let model = desk("m.safetensors")
    let trained = run(
      "train", data, "-o", model, "--gaps", "--label", "kind", "--weight", "much", "--balanced", "--epochs",
      "3", "--latent", "2")
    #expect(trained.code == 0, "\(trained.messages)")
    #expect(
      trained.messages.contains("values missing, weighted, 14 of them without weight, which count nothing, "))
    let evaluation = run("evaluate", model, data, "--label", "kind", "--weight", "much", "--json")
    #expect(evaluation.code == 0 && evaluation.output.contains("\"given\":40,\"trained_on\":2"))
    #expect(!evaluation.output.contains("nan"))
    let plain = run("evaluate", model, data, "--json")
    #expect(plain.code == 0 && plain.output == evaluation.output, "\(plain.messages)")
    #expect(run("inspect", model).output.contains("kind (classes), much (weights)"))
    let byNumber = run("evaluate", model, data, "--label", "kind", "--weight", "5", "--json")
    #expect(byNumber.output == evaluation.output)
    for (command, columns) in [("encode", 4), ("reconstruct", 5), ("score", 3)] {
      let outcome = run(
        command, model, data, "--label", "3", "--weight", "much", "-o", desk("out.csv"), "-q")
      #expect(outcome.code == 0, "\(outcome.messages)")
      let lines = try desk.lines("out.csv")
      #expect(lines.count == 41 && lines[1].split(separator: ",").count == columns)
      #expect(lines[0].hasPrefix("row,kind,"))
      let missing = lines.filter { $0.contains("nan") }
      #expect(missing.count == (command == "score" ? 1 : 0) && missing.allSatisfy { $0.hasSuffix(",nan") })
    }
    let features = run(
      "score", model, data, "--label", "kind", "--weight", "much", "--per-feature", "-o", desk("out.csv"))
    #expect(features.code == 0 && features.messages.contains("40 scores, median"))
    let lines = try desk.lines("out.csv")
    #expect(lines[0] == "row,kind,a,b,c" && lines[39].hasSuffix(",nan,nan,nan"))
    #expect(lines[2].split(separator: ",")[2] == "nan" && lines[6].split(separator: ",")[3] == "nan")
    let doctor = run("doctor", model, data, "--label", "kind", "--weight", "much")
    #expect(doctor.output.contains(" samples, none of them trained on\n2"), "\(doctor.output)")
    let shown = run("reconstruct", model, data, "--label", "kind", "--weight", "much", "--show", "3")
    #expect(shown.code == 0 && shown.output.contains("nan"))
    let facts = run("inspect", model).output
    #expect(facts.contains("values may be missing") && facts.contains("classes drawn equally often"))
    #expect(facts.contains("columns      a, b, c\n"))
  }

  @Test(
    "without --gaps rows with gaps are records, and windows with gaps are refused",
    arguments: ["", "NA", "nan"])
  func withoutSaying(gap: String) throws {
    let desk = try Desk()
    let data = try desk.write("data.csv", table(gap: gap))
    let trained = run(
      "train", data, "-o", desk("m"), "--label", "kind", "--weight", "much", "--epochs", "1", "--latent", "2")
    #expect(trained.code == 0, "\(trained.messages)")
    #expect(trained.messages.contains("records of 3 fields: 3 numbers with gaps"), "\(trained.messages)")
    let windows = run("train", data, "-o", desk("w"), "--drop", "kind", "--window", "4")
    #expect(windows.code == 1 && windows.messages.contains("--gaps"), "\(windows.messages)")
  }

  @Test("a model trained without gaps refuses them, and takes them with --gaps")
  func later() throws {
    let desk = try Desk()
    let whole = try desk.write("whole.csv", "a,b\n1,2\n3,5\n2,4\n5,5\n")
    let gaps = try desk.write("gaps.csv", "a,b\n1,2\n,5\n")
    let model = desk("m.safetensors")
    #expect(run("train", whole, "-o", model, "--epochs", "2", "-q").code == 0)
    for command in ["encode", "reconstruct", "score"] {
      let refused = run(command, model, gaps, "-o", desk("out.csv"))
      #expect(refused.code == 1 && refused.messages.contains("--gaps"), "\(refused.messages)")
      let taken = run(command, model, gaps, "-o", desk("out.csv"), "--gaps", "-q")
      #expect(taken.code == 0, "\(taken.messages)")
    }
    #expect(run("evaluate", model, gaps).code == 1)
    #expect(run("evaluate", model, gaps, "--gaps").code == 0)
    #expect(run("doctor", model, gaps).messages.contains("--gaps"))
    #expect(run("doctor", model, gaps, "--gaps").messages.isEmpty)
    // The option alone lets a model take them, also where the training data have none.
    #expect(run("train", whole, "-o", model, "--gaps", "--epochs", "2", "-q").code == 0)
    #expect(run("evaluate", model, gaps).code == 0)
    #expect(run("train", whole, "--validation", gaps, "-o", model, "--gaps", "--epochs", "2", "-q").code == 0)
  }

  @Test("data without gaps give the same weights with --gaps and without")
  func same() throws {
    let desk = try Desk()
    let data = try desk.write("data.csv", table(gap: "7"))
    var blocks: [[Float]] = []
    for options in [[], ["--gaps"]] {
      let words = ["train", data, "-o", desk("m"), "--epochs", "3", "-q"] + columns + options
      #expect(Program(streams: .captured(), terminal: Terminal()).run(words) == 0)
      blocks.append(try Model(contentsOf: desk("m")).autoencoder.block)
    }
    #expect(blocks[0] == blocks[1])
  }

  @Test("labels in a file of their own are those of a column")
  func labelFile() throws {
    let desk = try Desk()
    let data = try desk.write("data.csv", table(gap: "7"))
    let rows = table(gap: "7").split(separator: "\n").map { $0.split(separator: ",") }
    let apart = try desk.write(
      "apart.csv", rows.map { [$0[0], $0[1], $0[3], $0[4]].joined(separator: ",") }.joined(separator: "\n"))
    let kinds = try desk.write("kinds.csv", rows.map { "\($0[2])" }.joined(separator: "\n"))
    let common = ["--balanced", "--weight", "much", "--epochs", "3", "-q"]
    for (source, label, name) in [(data, "kind", "one"), (apart, kinds, "two")] {
      let words = ["train", source, "--label", label, "-o", desk(name)] + common
      #expect(Program(streams: .captured(), terminal: Terminal()).run(words) == 0)
    }
    #expect(
      try Model(contentsOf: desk("one")).autoencoder.block
        == Model(contentsOf: desk("two")).autoencoder.block)
    let short = try desk.write("short.csv", "x\ny\n")
    let outcome = run("train", apart, "--label", short, "-o", desk("m"))
    #expect(outcome.code == 1 && outcome.messages.contains("short.csv: expected 40 classes"))
    // The file belongs to the data, not to others beside them.
    #expect(
      run(
        "train", apart, "--label", kinds, "--validation", apart, "-o", desk("m"), "--epochs", "1", "-q"
      ).code == 0)
  }

  @Test("weights that are no weights are refused by row")
  func weights() throws {
    let desk = try Desk()
    for (cell, words) in [
      ("-1", "line 3 column 'w': expected a weight from 0 on, found -1.0"),
      ("nan", "line 3 column 'w': expected a number, found 'nan'"), ("", "found an empty cell"),
    ] {
      let data = try desk.write("data.csv", "a,w\n1,1\n2,\(cell)\n3,1\n")
      let outcome = run("train", data, "--weight", "w", "--gaps", "-o", desk("m"))
      #expect(outcome.code == 1 && outcome.messages.contains(words), "\(outcome.messages)")
    }
    let zero = try desk.write("data.csv", "a,b,w\n1,2,0\n2,3,0\n3,3,1\n4,5,1\n5,5,1\n")
    #expect(
      run(
        "train", zero, "--weight", "w", "--validation", "0", "-o", desk("m"), "--epochs", "1", "-q"
      ).code == 0)
    let none = try desk.write("none.csv", "a,b,w\n1,2,0\n2,3,0\n")
    #expect(run("train", none, "--weight", "w", "-o", desk("m")).messages.contains("only zeros"))
  }

  @Test("columns that are not there, and options that do not go together, are named")
  func errors() throws {
    let desk = try Desk()
    let data = try desk.write("data.csv", "a,b,c\n1,2,0\n2,3,1\n4,4,1\n")
    func messages(_ words: String...) -> String {
      let streams = Streams.captured()
      let code = Program(streams: streams, terminal: Terminal()).run(
        ["train", data, "-o", desk("m"), "--epochs", "1"] + words)
      return code == 0 ? "" : "\(code): " + streams.messages.captured
    }
    #expect(
      messages("--label", "d").contains("1: hourglass: \(data): expected a column 'd', found 'a', 'b', 'c'"))
    #expect(messages("--weight", "4").contains("number from 1 to 3"))
    #expect(messages("--label", "c", "--weight", "c").contains("found 'c' for both"))
    #expect(messages("--balanced").contains("expects the class of each sample"))
    #expect(messages("--balanced").contains("--label"))
    #expect(messages("--balanced", "--label", "c", "--optimizer", "lbfgs").contains("lbfgs"))
    #expect(messages("--label").hasPrefix("2: "))
    #expect(messages("--gaps=yes").contains("--gaps takes no value"))
    let digits = run("train", "builtin:digits:40", "--weight", "w", "-o", desk("m"))
    #expect(digits.code == 1 && digits.messages.contains("leave out the weight"))
    #expect(
      run("train", "builtin:digits:60", "--balanced", "--epochs", "1", "-o", desk("m"), "-q").code == 0)
  }

  @Test("tune searches with gaps, weights and balanced classes")
  func tune() throws {
    let desk = try Desk()
    let data = try desk.write("data.csv", table())
    let outcome = run(
      "tune", data, "--gaps", "--label", "kind", "--weight", "much", "--balanced", "--budget-trials", "3",
      "--epochs", "3", "-o", desk("m.safetensors"), "-q")
    #expect(outcome.code == 0, "\(outcome.messages)")
    let model = try Model(contentsOf: desk("m.safetensors"))
    #expect(model.preparation.allowsGaps && model.provenance?.recipe.isBalanced == true)
    #expect(run("evaluate", desk("m.safetensors"), data, "--label", "kind", "--weight", "much").code == 0)
  }

  @Test(
    "horses of which a third of the measurements is missing are trained on",
    .enabled(if: RealData.file("tabular/horse_colic/horse-colic.csv") != nil, "the data are not here"))
  func colic() throws {
    let path = try #require(RealData.file("tabular/horse_colic/horse-colic.csv"))
    let desk = try Desk()
    let records = run("train", path, "--label", "24", "--epochs", "1", "-o", desk("m"))
    #expect(records.code == 0 && records.messages.contains("fields: "), "\(records.messages)")
    #expect(
      run("train", path, "--gaps", "--label", "24", "--latent", "4", "--epochs", "60", "-o", desk("m"), "-q")
        .code == 0)
    let evaluation = run("evaluate", desk("m"), path, "--label", "24")
    #expect(evaluation.output.contains("beats all three controls"), "\(evaluation.output)")
  }
}
