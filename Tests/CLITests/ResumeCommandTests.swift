import Testing

/// `train --resume` of a training that is complete: the file named by `-o` is there afterwards, or the exit
/// code says that it is not.
@Suite struct ResumeCommandTests {
  private let words = ["train", "builtin:digits:60", "--latent", "3", "--layers", "8", "--seed", "4"]

  private func finished() throws -> BuiltProgram {
    let program = try BuiltProgram()
    #expect(try program.run(words + ["--epochs", "2", "-o", "m.st", "-q"]).code == 0)
    return program
  }

  @Test func whatIsCompleteIsCopiedToAnotherName() throws {
    let program = try finished()
    let again = words + ["--epochs", "2", "--resume", "m.st"]
    let outcome = try program.run(again + ["-o", "n.st"])
    #expect(outcome.code == 0)
    #expect(outcome.messages.contains("a finished training of 2 epochs: there is nothing left to do"))
    #expect(program.bytes("n.st") == program.bytes("m.st") && !program.bytes("n.st").isEmpty)
    let before = program.bytes("m.st")
    #expect(try program.run(again + ["-o", "m.st", "-q"]).code == 0)
    #expect(program.bytes("m.st") == before)
    // A program that waits for the last line gets one.
    let lines = try program.run(again + ["-o", "o.st", "--json", "-q"]).lines
    #expect(lines.count == 1 && lines[0].contains("\"event\":\"done\",\"model\":\"o.st\""), "\(lines)")
    #expect(try program.run(again + ["-o", "p.st", "--report", "p.html", "-q"]).code == 0)
    #expect(program.text("p.html").hasPrefix("<!DOCTYPE html>"))
    #expect(try program.run(again + ["-o", "q.st", "--prior", "mixture", "-q"]).code == 0)
    #expect(try program.run("generate", "q.st", "-n", "2", "-o", "g.npy").code == 0)
  }

  @Test func moreEpochsGoOn() throws {
    let program = try finished()
    let outcome = try program.run(words + ["--epochs", "4", "--resume", "m.st", "-o", "n.st", "--json"])
    #expect(outcome.code == 0)
    #expect(
      outcome.messages.contains("going on from its best epoch 2 to epoch 4; the optimizer begins anew"),
      "\(outcome.messages)")
    let first = try #require(outcome.lines.first)
    let last = try #require(outcome.lines.last)
    #expect(first.contains("\"event\":\"epoch\",\"epoch\":3") && outcome.lines.count == 3)
    #expect(last.contains("\"model\":\"n.st\"") && last.contains("\"epochs\":4"), "\(last)")
    #expect(try program.run("inspect", "n.st").output.contains("4, the best 4"))
  }

  @Test func anotherTrainingIsRefused() throws {
    let program = try finished()
    for (option, value, expected) in [
      ("--rate", "0.5", "another (rate 0.5)"), ("--activation", "tanh", "another (encoder, decoder)"),
      ("--validation", "0.5", "(30 samples and 30 held out)"),
    ] {
      let outcome = try program.run(
        words + ["--epochs", "4", option, value, "--resume", "m.st", "-o", "n.st"])
      #expect(outcome.code == 2 && outcome.messages.contains(expected), "\(outcome.messages)")
      #expect(program.names() == ["m.st"])
    }
  }
}
