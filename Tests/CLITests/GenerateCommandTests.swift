import Hourglass
import Testing

/// From a variational training to new samples.
@Suite struct GenerateCommandTests {
  @Test func samplesAreDrawnAsArraysAndAsOnePicture() throws {
    let program = try BuiltProgram()
    let training = try program.run(
      "train", "builtin:digits:200", "--family", "variational", "--latent", "3", "--layers", "16", "--epochs",
      "2",
      "--beta", "2", "--beta-warmup", "1", "-o", "m.st")
    #expect(training.code == 0, "\(training.messages)")
    #expect(try program.run("inspect", "m.st").output.contains("normal distribution, beta 2.0"))
    let words = ["generate", "m.st", "-n", "10"]
    for name in ["a.npy", "b.npy"] {
      let outcome = try program.run(words + ["--seed", "5", "-o", name])
      #expect(outcome.code == 0 && outcome.messages.contains("10 samples of [28, 28]"), "\(outcome.messages)")
    }
    #expect(program.bytes("a.npy") == program.bytes("b.npy"))
    let cold = try program.run(words + ["--seed", "5", "--temperature", "0.001", "-o", "c.npy"])
    #expect(cold.code == 0 && program.bytes("c.npy") != program.bytes("a.npy"), "\(cold.messages)")
    #expect(try program.run(words + ["--temperature", "0", "-o", "c.npy"]).code == 2)
    #expect(try program.run(words + ["-o", "sheet.png"]).code == 0)
    let picture = try ImageFile.read(bytes: program.bytes("sheet.png"), name: "sheet.png")
    #expect(picture.width == 4 * 30 - 2 && picture.height == 3 * 30 - 2 && picture.channels == 1)
    let shown = try program.run(words + ["--show"])
    #expect(shown.code == 0 && shown.output.count > 100)
    let evaluation = try program.run("evaluate", "m.st", "builtin:digits:50", "--json").output
    #expect(evaluation.contains("\"kl_nats\":") && evaluation.contains("\"negative_elbo\":"))
    #expect(
      try program.run("evaluate", "m.st", "builtin:digits:50").output.contains("of 3 values of the code"))
  }

  @Test func whatCannotBeIsRefused() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", (0..<30).map { "\($0),\($0 % 3),\($0 % 7)\n" }.joined())
    #expect(try program.run("train", "t.csv", "--epochs", "1", "-o", "m.st").code == 0)
    let plain = try program.run("generate", "m.st", "-o", "x.npy")
    #expect(plain.code == 1 && plain.messages.contains("--family variational"), "\(plain.messages)")
    let stray = try program.run("train", "t.csv", "--beta", "2", "-o", "n.st")
    #expect(stray.code == 2 && stray.messages.contains("--beta belongs to --family variational"))
    let words = ["train", "t.csv", "--family", "variational", "--epochs", "1", "-o", "v.st"]
    #expect(try program.run(words).code == 0)
    let picture = try program.run("generate", "v.st", "-o", "x.png")
    #expect(picture.code == 2 && picture.messages.contains("are no pictures"), "\(picture.messages)")
    #expect(try program.run("generate", "v.st").code == 2)
    let both = try program.run(words + ["--free-bits", "1", "--capacity", "1"])
    #expect(both.code == 2 && both.messages.contains("freeBits or capacity"), "\(both.messages)")
  }
}
