import Hourglass
import Testing

/// Tables in use, whose columns are known by their names, and files that commands write for each other.
@Suite("Columns by name, and files read again")
struct ColumnOrderTests {
  private static let rows = (0..<30).map { [$0 % 7, $0 * 3 % 11, $0 * $0 % 5, $0 % 4] }

  private func table(_ names: [String], _ columns: [Int]) -> String {
    names.joined(separator: ",") + "\n"
      + Self.rows.map { row in columns.map { "\(row[$0])" }.joined(separator: ",") + "\n" }.joined()
  }

  private func trained() throws -> BuiltProgram {
    let program = try BuiltProgram()
    try program.write("t.csv", table(["a", "b", "c", "d"], [0, 1, 2, 3]))
    let training = try program.run("train", "t.csv", "--epochs", "2", "--latent", "2", "-o", "m.st")
    try #require(training.code == 0, "\(training.messages)")
    return program
  }

  @Test func columnsInAnotherOrderAreTakenByName() throws {
    let program = try trained()
    try program.write("u.csv", table(["d", "b", "x", "a", "c"], [3, 1, 1, 0, 2]))
    for command in ["score", "encode", "reconstruct"] {
      #expect(try program.run(command, "m.st", "t.csv", "-o", "t.npy").code == 0)
      let turned = try program.run(command, "m.st", "u.csv", "-o", "u.npy")
      #expect(turned.code == 0, "\(turned.messages)")
      #expect(program.bytes("u.npy") == program.bytes("t.npy") && !program.bytes("t.npy").isEmpty)
    }
    let held = try program.run(
      "train", "t.csv", "--validation", "u.csv", "--epochs", "1", "-o", "v.st")
    #expect(held.code == 0, "\(held.messages)")
  }

  @Test func aMissingColumnIsNamed() throws {
    let program = try trained()
    try program.write("less.csv", table(["a", "b", "c"], [0, 1, 2]))
    for command in ["score", "evaluate"] {
      let words = [command, "m.st", "less.csv"] + (command == "score" ? ["-o", "s.csv"] : [])
      let refused = try program.run(words)
      #expect(refused.code == 1)
      #expect(
        refused.messages
          == "hourglass: less.csv: expected the columns of training, 'a', 'b', 'c', 'd', found no column 'd'; "
          + "add what is missing\n")
    }
    try program.write("other.csv", table(["p", "q"], [0, 1]))
    #expect(
      try program.run("score", "m.st", "other.csv", "-o", "s.csv").messages.contains(
        "found none of them, but 'p', 'q'; give data of the kind the model was trained on"))
  }

  @Test func nothingIsSaidOfDataThatAreRefused() throws {
    let program = try trained()
    try program.write("u.csv", table(["a", "b", "c", "e"], [0, 1, 2, 3]))
    let refused = try program.run("score", "m.st", "u.csv", "-o", "s.csv")
    #expect(refused.code == 1 && refused.messages.hasPrefix("hourglass: "), "\(refused.messages)")
  }

  @Test func codesOfAnotherModelAreRefused() throws {
    let program = try trained()
    func codes(_ count: Int, from first: Int = 0) -> String {
      (["row"] + (first..<(first + count)).map { "code_\($0)" }).joined(separator: ",") + "\n"
        + (0..<5).map { row in (0...count).map { "\($0 * row)" }.joined(separator: ",") + "\n" }.joined()
    }
    try program.write("2.csv", codes(2))
    let fits = try program.run("decode", "m.st", "2.csv", "-o", "x.csv")
    #expect(fits.code == 0, "\(fits.messages)")
    // One more, and one fewer, which with the rows' numbers are as many.
    for count in [10, 3, 1] {
      try program.write("n.csv", codes(count))
      let refused = try program.run("decode", "m.st", "n.csv", "-o", "x.csv")
      #expect(refused.code == 1)
      #expect(
        refused.messages.contains(
          "n.csv: expected codes of 2 values, as this model makes them, found \(count)"),
        "\(refused.messages)")
    }
    try program.write("n.csv", codes(2, from: 1))
    #expect(
      try program.run("decode", "m.st", "n.csv", "-o", "x.csv").messages.contains(
        "found columns code_1, code_2"))
  }

  @Test func standardOutputIsATableThatKeepsColumns() throws {
    let program = try trained()
    let made = try program.run("score", "m.st", "t.csv", "--keep", "d", "-o", "-")
    #expect(made.code == 0 && made.lines.first == "row,d,score", "\(made.messages)")
    let array = try program.run("score", "m.st", "t.csv", "--keep", "d", "-o", "-.npy")
    #expect(array.code == 2 && array.messages.contains(".csv or .tsv, or -, found '-.npy'"))
  }

  @Test func samplesOfSeveralAxesAreReadAgain() throws {
    let program = try BuiltProgram()
    let values = (0..<(12 * 5 * 4)).map { UInt8($0 * $0 % 251) }
    try NPY.write(Tensor([12, 5, 4], values), to: program.folder + "/a.npy")
    #expect(try program.run("train", "a.npy", "--epochs", "2", "--latent", "2", "-o", "m.st").code == 0)
    try expectReadAgain(program, "a.npy", width: 20)
    // The numbers are those of the array.
    #expect(try program.run("reconstruct", "m.st", "a.npy", "-o", "r.npy").code == 0)
    #expect(try program.run("encode", "m.st", "r.npy", "-o", "b.npy").code == 0)
    #expect(try program.run("encode", "m.st", "r.csv", "-o", "c.npy").code == 0)
    #expect(program.bytes("b.npy") == program.bytes("c.npy") && !program.bytes("b.npy").isEmpty)
    let named = (0..<20).map { "p\($0)" }.joined(separator: ",")
    try program.write("p.csv", named + "\n" + (0..<20).map { "\($0)" }.joined(separator: ",") + "\n")
    #expect(
      try program.run("score", "m.st", "p.csv", "-o", "s.csv").messages.contains(
        "reshape the data to [1, 5, 4]; in a table name its columns value_0 to value_19"))
  }

  @Test func windowsAreReadAgain() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "a,b\n" + (0..<60).map { "\($0 % 7),\($0 * $0 % 5)\n" }.joined())
    let training = try program.run(
      "train", "t.csv", "--window", "8", "--epochs", "2", "--latent", "2", "-o", "m.st")
    try #require(training.code == 0, "\(training.messages)")
    try expectReadAgain(program, "t.csv", width: 16, "--as", "windows")
  }

  @Test func seriesThatWereFilledUpAreReadAgain() throws {
    let program = try BuiltProgram()
    let cases = (0..<12).map { row in
      (0..<(5 + row % 4)).map { "\($0 * (row + 2) % 9)" }.joined(separator: ",") + ":\(row % 2)\n"
    }
    try program.write("s.ts", "@univariate true\n@classLabel true 0 1\n@data\n" + cases.joined())
    let training = try program.run("train", "s.ts", "--epochs", "2", "--latent", "2", "-o", "m.st")
    try #require(training.code == 0, "\(training.messages)")
    try expectReadAgain(program, "s.ts", width: 8)
  }

  /// Tables that reconstruct and generate write have the names of their columns, and the model reads them.
  private func expectReadAgain(
    _ program: BuiltProgram, _ source: String, width: Int, _ more: String...
  ) throws {
    let names = (0..<width).map { "value_\($0)" }.joined(separator: ",")
    let made = try program.run(["reconstruct", "m.st", source, "-o", "r.csv"] + more)
    #expect(made.code == 0, "\(made.messages)")
    #expect(program.text("r.csv").split(separator: "\n").first?.hasSuffix(names) == true)
    let drawn = try program.run("generate", "m.st", "--fit", source, "-n", "9", "-o", "g.csv")
    #expect(drawn.code == 0, "\(drawn.messages)")
    #expect(program.text("g.csv").hasPrefix(names + "\n"))
    for name in ["r.csv", "g.csv"] {
      let read = try program.run("score", "m.st", name, "-o", "s.csv")
      #expect(read.code == 0 && !read.messages.contains("value_"), "\(read.messages)")
    }
    #expect(program.text("s.csv").split(separator: "\n").count == 10)
  }
}
