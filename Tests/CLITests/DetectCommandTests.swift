import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

@Suite("detect and calibrate")
struct DetectCommandTests {
  /// Rows of a table: b follows a, c follows kind.
  private static func table(_ rows: Int, seed: UInt64, gaps: Bool = false) -> String {
    let (draws, noise) = (Draws.uniform(2 * rows, seed: seed), Draws.normal(2 * rows, seed: seed + 1))
    return "a,b,kind,c\n"
      + (0..<rows).map { row in
        let (a, kind) = (10 * draws[2 * row], draws[2 * row + 1] < 0.5 ? "red" : "blue")
        let b = 2 * a + 0.2 * noise[2 * row]
        let c = (kind == "red" ? 5 : -5) + noise[2 * row + 1]
        return "\(a),\(gaps && row % 9 == 0 ? "" : "\(b)"),\(kind),\(c)"
      }.joined(separator: "\n") + "\n"
  }

  private static let training = ["--epochs", "60", "--seed", "3", "--quiet"]

  private func train(_ desk: Desk, _ more: String...) throws -> String {
    let streams = Streams.captured()
    let words = ["train", desk("t.csv"), "-o", desk("m.safetensors")] + Self.training + more
    let code = Program(streams: streams, terminal: Terminal()).run(words)
    try #require(code == 0, "\(streams.messages.captured)")
    return desk("m.safetensors")
  }

  @Test("find rows whose values do not belong together, and say which and what instead")
  func finds() throws {
    let desk = try Desk()
    try desk.write("t.csv", Self.table(600, seed: 1))
    let model = try train(desk, "--calibrate", "0.3")
    try desk.write(
      "n.csv", Self.table(100, seed: 9) + "5,-3,red,5.2\n2,4.1,blue,5.5\n5,10,green,5\n")
    let done = run("detect", model, desk("n.csv"), "-o", desk("o.csv"), "--alarm", "0.02")
    #expect(done.code == 0, "\(done.messages)")
    let cells = try desk.cells("o.csv", ",")
    #expect(cells[0] == ["row", "score", "p_value", "because", "found", "rather", "also", "odd"])
    #expect(cells.count == 104)
    let (first, second) = (cells[101], cells[102])
    #expect(first.last == "1" && ["a", "b"].contains(first[3]))
    #expect(second.last == "1" && ["kind", "c"].contains(second[3]))
    if second[3] == "kind" { #expect(second[4] == "blue" && second[5] == "red") }
    // A level that training never had.
    #expect(cells[103][1] == "inf" && cells[103][3...4] == ["kind", "green"] && cells[103].last == "1")
    #expect(cells[1...100].count { $0.last == "1" } <= 8)
    let array = run("detect", model, desk("n.csv"), "-o", desk("o.npy"), "--json")
    #expect(array.output.contains("\"odd\":") && array.output.contains("\"because\":"))
    let numbers = try NPY.read(desk("o.npy"))
    #expect(numbers.shape == [103, 3])
    let page = run("report", model, desk("n.csv"), "-o", desk("p.html"))
    #expect(page.code == 0)
    #expect(try String(contentsOfFile: desk("p.html"), encoding: .utf8).contains("The odd ones"))
  }

  @Test("refuse what cannot be promised, in a sentence")
  func refusals() throws {
    let desk = try Desk()
    try desk.write("t.csv", Self.table(300, seed: 1))
    let model = try train(desk)
    let bare = run("detect", model, desk("t.csv"), "-o", desk("o.csv"))
    #expect(bare.code == 1 && bare.messages.contains("expected a calibrated model"))
    let trained = run("calibrate", model, desk("t.csv"))
    #expect(trained.code == 1 && trained.messages.contains("were trained on"))
    let forced = run("calibrate", model, desk("t.csv"), "--force", "-o", desk("f.safetensors"))
    #expect(forced.code == 0 && forced.messages.contains("warning"))
    try desk.write("few.csv", Self.table(12, seed: 4))
    let few = run("calibrate", model, desk("few.csv"))
    #expect(few.code == 1 && few.messages.contains("20 samples or more"))
    try desk.write("clean.csv", Self.table(200, seed: 5))
    #expect(run("calibrate", model, desk("clean.csv")).code == 0)
    let short = run("detect", model, desk("clean.csv"), "-o", desk("o.csv"), "--alarm", "0.001")
    #expect(short.code == 0 && short.messages.contains("it takes 999"))
    #expect(short.messages.contains("are calibrating samples themselves"))
    for (options, word) in [
      (["--storey"], "--storey belongs to --fdr"), (["--alarm", "0.1", "--fdr", "0.1"], "contradict"),
      (["--score", "bound"], "no such score"), (["--where", desk("w.png")], "no pictures"),
      (["--where", desk("w.doc")], "expects a name that ends in"), (["--shift", "q"], "give --clean too"),
      (["--shift", "q", "--clean", desk("clean.csv")], "reads no column 'q'"),
      (["--fdr", "0.1", "--certain", "0.9"], "--certain belongs"),
    ] {
      let streams = Streams.captured()
      let code = Program(streams: streams, terminal: Terminal()).run(
        ["detect", model, desk("clean.csv"), "-o", desk("p.csv")] + options)
      #expect(code == 2 && streams.messages.captured.contains(word), "\(streams.messages.captured)")
      #expect(!FileManager.default.fileExists(atPath: desk("p.csv")))
    }
  }

  @Test("train members beside each other into one file, the same to the byte, with gaps")
  func members() throws {
    let desk = try Desk()
    try desk.write("t.csv", Self.table(200, seed: 1, gaps: true))
    let model = try train(desk, "--calibrate", "0.3", "--members", "3")
    let first = try desk.bytes("m.safetensors")
    #expect(try Model(contentsOf: model).members.count == 2)
    _ = try train(desk, "--calibrate", "0.3", "--members", "3", "--threads", "1")
    #expect(try desk.bytes("m.safetensors") == first)
    #expect(run("detect", model, desk("t.csv"), "-o", desk("o.csv"), "--fdr", "0.2").code == 0)
  }
}
