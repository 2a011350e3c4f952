import Hourglass
import Testing

/// From a training with a discrete code to new samples.
@Suite struct DiscreteCommandTests {
  private static let quantised = [
    "train", "builtin:digits:200", "--family", "quantised", "--entries", "12", "--code-width", "4",
    "--latent",
    "12", "--layers", "16", "--epochs", "2",
  ]

  @Test func aQuantisedModelTellsItsUseAndGenerates() throws {
    let program = try BuiltProgram()
    let training = try program.run(
      Self.quantised + [
        "--prior", "autoregressive", "--prior-epochs", "2", "--prior-units", "8", "--books", "2",
        "--codebook-decay", "0.9", "--commitment", "0.5", "-o", "m.st",
      ])
    #expect(training.code == 0 && training.messages.contains("prior 2/2"), "\(training.messages)")
    #expect(try program.run("inspect", "m.st").output.contains("2 codebooks"))
    let evaluation = try program.run("evaluate", "m.st", "builtin:digits:50", "--json").output
    for word in ["\"perplexity\":[", "\"bits_per_sample\":21.5", "\"prior_bits_per_sample\":"] {
      #expect(evaluation.contains(word), "\(evaluation)")
    }
    let words = try program.run("evaluate", "m.st", "builtin:digits:50").output
    #expect(words.contains("perplexity of the code") && words.contains("by the model's prior"), "\(words)")
    #expect(words.contains("PCA, 6 values"), "\(words)")
    for name in ["a.npy", "b.npy"] {
      let outcome = try program.run("generate", "m.st", "-n", "10", "--seed", "5", "-o", name)
      #expect(outcome.code == 0 && outcome.messages.contains("10 samples of [28, 28]"), "\(outcome.messages)")
    }
    #expect(program.bytes("a.npy") == program.bytes("b.npy"))
    let places = try program.run("encode", "m.st", "builtin:digits:20", "--places", "-o", "p.npy")
    #expect(places.code == 0 && places.messages.contains("20 codes of 6 values"), "\(places.messages)")
    let numbers = try NPY.read(bytes: program.bytes("p.npy"), name: "p.npy").values
    #expect(numbers.count == 120 && numbers.allSatisfy { $0 >= 0 && $0 < 12 && $0 == $0.rounded() })
  }

  @Test func convolutionsGiveAVectorAPosition() throws {
    let program = try BuiltProgram()
    let made = try program.run(
      "new", "--family", "quantised", "--model", "conv", "--input", "28x28", "--code-width", "6", "--entries",
      "32", "--codebook-decay", "none")
    #expect(made.code == 0, "\(made.messages)")
    let architecture: Architecture = try JSONText.decode(made.output, place: "new")
    #expect(try architecture.codeShape() == [6, 7, 7])
    #expect(architecture.code == .codebook(.init(entries: 32, width: 6, decay: nil)))
    let dense = try program.run("new", "--family", "quantised", "--input", "30", "--latent", "10")
    let other: Architecture = try JSONText.decode(dense.output, place: "new")
    #expect(other.code == .codebook(.init(entries: 128, width: 2)))
  }

  @Test func aCategoricalModelGenerates() throws {
    let program = try BuiltProgram()
    let training = try program.run(
      "train", "builtin:digits:200", "--family", "categorical", "--variables", "4", "--classes", "5",
      "--layers",
      "16", "--epochs", "2", "--temperature", "0.7", "-o", "c.st")
    #expect(training.code == 0, "\(training.messages)")
    #expect(try program.run("inspect", "c.st").output.contains("4 variables of 5 classes"))
    #expect(try program.run("generate", "c.st", "-n", "6", "-o", "sheet.png").code == 0)
    let evaluation = try program.run("evaluate", "c.st", "builtin:digits:50", "--json").output
    #expect(evaluation.contains("\"kl_nats\":") && evaluation.contains("\"perplexity\":["), "\(evaluation)")
  }

  @Test func whatCannotBeIsRefused() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", (0..<30).map { "\($0),\($0 % 3),\($0 % 7)\n" }.joined())
    for (words, part) in [
      (["--entries", "9"], "--entries belongs to --family quantised"),
      (["--variables", "9"], "--variables belongs to --family categorical"),
      (["--family", "quantised", "--beta", "2"], "--beta belongs to --family variational"),
      (["--family", "quantised", "--latent", "4", "--code-width", "3"], "--code-width 3 does not divide"),
      (["--family", "quantised", "--codebook-decay", "1"], "0 to below 1, or none"),
      (["--family", "categorical", "--latent", "4"], "leave it out"),
      (["--prior", "autoregressive"], "add --family quantised or categorical"),
      (["--prior-epochs", "3"], "--prior-epochs belongs to --prior autoregressive"),
    ] {
      let outcome = try program.run(["train", "t.csv", "--epochs", "1", "-o", "m.st"] + words)
      #expect(outcome.code == 2 && outcome.messages.contains(part), "\(words): \(outcome.messages)")
    }
    let many = try program.run(
      "train", "t.csv", "--family", "quantised", "--entries", "100", "--epochs", "1", "-o", "m.st")
    #expect(many.code == 1 && many.messages.contains("at most as many entries"), "\(many.messages)")
    #expect(try program.run("train", "t.csv", "--epochs", "1", "-o", "p.st").code == 0)
    let places = try program.run("encode", "p.st", "t.csv", "--places", "-o", "x.npy")
    #expect(places.code == 1 && places.messages.contains("discrete"), "\(places.messages)")
  }
}
