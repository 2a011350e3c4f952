import Foundation
import Hourglass
import Testing

/// A table is read as it came, without an option: what its columns are follows from their cells.
@Suite("Tables as they came")
struct TablesAsTheyCameTests {
  /// Sixty rows; an age is missing in every tenth, dates have no day above 12.
  private static func customers(_ age: (Int) -> String = { "\(20 + $0 * 7 % 40)" }) -> String {
    let rows = (0..<60).map { row in
      let day = "0\(1 + row % 9)/0\(1 + row * 5 % 9)/2023"
      let plan = ["basic", "plus", "pro"][row * 7 % 11 % 3]
      return "\(row + 1),\(row % 10 == 3 ? "" : age(row)),\(plan),\(day)\n"
    }
    return "id,age,plan,since\n" + rows.joined()
  }

  private static let usual = ["--epochs", "1", "--latent", "2", "-o", "m.st"]

  private func program(_ table: String) throws -> BuiltProgram {
    let program = try BuiltProgram()
    try program.write("c.csv", table)
    return program
  }

  @Test("dates that do not tell are asked for, and read alike in use")
  func dates() throws {
    let program = try program(Self.customers())
    let asked = try program.run(["train", "c.csv"] + Self.usual)
    #expect(asked.code == 1 && asked.messages.contains("line 3 column 'since'"), "\(asked.messages)")
    #expect(asked.messages.contains("--dates day-first or --dates month-first"), "\(asked.messages)")
    let trained = try program.run(["train", "c.csv", "--dates", "day-first"] + Self.usual)
    #expect(trained.code == 0, "\(trained.messages)")
    #expect(
      trained.messages.contains(
        "54 records of 3 fields: 1 number with gaps, 1 category, 1 time; 'id' aside (30 % of the fields hidden at "
          + "random), 6 held out"),
      "\(trained.messages)")
    try #require(try program.run("reconstruct", "m.st", "c.csv", "-o", "r.csv").code == 0)
    // The first cell of the dates is written as it was.
    let first = program.text("r.csv").split(separator: "\n")[1].split(separator: ",")
    #expect(first.last?.count == 10 && first.last?.hasSuffix("2023") == true, "\(first)")
    #expect(try program.run("describe", "c.csv", "--dates", "month-first").code == 0)
  }

  @Test("a few cells that are no numbers are slips, named with what to do")
  func slips() throws {
    for cell in ["4O", "unknown"] {
      let program = try program(Self.customers { $0 == 30 ? cell : "\(20 + $0 * 7 % 40)" })
      let words = ["train", "c.csv", "--dates", "day-first"] + Self.usual
      let refused = try program.run(words)
      #expect(refused.code == 1)
      #expect(
        refused.messages.contains(
          "c.csv row 31 column 'age': expected a number as in the other rows, found '\(cell)'"),
        "\(refused.messages)")
      #expect(
        try program.run("describe", "c.csv", "--dates", "day-first").output.contains(
          "holds numbers but in 1 row"))
      #expect(try program.run(words + ["--field", "age=category"]).code == 0)
      #expect(try program.run(words + ["--drop", "age"]).code == 0)
    }
  }

  @Test("many cells that are no numbers make levels")
  func levels() throws {
    let program = try program(Self.customers { $0 % 4 == 0 ? "3+" : "\($0 % 3)" })
    let trained = try program.run(["train", "c.csv", "--dates", "day-first"] + Self.usual)
    #expect(
      trained.code == 0 && trained.messages.contains("2 categories (1 with gaps)"), "\(trained.messages)")
  }

  @Test("standard input is read as a file is")
  func standardInput() throws {
    let program = try program(Self.customers())
    let words = ["train", "-", "--dates", "day-first", "--epochs", "1", "--latent", "2", "-o", "n.st"]
    try #require(try program.run(["train", "c.csv", "--dates", "day-first"] + Self.usual).code == 0)
    let piped = try program.run(under: ["sh", "-c", "cat c.csv | \"$0\" \"$@\""], words)
    #expect(piped.code == 0, "\(piped.messages)")
    let made = try ["m.st", "n.st"].map { name in
      _ = try program.run("encode", name, "c.csv", "-o", "e.npy")
      return program.bytes("e.npy")
    }
    #expect(made[0] == made[1])
  }

  @Test("options for one array of like values are refused")
  func contradictions() throws {
    let program = try program(Self.customers())
    for (option, value) in [("--loss", "bce"), ("--scaling", "standard"), ("--model", "conv1d")] {
      let refused = try program.run(["train", "c.csv", "--dates", "day-first", option, value] + Self.usual)
      #expect(refused.code == 2 && refused.messages.contains("these are records"), "\(refused.messages)")
      #expect(refused.messages.contains("hourglass: \(option) \(value)"), "\(refused.messages)")
    }
    try program.write(
      "a.json", #"{"input": [3], "encoder": [{"dense": {"units": 2}}], "decoder": [{"dense": {"units": 3}}]}"#
    )
    let described = try program.run(
      "train", "c.csv", "--dates", "day-first", "--architecture", "a.json", "-o", "m.st")
    #expect(described.code == 1 && described.messages.contains("found records"), "\(described.messages)")
    #expect(!program.names().contains("m.st"))
  }

  @Test("a field counts as much as it is told to")
  func weights() throws {
    let program = try program(Self.customers())
    let words = ["train", "c.csv", "--dates", "day-first"] + Self.usual
    for (weight, expected) in [
      ("plam=2", "did you mean 'plan'?"), ("id=2", "left aside"), ("plan", "expects NAME=WEIGHT"),
      ("plan=-1", "expects NAME=WEIGHT"),
    ] {
      let refused = try program.run(words + ["--field-weight", weight])
      #expect(refused.code != 0 && refused.messages.contains(expected), "\(refused.messages)")
    }
    try #require(try program.run(words).code == 0)
    let plain = try Model(contentsOf: program.folder + "/m.st").autoencoder.architecture.reconstruction
    try #require(try program.run(words + ["--field-weight", "plan=3,age=0"]).code == 0)
    let told = try Model(contentsOf: program.folder + "/m.st").autoencoder.architecture.reconstruction
    guard case .fields(let plain) = plain, case .fields(let told) = told else {
      Issue.record("no records")
      return
    }
    for (before, after) in zip(plain.slots, told.slots) {
      let factor: Float = before.name == "plan" ? 3 : before.name == "age" ? 0 : 1
      #expect(after.weight == before.weight * factor, "\(before.name)")
    }
  }

  @Test("what is held out is not known to the model")
  func heldOut() throws {
    // The last six rows, which are held out, have an age far off and a plan of their own.
    let rows = (0..<60).map { row in
      "\(row % 7),\(row < 54 ? 30 + row % 5 : 900),\(row < 54 ? ["a", "b"][row % 2] : "z")\n"
    }
    let program = try program("n,age,plan\n" + rows.joined())
    let trained = try program.run(
      ["train", "c.csv", "--held-out", "last", "--field", "n=number,age=number"] + Self.usual)
    #expect(trained.code == 0, "\(trained.messages)")
    let schema = try #require(try Model(contentsOf: program.folder + "/m.st").preparation.fields)
    #expect(schema["plan"]?.codec.levels == ["a", "b"])
    // 30, 31 … 34 by turns, of 54 rows: eleven each of the first four, ten of the last.
    let ages = (0..<54).map { Double(30 + $0 % 5) }
    let shift = try #require(schema["age"]?.codec.shift)
    #expect(abs(shift - ages.reduce(0, +) / 54) < 1e-9)
  }

  @Test("what is shown of records are their cells, and errors are by field")
  func shown() throws {
    let program = try program(Self.customers())
    try #require(try program.run(["train", "c.csv", "--dates", "day-first"] + Self.usual).code == 0)
    let lines = try program.run("reconstruct", "m.st", "c.csv", "--show", "2").output.split(separator: "\n")
    let cells = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(cells[0] == ["age", "plan", "since"])
    #expect(cells[1] == ["row", "0", "20", "basic", "01/01/2023"])
    #expect(
      ["basic", "plus", "pro"].contains(cells[2][2]) && cells[2].last?.hasSuffix("/2023") == true,
      "\(cells[2])")
    let scored = try program.run("score", "m.st", "c.csv", "--per-field", "-o", "s.csv")
    #expect(scored.code == 0 && program.text("s.csv").hasPrefix("row,age,plan,since\n"), "\(scored.messages)")
    _ = try program.run("score", "m.st", "c.csv", "--per-feature", "-o", "f.csv")
    #expect(program.bytes("f.csv") == program.bytes("s.csv"))
    try #require(try program.run("report", "m.st", "c.csv", "-o", "r.html").code == 0)
    let page = program.text("r.html")
    for words in ["records of 3 fields", "the best constants", "By field", "basic", "/2023"] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(!page.contains("saved before they were made") && !page.contains("day of year, sine"))
  }

  @Test("every kind and role: the bytes are those of one thread, and of no stop")
  func bytes() throws {
    let rows = (0..<200).map { row -> String in
      let x = Double(row * 37 % 101) / 101
      let level = ["low", "medium", "high"][min(2, Int(3 * x))]
      let day = "2023-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1)-\(10 + row * 7 % 19)"
      let cells = [
        "\(x - 0.5)", "\(Double(1 + row * row % 97) * 40 * x * x + 0.01)", "\(Int(9 * x * x * x))",
        x > 0.4 ? "yes" : "no", ["red", "green", "blue"][row * 5 % 7 % 3], level, day, x > 0.6 ? "b" : "a",
        "\(["north", "south", "west"][row % 3])",
      ]
      let gapped = cells.enumerated().map { (row * 7 + $0 * 11) % 13 == 0 ? "" : $1 }
      return gapped.joined(separator: ",") + "\n"
    }
    let program = try program("value,price,calls,member,colour,level,since,kind,region\n" + rows.joined())
    let words = [
      "train", "c.csv", "--field", "price=positive,calls=count,level=ordinal,region=category:in", "--target",
      "kind", "--corruption", "fields=0.2", "--latent", "3", "--seed", "5",
    ]
    func train(_ name: String, _ more: String...) throws -> BuiltProgram.Outcome {
      try program.run(words + ["-o", name] + more)
    }
    let one = try train("1.st", "--epochs", "4", "--threads", "1")
    try #require(one.code == 0, "\(one.messages)")
    #expect(
      one.messages.contains(
        "1 number with gaps, 1 positive number with gaps, 1 count with gaps, 2 flags with gaps, "),
      "\(one.messages)")
    #expect(
      one.messages.contains("1 ordered level with gaps, 1 time with gaps; to tell 'kind'"), "\(one.messages)")
    for threads in ["2", "3"] {
      try #require(try train("n.st", "--epochs", "4", "--threads", threads).code == 0)
      #expect(program.bytes("n.st") == program.bytes("1.st"), "\(threads) threads")
    }
    try #require(try train("whole.st", "--epochs", "60").code == 0)
    let running = try program.start(
      [BuiltProgram.path("hourglass")] + words + ["-o", "k.st", "--epochs", "60"])
    running.wait(for: "epoch 25/")
    running.send(SIGKILL)
    let killed = running.end()
    #expect(killed.code == 128 + SIGKILL, "\(killed.messages)")
    let resumed = try train("k.st", "--epochs", "60", "--resume", "k.st", "--threads", "2")
    #expect(resumed.code == 0, "\(resumed.messages)")
    #expect(program.bytes("k.st") == program.bytes("whole.st"))
  }
}
