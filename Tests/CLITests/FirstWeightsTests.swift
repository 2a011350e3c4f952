import Testing

/// Where a training begins, as a person asks for it and is told.
@Suite struct FirstWeightsTests {
  private let table =
    "a,b,c,d,e\n"
    + (0..<60).map { row in
      let (x, y) = (Double(row * 37 % 60) / 30 - 1, Double(row * 11 % 60) / 30 - 1)
      return "\(x),\(y),\(x * x),\(x + y),\(x * y)\n"
    }.joined()

  @Test func trainSaysThatItBeginsAtPCAAndInspectDoesToo() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", table)
    let usual = try program.run("train", "t.csv", "--epochs", "5", "-o", "m.st")
    #expect(usual.code == 0 && usual.messages.contains("; begins at PCA; 5 epochs"), "\(usual.messages)")
    #expect(try program.run("inspect", "m.st").output.contains(", begun at PCA"))
    for other in [["--first-weights", "drawn"], ["--initializer", "he-normal"], ["--activation", "tanh"]] {
      let run = try program.run(["train", "t.csv", "--epochs", "5", "-o", "d.st"] + other)
      #expect(run.code == 0 && !run.messages.contains("begins at PCA"), "\(other): \(run.messages)")
      #expect(try !program.run("inspect", "d.st").output.contains("begun at PCA"))
    }
    #expect(program.bytes("m.st") != program.bytes("d.st"))
  }

  @Test func whereNoEpochIsBetterTheStartIsWhatIsSaved() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", table)
    let words = ["train", "t.csv", "--epochs", "3", "--rate", "1", "--warmup", "0", "-o", "m.st"]
    let run = try program.run(words)
    #expect(run.output.contains(", 3 epochs, none better than the start at PCA, mse "), "\(run.output)")
    #expect(run.output.contains("; does not beat PCA of the same width"), "\(run.output)")
    #expect(try program.run("inspect", "m.st").output.contains("3, the best 0, the start at PCA: loss "))
    let page = try program.run("report", "m.st", "t.csv", "-o", "p.html", "-q")
    #expect(page.code == 0 && program.text("p.html").contains("the best 0, the start at PCA"))
    let doctor = try program.run("doctor", "m.st", "t.csv").output
    #expect(doctor.contains("no better than PCA with the same"), "\(doctor)")
  }

  @Test func aNetworkThatCannotIsRefusedByName() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", table)
    func refusal(_ words: String...) throws -> String {
      let run = try program.run(["train", "t.csv", "--first-weights", "pca", "-o", "m.st"] + words)
      #expect(run.code == 2, "\(words): \(run.messages)")
      return run.messages
    }
    #expect(
      try refusal("--activation", "tanh").contains("--first-weights pca: encoder[1]: expects dense layers"))
    #expect(try refusal("--family", "variational").contains("--first-weights pca: code: expects a vector"))
    #expect(
      try refusal("--layers", "3", "--latent", "2").contains("twice as many units as the code has values, 4"))
    #expect(try refusal("--loss", "bce").contains("mse, mae or huber, to begin at PCA, found bce"))
    #expect(try refusal("--first-weight", "pca").contains("--first-weights"))
  }

  @Test func whatGoesOnIsWhatItWasWhenItBegan() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", table)
    for first in ["drawn", "pca"] {
      let words = ["train", "t.csv", "--seed", "3", "-o", "m.st"]
      #expect(try program.run(words + ["--epochs", "10", "--first-weights", first, "-q"]).code == 0)
      let more = try program.run(words + ["--epochs", "10", "--resume", "m.st"])
      #expect(more.code == 0 && more.messages.contains("nothing left to do"), "\(first): \(more.messages)")
    }
  }

  @Test func aSearchBeginsThereWhereItCan() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", table)
    let words = ["tune", "t.csv", "--budget-trials", "6", "--epochs", "9", "--seed", "2", "-q"]
    #expect(try program.run(words + ["--threads", "1", "-o", "a.st"]).code == 0)
    #expect(try program.run(words + ["--threads", "2", "-o", "b.st"]).code == 0)
    #expect(program.bytes("a.st") == program.bytes("b.st"))
    #expect(program.text("a.st.tune.json").contains("\"first_weights\""))
  }
}
