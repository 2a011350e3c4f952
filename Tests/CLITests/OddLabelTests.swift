import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// What `evaluate --labels` tells of how well scores find odd samples.
@Suite("Labels of the odd ones on the command line")
struct OddLabelTests {
  struct Line: Decodable {
    let detection: Detection

    struct Detection: Decodable {
      let samples, odd: Int
      let rocAuc, averagePrecision, precisionAtN: Double
      let vusRoc, vusPr, f1, pointAdjustedF1: Double?
      let ofRows: Bool
      let all: All?
    }

    struct All: Decodable { let samples: Int }

    init(_ text: String) throws {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(Line.self, from: Data(text.utf8))
    }
  }

  /// Four columns on a line, and a tenth of the rows off it.
  private static func table(_ rows: Int, seed: UInt64, label: (Bool) -> String) -> String {
    let noise = Draws.normal(rows * 5, seed: seed)
    var lines = ["a,b,c,d,fault"]
    for row in 0..<rows {
      let isOdd = row % 10 == 3
      let values = (0..<4).map { column -> Float in
        let value = noise[row * 5] * Float(column + 1) / 2 + 0.1 * noise[row * 5 + column + 1]
        return isOdd && column == row / 10 % 4 ? value + 4 : value
      }
      lines.append(values.map { "\($0)" }.joined(separator: ",") + "," + label(isOdd))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func model(_ desk: Desk) throws -> String {
    let clean = OddLabelTests.table(300, seed: 4) { $0 ? "1" : "0" }
      .split(separator: "\n").filter { !$0.hasSuffix(",1") }
    let data = try desk.write("clean.csv", clean.joined(separator: "\n") + "\n")
    let trained = run(
      "train", data, "--drop", "fault", "-o", desk("m.safetensors"), "--latent", "1", "--layers", "8",
      "--epochs", "40", "--rate", "0.01", "--seed", "2")
    try #require(trained.code == 0, "\(trained.messages)")
    return desk("m.safetensors")
  }

  @Test("odd rows are found by a column, by a file, and by the labels that are named") func rows() throws {
    let desk = try Desk()
    let model = try model(desk)
    let data = try desk.write("t.csv", OddLabelTests.table(200, seed: 9) { $0 ? "1" : "0" })
    let found = run("evaluate", model, data, "--labels", "fault", "--json", "--threshold", "1")
    #expect(found.code == 0, "\(found.messages)")
    let line = try Line(found.output)
    #expect(line.detection.samples == 200 && line.detection.odd == 20 && !line.detection.ofRows)
    #expect(line.detection.rocAuc > 0.9 && line.detection.averagePrecision > 0.6, "\(line)")
    #expect(line.detection.f1 != nil && line.detection.vusPr == nil && line.detection.all == nil)
    // The same by names of classes, and by a file of its own.
    let named = try desk.write("n.csv", OddLabelTests.table(200, seed: 9) { $0 ? "bad" : "good" })
    let bad = run("evaluate", model, named, "--labels", "fault", "--odd", "bad", "--json")
    #expect(bad.code == 0, "\(bad.messages)")
    #expect(try Line(bad.output).detection.rocAuc == line.detection.rocAuc)
    let file = try desk.write(
      "labels.csv", "odd\n" + (0..<200).map { $0 % 10 == 3 ? "yes" : "no" }.joined(separator: "\n") + "\n")
    let aside = run("evaluate", model, data, "--labels", file, "--json")
    #expect(aside.code == 0, "\(aside.messages)")
    #expect(try Line(aside.output).detection.rocAuc == line.detection.rocAuc)
    let words = run("evaluate", model, data, "--labels", "fault").output
    #expect(words.contains("ROC-AUC") && words.contains("column 'fault', odd: '1'"), "\(words)")
  }

  @Test("a calibrated model's flags are those of detect") func calibrated() throws {
    let desk = try Desk()
    let clean = OddLabelTests.table(900, seed: 4) { $0 ? "1" : "0" }
      .split(separator: "\n").filter { !$0.hasSuffix(",1") }
    let model = desk("m.safetensors")
    let trained = run(
      "train", try desk.write("clean.csv", clean.joined(separator: "\n") + "\n"), "--drop", "fault", "-o",
      model,
      "--latent", "1", "--layers", "8", "--epochs", "15", "--calibrate", "0.4", "-q")
    try #require(trained.code == 0, "\(trained.messages)")
    let data = try desk.write("t.csv", OddLabelTests.table(200, seed: 9) { $0 ? "1" : "0" })
    let detected = run("detect", model, data, "--alarm", "0.05", "-o", desk("odd.csv"))
    try #require(detected.code == 0, "\(detected.messages)")
    let rows = try desk.cells("odd.csv", ",")
    let place = try #require(rows[0].firstIndex(of: "odd"))
    let flags = rows.dropFirst().map { $0[place] == "1" }
    let expected = FlagMeasures(flags: flags, isOdd: (0..<200).map { $0 % 10 == 3 })
    let found = run("evaluate", model, data, "--labels", "fault", "--alarm", "0.05", "--json")
    #expect(found.code == 0, "\(found.messages)")
    let line = try Line(found.output)
    #expect(line.detection.f1 == expected.f1 && expected.f1 > 0.5, "\(line), \(expected)")
  }

  @Test("what was trained on is told apart") func apart() throws {
    let desk = try Desk()
    let data = try desk.write("t.csv", OddLabelTests.table(200, seed: 9) { $0 ? "1" : "0" })
    let model = desk("m.safetensors")
    let trained = run(
      "train", data, "--label", "fault", "-o", model, "--latent", "1", "--epochs", "5", "--validation", "0.3")
    try #require(trained.code == 0, "\(trained.messages)")
    let found = run("evaluate", model, data, "--labels", "fault", "--json")
    #expect(found.code == 0, "\(found.messages)")
    let line = try Line(found.output)
    #expect(line.detection.samples == 60 && line.detection.all?.samples == 200, "\(line)")
  }

  @Test("what cannot be measured is refused in a sentence") func refused() throws {
    let desk = try Desk()
    let model = try model(desk)
    let data = try desk.write("t.csv", OddLabelTests.table(50, seed: 9) { $0 ? "bad" : "good" })
    func message(_ words: String...) -> String {
      let streams = Streams.captured()
      let code = Program(streams: streams, terminal: Terminal()).run(["evaluate", model] + words)
      #expect(code == 1 || code == 2)
      return streams.messages.captured
    }
    #expect(message(data, "--labels", "fault").contains("found 'bad', 'good'; name those with --odd VALUE"))
    #expect(message(data, "--labels", "fault", "--odd", "worse").contains("expected 'worse' of --odd among"))
    #expect(message(data, "--labels", "fault", "--odd", "bad,good").contains("50 samples, all of them odd"))
    #expect(message(data, "--labels", "flat", "--odd", "bad").contains("flat"))
    #expect(message(data, "--odd", "bad").contains("--odd belongs to --labels"))
    #expect(message(data, "--threshold", "1").contains("--threshold belongs to --labels"))
    #expect(message(data, "--labels", "fault", "--odd", "bad", "--point-adjusted").contains("--threshold"))
    let short = try desk.write("labels.csv", "1\n0\n1\n")
    #expect(message(data, "--labels", short).contains("expected 50 classes"))
    let one = try desk.write("one.csv", OddLabelTests.table(50, seed: 9) { _ in "0" })
    #expect(message(one, "--labels", "fault").contains("none that is odd among 50"))
  }

  @Test("stretches of a series are told by rows, by times, by a file of labels and by a column")
  func series() throws {
    let desk = try Desk()
    let noise = Draws.normal(400, seed: 3)
    func lines(_ isMarked: Bool) -> String {
      var lines = [isMarked ? "when,value,fault" : "when,value"]
      for step in 0..<400 {
        let isOdd = (250..<262).contains(step)
        let value = sin(Float(step) * 0.4) + 0.05 * noise[step] + (isOdd ? Float(step % 2) * 2 : 0)
        let time = String(format: "2024-03-%02d %02d:00", 1 + step / 24, step % 24)
        lines.append("\(time),\(value)" + (isMarked ? ",\(isOdd ? 1 : 0)" : ""))
      }
      return lines.joined(separator: "\n") + "\n"
    }
    let (data, marked) = (try desk.write("s.csv", lines(false)), try desk.write("marked.csv", lines(true)))
    let model = desk("m.safetensors")
    let trained = run(
      "train", data, "--window", "16", "-o", model, "--latent", "3", "--epochs", "30", "--rate", "0.005")
    try #require(trained.code == 0, "\(trained.messages)")
    let rows = try desk.write("rows.csv", "start,end\n250,261\n")
    let times = try desk.write("times.csv", "start,end\n2024-03-11 10:00,2024-03-11 21:00\n")
    let points = try desk.write(
      "points.csv", "fault\n" + (0..<400).map { (250..<262).contains($0) ? "1" : "0" }.joined(separator: "\n")
    )
    var seen: [Double] = []
    for (source, labels) in [(data, rows), (data, times), (data, points), (marked, "fault")] {
      let found = run(
        "evaluate", model, source, "--labels", labels, "--json", "--threshold", "0.2", "--point-adjusted")
      #expect(found.code == 0, "\(labels): \(found.messages)")
      let line = try Line(found.output)
      #expect(line.detection.ofRows && line.detection.vusPr != nil && line.detection.pointAdjustedF1 != nil)
      #expect(line.detection.all?.samples ?? line.detection.samples == 400)
      seen.append(line.detection.rocAuc)
    }
    #expect(Set(seen).count == 1 && seen[0] > 0.8, "\(seen)")
    let wrong = try desk.write("wrong.csv", "start,end\n390,401\n")
    let refused = run("evaluate", model, data, "--labels", wrong)
    #expect(refused.code == 1 && refused.messages.contains("expected rows from 0 to 399, found 390 to 401"))
  }
}
