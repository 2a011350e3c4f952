import Testing

/// Series from the file to a model and its use.
@Suite struct SeriesCommandTests {
  @Test func aTableWithTimesBecomesWindows() throws {
    let program = try BuiltProgram()
    let rows = (0..<200).map { "2020-\($0 + 1000),\(Double($0 % 12) / 2),\(100 + $0 % 5)\n" }.joined()
    try program.write("long.csv", "time,a,b\n" + rows)
    let words = ["train", "long.csv", "--epochs", "2", "--latent", "3", "-o", "m.st"]
    let training = try program.run(words + ["--window", "24", "--stride", "2"])
    #expect(training.code == 0, "\(training.messages)")
    #expect(training.messages.contains("samples of [2, 24] (each channel scaled to mean 0 and deviation 1)"))
    let scores = try program.run("score", "m.st", "long.csv", "-o", "s.csv")
    #expect(scores.code == 0 && scores.messages.contains("89 scores"), "\(scores.messages)")
    let inspection = try program.run("inspect", "m.st").output
    #expect(inspection.contains("each channel scaled to mean 0"))
    #expect(inspection.contains("windows of 24 steps, every 2"))
    let folder = try program.run("reconstruct", "m.st", "long.csv", "-o", "made")
    #expect(folder.code == 1 && folder.messages.contains("a model of images or sounds"), "\(folder.messages)")
    #expect(try program.run("reconstruct", "m.st", "long.csv", "-o", "made.npy").code == 0)
    let long = try program.run(words + ["--window", "300"])
    #expect(long.code == 1 && long.messages.contains("at least 300 rows, a window, found 200"))
    try program.write("short.csv", "time,a,b\n2020-1,1,2\n")
    let short = try program.run("score", "m.st", "short.csv", "-o", "s.csv")
    #expect(short.code == 1 && short.messages.contains("at least 24 rows"), "\(short.messages)")
  }

  @Test func aFileOfCasesIsTrainedOn() throws {
    let program = try BuiltProgram()
    let cases = (0..<20).map { number in
      (0..<8).map { "\(($0 * number) % 7)" }.joined(separator: ",") + (number % 2 == 0 ? ":a\n" : ":b\n")
    }
    try program.write("cases.ts", "@classLabel true a b\n@data\n" + cases.joined())
    let training = try program.run("train", "cases.ts", "--epochs", "2", "--latent", "2", "-o", "m.st")
    #expect(training.code == 0 && training.messages.contains("samples of [1, 8]"), "\(training.messages)")
    #expect(try program.run("evaluate", "m.st", "cases.ts").code == 0)
  }

  @Test func recurrentLayersReadSeriesAndRows() throws {
    let program = try BuiltProgram()
    let cases = (0..<24).map { number in
      (0..<2).map { channel in
        (0..<12).map { "\(($0 * (number + 1) + channel) % 7)" }.joined(separator: ",")
      }.joined(separator: ":") + ":a\n"
    }
    try program.write("cases.ts", "@classLabel true a\n@data\n" + cases.joined())
    let words = ["train", "cases.ts", "--epochs", "2", "--latent", "3", "--model", "lstm", "-o", "m.st"]
    let training = try program.run(words + ["--layers", "8,6"])
    #expect(training.code == 0, "\(training.messages)")
    let inspection = try program.run("inspect", "m.st").output
    #expect(inspection.contains("LSTM, 6 units, last state") && inspection.contains("repeated for 12 steps"))
    #expect(try program.run("evaluate", "m.st", "cases.ts").code == 0)
    try program.write("rows.csv", (0..<20).map { "\($0),\($0 % 3),\($0 % 5),\($0 * 2)\n" }.joined())
    #expect(try program.run("train", "rows.csv", "--model", "lstm", "--epochs", "1", "-o", "r.st").code == 0)
    let wrong = try program.run(words + ["--activation", "relu"])
    #expect(wrong.code == 2 && wrong.messages.contains("--activation has no place in --model lstm"))
    let image = try program.run(
      "train", "builtin:digits:50", "--model", "lstm", "--epochs", "1", "-o", "d.st")
    #expect(image.code == 0, "\(image.messages)")
  }

  @Test func attentionOverTheStepsOfASeries() throws {
    let program = try BuiltProgram()
    let rows = (0..<120).map { "\(Double($0 % 12) / 2),\($0 % 5)\n" }.joined()
    try program.write("long.csv", "a,b\n" + rows)
    let words = [
      "train", "long.csv", "--window", "12", "--epochs", "2", "--latent", "3", "--model", "attention",
    ]
    let training = try program.run(words + ["--layers", "8,4", "--heads", "2", "-o", "m.st"])
    #expect(training.code == 0, "\(training.messages)")
    let shown = try program.run("inspect", "m.st").output
    #expect(shown.contains("attention, 2 heads") && shown.contains("places told by waves"), "\(shown)")
    #expect(try program.run("evaluate", "m.st", "long.csv").code == 0)
    let odd = try program.run(words + ["--layers", "6", "--heads", "4", "-o", "n.st"])
    #expect(odd.code == 2 && odd.messages.contains("heads that divide 6 features"), "\(odd.messages)")
    let image = try program.run("new", "--model", "attention", "--input", "3x8x8")
    #expect(
      image.code == 2 && image.messages.contains("--model attention needs samples of [channels, steps]"))
    let none = try program.run("new", "--model", "attention", "--input", "2x8", "--layers", "")
    #expect(none.code == 2 && none.messages.contains("at least one block"))
    let batch = try program.run(
      "new", "--model", "attention", "--input", "2x8", "--normalization", "batch")
    #expect(batch.code == 2 && batch.messages.contains("normalises by layer"))
  }

  /// Rows of other lengths: what is missing at their ends changes nothing, and their codes are asked for.
  @Test func attentionOverSeriesWithGaps() throws {
    let program = try BuiltProgram()
    let rows = (0..<40).map { row in
      (0..<10).map { $0 < 10 - row % 4 ? "\(($0 * (row % 3 + 1)) % 7)" : "" }.joined(separator: ",") + "\n"
    }
    try program.write("rows.csv", (0..<10).map { "t\($0)" }.joined(separator: ",") + "\n" + rows.joined())
    let words = ["train", "rows.csv", "--gaps", "--epochs", "2", "--latent", "2", "--model", "attention"]
    #expect(try program.run(words + ["--layers", "8", "-o", "m.st"]).code == 0)
    #expect(try program.run("encode", "m.st", "rows.csv", "-o", "c.csv").code == 0)
    #expect(try program.run("score", "m.st", "rows.csv", "-o", "s.csv").code == 0)
  }

  @Test func casesOfUnequalLengthAreFilledUp() throws {
    let program = try BuiltProgram()
    let cases = (0..<20).map { number in
      (0..<(5 + number % 4)).map { "\(($0 * number) % 7)" }.joined(separator: ",") + "\n"
    }
    try program.write("cases.ts", "@data\n" + cases.joined())
    let words = ["train", "cases.ts", "--epochs", "2", "--latent", "2", "-o", "m.st"]
    let training = try program.run(words + ["--validation", "cases.ts"])
    #expect(training.code == 0 && training.messages.contains("samples of [1, 8]"), "\(training.messages)")
    #expect(training.messages.contains("values missing"))
    #expect(try program.run("inspect", "m.st").output.contains("series of up to 8 steps"))
    try program.write("short.ts", "@data\n1,2,3\n")
    // Data to judge by are filled up to the training's length.
    let other = try program.run(words + ["--validation", "short.ts"])
    #expect(other.code == 0, "\(other.messages)")
    #expect(try program.run("evaluate", "m.st", "cases.ts").code == 0)
    let made = try program.run("reconstruct", "m.st", "short.ts", "-o", "made.csv")
    #expect(made.code == 0 && program.text("made.csv").contains(",nan,nan,nan,nan,nan\n"))
    try program.write("long.ts", "@data\n1,2,3,4,5,6,7,8,9\n")
    let long = try program.run("score", "m.st", "long.ts", "-o", "s.csv")
    #expect(long.code == 1 && long.messages.contains("line 2: expected a series of at most 8 values"))
    let wide = try program.run(words + ["--pad", "9"])
    #expect(wide.code == 0 && wide.messages.contains("samples of [1, 9]"), "\(wide.messages)")
    #expect(try program.run("score", "m.st", "long.ts", "-o", "s.csv").code == 0)
    let table = try program.run("train", "builtin:digits:20", "--pad", "9", "-o", "m.st")
    #expect(table.code != 0 && table.messages.contains("--pad"), "\(table.messages)")
  }
}
