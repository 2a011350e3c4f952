import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// A table as it came, from its file to filled cells, told fields and drawn rows.
@Suite("Tables with fields on the command line")
struct RecordCommandTests {
  private static let names = "id;height;plan;member;when;visits"

  /// Height, plan and membership follow from one number; a seventh of the cells is empty.
  private static func table(_ rows: Int = 240) -> String {
    let (x, gaps) = (Draws.normal(rows, seed: 5), Draws.uniform(rows * 5, seed: 6))
    var lines = [names]
    for row in 0..<rows {
      let day = String(format: "2024-%02d-%02d", 1 + row % 12, 1 + row * 7 % 28)
      var cells = [
        String(format: "%.2f", 170 + 10 * x[row]).replacing(".", with: ","),
        x[row] < -0.4 ? "basic" : x[row] < 0.6 ? "plus" : "pro", x[row] > 0 ? "yes" : "no", day,
        "\(Int((3 * exp(0.8 * x[row])).rounded()))",
      ]
      for place in cells.indices where gaps[row * 5 + place] < 0.14 { cells[place] = "" }
      lines.append((["C\(1000 + 7 * row % 991)"] + cells).joined(separator: ";"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test("a table as it came trains, and comes back filled in its own types and forms")
  func imputes() throws {
    let desk = try Desk()
    let data = try desk.write("people.csv", RecordCommandTests.table())
    let model = desk("m.safetensors")
    let trained = run("train", data, "--fields", "auto", "-o", model, "--epochs", "60", "--seed", "3")
    #expect(trained.code == 0, "\(trained.messages)")
    #expect(trained.messages.contains("216 records of 5 fields"))
    let filled = run("impute", model, data, "-o", desk("filled.csv"))
    #expect(filled.code == 0, "\(filled.messages)")
    let (before, after) = (try desk.cells("people.csv"), try desk.cells("filled.csv"))
    #expect(before.count == after.count && after[0] == before[0])
    for (old, new) in zip(before, after).dropFirst() {
      #expect(!new.contains(""))
      for (a, b) in zip(old, new) where !a.isEmpty { #expect(a == b) }
      #expect(new[1].contains(","), "\(new[1])")
      #expect(["basic", "plus", "pro"].contains(new[2]) && ["yes", "no"].contains(new[3]))
      #expect(new[4].hasPrefix("202") && new[4].count == 10 && Int(new[5]) != nil)
    }
    // What follows from the others is told from them.
    let told = zip(before, after).dropFirst().filter { old, _ in old[2].isEmpty && !old[1].isEmpty }
    let right = told.filter { old, new in
      let height = Double(old[1].replacing(",", with: ".")) ?? 0
      return new[2] == (height < 166 ? "basic" : height < 176 ? "plus" : "pro")
    }
    #expect(
      told.count > 15 && Double(right.count) >= 0.7 * Double(told.count), "\(right.count)/\(told.count)")
  }

  @Test("every command takes a model of fields, and tables come back as tables")
  func commands() throws {
    let desk = try Desk()
    let data = try desk.write("people.csv", RecordCommandTests.table())
    let model = desk("m.safetensors")
    #expect(run("train", data, "--fields", "auto", "-o", model, "--epochs", "5", "--seed", "3").code == 0)
    let calls: [[String]] = [
      ["evaluate", model, data], ["evaluate", model, data, "--json"], ["doctor", model, data],
      ["evaluate", model, data, "--impute", "0.3"],
      ["inspect", model], ["inspect", model, "--json"], ["encode", model, data, "-o", desk("codes.csv")],
      ["decode", model, desk("codes.csv"), "-o", desk("decoded.csv")],
      ["reconstruct", model, data, "-o", desk("same.csv")], ["reconstruct", model, data, "--show", "2"],
      ["score", model, data, "-o", desk("scores.csv")],
      ["score", model, data, "--per-feature", "-o", desk("each.csv")],
      ["map", model, data, "-o", desk("map.svg")], ["report", model, data, "-o", desk("page.html")],
      ["generate", model, "--fit", data, "-n", "9", "-o", desk("new.csv")],
      ["impute", model, data, "--interval", "0.9", "-o", desk("wide.csv")],
      ["impute", model, data, "--draws", "2", "-o", desk("draw.csv")],
      ["predict", model, data, "--field", "plan,height", "-o", desk("told.csv")],
      ["compare", model, model, "--on", data, "-o", desk("both.html")],
    ]
    for call in calls {
      let streams = Streams.captured()
      let code = Program(streams: streams, terminal: Terminal()).run(call)
      #expect(code == 0, "\(call[0]): \(streams.messages.captured)")
    }
    #expect(try desk.cells("new.csv", ",").count == 10)
    #expect(try desk.bytes("draw-1.csv") != desk.bytes("draw-2.csv"))
    let told = try desk.cells("told.csv")
    #expect(told[0].contains("plan = pro") && told[0].contains("height"))
    #expect(try desk.cells("wide.csv")[0].contains("height low"))
  }

  @Test(
    "fields are hidden while training where the table has gaps or a target, unless somebody says otherwise")
  func hiding() throws {
    let desk = try Desk()
    let data = try desk.write("people.csv", RecordCommandTests.table(60))
    let whole = try desk.write(
      "whole.csv", "a,b\n" + (0..<60).map { "\($0 % 7),\(["x", "y"][$0 % 2])\n" }.joined())
    func hides(_ source: String, _ words: String...) throws -> (isHidden: Bool, model: Model) {
      let streams = Streams.captured()
      let call = ["train", source, "--fields", "auto", "-o", desk("m.safetensors"), "--epochs", "2"] + words
      #expect(Program(streams: streams, terminal: Terminal()).run(call) == 0, "\(streams.messages.captured)")
      return (
        streams.messages.captured.contains("of the fields hidden at random"),
        try Model(contentsOf: desk("m.safetensors"))
      )
    }
    let usual = try hides(data)
    #expect(usual.isHidden && usual.model.autoencoder.architecture.corruption == [.fields(rate: 0.3)])
    #expect(usual.model.autoencoder.architecture.penalties == [.weights(l2: 3e-4)])
    #expect(usual.model.autoencoder.outline.code == [16])
    let none = try hides(data, "--corruption", "none")
    #expect(!none.isHidden && none.model.autoencoder.architecture.penalties.isEmpty)
    #expect(try !hides(whole).isHidden && hides(whole, "--target", "b").isHidden)
    #expect(try !hides(data, "--family", "variational").isHidden)
    #expect(try hides(data, "--l2", "0", "--latent", "3").model.autoencoder.outline.code == [3])
  }

  @Test("drawn records lack values where those of the table do, and fields that are missing together are so")
  func gaps() throws {
    let desk = try Desk()
    let x = Draws.normal(300, seed: 4)
    let lines = (0..<300).map { row in
      row % 3 == 0
        ? "no,\(x[row]),," : "yes,\(x[row]),\(40 + row % 9),\(["red", "blue"][row % 2])"
    }
    let data = try desk.write(
      "jobs.csv", "placed,score,salary,colour\n" + lines.joined(separator: "\n") + "\n")
    let model = desk("m.safetensors")
    let words = ["train", data, "--fields", "auto", "--family", "variational", "-o", model, "--epochs", "20"]
    let streams = Streams.captured()
    #expect(Program(streams: streams, terminal: Terminal()).run(words) == 0, "\(streams.messages.captured)")
    #expect(run("generate", model, "-n", "400", "-o", desk("new.csv"), "--seed", "5").code == 0)
    let rows = try desk.cells("new.csv", ",").dropFirst()
    #expect(rows.count == 400 && rows.allSatisfy { $0[0] != "" && $0[1] != "" })
    let (no, yes) = (rows.filter { $0[0] == "no" }, rows.filter { $0[0] == "yes" })
    #expect(no.count > 40 && yes.count > 40)
    #expect(no.count { $0[2].isEmpty } > no.count * 9 / 10, "\(no.count { $0[2].isEmpty }) of \(no.count)")
    #expect(yes.count { $0[2].isEmpty } < yes.count / 10)
    #expect(rows.count { $0[2].isEmpty == $0[3].isEmpty } > 380)
    let fitted = run("generate", model, "-n", "400", "--fit", data, "-o", desk("fitted.csv"), "--seed", "5")
    #expect(fitted.code == 0, "\(fitted.messages)")
    #expect(try desk.cells("fitted.csv", ",").contains { $0[2].isEmpty })
    #expect(
      run("generate", model, "-n", "400", "--complete", "-o", desk("whole.csv"), "--seed", "5").code == 0)
    #expect(try desk.cells("whole.csv", ",").allSatisfy { !$0.contains("") })
  }

  @Test("evaluate --impute hides values, and says by field how far off they are filled in")
  func hidden() throws {
    let desk = try Desk()
    let data = try desk.write("people.csv", RecordCommandTests.table(600))
    let model = desk("m.safetensors")
    #expect(run("train", data, "--fields", "auto", "-o", model, "--seed", "3", "--quiet").code == 0)
    let words = run("evaluate", model, data, "--impute", "0.4")
    #expect(words.code == 0, "\(words.messages)")
    #expect(words.output.contains("hidden at random, 40 % of those that are there (seed 1)"))
    #expect(words.output.contains("all numbers") && words.output.contains("all levels"))
    let json = run("evaluate", model, data, "--impute", "0.4", "--json")
    #expect(json.output == run("evaluate", model, data, "--impute", "0.4", "--json").output)
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let test = try #require(object["imputation"] as? [String: Any])
    let fields = try #require(test["fields"] as? [[String: Any]])
    #expect(
      fields.compactMap { $0["name"] as? String }.sorted() == ["height", "member", "plan", "visits", "when"])
    let plan = try #require(fields.first { $0["name"] as? String == "plan" })
    #expect(plan["measure"] as? String == "wrong" && plan["gaussian"] is NSNull)
    let levels = try #require(test["levels"] as? [String: Any])
    let (error, constant) = (levels["error"] as? Double ?? 1, levels["constant"] as? Double ?? 0)
    #expect(error < 0.7 * constant, "\(error) of \(constant)")
    let bad = run("evaluate", model, data, "--impute", "2")
    #expect(bad.code == 2 && bad.messages.contains("--impute"))
  }

  @Test("columns are found by name, and what is missing is a gap")
  func names() throws {
    let desk = try Desk()
    let data = try desk.write("people.csv", RecordCommandTests.table())
    let model = desk("m.safetensors")
    #expect(run("train", data, "--fields", "auto", "-o", model, "--epochs", "5").code == 0)
    let other = try desk.write("other.csv", "colour,plan,height\nred,pro,181.5\nblue,,160\n")
    let filled = run("impute", model, other, "-o", desk("filled.csv"))
    #expect(filled.code == 0, "\(filled.messages)")
    #expect(filled.messages.contains("colour"))
    let cells = try desk.cells("filled.csv", ",")
    #expect(cells[1][0] == "red" && cells[1][2] == "181.5" && ["basic", "plus", "pro"].contains(cells[2][1]))
  }

  /// What a machine gives is three times its setting and noise.
  @Test("a column of the role in is told to the decoder: rows are drawn and decoded for given values")
  func conditions() throws {
    let desk = try Desk()
    let noise = Draws.normal(400, seed: 8)
    let rows = (0..<400).map { row -> String in
      let setting = Double(row % 21) / 10 - 1
      return "\(setting),\(3 * setting + 0.3 * Double(noise[row])),\(["a", "b"][row % 2])"
    }
    let data = try desk.write("runs.csv", (["setting,yield,kind"] + rows).joined(separator: "\n") + "\n")
    let model = desk("m.safetensors")
    let trained = run(
      "train", data, "--field", "setting=in", "--fields", "auto", "--family", "variational", "--latent",
      "1", "-o", model, "--epochs", "120", "--seed", "3")
    #expect(trained.code == 0, "\(trained.messages)")
    let wanted = try desk.write("wanted.csv", "setting\n-0.9\n0\n0.9\n")
    let drawn = run("generate", model, "--given", wanted, "-n", "300", "-o", desk("new.csv"))
    #expect(drawn.code == 0, "\(drawn.messages)")
    let cells = try desk.cells("new.csv", ",")
    #expect(cells[0].sorted() == ["kind", "setting", "yield"] && cells.count == 301)
    let (setting, yield) = (
      try #require(cells[0].firstIndex(of: "setting")), try #require(cells[0].firstIndex(of: "yield"))
    )
    for (place, value) in [-0.9, 0, 0.9].enumerated() {
      let own = cells.dropFirst().enumerated().filter { $0.offset % 3 == place }.map(\.element)
      #expect(own.allSatisfy { abs((Double($0[setting]) ?? 9) - value) < 1e-6 })
      let mean = own.compactMap { Double($0[yield]) }.reduce(0, +) / Double(own.count)
      #expect(abs(mean - 3 * value) < 0.4, "\(value): \(mean)")
    }
    // Without -n a row for each of the table's.
    #expect(run("generate", model, "--given", wanted, "-o", desk("three.csv")).code == 0)
    #expect(try desk.cells("three.csv", ",").count == 4)
    // One code stands for three yields.
    let codes = try desk.write("codes.csv", "code_0\n0\n0\n0\n")
    let decoded = run("decode", model, codes, "--given", wanted, "-o", desk("decoded.csv"))
    #expect(decoded.code == 0, "\(decoded.messages)")
    #expect(run("generate", model, "-n", "3", "-o", desk("x.csv")).messages.contains("'setting'"))
    let lacking = try desk.write("lacking.csv", "yield\n1\n")
    let refused = run("generate", model, "--given", lacking, "-o", desk("x.csv"))
    #expect(refused.code != 0 && refused.messages.contains("'setting'"), "\(refused.messages)")
    #expect(run("decode", model, codes, "--given", data, "-o", desk("x.csv")).code != 0)
    for command in ["evaluate", "doctor"] {
      let used = run(command, model, data)
      #expect(used.code == 0, "\(used.messages)")
    }
  }

  @Test("one seed gives one file on any number of threads")
  func bytes() throws {
    let desk = try Desk()
    let data = try desk.write("people.csv", RecordCommandTests.table(90))
    for threads in ["1", "2", "3"] {
      let result = run(
        "train", data, "--fields", "auto", "-o", desk("m\(threads).safetensors"), "--epochs", "3",
        "--threads", threads)
      #expect(result.code == 0)
    }
    #expect(try desk.bytes("m1.safetensors") == desk.bytes("m2.safetensors"))
    #expect(try desk.bytes("m1.safetensors") == desk.bytes("m3.safetensors"))
  }

  @Test("a table of numbers alone is what it was: one array")
  func numbers() throws {
    let desk = try Desk()
    let rows = (0..<40).map { "\($0),\($0 * $0),\(40 - $0)" }.joined(separator: "\n")
    let data = try desk.write("numbers.csv", "a,b,c\n\(rows)\n")
    #expect(run("train", data, "-o", desk("m.safetensors"), "--epochs", "2").code == 0)
    #expect(try Model(contentsOf: desk("m.safetensors")).preparation.fields == nil)
  }
}
