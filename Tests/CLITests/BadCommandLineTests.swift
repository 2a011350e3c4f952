import Hourglass
import Testing

/// What bad command lines get: exit code 2, the word at fault, and nothing written.
@Suite struct BadCommandLineTests {
  @Test(arguments: [
    (["--latent", "0"], "--latent expects a whole number from 1"),
    (["--latent", "-1"], "found '-1'"),
    (["--latent", "99999999999999999999"], "--latent"),
    (["--latent", "3.5"], "found '3.5'"),
    (["--layers", "64,0"], "--layers"),
    (["--layers", "64,,32"], "--layers"),
    (["--layers", "1000000,1000000"], "use fewer units"),
    (["--epochs", "0"], "--epochs"),
    (["--batch", "0"], "--batch"),
    (["--rate", "nan"], "--rate"),
    (["--rate", "-1"], "--rate"),
    (["--loss", "bec"], "did you mean bce?"),
    (["--loss", "bce", "--output-activation", "relu"], "bce has its own output, a sigmoid"),
    (["--optimizer", "adma"], "did you mean adam?"),
    (["--momentum", "0.9"], "--momentum belongs to"),
    (["--validation", "1.5"], "--validation expects a fraction"),
    (["--validation", "-0.5"], "--validation expects a fraction"),
    (["--scaling", "256"], "--scaling"),
    (["--seed", "-1"], "--seed"),
    (["--threads", "0"], "--threads"),
    (["--latnt", "3"], "did you mean --latent?"),
    (["--architecture", "net.json", "--latent", "3"], "--latent cannot stand beside --architecture"),
    (["--epochs", "3", "--epochs", "4"], "given twice"),
  ]) func isRefused(words: [String], message: String) throws {
    let program = try BuiltProgram()
    try program.write("data.csv", "1,2,3\n4,5,6\n7,8,8\n")
    let outcome = try program.run(["train", "data.csv", "-o", "model.safetensors"] + words)
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.messages.contains(message), "\(outcome.messages)")
    #expect(program.names() == ["data.csv"])
  }

  /// Nothing is read first: neither of the files is there.
  @Test(
    .enabled(
      if: !Precision.bfloat16.isSupported,
      "this processor has bf16, whose refusal is tested where it is missing"),
    arguments: [["train", "missing.csv"], ["encode", "missing.safetensors", "missing.csv"]])
  func bfloat16IsRefusedByProcessorsWithoutIt(words: [String]) throws {
    let program = try BuiltProgram()
    let outcome = try program.run(words + ["-o", "out.npy", "--precision", "bf16"])
    #expect(outcome.code == 2)
    #expect(
      outcome.messages.contains(
        "--precision bf16: this processor has neither AVX512_BF16 nor AMX-BF16; leave the option out"),
      "\(outcome.messages)")
    #expect(program.names().isEmpty)
    #expect(
      try program.run(words + ["-o", "out.npy", "--precision", "fp16"]).messages.contains("one of f32, bf16"))
  }

  @Test func newAndReconstructSayWhatIsMissing() throws {
    let program = try BuiltProgram()
    #expect(try program.run("new").messages.contains("--input SHAPE"))
    #expect(try program.run("new", "--input", "28x28", "--latent", "0").code == 2)
    #expect(try program.run("new", "--input", "100000x100000x100000x100000x10000").code == 2)
    let nothing = try program.run("reconstruct", "m.st", "data.csv")
    #expect(nothing.code == 2 && nothing.messages.contains("--show N"))
    #expect(try program.run("reconstruct", "m.st", "d.csv", "--json", "--show", "3").code == 2)
    #expect(
      try program.run("encode", "m.st", "d.csv", "-o", "codes.txt").messages.contains(".npy, .npz or .csv"))
    #expect(try program.run("encode", "m.st", "d.csv").messages.contains("encode needs -o OUT"))
    #expect(program.names().isEmpty)
  }

  @Test func whatIsReadIsNotWrittenOver() throws {
    let program = try BuiltProgram()
    let table = "1,2,3\n4,5,6\n7,8,8\n"
    try program.write("data.csv", table)
    let train = try program.run("train", "data.csv", "-o", "./data.csv")
    #expect(train.code == 2 && train.messages.contains("would write over data.csv"))
    #expect(try program.run("train", "data.csv", "--epochs", "1", "-o", "m.csv").code == 0)
    let model = program.bytes("m.csv")
    #expect(try program.run("score", "m.csv", "data.csv", "-o", "m.csv").code == 2)
    #expect(try program.run("reconstruct", "m.csv", "data.csv", "-o", "data.csv").code == 2)
    #expect(program.text("data.csv") == table && program.bytes("m.csv") == model)
  }
}
