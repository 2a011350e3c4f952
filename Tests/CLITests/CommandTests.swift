import Hourglass
import Testing

/// The main job, command by command, with the built program.
@Suite struct CommandTests {
  private static let training = ["--latent", "4", "--epochs", "3", "--seed", "5"]

  /// A program with a model of digits in its folder.
  private func trained(_ more: [String] = []) throws -> BuiltProgram {
    let program = try BuiltProgram()
    let outcome = try program.run(
      ["train", "builtin:digits:400", "-o", "m.st"] + CommandTests.training + more)
    try #require(outcome.code == 0, "\(outcome.messages)")
    return program
  }

  /// The keys of a line of flat JSON, in order.
  private func keys(_ line: String) -> [String] {
    line.matches(of: #/"([a-z_]+)":/#).map { String($0.1) }
  }

  private func number(_ key: String, in line: String) throws -> Double {
    let match = try #require(
      line.firstMatch(of: try Regex<(Substring, Substring)>("\"\(key)\":([-0-9.e+]+)")))
    return try #require(Double(match.1))
  }

  @Test func trainSaysInJSONWhatItDid() throws {
    let program = try BuiltProgram()
    let outcome = try program.run(
      ["train", "builtin:digits:400", "-o", "m.st", "--json", "--quiet"] + CommandTests.training)
    #expect(outcome.code == 0 && outcome.messages.isEmpty)
    #expect(outcome.lines.count == 4)
    for (index, line) in outcome.lines.prefix(3).enumerated() {
      #expect(keys(line) == ["event", "epoch", "loss", "validation_loss", "seconds", "rate"])
      #expect(line.hasPrefix("{\"event\":\"epoch\",\"epoch\":\(index + 1),\"loss\":0."))
      // Over the last fifth of the steps the rate falls.
      #expect(line.hasSuffix("\"rate\":0.001}") == (index < 2))
    }
    let done = try #require(outcome.lines.last)
    #expect(
      keys(done) == [
        "event", "model", "samples", "epochs", "loss", "validation_loss", "seconds", "samples_per_second",
        "pca_loss", "objective", "error", "mse", "pca_mse", "unbeaten",
      ])
    #expect(done.hasPrefix("{\"event\":\"done\",\"model\":\"m.st\",\"samples\":360,\"epochs\":3,"))
    let losses = try outcome.lines.prefix(3).map { try number("validation_loss", in: $0) }
    #expect(try number("validation_loss", in: done) == losses.min())
  }

  @Test func withoutValidationItsLossIsNull() throws {
    let program = try BuiltProgram()
    let outcome = try program.run(
      ["train", "builtin:digits:100", "-o", "m.st", "--json", "--validation", "0", "--epochs", "1"])
    #expect(outcome.lines.count == 2)
    #expect(outcome.lines.allSatisfy { $0.contains("\"validation_loss\":null") })
    #expect(outcome.messages.contains("none held out"))
  }

  @Test func trainPrintsOneLineForAPersonAndAnEpochALineBesideIt() throws {
    let program = try BuiltProgram()
    let outcome = try program.run(["train", "builtin:digits:400", "-o", "m.st"] + CommandTests.training)
    #expect(outcome.lines.count == 1)
    #expect(outcome.output.hasPrefix("m.st: 360 samples, 3 epochs, bce 0."))
    #expect(outcome.output.contains(", PCA of the same width 0."))
    let epochs = outcome.messages.split(separator: "\n")
    #expect(epochs.count == 4 && epochs[0].hasPrefix("training 784-128-4-128-784, "))
    #expect(epochs[3].hasPrefix("epoch 3/3  loss 0."))
    let quiet = try program.run(["train", "builtin:digits:400", "-o", "q.st", "-q"] + CommandTests.training)
    #expect(quiet.output.isEmpty && quiet.messages.isEmpty)
    #expect(program.bytes("q.st") == program.bytes("m.st"))
  }

  @Test func theFileDependsOnTheSeedAndNotOnTheThreads() throws {
    let program = try trained(["--threads", "1"])
    for threads in ["2", "3"] {
      let words = ["train", "builtin:digits:400", "-o", "t.st", "--threads", threads]
      #expect(try program.run(words + CommandTests.training).code == 0)
      #expect(program.bytes("t.st") == program.bytes("m.st"))
    }
    #expect(
      try program.run("train", "builtin:digits:400", "-o", "s.st", "--latent", "4", "--epochs", "3").code == 0
    )
    #expect(program.bytes("s.st") != program.bytes("m.st"))
  }

  @Test func evaluatePutsTheControlsBeside() throws {
    let program = try trained()
    let json = try program.run("evaluate", "m.st", "builtin:digits:200:9", "--json")
    #expect(json.lines.count == 1)
    #expect(
      keys(json.output) == [
        "samples", "loss", "mse", "bce", "mean_mse", "pca_mse", "untrained_mse", "pca_loss",
        "median_mse", "median_pca_mse", "median_mean_mse",
        "median_untrained_mse", "trimmed_mse", "trimmed_pca_mse", "trimmed_mean_mse", "trimmed_untrained_mse",
        "heavy", "heavy_share", "unbeaten", "given", "trained_on",
        "chosen_by", "is_test",
      ])
    #expect(try number("samples", in: json.output) == 200)
    #expect(try number("mean_mse", in: json.output) < number("untrained_mse", in: json.output))
    let words = try program.run("evaluate", "m.st", "builtin:digits:200:9")
    #expect(words.code == 0 && words.output.contains("\n  PCA, 4 values      0.0"))
    let beats = try number("mse", in: json.output) < number("pca_mse", in: json.output)
    #expect(words.output.contains(beats ? "It beats all three controls" : "It does not beat "))
  }

  @Test func aTableBeatsItsControlsWithoutAnOption() throws {
    let program = try BuiltProgram()
    // Points on a bent curve in five dimensions.
    let rows = (0..<400).map { index -> String in
      let t = Double(index % 20) / 10 - 1
      let u = Double(index / 20) / 10 - 1
      return "\(t),\(u),\(t * t),\(t * u),\(100 * u * u * u)"
    }
    try program.write("curve.csv", "a,b,c,d,e\n" + rows.joined(separator: "\n") + "\n")
    #expect(try program.run("train", "curve.csv", "-o", "m.st").code == 0)
    let outcome = try program.run("evaluate", "m.st", "curve.csv")
    #expect(outcome.output.contains("It beats all three controls"), "\(outcome.output)")
  }

  @Test func codesGoOutAndComeBackInEveryFormat() throws {
    let program = try trained()
    for name in ["codes.npy", "codes.npz", "codes.csv", "codes.tsv", "codes.csv.gz"] {
      let encode = try program.run("encode", "m.st", "builtin:digits:20", "-o", name)
      #expect(encode.code == 0 && encode.output.isEmpty)
      #expect(encode.messages == "\(name): 20 codes of 4 values\n")
      let decode = try program.run("decode", "m.st", name, "-o", name + ".out.npy", "--json", "-q")
      #expect(decode.output == "{\"file\":\"\(name).out.npy\",\"shape\":[20,28,28]}\n")
      #expect(program.bytes(name + ".out.npy") == program.bytes("codes.npy.out.npy"))
    }
    #expect(program.text("codes.csv").hasPrefix("row,class,code_0,code_1,code_2,code_3\n0,"))
    #expect(try program.run("reconstruct", "m.st", "builtin:digits:20", "-o", "r.npy").code == 0)
    #expect(program.bytes("r.npy") == program.bytes("codes.npy.out.npy"))
  }

  @Test func columnsKeepTheirNamesAndUnits() throws {
    let program = try BuiltProgram()
    let rows = (0..<60).map { "\($0),\(1000 + 2 * $0),\(0.001 * Double($0))" }
    try program.write("data.csv", "age,\"height, cm\",dose\n" + rows.joined(separator: "\n") + "\n")
    let train = try program.run("train", "data.csv", "-o", "m.st", "--latent", "2", "--epochs", "300", "-q")
    #expect(train.code == 0)
    #expect(try program.run("reconstruct", "m.st", "data.csv", "-o", "r.csv").code == 0)
    let lines = program.text("r.csv").split(separator: "\n")
    #expect(lines.count == 61 && lines[0] == "row,age,\"height, cm\",dose")
    let middle = lines[31].split(separator: ",").compactMap { Double($0) }
    #expect(middle[0] == 30)
    #expect(abs(middle[1] - 30) < 3 && abs(middle[2] - 1060) < 6 && abs(middle[3] - 0.03) < 0.003)
    #expect(try program.run("score", "m.st", "data.csv", "--per-feature", "-o", "f.csv").code == 0)
    #expect(program.text("f.csv").hasPrefix("row,age,\"height, cm\",dose\n0,"))
  }

  @Test func scoreFindsTheOddOne() throws {
    let program = try BuiltProgram()
    let rows = (0..<200).map { "\($0),\(2 * $0),\(3 * $0)" }
    try program.write("data.csv", rows.joined(separator: "\n") + "\n")
    #expect(try program.run("train", "data.csv", "-o", "m.st", "-q").code == 0)
    try program.write("odd.csv", "10,20,30\n100,200,300\n100,0,300\n50,100,150\n")
    let outcome = try program.run("score", "m.st", "odd.csv", "-o", "s.csv", "--json")
    #expect(outcome.output.contains("\"highest_row\":2}"))
    #expect(outcome.messages.contains("highest in rows, counted from 0: 2 ("))
    #expect(program.text("s.csv").hasPrefix("row,score\n0,"))
    let scores = program.text("s.csv").split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: ",").last.flatMap { Double($0) }
    }
    #expect(scores.count == 4 && scores.indices.max { scores[$0] < scores[$1] } == 2)
    // A sample's score is the mean of what its values contribute.
    #expect(try program.run("score", "m.st", "odd.csv", "--per-feature", "-o", "f.csv").code == 0)
    for (line, score) in zip(program.text("f.csv").split(separator: "\n").dropFirst(), scores) {
      let terms = line.split(separator: ",").dropFirst().compactMap { Double($0) }
      #expect(abs(terms.reduce(0, +) / 3 - score) <= 1e-5 * score)
    }
  }

  @Test func reconstructShowsPicturesAndRows() throws {
    let program = try trained()
    let pictures = try program.run("reconstruct", "m.st", "builtin:digits:3", "--show", "3")
    // Two rows of pictures, 28 pixels high at two a line, and the line between them.
    #expect(pictures.output.split(separator: "\n", omittingEmptySubsequences: false).count >= 29)
    #expect(pictures.output.contains("@") && program.names() == ["m.st"])
    try program.write("data.csv", "left,right\n1,2\n3,4\n5,7\n")
    #expect(try program.run("train", "data.csv", "-o", "t.st", "--epochs", "1", "-q").code == 0)
    let rows = try program.run("reconstruct", "t.st", "data.csv", "--show", "2")
    #expect(rows.lines.count == 5 && rows.lines[0].hasSuffix("left      right"))
    #expect(rows.lines[1].hasPrefix("row 0") && rows.lines[1].hasSuffix("1.000      2.000"))
    #expect(rows.lines[2].hasPrefix("  reconstructed"))
  }

  @Test func inspectShowsWhatTheModelIs() throws {
    let program = try trained()
    let words = try program.run("inspect", "m.st")
    for text in [
      "m.st: 784-128-4-128-784", "encoder[1]  dense, 128 units", "100 480", "in all",
      "uint8 of [28, 28], divided by 255",
      "builtin:digits:400, 360 samples", "seed 5", "hourglass 0.",
    ] { #expect(words.output.contains(text), "\(words.output)") }
    let json = try program.run("inspect", "m.st", "--json")
    #expect(json.lines.count == 1)
    #expect(try number("parameters", in: json.output) > 0)
    #expect(json.output.contains("\"code\":[4]") && json.output.contains("\"provenance\":{"))
  }

  @Test(.enabled(if: Precision.bfloat16.canBeEmulated, "oneDNN needs AVX-512 to emulate bf16"))
  func inspectShowsAnUnusualPrecision() throws {
    let program = try BuiltProgram()
    var recipe = Recipe(epochs: 1)
    let autoencoder = try Autoencoder(.dense(input: [28, 28], layers: [], latent: 4), seed: 1)
    for (precision, isShown) in [(Precision.bfloat16, true), (.float32, false)] {
      recipe.precision = precision
      let trainer = try Trainer(
        emulating: autoencoder, recipe, on: Source.open("builtin:digits:20"), threads: 1)
      _ = try trainer.nextEpoch()
      try trainer.model.write(to: program.folder + "/m.st")
      let shown = try program.run("inspect", "m.st")
      #expect(shown.output.contains("products of bf16") == isShown, "\(shown.output)")
    }
  }

  @Test func convolutionsTrainAndAreShown() throws {
    let program = try trained(["--model", "conv", "--layers", "4,8", "--normalization", "batch"])
    let shown = try program.run("inspect", "m.st")
    #expect(shown.output.contains("784-4x14x14-8x7x7-4-392-4x14x14-1x28x28"))
    #expect(shown.output.contains("convolution, channels 4, kernel 3, stride 2"))
    #expect(
      shown.output.contains(
        "transposed convolution, channels 1, kernel 3, stride 2, padding 1, output padding 1x1"))
    #expect(try program.run("evaluate", "m.st", "builtin:digits:50").code == 0)
    let odd = try program.run("new", "--model", "conv", "--input", "3x27x13", "--latent", "6")
    #expect(odd.code == 0)
    #expect(odd.output.filter { !$0.isWhitespace }.contains("\"outputPadding\":[0,0]"))
    let flat = try program.run("new", "--model", "conv", "--input", "784")
    #expect(
      flat.code == 0 && flat.messages.contains("rows of 784 values are taken for series of one channel"))
    let deep = try program.run("new", "--model", "conv", "--input", "2x3x4x5")
    #expect(deep.code == 2 && deep.messages.contains("--model conv needs samples of [height, width]"))
  }

  @Test func newWritesWhatTrainTakes() throws {
    let program = try BuiltProgram()
    let outcome = try program.run(
      "new", "--family", "plain", "--input", "28x28", "--latent", "6", "--loss", "bce")
    #expect(outcome.code == 0)
    try program.write("net.json", outcome.output)
    let words = ["train", "builtin:digits:300", "--epochs", "2", "-q"]
    #expect(try program.run(words + ["--architecture", "net.json", "-o", "a.st"]).code == 0)
    #expect(try program.run(words + ["--latent", "6", "-o", "b.st"]).code == 0)
    #expect(program.bytes("a.st") == program.bytes("b.st"))
    // Samples of another shape with as many values are taken too.
    let flat = try program.run("new", "--input", "784", "--latent", "6", "--loss", "bce")
    try program.write("flat.json", flat.output)
    #expect(try program.run(words + ["--architecture", "flat.json", "-o", "c.st"]).code == 0)
    #expect(try program.run("evaluate", "c.st", "builtin:digits:50").code == 0)
  }
}
