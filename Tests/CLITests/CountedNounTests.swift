import Foundation
import Testing

@testable import HourglassCLI
@testable import HourglassReport

/// Words that agree with numbers, and what commands say of what they were given.
@Suite("Words and numbers")
struct CountedNounTests {
  private static let table = "a,b\n" + (0..<30).map { "\($0 % 7),\($0 * $0 % 5)\n" }.joined()

  private func trained(_ more: String...) throws -> BuiltProgram {
    let program = try BuiltProgram()
    try program.write("t.csv", Self.table)
    let training = try program.run(["train", "t.csv", "--latent", "1", "-o", "m.st"] + more)
    try #require(training.code == 0, "\(training.messages)")
    return program
  }

  @Test func nounsAgree() throws {
    #expect(Figures.grouped(1, "sample") == "1 sample")
    #expect(Figures.grouped(60_000, "sample") == "60 000 samples")
    #expect(Figures.grouped(0, "class", "classes") == "0 classes")
    let program = try trained("--epochs", "1")
    let summary = try program.run("train", "t.csv", "--latent", "1", "--epochs", "1", "-o", "m.st").output
    #expect(summary.contains(", 1 epoch, "), "\(summary)")
    #expect(try program.run("inspect", "m.st").output.contains("the mean and 1 principal component\n"))
    try program.write("one.csv", "a,b\n1,2\n")
    let scored = try program.run("score", "m.st", "one.csv", "-o", "s.csv")
    #expect(scored.messages.contains("s.csv: 1 score, median"), "\(scored.messages)")
  }

  @Test func aFinishedTrainingHasNoSpeedAndSaysThatFewerEpochsAreAsked() throws {
    let program = try trained("--epochs", "4")
    let words = ["train", "t.csv", "--latent", "1", "--resume", "m.st", "-o", "x.st"]
    let fewer = try program.run(words + ["--epochs", "2"])
    #expect(fewer.code == 0)
    #expect(
      fewer.messages.contains(
        "holds a finished training of 4 epochs, and --epochs asks for 2: there is nothing left to do"),
      "\(fewer.messages)")
    #expect(!fewer.output.contains("samples/s"), "\(fewer.output)")
  }

  @Test func theCommandLineIsAtFault() throws {
    let program = try trained("--epochs", "2")
    let alone = try program.run("train", "t.csv", "--batch", "1", "--normalization", "batch", "-o", "x.st")
    #expect(alone.code == 2 && alone.messages.contains("--batch: expects at least 2 samples a step"))
    #expect(!alone.messages.contains("training "))
    for other in [["--seed", "5"], ["--layers", "9"]] {
      let refused = try program.run(
        ["train", "t.csv", "--latent", "1", "--epochs", "2", "--resume", "m.st", "-o", "x.st"] + other)
      #expect(
        refused.code == 2 && refused.messages.contains("--resume: expects the same"), "\(refused.messages)")
    }
    let over = try program.run("tune", "t.csv", "--resume", "t.csv", "--budget-trials", "1", "-o", "x.st")
    #expect(over.code == 2 && over.messages.contains("--resume t.csv would write over t.csv"))
    try program.write("two.csv", "a,b\n1,2\n3,4\n")
    let few = try program.run("tune", "two.csv", "--budget-trials", "1", "-o", "x.st")
    #expect(few.code == 1 && few.messages.contains("two.csv: expected at least 3 samples"), "\(few.messages)")
  }

  @Test func textThatIsNoArchitectureIsNamed() throws {
    let program = try trained("--epochs", "1")
    func refused(_ name: String) throws -> String {
      try program.run("train", "t.csv", "--architecture", name, "-o", "x.st").messages
    }
    #expect(
      try refused("t.csv")
        == "hourglass: t.csv: expected an architecture as JSON, found a table; 'hourglass new' writes one\n")
    try program.write("a.json", "{")
    #expect(
      try refused("a.json")
        == "hourglass: a.json: expects an architecture as JSON, found text that is not JSON; 'hourglass new' "
        + "writes one\n")
    try program.write("a.json", #"{"input": 3, "encoder": [], "decoder": []}"#)
    let list = try refused("a.json")
    #expect(list.contains("found something other than a list at input"), "\(list)")
    let bytes = program.bytes("m.st")
    let count = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let header = String(decoding: bytes[8..<(8 + count)], as: UTF8.self)
    let damaged = header.replacing(#""hourglass.architecture":"{"#, with: #""hourglass.architecture":"x"#)
    try program.write("d.st", bytes[..<8] + Array(damaged.utf8) + bytes[(8 + count)...])
    #expect(
      try program.run("inspect", "d.st").messages.contains(
        "found text that is not JSON; the file is damaged: get it again, or train anew"))
  }

  @Test func helpKnowsItsHeadings() throws {
    let program = try BuiltProgram()
    let refused = try program.run("train", "--help", "nosuch")
    #expect(refused.code == 2 && refused.messages.contains("help train expects all, "), "\(refused.messages)")
    #expect(try program.run("train", "--help", "all").code == 0)
    #expect(try program.run("train", "--help", "t.csv", "-o", "m.st").code == 0)
    #expect(try !program.run("generate", "--help").output.contains("of decode"))
    #expect(try !program.run("map", "--help").output.contains(".npy"))
    for command in ["evaluate", "doctor"] {
      #expect(try program.run(command, "--help").output.contains("-q, --quiet"))
    }
  }

  @Test func modelsAreShownInWords() throws {
    let program = try trained("--epochs", "1")
    for more in [[], ["--json"]] {
      let shown = try program.run(["inspect", "m.st"] + more).output
      #expect(!shown.contains(".dense(") && shown.contains("dense, 16 units"), "\(shown)")
    }
    let drawn = try program.run("generate", "m.st", "-o", "g.csv").messages
    #expect(drawn.contains("found a code of plain values"), "\(drawn)")
  }

  @Test func columnsWithoutNamesAreCalledByTheirNumbers() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", ",0,1\n0,2,3\n1,4,9\n2,5,6\n")
    #expect(
      try program.run("train", "t.csv", "--label", "target", "-o", "m.st").messages.contains(
        "expected a column 'target', found column 1 without a name, '0', '1'"))
  }

  @Test func oneSourceIsToldOfOnce() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "# by hand\n" + Self.table)
    try #require(try program.run("train", "t.csv", "--epochs", "1", "--latent", "1", "-o", "m.st").code == 0)
    let between = try program.run("interpolate", "m.st", "t.csv@0", "t.csv@9", "-o", "x.csv").messages
    #expect(between.components(separatedBy: "for a comment").count == 2, "\(between)")
  }

  @Test func stepsOfCasesAreNamedByBoth() throws {
    let program = try BuiltProgram()
    let cases = (0..<9).map { row in
      (0..<12).map { "\($0 * (row + 2) % 9)" }.joined(separator: ",") + ":\(row % 2)\n"
    }
    try program.write("s.ts", "@univariate true\n@classLabel true 0 1\n@data\n" + cases.joined())
    try #require(
      try program.run("train", "s.ts", "--window", "4", "--epochs", "1", "--latent", "1", "-o", "m.st").code
        == 0)
    let scored = try program.run("score", "m.st", "s.ts", "--per-step", "-o", "s.csv").messages
    #expect(scored.contains("; highest: step ") && scored.contains(" of case "), "\(scored)")
    try program.write("t.csv", Self.table)
    try #require(
      try program.run("train", "t.csv", "--window", "4", "--epochs", "1", "--latent", "1", "-o", "n.st").code
        == 0)
    let features = try program.run("score", "n.st", "t.csv", "--per-feature", "-o", "s.csv").messages
    #expect(features.contains("s.csv: 30 rows, from 27 windows: 27 scores, median"), "\(features)")
  }
}
