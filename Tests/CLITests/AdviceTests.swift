import Hourglass
import Testing

/// Refusals that name what is there, and advice that is enough.
@Suite("Advice that is enough")
struct AdviceTests {
  private static let table = "a,b\n" + (0..<30).map { "\($0 % 7),\($0 * $0 % 5)\n" }.joined()

  /// A program with a table, and a model of windows of it.
  private func windows() throws -> BuiltProgram {
    let program = try BuiltProgram()
    try program.write("t.csv", Self.table)
    let training = try program.run(
      "train", "t.csv", "--window", "8", "--epochs", "2", "--latent", "2", "-o", "m.st")
    try #require(training.code == 0, "\(training.messages)")
    return program
  }

  @Test func aTableInAModelsPlaceIsOneEverywhere() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", Self.table)
    try #require(try program.run("train", "t.csv", "--epochs", "1", "-o", "m.st").code == 0)
    let commands: [[String]] = [
      ["inspect", "t.csv"], ["decode", "t.csv", "t.csv", "-o", "x.csv"],
      ["compare", "t.csv", "m.st", "--on", "t.csv", "-o", "x.html"],
      ["train", "t.csv", "--resume", "t.csv", "-o", "x.st"], ["score", "t.csv", "t.csv", "-o", "x.csv"],
      ["generate", "t.csv", "-o", "x.csv"],
    ]
    for words in commands {
      let refused = try program.run(words)
      #expect(refused.code == 1)
      #expect(
        refused.messages.contains(
          "hourglass: t.csv: expected a model, found a table; make a model with 'hourglass train t.csv"),
        "\(refused.messages)")
    }
    #expect(
      try program.run("decode", "t.csv", "m.st", "-o", "x.csv").messages.contains(
        "the model comes first: swap t.csv and m.st"))
    program.makeFolder("f")
    #expect(
      try program.run("inspect", "f").messages.contains(
        "f: expected a model, found a folder; name a model that train wrote"))
  }

  @Test func aSeriesShorterThanAModelsWindowsNamesThese() throws {
    let program = try windows()
    try program.write("short.csv", "a,b\n1,2\n3,1\n2,2\n")
    for words in [["evaluate", "m.st", "short.csv"], ["score", "m.st", "short.csv", "-o", "s.csv"]] {
      let refused = try program.run(words)
      #expect(refused.code == 1 && !refused.messages.contains("--window"), "\(refused.messages)")
      #expect(refused.messages.contains("give a longer series: the model takes windows of 8 steps"))
    }
    #expect(
      try program.run("train", "short.csv", "--window", "8", "-o", "x.st").messages.contains(
        "give a shorter window: --window 1"))
  }

  @Test func columnsOfNothingAreLeftOutWithThoseOfText() throws {
    let program = try BuiltProgram()
    let rows = (0..<20).map { "in,\($0 * $0 % 7),\($0 % 5), ,\($0 % 4 == 0 ? "" : "3.\($0)"),C\n" }
    try program.write("t.csv", "sensor,a,b,note,c,unit\n" + rows.joined())
    let windows = try program.run("train", "t.csv", "--window", "4", "-o", "m.st")
    #expect(windows.code == 1 && windows.messages.contains("allow gaps (--gaps)"), "\(windows.messages)")
    let refused = #expect(throws: FormatError.self) { try Source.open(program.folder + "/t.csv") }
    #expect(
      "\(refused.map { "\($0)" } ?? "")".contains(
        "leave out the columns of text, which are 'sensor' and 'unit' and column 'note', where nothing is found: "
          + "--drop sensor,note,unit, and --gaps, as cells are empty"))
    let taken = try program.run(
      "train", "t.csv", "--drop", "sensor,note,unit", "--gaps", "--epochs", "1", "-o", "m.st")
    #expect(taken.code == 0, "\(taken.messages)")
    // Rows that are no series are records, and what tells nothing is set aside.
    let records = try program.run("train", "t.csv", "--epochs", "1", "-o", "r.st")
    #expect(
      records.code == 0 && records.messages.contains("'sensor', 'note' and 'unit' aside"),
      "\(records.messages)")
  }

  @Test func cellsAreReadAsNamesAre() throws {
    let program = try BuiltProgram()
    let latin = Array("Stra".utf8) + [0xDF] + Array("e,a\nCaf".utf8) + [0xE9] + Array(",1\nx,2\n".utf8)
    try program.write("t.csv", latin)
    let refused = #expect(throws: FormatError.self) { try Source.open(program.folder + "/t.csv") }
    #expect(
      "\(refused.map { "\($0)" } ?? "")".contains("line 2 column 'Straße': expected a number, found 'Café'"))
  }

  @Test func scoresAsSeriesAreOfSteps() throws {
    let program = try windows()
    let series = try program.run("score", "m.st", "t.csv", "--as", "series", "-o", "s.csv")
    #expect(series.code == 0, "\(series.messages)")
    #expect(try program.run("score", "m.st", "t.csv", "--per-step", "-o", "p.csv").code == 0)
    #expect(program.bytes("s.csv") == program.bytes("p.csv"))
    #expect(program.text("s.csv").split(separator: "\n").count == 31)
    #expect(try program.run("score", "m.st", "t.csv", "--as", "windows", "-o", "w.csv").code == 0)
    #expect(program.text("w.csv").split(separator: "\n").count == 24)
    let both = try program.run("score", "m.st", "t.csv", "--per-step", "--as", "windows", "-o", "x.csv")
    #expect(both.code == 2 && both.messages.contains("contradict each other"), "\(both.messages)")
    #expect(
      try program.run("score", "--help").output.contains("[windows; with --per-feature series in a table]"))
    try program.write("rows.csv", Self.table)
    #expect(try program.run("train", "rows.csv", "--epochs", "1", "-o", "r.st").code == 0)
    let rows = try program.run("score", "r.st", "rows.csv", "--as", "series", "-o", "x.csv")
    #expect(
      rows.code == 2 && rows.messages.contains("the samples of rows.csv are none"), "\(rows.messages)")
  }
}
