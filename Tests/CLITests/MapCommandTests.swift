import Hourglass
import Testing

/// Codes as a table and as pictures.
@Suite struct MapCommandTests {
  private func trained(_ program: BuiltProgram) throws {
    let rows = (0..<60).map { "\($0 % 7),\($0 % 5),\(($0 * 3) % 11),\(["low", "\"a,b\""][$0 % 2])\n" }
    try program.write("t.csv", "one,two,three,kind\n" + rows.joined())
    let words = ["train", "t.csv", "--label", "kind", "--latent", "2", "--epochs", "3", "-o", "m.st"]
    let training = try program.run(words)
    try #require(training.code == 0, "\(training.messages)")
  }

  @Test func aMapIsATableOrAPicture() throws {
    let program = try BuiltProgram()
    try trained(program)
    let words = ["map", "m.st", "t.csv", "--perplexity", "5", "-o"]
    let outcome = try program.run(words + ["map.csv", "--json", "--color", "two"])
    #expect(outcome.code == 0 && outcome.output.contains("\"method\":\"tsne\""), "\(outcome.messages)")
    let lines = program.text("map.csv").split(separator: "\n")
    try #require(lines.count == 61)
    #expect(lines[0] == "x,y,row,kind,two")
    #expect(lines[2].contains(",1,\"a,b\",1.0"), "\(lines[2])")
    for name in ["a.svg", "b.svg"] {
      let outcome = try program.run(words + [name, "--threads", name == "a.svg" ? "1" : "2"])
      #expect(outcome.code == 0 && outcome.messages.contains("t-SNE of 60 codes"), "\(outcome.messages)")
    }
    #expect(program.bytes("a.svg") == program.bytes("b.svg"))
    #expect(program.text("a.svg").contains(">a,b</text>") && program.text("a.svg").hasSuffix("</svg>\n"))
    #expect(try program.run(words + ["m.png", "--color", "error"]).code == 0)
    let picture = try ImageFile.read(bytes: program.bytes("m.png"), name: "m.png")
    #expect(picture.width == 1000 && picture.height == 800 && picture.channels == 3)
    let few = try program.run("map", "m.st", "t.csv", "--method", "umap", "--sample", "20", "-o", "few.csv")
    #expect(few.code == 0 && few.messages.contains("20 of 60 samples"), "\(few.messages)")
    #expect(program.text("few.csv").split(separator: "\n").count == 21)
  }

  @Test func aCodeOfOneValueIsDrawnAgainstTheErrors() throws {
    let program = try BuiltProgram()
    try trained(program)
    #expect(
      try program.run("train", "t.csv", "--label", "kind", "--latent", "1", "--epochs", "3", "-o", "one.st")
        .code == 0)
    let map = try program.run(
      "map", "one.st", "t.csv", "--method", "umap", "--color", "error", "--json", "-o", "one.csv")
    #expect(map.code == 0 && map.output.contains("\"method\":\"value\""), "\(map.messages)")
    #expect(map.messages.contains("a code of one value has nothing to lay out"), "\(map.messages)")
    let model = try Model(contentsOf: program.folder + "/one.st")
    let data = try Source.open(program.folder + "/t.csv", label: "kind")
    let (codes, errors) = (try model.encode(data).values, try model.scores(data).values)
    for (row, line) in program.text("one.csv").split(separator: "\n").dropFirst().enumerated() {
      let cells = line.split(separator: ",")
      #expect(Float(cells[0]) == codes[row] && Float(cells[1]) == errors[row], "\(line)")
    }
    // The scale of colours ends at the last hundredth, and says how far values go beyond it.
    #expect(try program.run("map", "one.st", "t.csv", "--color", "error", "-o", "one.svg").code == 0)
    let (drawing, largest) = (program.text("one.svg"), Double(try #require(errors.max())))
    #expect(drawing.contains(" to \(Figures.significant(largest, 3))</text>"), "\(largest)")
    #expect(drawing.contains("the code of 60 samples, against their errors (upwards)"))
  }

  @Test func whatCannotBeIsRefused() throws {
    let program = try BuiltProgram()
    try trained(program)
    let words = ["map", "m.st", "t.csv", "-o"]
    let name = try program.run(words + ["map.jpg"])
    #expect(name.code == 2 && name.messages.contains(".png, .svg, .csv or .tsv"), "\(name.messages)")
    let stray = try program.run(words + ["m.csv", "--method", "pca", "--perplexity", "5"])
    #expect(stray.code == 2 && stray.messages.contains("--perplexity belongs to --method tsne"))
    let column = try program.run(words + ["m.csv", "--method", "pca", "--color", "tree"])
    #expect(column.code == 2 && column.messages.contains("did you mean three?"), "\(column.messages)")
    #expect(try program.run(["map", "m.st", "t.csv", "-o", "t.csv"]).code == 2)
  }
}
