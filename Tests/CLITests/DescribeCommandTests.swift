import Hourglass
import Testing

/// What `describe` says of a table, writes for it, and refuses.
@Suite("describe")
struct DescribeCommandTests {
  private static let table: String = {
    var text = "id,age,sex,income,town,joined,risk,churn\n"
    let towns = ["Jena", "Ulm", "Bonn"]
    for row in 0..<60 {
      let draw = (row * 7919) % 101
      let income = row % 20 == 3 ? "-999" : "\(1000 + draw * 13)"
      text += "\(row + 1),\(draw % 9 == 0 ? "" : "\(18 + draw % 61)"),\(draw % 2 == 0 ? "m" : "f"),\(income),"
      text +=
        "\(towns[(draw / 3) % 3]),2023-0\(1 + draw % 9)-1\(draw % 7),\(["low", "medium", "high"][(draw / 7) % 3]),"
      text += "\((draw / 11) % 2 == 0 ? "no" : "yes")\n"
    }
    return text
  }()

  private func program() throws -> BuiltProgram {
    let program = try BuiltProgram()
    try program.write("t.csv", Self.table)
    return program
  }

  @Test func columnsAreShownInLinesOfEightyCharacters() throws {
    let outcome = try program().run("describe", "t.csv")
    #expect(outcome.code == 0, "\(outcome.messages)")
    #expect(outcome.lines.first == "t.csv: 60 rows, 8 columns, 1 of them set aside")
    #expect(outcome.lines.allSatisfy { $0.count <= 80 })
    let kinds = outcome.lines.dropFirst(2).prefix(8).map {
      $0.split(separator: " ").prefix(2).joined(separator: " ")
    }
    #expect(
      kinds == [
        "id id", "age number", "sex flag", "income number", "town category", "joined time", "risk ordinal",
        "churn flag",
      ])
    #expect(outcome.output.contains("warning: column 'income' is -999 in 3 rows"))
  }

  @Test func everyColumnAndFindingIsALineOfJSON() throws {
    let lines = try program().run("describe", "t.csv", "--json").lines
    #expect(lines.count == 10)
    #expect(lines[1].hasPrefix(#"{"column":"age","kind":"number","role":"both","set_aside_as":null,"gaps":"#))
    #expect(lines[8].hasPrefix(#"{"finding":"id","severity":"note","columns":["id"]"#))
    #expect(lines[9].hasPrefix(#"{"finding":"sentinel","severity":"warning","columns":["income"],"rows":3"#))
  }

  @Test func aFileOfFieldsIsWrittenEditedAndRead() throws {
    let program = try program()
    #expect(try program.run("describe", "t.csv", "-o", "f.json").code == 0)
    let text = program.text("f.json")
    try program.write("g.json", text.replacing("\"kind\" : \"category\"", with: "\"kind\" : \"ordinal\""))
    let outcome = try program.run("describe", "t.csv", "--fields", "g.json", "--target", "churn", "--json")
    #expect(outcome.code == 0, "\(outcome.messages)")
    #expect(outcome.lines[4].hasPrefix(#"{"column":"town","kind":"ordinal""#))
    #expect(outcome.lines[7].hasPrefix(#"{"column":"churn","kind":"flag","role":"out""#))
    // The same fields of the same table are the same file.
    #expect(try program.run("describe", "t.csv", "--fields", "f.json", "-o", "h.json").code == 0)
    #expect(program.text("h.json") == text)
  }

  @Test func changesCountOverWhatWasFound() throws {
    let outcome = try program().run(
      "describe", "t.csv", "--field", "age=count,id=number", "--field", "sex=category:in", "--json")
    #expect(outcome.lines[0].contains(#""kind":"number","role":"both""#))
    #expect(outcome.lines[1].contains(#""kind":"count","role":"both""#))
    #expect(outcome.lines[2].contains(#""kind":"category","role":"in""#))
  }

  private static let refusals: [(words: [String], code: Int32, said: [String])] = [
    (["--field", "town=number"], 1, ["t.csv: row 1, column 'town'", "a number", "'Jena'"]),
    (["--field", "twon=number"], 1, ["a column 'twon'", "did you mean 'town'?"]),
    (["--field", "town=nubmer"], 2, ["--field expects", "town=nubmer"]),
    (["--target", "id,town", "--field", "id=category"], 1, ["column 'id'", "60 levels in as many rows"]),
    (["--fields", "none.json"], 1, ["none.json", "nothing of that name"]),
    (["--fields", "bad.json"], 1, ["bad.json", "has no key \"rol\"", "did you mean \"role\"?"]),
    (["--fields", "other.json"], 1, ["other.json, for t.csv", "a column 'weight'"]),
    (["-o", "t.csv"], 2, ["would write over"]),
  ]

  @Test(arguments: refusals)
  func whatMakesNoSenseIsRefused(_ words: [String], _ code: Int32, _ said: [String]) throws {
    let program = try program()
    try program.write("bad.json", #"{"fields": [{"name": "age", "kind": "number", "rol": "in"}]}"#)
    try program.write("other.json", #"{"fields": [{"name": "weight", "kind": "number"}]}"#)
    let outcome = try program.run(["describe", "t.csv"] + words)
    #expect(outcome.code == code)
    for word in said { #expect(outcome.messages.contains(word), "\(outcome.messages)") }
    #expect(outcome.output.isEmpty)
  }

  @Test func whatIsNoTableIsRefused() throws {
    let program = try BuiltProgram()
    let outcome = try program.run("describe", "builtin:digits")
    #expect(outcome.code == 1)
    #expect(outcome.messages.contains("expected a table (.csv, .tsv, .txt)"))
  }
}
