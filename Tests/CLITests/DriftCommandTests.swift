import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// What `drift` tells of two tables.
@Suite("Drift on the command line")
struct DriftCommandTests {
  struct Answer: Decodable {
    let drift: Bool
    let changed: [String]
    let tests: [Test]

    struct Test: Decodable {
      let field: String?
      let subject: String
      let p, pAdjusted: Double
      let change: String
    }

    init(_ text: String) throws {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(Answer.self, from: Data(text.utf8))
    }
  }

  /// What is changed of a table.
  private struct Change {
    var shift: Float = 0
    var spread: Float = 1
    var gaps = 0.0
    var color: (Int) -> String? = { _ in nil }
  }

  private func table(_ rows: Int, seed: UInt64, _ change: Change = Change()) -> String {
    let (x, draws) = (Draws.normal(rows * 3, seed: seed), Draws.uniform(rows * 2, seed: seed + 1000))
    var lines = ["size;weight;color;depth"]
    for row in 0..<rows {
      let size = x[row * 3] + change.shift
      let weight = x[row * 3] * 0.5 + x[row * 3 + 1] * change.spread
      let color = change.color(row) ?? ["red", "green", "blue"][Int(draws[row * 2] * 3)]
      let depth = Double(draws[row * 2 + 1]) < change.gaps ? "" : "\(x[row * 3 + 2])"
      lines.append("\(size);\(weight);\(color);\(depth)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func model(_ desk: Desk) throws -> String {
    let data = try desk.write("old.csv", table(240, seed: 3))
    let trained = run("train", data, "--fields", "auto", "-o", desk("m.safetensors"), "--epochs", "4", "-q")
    try #require(trained.code == 0, "\(trained.messages)")
    return desk("m.safetensors")
  }

  @Test("a mean, a spread, a new level and gaps are each found in the field that has them, and no other")
  func found() throws {
    let desk = try Desk()
    let (model, old) = (try model(desk), desk("old.csv"))
    let cases: [(Change, String, String, String)] = [
      (Change(shift: 0.7), "size", "values", "mean"), (Change(spread: 2.2), "weight", "values", "spread"),
      (Change(color: { $0 % 9 == 0 ? "violet" : nil }), "color", "levels", "level 'violet' is new (11.3 %)"),
      (Change(gaps: 0.12), "depth", "gaps", "gaps 0 % →"),
    ]
    for (change, field, subject, words) in cases {
      let new = try desk.write("new.csv", table(240, seed: 5, change))
      let told = run("drift", model, old, new, "--json")
      #expect(told.code == 0, "\(told.messages)")
      let answer = try Answer(told.output)
      #expect(answer.drift && answer.changed.contains(field), "\(field): \(answer)")
      #expect(Set(answer.changed).isSubset(of: [field, "codes"]), "\(field): \(answer.changed)")
      let test = try #require(answer.tests.first { $0.field == field && $0.subject == subject })
      #expect(test.change.contains(words) && test.pAdjusted <= 0.05, "\(test)")
      let plain = run("drift", model, old, new, "--check")
      #expect(plain.code == 3 && plain.output.contains("'\(field)': ") && plain.output.contains(words))
    }
  }

  @Test("where nothing has changed a cry is as rare as it is promised to be") func quiet() throws {
    let desk = try Desk()
    let model = try Model(contentsOf: try model(desk))
    let schema = try #require(model.preparation.fields)
    func data(_ seed: UInt64) throws -> Dataset {
      let path = try desk.write("draw.csv", table(60, seed: seed))
      let table = try CSV.readTyped(path, CSV.TypedOptions())
      return try RecordSource(table, schema).dataset(of: schema.samples(of: table), origin: path)
    }
    let cries = try (0..<100).count { draw in
      let (old, new) = (try data(UInt64(10 + 2 * draw)), try data(UInt64(11 + 2 * draw)))
      return try !Drift(model, from: old, to: new, alarm: 0.05, seed: UInt64(draw)).found.isEmpty
    }
    // Of 100 with a chance of 0.05 each, more than 11 come once in a hundred times.
    #expect(cries <= 11, "\(cries)")
  }

  @Test("a table of numbers alone is told apart too, and the same seed gives the same words") func numbers()
    throws
  {
    let desk = try Desk()
    func numbers(_ seed: UInt64, _ shift: Float) -> String {
      let x = Draws.normal(400, seed: seed)
      return "a,b\n" + (0..<200).map { "\(x[2 * $0]),\(x[2 * $0 + 1] + shift)\n" }.joined()
    }
    let (old, new) = (try desk.write("old.csv", numbers(1, 0)), try desk.write("new.csv", numbers(2, 0.8)))
    let model = desk("m.safetensors")
    try #require(run("train", old, "-o", model, "--latent", "1", "--epochs", "3", "-q").code == 0)
    let told = run("drift", model, old, new)
    #expect(told.code == 0 && told.output.contains("'b': mean"), "\(told)")
    #expect(!told.output.contains("'a': "))
    #expect(run("drift", model, old, new).output == told.output)
    #expect(run("drift", model, old, new, "--threads", "3").output == told.output)
    let same = run("drift", model, old, old, "--check")
    #expect(same.code == 0 && same.output.contains("Nothing has changed"))
  }

  @Test("what cannot be told is refused in a sentence") func refused() throws {
    let desk = try Desk()
    let (model, old) = (try model(desk), desk("old.csv"))
    let few = try desk.write("few.csv", table(4, seed: 6))
    let told = run("drift", model, old, few, "--alarm", "1e-9")
    #expect(told.code == 1 && told.messages.contains("expected at least 19 rows in both data"), "\(told)")
    let other = try desk.write("other.csv", "height;age\n1;2\n3;4\n")
    let wrong = run("drift", model, old, other)
    #expect(wrong.code == 1 && wrong.messages.contains("none called 'size'"), "\(wrong)")
    #expect(run("drift", model, old).code == 2)
  }
}
