import Hourglass
import Testing

/// Families from the command line: what is trained is what was asked for.
@Suite struct FamilyCommandTests {
  private static let words: [(family: String, inFile: String)] = [
    ("tied", "\"tied\""), ("sparse", "\"sparsity\""), ("contractive", "\"contraction\""),
    ("denoising", "\"corruption\":[{\"gaussian\""), ("masked", "\"corruption\":[{\"masking\""),
    ("variational", "\"code\":{\"gaussian\""), ("wasserstein", "\"mmd\""),
  ]

  @Test func everyFamilyWritesItsCoordinates() throws {
    let program = try BuiltProgram()
    for (family, word) in Self.words {
      let described = try program.run("new", "--family", family, "--input", "6", "--latent", "2")
      let text = described.output.filter { !$0.isWhitespace }
      #expect(described.code == 0 && text.contains(word), "\(family): \(described.messages)\(text)")
    }
    try program.write("t.csv", (0..<40).map { "\($0),\($0 % 3),\($0 % 7),\($0 % 5)\n" }.joined())
    let words = ["train", "t.csv", "--family", "denoising", "--latent", "2", "--epochs", "2", "-o", "m.st"]
    #expect(try program.run(words).code == 0)
    let cleaned = try program.run("denoise", "m.st", "t.csv", "-o", "clean.csv")
    #expect(cleaned.code == 0 && !cleaned.messages.contains("learned from samples as they are"))
  }

  @Test func choicesThatDoNotGoTogetherAreRefused() throws {
    let program = try BuiltProgram()
    let wrong: [([String], String)] = [
      (["--draws", "3"], "--draws belongs to --family variational"),
      (["--block", "2"], "--block belongs to --corruption blocks"),
      (["--corruption", "fog=1"], "salt-and-pepper"), (["--corruption", "gaussian=0"], "deviation above 0"),
      (["--sparsity", "1", "--code-activation", "relu"], "end the encoder with .sigmoid"),
      (["--family", "variational", "--contraction", "1"], "penalty contraction"),
      (["--model", "lstm", "--contraction", "1"], "differentiated twice"),
      (["--model", "lstm", "--tied"], "tied weights go with dense layers"),
      (["--top-k", "9", "--latent", "3"], ".topK(9)"), (["--conditional"], "no data to find classes in"),
    ]
    for (words, message) in wrong {
      let outcome = try program.run(["new", "--input", "8"] + words)
      #expect(outcome.code == 2 && outcome.messages.contains(message), "\(words): \(outcome.messages)")
    }
  }

  @Test func classesAreToldAndAskedFor() throws {
    let program = try BuiltProgram()
    try program.write(
      "t.csv",
      "a,b,kind\n" + (0..<60).map { "\($0 % 9),\($0 % 4),\($0 % 2 == 0 ? "even" : "odd")\n" }.joined())
    let training = try program.run(
      "train", "t.csv", "--label", "kind", "--conditional", "--family", "variational", "--latent", "1",
      "--epochs", "2", "-o", "m.st")
    #expect(training.code == 0, "\(training.messages)")
    let drawn = try program.run("generate", "m.st", "--class", "odd", "-n", "5", "-o", "odd.csv")
    #expect(drawn.code == 0 && drawn.messages.contains("5 samples"), "\(drawn.messages)")
    let strange = try program.run("generate", "m.st", "--class", "prime", "-o", "x.csv")
    #expect(strange.code == 1 && strange.messages.contains("one of even, odd"), "\(strange.messages)")
    #expect(try program.run("evaluate", "m.st", "t.csv", "--label", "kind").code == 0)
    let bare = try program.run("train", "t.csv", "--conditional", "-o", "n.st")
    #expect(bare.code != 0)
  }

  @Test func waysBetweenSamples() throws {
    let program = try BuiltProgram()
    let training = try program.run(
      "train", "builtin:digits:100", "--family", "variational", "--latent", "3", "--layers", "16", "--epochs",
      "1", "-o", "m.st")
    #expect(training.code == 0)
    let way = try program.run(
      "interpolate", "m.st", "builtin:digits:10@3", "builtin:digits:10@7", "--steps", "4", "-o", "way.png")
    #expect(way.code == 0 && way.messages.contains("4 samples"), "\(way.messages)")
    let picture = try ImageFile.read(bytes: program.bytes("way.png"), name: "way.png")
    #expect(picture.width == 4 * 30 - 2 && picture.height == 28)
    let all = try program.run("traverse", "m.st", "--steps", "5", "-o", "all.png")
    #expect(all.code == 0 && all.messages.contains("15 samples"), "\(all.messages)")
    for (words, message) in [
      (["interpolate", "m.st", "builtin:digits:10", "builtin:digits:10@1", "-o", "x.png"], "say which"),
      (
        ["interpolate", "m.st", "builtin:digits:10@10", "builtin:digits:10@1", "-o", "x.png"],
        "is 9, found 10"
      ),
      (["traverse", "m.st", "--dimension", "3", "-o", "x.png"], "0 to 2"),
      (["traverse", "m.st"], "needs -o OUT"),
    ] {
      let outcome = try program.run(words)
      #expect(outcome.code != 0 && outcome.messages.contains(message), "\(words): \(outcome.messages)")
    }
    let nll = try program.run("evaluate", "m.st", "builtin:digits:20", "--nll", "--samples", "10", "--json")
    #expect(nll.output.contains("\"nll_draws\":10"), "\(nll.messages)")
    #expect(try program.run("encode", "m.st", "builtin:digits:20", "--sample", "-o", "c.npy").code == 0)
    let fitted = try program.run("generate", "m.st", "--fit", "builtin:digits:100", "-n", "4", "-o", "g.npy")
    #expect(fitted.code == 0, "\(fitted.messages)")
  }
}
