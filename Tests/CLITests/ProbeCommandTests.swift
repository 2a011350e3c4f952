import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// Labels told from codes, on the command line.
@Suite("Probe command")
struct ProbeCommandTests {
  /// Two values and noise follow from the kind.
  private static func table(_ rows: Int, kinds: Bool = true) -> String {
    let x = Draws.normal(rows * 4, seed: 9)
    var lines = ["a,b,c,d,kind,size"]
    for row in 0..<rows {
      let kind = row % 3
      var cells: [String] = []
      for place in 0..<4 {
        let base: Double = place < 2 ? Double(kind * (place + 1)) : 0
        let value: Double = base + 0.4 * Double(x[row * 4 + place])
        cells.append(String(format: "%.3f", value))
      }
      cells.append(["ash", "elm", "oak"][kind])
      let size: Double = 2 * Double(kind) + 0.1 * Double(x[row * 4])
      cells.append(String(format: "%.2f", size))
      lines.append(cells.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test("a table, its labels in a column: a row a number of labels, the same for any threads")
  func table() throws {
    let desk = try Desk()
    let data = try desk.write("trees.csv", ProbeCommandTests.table(150))
    let model = desk("m.st")
    let trained = run(
      "train", data, "--label", "kind", "--drop", "size", "--latent", "2", "--epochs", "5", "-o", model)
    #expect(trained.code == 0, "\(trained.messages)")
    let probe = run("probe", model, data, "--label", "kind", "--per-class", "1,5,20", "--threads", "1")
    #expect(probe.code == 0, "\(probe.messages)")
    #expect(probe.output.contains("labels a class") && probe.output.contains("code, linear"))
    let lines = probe.output.split(separator: "\n").map {
      $0.split(separator: " ").first.map(String.init) ?? ""
    }
    for count in ["1", "5", "20", "all"] { #expect(lines.contains(count), "\(probe.output)") }
    #expect(probe.output.contains("three tenths") && probe.output.contains("With 5 labels a class"))
    let again = run("probe", model, data, "--label", "kind", "--per-class", "1,5,20", "--threads", "3")
    #expect(again.output == probe.output)
    let test = try desk.write("test.csv", ProbeCommandTests.table(60))
    let other = run(
      "probe", model, data, "--label", "kind", "--test", test, "--json", "--per-class", "5", "--draws", "2",
      "--report", desk("p.html"))
    #expect(other.code == 0, "\(other.messages)")
    let objects = try other.output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 2 * 6 + 1 && objects.last?["test_samples"] as? Int == 60)
    let point = try #require(
      objects.first { $0["space"] as? String == "values" && $0["method"] as? String == "linear" })
    #expect((point["draws"] as? [Double])?.count == 2 && point["labels"] as? Int == 15)
    #expect(point["accuracy"] as? Double ?? 0 > 0.8)
    let page = try String(contentsOfFile: desk("p.html"), encoding: .utf8)
    #expect(page.contains("Against the number of labels") && page.contains("Logistic regression"))
  }

  @Test("a label of numbers is told by ridge regression; one that the model reads is hidden from it")
  func numbers() throws {
    let desk = try Desk()
    let data = try desk.write("trees.csv", ProbeCommandTests.table(150))
    let model = desk("m.st")
    #expect(run("train", data, "--fields", "auto", "--latent", "3", "--epochs", "20", "-o", model).code == 0)
    let probe = run("probe", model, data, "--label", "size", "--per-class", "20")
    #expect(probe.code == 0, "\(probe.messages)")
    #expect(probe.output.contains("R² (root mean squared error)") && probe.messages.contains("'size' itself"))
    let kinds = run("probe", model, data, "--label", "kind", "--per-class", "5")
    #expect(kinds.code == 0 && kinds.messages.contains("'kind' itself"), "\(kinds.messages)")
    let wrong = run("probe", model, data, "--label", "kind", "--as", "number")
    #expect(wrong.code == 1 && wrong.messages.contains("--as class"), "\(wrong.messages)")
  }

  @Test("samples without labels are refused, and options that say nothing")
  func refusals() throws {
    let desk = try Desk()
    let data = try desk.write("trees.csv", ProbeCommandTests.table(60))
    let model = desk("m.st")
    #expect(
      run("train", data, "--drop", "kind,size", "--latent", "2", "--epochs", "1", "-o", model).code == 0)
    let none = run("probe", model, data, "--drop", "kind,size")
    #expect(none.code == 1 && none.messages.contains("--label"), "\(none.messages)")
    let alone = run("probe", model, data, "--label", "kind", "--test-label", "x.csv")
    #expect(alone.code == 2 && alone.messages.contains("--test"), "\(alone.messages)")
    let page = run("probe", model, data, "--label", "kind", "--report", "p.txt")
    #expect(page.code == 2 && page.messages.contains(".html"), "\(page.messages)")
  }

  @Test("classes of digits, of the folders that pictures are in, and of series")
  func kinds() throws {
    let desk = try Desk()
    let model = desk("m.st")
    let words = ["--latent", "2", "--layers", "8", "--epochs", "1", "-o", model]
    func probed(_ source: String) throws -> String {
      let streams = Streams.captured()
      let trained = Program(streams: streams, terminal: Terminal()).run(["train", source] + words)
      #expect(trained == 0, "\(streams.messages.captured)")
      let probe = run("probe", model, source, "--per-class", "2", "--draws", "2")
      #expect(probe.code == 0, "\(probe.messages)")
      return probe.output
    }
    #expect(try probed("builtin:digits:120").contains("the samples 784"))
    for number in 0..<24 {
      let folder = desk("pictures/\(["bright", "dark"][number % 2])")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let pixels = (0..<16).map { UInt8(($0 * 7 + number * 3) % 50 + 180 * (1 - number % 2)) }
      try desk.write(
        "pictures/\(["bright", "dark"][number % 2])/\(number).png",
        PNG.encode(pixels: pixels, width: 4, height: 4, channels: 1))
    }
    let pictures = try probed(desk("pictures"))
    let all = pictures.split(separator: "\n").first { $0.contains(" all ") } ?? ""
    #expect(all.contains("100.0"), "\(pictures)")
    let cases = (0..<24).map { number in
      (0..<8).map { "\(($0 * number) % 7 + 20 * (number % 3))" }.joined(separator: ",")
        + ":\("abc".map { $0 }[number % 3])\n"
    }
    let series = try desk.write("cases.ts", "@classLabel true a b c\n@data\n" + cases.joined())
    #expect(try probed(series).contains("labels a class"))
  }
}
