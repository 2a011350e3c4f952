import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How long train goes on by itself, and that it says so beforehand.
@Suite struct LengthTests {
  /// Rows of noise, which are soon learned by heart.
  private func noise(_ rows: Int) -> String {
    var state: UInt64 = 7
    let lines = (0..<rows).map { _ in
      (0..<4).map { _ -> String in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return "0.\(1000 + state >> 33 % 9000)"
      }.joined(separator: ",")
    }
    return "a,b,c,d\n" + lines.joined(separator: "\n") + "\n"
  }

  @Test func theFirstLineSaysHowLongAndPatienceEndsIt() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", noise(40))
    let outcome = try program.run("train", "t.csv", "-o", "m.st")
    // 36 rows are 3 steps an epoch.
    #expect(
      outcome.messages.contains(
        "4 held out at random; begins at PCA; up to 2 000 epochs (6 000 steps), stops when 400 epochs bring nothing "
          + "better\n"
      ),
      "\(outcome.messages.prefix(400))")
    #expect(outcome.code == 0 && !outcome.output.contains(" 2 000 epochs"), "\(outcome.output)")
    #expect(outcome.messages.split(separator: "\n").count < 450)
    // Without the epochs over which the rate rises.
    let drawn = try program.run("train", "t.csv", "-o", "m.st", "--first-weights", "drawn")
    #expect(
      drawn.messages.contains(
        "at random; up to 2 000 epochs (6 000 steps), stops when 200 epochs bring nothing better\n"))
  }

  @Test func optionsSayOtherwise() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", noise(40))
    func first(_ words: String...) throws -> String {
      let outcome = try program.run(["train", "t.csv", "-o", "m.st"] + words)
      #expect(outcome.code == 0, "\(outcome.messages)")
      return String(outcome.messages.split(separator: "\n").first ?? "")
    }
    #expect(try first("--epochs", "3").hasSuffix("4 held out at random; begins at PCA; 3 epochs (9 steps)"))
    #expect(try first("--epochs", "1", "--batch", "64").hasSuffix("; 1 epoch (1 step)"))
    #expect(
      try first("--epochs", "9", "--patience", "1")
        .hasSuffix("; up to 9 epochs (27 steps), stops when an epoch brings nothing better"))
    #expect(try first("--patience", "5").contains("; up to 2 000 epochs (6 000 steps), stops when 5 epochs"))
    // 40 rows: 3 steps an epoch, of 2500.
    #expect(
      try first("--validation", "0").hasSuffix("none held out; begins at PCA; 833 epochs (2 499 steps)"))
    #expect(
      try first("--optimizer", "lbfgs", "--patience", "2")
        .contains("; up to 2 000 epochs (2 000 steps), stops when 2 epochs"))
  }

  @Test func theRateEndsInAFallUnlessItIsToStayConstant() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", noise(40))
    func rates(_ words: String...) throws -> [Double] {
      let outcome = try program.run(
        ["train", "t.csv", "-o", "m.st", "--json", "-q", "--epochs", "20"] + words)
      return outcome.lines.dropLast().compactMap { $0.split(separator: ":").last?.dropLast() }
        .compactMap { Double($0) }
    }
    let usual = try rates("--first-weights", "drawn")
    #expect(usual.count == 20 && usual.prefix(16).allSatisfy { $0 == 0.001 })
    #expect(zip(usual.dropFirst(15), usual.dropFirst(16)).allSatisfy { $0.0 > $0.1 })
    // Before the last of 60 steps: 0.001 (1 + cos(11 π / 12)) / 2.
    #expect(abs((usual.last ?? 1) - 1.703709e-05) < 1e-9)
    #expect(try rates("--schedule", "constant", "--warmup", "0") == Array(repeating: 0.001, count: 20))
    // From PCA it rises over 2 of 20 epochs of 3 steps, the last of which begin after 2 and 5 of 6.
    let risen = try rates("--schedule", "constant")
    #expect(zip(risen, [0.001 / 3, 0.005 / 6]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(risen.dropFirst(2).allSatisfy { $0 == 0.001 })
  }

  @Test func anInterruptedRunOfItsOwnLengthGoesOnToTheSameBytes() throws {
    let program = try BuiltProgram()
    let words = [
      "train", "builtin:digits:200", "--layers", "16", "--latent", "2", "--patience", "30", "--seed", "5",
    ]
    #expect(try program.run(words + ["-o", "whole.st", "-q"]).code == 0)
    let running = try program.start([BuiltProgram.path("hourglass")] + words + ["-o", "parts.st"])
    running.wait(for: "epoch   2/")
    running.send(SIGINT)
    let code = running.end().code
    #expect(code == 130)
    #expect(try program.run(words + ["-o", "parts.st", "--resume", "parts.st", "-q"]).code == 0)
    #expect(program.bytes("parts.st") == program.bytes("whole.st"))
  }

  @Test func aSearchEndsWhereItsTrialsDo() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", noise(30))
    let outcome = try program.run("tune", "t.csv", "--budget-trials", "2", "-o", "m.st", "--json", "-q")
    #expect(outcome.code == 0, "\(outcome.messages)")
    #expect(outcome.lines.last?.contains("\"event\":\"done\"") == true)
  }

  @Test func aCriticOfOutputsHasNoPatience() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", noise(40))
    let running = try program.start([
      BuiltProgram.path("hourglass"), "train", "t.csv", "-o", "m.st", "--family", "variational", "--critic",
      "outputs",
    ])
    running.wait(for: "\n")
    running.send(SIGTERM)
    let messages = running.end().messages
    #expect(
      messages.contains("4 held out at random; 2 000 epochs (6 000 steps)\n"), "\(messages.prefix(400))")
  }
}
