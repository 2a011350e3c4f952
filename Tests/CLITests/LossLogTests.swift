import Foundation
import Hourglass
import Testing

@testable import HourglassCLI

/// `doctor --log`: the curve of a training from elsewhere than the model.
@Suite struct LossLogTests {
  private static let words = [
    "train", "builtin:digits:300", "--layers", "16", "--latent", "3", "--seed", "4", "-q", "-o", "m.st",
  ]

  /// A program with a model of some epochs, its log and its lines.
  private func trained(_ epochs: Int) throws -> BuiltProgram {
    let program = try BuiltProgram()
    let outcome = try program.run(
      LossLogTests.words + ["--epochs", "\(epochs)", "--log", "run", "--json"])
    try #require(outcome.code == 0, "\(outcome.messages)")
    try program.write("lines.jsonl", outcome.output)
    return program
  }

  private func doctor(_ program: BuiltProgram, _ log: String? = nil) throws -> BuiltProgram.Outcome {
    try program.run(
      ["doctor", "m.st", "builtin:digits:300", "--json"] + (log.map { ["--log", $0] } ?? []))
  }

  private func kinds(_ outcome: BuiltProgram.Outcome) -> [String] {
    outcome.lines.compactMap { $0.firstMatch(of: #/^{"kind":"([a-z-]+)"/#).map { String($0.1) } }
  }

  @Test func everyFormOfTheLogTellsWhatTheModelTells() throws {
    let program = try trained(3)
    let own = try doctor(program)
    #expect(kinds(own).contains("undertraining"))
    let file = "run/" + (try #require(program.names(in: "run").first))
    #expect(try doctor(program, "lines.jsonl").output == own.output)
    for log in ["run", file] { #expect(kinds(try doctor(program, log)) == kinds(own)) }
  }

  @Test func theCurveIsThatOfTheLog() throws {
    let program = try trained(3)
    #expect(!kinds(try doctor(program)).contains("rate-too-high"))
    // The same training, which then went on and jumped.
    let lines = program.text("lines.jsonl").split(separator: "\n").dropLast().joined(separator: "\n")
    let more = (4...12).map { epoch in
      "{\"event\":\"epoch\",\"epoch\":\(epoch),\"loss\":\(epoch % 2 == 0 ? 0.9 : 0.3),"
        + "\"validation_loss\":0.4,\"seconds\":1,\"rate\":0.001}"
    }
    let text = lines + "\n" + more.joined(separator: "\n") + "\n"
    try program.write("more.jsonl", text)
    #expect(kinds(try doctor(program, "more.jsonl")).contains("rate-too-high"))
    // The same as events, in two files.
    let file = try #require(program.names(in: "run").first)
    let later = try EventLog(folder: program.folder + "/run", from: 4)
    for epoch in 4...12 {
      try later.scalar("loss/training", epoch % 2 == 0 ? 0.9 : 0.3, step: epoch)
      try later.scalar("loss/validation", 0.4, step: epoch)
      try later.scalar("training/rate", 0.001, step: epoch)
    }
    try later.close()
    #expect(kinds(try doctor(program, "run")) == kinds(try doctor(program, "more.jsonl")))
    #expect(!kinds(try doctor(program, "run/" + file)).contains("rate-too-high"))
    // What a killed run wrote of a line, and lines of other events, do not count.
    try program.write("torn.jsonl", "{\"event\":\"start\"}\n" + text + "{\"event\":\"epoch\",\"epo")
    #expect(try doctor(program, "torn.jsonl").output == doctor(program, "more.jsonl").output)
    // An epoch that is said again, as after a divergence, counts as it was said last.
    let again = more.map { $0.replacing("0.9,", with: "0.7,") }.joined(separator: "\n")
    try program.write("again.jsonl", text + again + "\n")
    #expect(try doctor(program, "again.jsonl").output != doctor(program, "more.jsonl").output)
  }

  @Test func aLogThatBeginsLaterIsCompletedByTheModel() throws {
    let program = try trained(6)
    let lines = program.text("lines.jsonl").split(separator: "\n")
    try program.write("late.jsonl", lines[3...].joined(separator: "\n"))
    #expect(try doctor(program, "late.jsonl").output == doctor(program).output)
    try program.write("later.jsonl", String(lines[5].replacing("\"epoch\":6", with: "\"epoch\":9")))
    let outcome = try doctor(program, "later.jsonl")
    #expect(outcome.code == 1 && outcome.messages.contains("expected every epoch to 9, found no epoch 7"))
  }

  @Test func aLogOfAnotherTrainingIsRefused() throws {
    let program = try trained(3)
    #expect(try program.run(LossLogTests.words.map { $0 == "4" ? "5" : $0 } + ["--epochs", "3"]).code == 0)
    for log in ["run", "lines.jsonl"] {
      let outcome = try doctor(program, log)
      #expect(outcome.code == 1 && outcome.output.isEmpty)
      #expect(
        outcome.messages.contains(
          "\(log): expected the log of the training that made the model, found another"),
        "\(outcome.messages)")
    }
  }

  @Test(arguments: [
    ("nothing", "expected a file, found nothing of that name"),
    ("m.st", "expected the length of a record with its checksum"),
    ("empty", "expected event files, with tfevents in their names, found none"),
    ("other", "expected the curve loss/training, as train --log writes it, found loss"),
    ("broken.jsonl", "broken.jsonl line 2: expected a line of train --json"),
    ("done.jsonl", "expected lines of train --json, found none of an epoch"),
    ("bare.jsonl", "bare.jsonl line 1: expected an epoch and its loss, found one of them missing"),
    ("zero.jsonl", "zero.jsonl line 1: expected an epoch and its loss, found one of them missing"),
  ])
  func whatIsNoLogIsRefused(name: String, words: String) throws {
    let program = try trained(1)
    program.makeFolder("empty")
    let other = try EventLog(folder: program.folder + "/other")
    try other.scalar("loss", 1, step: 1)
    try other.close()
    let line = "{\"event\":\"epoch\",\"epoch\":1,\"loss\":0.5}\n"
    try program.write("broken.jsonl", line + "{\"event\":,}\n" + line)
    try program.write("done.jsonl", "{\"event\":\"done\"}\n")
    try program.write("bare.jsonl", "{\"event\":\"epoch\",\"epoch\":1}\n")
    try program.write("zero.jsonl", "{\"event\":\"epoch\",\"epoch\":0,\"loss\":1}\n")
    let outcome = try doctor(program, name)
    #expect(outcome.code == 1 && outcome.output.isEmpty)
    #expect(outcome.messages.contains(words), "\(outcome.messages)")
  }
}
