import Hourglass
import Testing

/// Where series come from: arrays, files with times, rows out of order.
@Suite struct SeriesSourceTests {
  @Test func windowsOfAnArray() throws {
    let program = try BuiltProgram()
    let values = (0..<240).map { Float($0 % 12) }
    try NPY.write(Tensor([120, 2], values), to: program.folder + "/x.npy")
    let training = try program.run(
      "train", "x.npy", "--window", "10", "--stride", "2", "--epochs", "1", "--latent", "2", "-o", "m.st")
    #expect(training.code == 0 && training.messages.contains("samples of [2, 10]"), "\(training.messages)")
    #expect(training.messages.contains("[120, 2] is taken for one series of 120 steps and 2 channels"))
    let scores = try program.run("score", "m.st", "x.npy", "-o", "s.csv")
    #expect(scores.code == 0 && scores.messages.contains("56 scores"), "\(scores.messages)")
    #expect(!scores.messages.contains("is taken for"), "\(scores.messages)")
    let digits = try program.run("train", "builtin:digits:20", "--window", "3", "-o", "d.st")
    #expect(digits.code == 1 && digits.messages.contains("--window"), "\(digits.messages)")
  }

  /// Windows have narrow codes, so that odd ones among them are not learned; whole series do not.
  @Test func theCodeOfWindowsIsNarrow() throws {
    let program = try BuiltProgram()
    try program.write("long.csv", "a\n" + (0..<300).map { "\($0 % 24)\n" }.joined())
    func words(_ more: [String]) throws -> String {
      try program.run(["train", "long.csv", "--epochs", "1", "-o", "m.st"] + more).messages
    }
    #expect(try words(["--window", "24"]).contains("training 24-96-1-96-24,"))
    #expect(try words(["--window", "100"]).contains("training 100-128-2-128-100,"))
    #expect(try words(["--window", "24", "--family", "variational"]).contains("training 24-96-16-96-24,"))
    #expect(try words(["--window", "24", "--latent", "5"]).contains("training 24-96-5-96-24,"))
    let cases = (0..<20).map { number in (0..<24).map { "\(($0 * number) % 7)" }.joined(separator: ",") + "\n"
    }
    try program.write("cases.ts", "@data\n" + cases.joined())
    let whole = try program.run("train", "cases.ts", "--epochs", "1", "-o", "m.st").messages
    #expect(whole.contains("training 24-96-8-96-24,"), "\(whole)")
  }

  @Test func rowsOutOfOrderAreSortedWhereAsked() throws {
    let program = try BuiltProgram()
    var rows = (0..<60).map { "\(1000 + $0),\($0 % 5)" }
    rows.swapAt(20, 21)
    try program.write("t.csv", "time,a\n" + rows.joined(separator: "\n") + "\n")
    let words = ["train", "t.csv", "--window", "6", "--epochs", "1", "--latent", "2", "-o", "m.st"]
    let refused = try program.run(words)
    #expect(refused.code == 1 && refused.messages.contains("row 21 (counted from 0)"), "\(refused.messages)")
    #expect(refused.messages.contains("1020 after 1021") && refused.messages.contains("--sort"))
    let sorted = try program.run(words + ["--sort"])
    #expect(sorted.code == 0 && sorted.messages.contains("rows are sorted by time"), "\(sorted.messages)")
    #expect(try program.run("score", "m.st", "t.csv", "-o", "s.csv").code == 1)
    let scores = try program.run("score", "m.st", "t.csv", "--sort", "-o", "s.csv")
    #expect(scores.code == 0 && scores.messages.contains("55 scores"), "\(scores.messages)")
    // Sorted by hand, the same scores.
    rows.swapAt(20, 21)
    try program.write("t.csv", "time,a\n" + rows.joined(separator: "\n") + "\n")
    #expect(try program.run("score", "m.st", "t.csv", "-o", "hand.csv").code == 0)
    #expect(program.bytes("hand.csv") == program.bytes("s.csv") && !program.bytes("s.csv").isEmpty)
  }

  @Test func casesWithTimes() throws {
    let program = try BuiltProgram()
    let cases = (0..<20).map { number in
      (0..<8).map { "(2020-01-0\($0 + 1) 00:00:00,\(($0 * number) % 7))" }.joined(separator: ",") + ":a\n"
    }
    try program.write("cases.ts", "@timestamps true\n@classLabel true a\n@data\n" + cases.joined())
    let training = try program.run("train", "cases.ts", "--epochs", "1", "--latent", "2", "-o", "m.st")
    #expect(training.code == 0 && training.messages.contains("samples of [1, 8]"), "\(training.messages)")
    #expect(try program.run("evaluate", "m.st", "cases.ts").code == 0)
  }
}
