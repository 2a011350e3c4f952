import Hourglass
import Testing

/// Convolutions over the steps of series.
@Suite struct SeriesConvolutionTests {
  private static let families = [
    "plain", "sparse", "contractive", "denoising", "variational", "quantised", "categorical",
  ]

  @Test func windowsCasesRowsAndArrays() throws {
    let program = try BuiltProgram()
    let numbers = (0..<120).map { "\(Double($0 % 12) / 2),\($0 % 5)\n" }.joined()
    try program.write("long.csv", "a,b\n" + numbers)
    let short = ["--epochs", "2", "--latent", "3", "-o", "m.st"]
    let windows = try program.run(["train", "long.csv", "--window", "13", "--model", "conv"] + short)
    #expect(windows.code == 0 && windows.messages.contains("samples of [2, 13]"), "\(windows.messages)")
    let shown = try program.run("inspect", "m.st").output
    #expect(shown.contains("convolution, channels 16, kernel 5") && shown.contains("conv1d"), "\(shown)")
    #expect(try program.run("evaluate", "m.st", "long.csv").code == 0)
    #expect(try program.run("report", "m.st", "long.csv", "-o", "r.html").code == 0)
    #expect(program.text("r.html").contains("A convolutional autoencoder"))

    let cases = (0..<20).map { number in
      (0..<(17 + number % 4)).map { "\(($0 * number) % 7)" }.joined(separator: ",") + "\n"
    }
    try program.write("cases.ts", "@data\n" + cases.joined())
    let ragged = try program.run(
      ["train", "cases.ts", "--model", "conv", "--normalization", "layer"] + short)
    #expect(ragged.code == 0 && ragged.messages.contains("samples of [1, 20]"), "\(ragged.messages)")
    #expect(try program.run("score", "m.st", "cases.ts", "-o", "s.csv").code == 0)

    try program.write("rows.csv", (0..<20).map { "\($0),\($0 % 3),\($0 % 5),\($0 * 2)\n" }.joined())
    #expect(try program.run(["train", "rows.csv", "--model", "conv"] + short).code == 0)

    let values = (0..<(12 * 3 * 40)).map { Float($0 % 11) }
    try NPY.write(Tensor([12, 3, 40], values), to: program.folder + "/x.npy")
    let series = try program.run(["train", "x.npy", "--model", "conv1d"] + short)
    #expect(series.code == 0, "\(series.messages)")
    #expect(
      series.messages.contains("samples of [3, 40] (each channel scaled to mean 0"), "\(series.messages)")
    #expect(try program.run("evaluate", "m.st", "x.npy").code == 0)
    #expect(try program.run("inspect", "m.st").output.contains("conv1d; --model auto has"))
    let image = try program.run(["train", "x.npy", "--model", "conv"] + short)
    #expect(
      image.code == 0 && image.messages.contains("taken for images of one channel"), "\(image.messages)")
    #expect(image.messages.contains("--model conv1d takes them for series of 3 channels and 40 steps"))
    let pictures = try program.run(["train", "builtin:digits:20", "--model", "conv"] + short)
    #expect(pictures.code == 0 && !pictures.messages.contains("conv1d"), "\(pictures.messages)")
  }

  @Test func everyFamilyAndLength() throws {
    let program = try BuiltProgram()
    for steps in [2, 3, 5, 24, 140, 10_000] {
      for model in ["conv1d", "lstm"] {
        let made = try program.run("new", "--model", model, "--input", "3x\(steps)")
        #expect(made.code == 0, "\(made.messages)")
      }
    }
    #expect(try program.run("new", "--model", "conv", "--input", "140").code == 0)
    let cube = try program.run("new", "--model", "conv1d", "--input", "3x8x8")
    #expect(cube.code == 2 && cube.messages.contains("use --model conv"), "\(cube.messages)")
    let cases = (0..<24).map { number in
      (0..<2).map { channel in
        (0..<(14 - number % 3)).map { "\(($0 * (number + 1) + channel) % 7)" }.joined(separator: ",")
      }.joined(separator: ":") + "\n"
    }
    try program.write("cases.ts", "@data\n" + cases.joined())
    for family in Self.families {
      let words = ["train", "cases.ts", "--model", "conv", "--layers", "4,6", "--epochs", "1", "-o", "m.st"]
      let book = family == "quantised" ? ["--entries", "8"] : []
      let training = try program.run(words + book + ["--family", family])
      #expect(training.code == 0, "\(family): \(training.messages)")
      let codes = try program.run("encode", "m.st", "cases.ts", "-o", "c.npy")
      #expect(codes.code == 0, "\(family): \(codes.messages)")
    }
    let critic = try program.run(
      "train", "cases.ts", "--model", "conv", "--family", "adversarial", "--critic", "outputs", "--epochs",
      "1",
      "-o", "m.st")
    #expect(critic.code == 0, "\(critic.messages)")
  }
}
