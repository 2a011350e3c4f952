import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

@Suite("train --target of samples that are no table")
struct HeadCommandTests {
  private static let small = ["--layers", "32", "--latent", "8", "--seed", "3", "--quiet", "--threads", "2"]

  private func train(_ words: String...) -> (code: Int32, messages: String) {
    let streams = Streams.captured()
    let code = Program(streams: streams, terminal: Terminal()).run(["train"] + words + Self.small)
    return (code, streams.messages.captured)
  }

  @Test("learns the classes of digits, predict writes them, evaluate measures them")
  func classes() throws {
    let desk = try Desk()
    let done = train(
      "builtin:digits:600", "--target", "class", "--epochs", "12", "-o", desk("m.safetensors"))
    #expect(done.code == 0, "\(done.messages)")
    let told = run("predict", desk("m.safetensors"), "builtin:digits:200:9", "-o", desk("p.csv"))
    #expect(told.code == 0 && told.messages.contains("'class' of 200 samples"))
    let cells = try desk.cells("p.csv", ",")
    #expect(cells.count == 201 && cells[0].prefix(3) == ["row", "class", "class = 0"])
    let truth = try Source.open("builtin:digits:200:9").orderedLabels ?? []
    #expect(zip(cells.dropFirst(), truth).count { $0[1] == "\($1)" } > 150)
    for row in cells.dropFirst() {
      #expect(abs(row.dropFirst(2).compactMap(Double.init).reduce(0, +) - 1) < 1e-4)
    }
    let judged = run("evaluate", desk("m.safetensors"), "builtin:digits:200:9")
    #expect(judged.output.contains("telling 'class' of 200") && judged.output.contains("true \\ told"))
    let json = run("evaluate", desk("m.safetensors"), "builtin:digits:200:9", "--json")
    #expect(json.output.contains("\"targets\":[{\"name\":\"class\""))
    #expect(run("inspect", desk("m.safetensors")).output.contains("class"))

    let further = train(
      "builtin:digits:600", "--target", "class", "--keep-labels", "5", "--epochs", "2", "-o",
      desk("few.safetensors"))
    #expect(further.code == 0, "\(further.messages)")
  }

  @Test("goes on from a trained model, its encoder frozen")
  func from() throws {
    let desk = try Desk()
    #expect(train("builtin:digits:300", "--epochs", "3", "-o", desk("a.safetensors")).code == 0)
    let streams = Streams.captured()
    let words = [
      "train", "builtin:digits:300", "--target", "class", "--from", desk("a.safetensors"), "--freeze",
      "--epochs", "4", "-o", desk("b.safetensors"), "--seed", "3",
    ]
    #expect(Program(streams: streams, terminal: Terminal()).run(words) == 0, "\(streams.messages.captured)")
    #expect(streams.messages.captured.contains("the encoder frozen"))
    let (a, b) = (
      try Model(contentsOf: desk("a.safetensors")), try Model(contentsOf: desk("b.safetensors"))
    )
    for placed in a.autoencoder.outline.encoder.flatMap(\.weights) {
      let same = a.autoencoder.weight(placed.name)?.values == b.autoencoder.weight(placed.name)?.values
      #expect(same, "\(placed.name)")
    }
    #expect(b.autoencoder.architecture.heads.count == 1 && a.preparation == b.preparation)
  }

  @Test("learns numbers of a file of their own, with ranges that hold what they say")
  func numbers() throws {
    let desk = try Desk()
    let (rows, noise) = (Draws.normal(4000, seed: 1), Draws.normal(1000, seed: 2))
    try NPY.write(Tensor([1000, 4], rows), to: desk("x.npy"))
    let targets = (0..<1000).map { row -> Float in
      let (a, b) = (rows[4 * row], rows[4 * row + 1])
      return 100 + 5 * (a - b) + noise[row]
    }
    try desk.write("y.csv", targets.map { "\($0)" }.joined(separator: "\n") + "\n")
    let done = train(
      desk("x.npy"), "--target", desk("y.csv"), "--epochs", "15", "--validation", "0.2", "-o",
      desk("m.safetensors"))
    #expect(done.code == 0, "\(done.messages)")
    let told = run(
      "predict", desk("m.safetensors"), desk("x.npy"), "--interval", "0.9", "-o", desk("p.csv"))
    #expect(told.code == 0, "\(told.messages)")
    let cells = try desk.cells("p.csv", ",")
    #expect(cells[0] == ["row", "target", "target low", "target high"])
    let within = zip(cells.dropFirst(), targets).count { row, target in
      guard let low = Float(row[2]), let high = Float(row[3]) else { return false }
      return low <= target && target <= high
    }
    #expect((820...970).contains(within))
    let judged = run("evaluate", desk("m.safetensors"), desk("x.npy"), "--label", desk("y.csv"))
    #expect(judged.output.contains("telling 'target'") && judged.output.contains("intervals of nine tenths"))
  }

  @Test("refuses what makes no sense, in a sentence")
  func refusals() throws {
    let desk = try Desk()
    func message(_ words: String...) -> String {
      let streams = Streams.captured()
      let all = ["train"] + words + ["--epochs", "1", "-o", desk("m.safetensors")]
      let code = Program(streams: streams, terminal: Terminal()).run(all)
      return code == 0 ? "" : streams.messages.captured
    }
    let digits = "builtin:digits:60"
    #expect(message(digits, "--keep-labels", "3").contains("--keep-labels belongs to --target"))
    #expect(message(digits, "--target", "class", "--radius", "2").contains("--radius belongs to"))
    #expect(message(digits, "--target", "class", "--keep-labels", "50").contains("50 samples of class"))
    #expect(message(digits, "--target", "a,b").contains("expected 'class' or one file"))
    try NPY.write(Tensor([20, 4], Draws.normal(80, seed: 1)), to: desk("x.npy"))
    #expect(message(desk("x.npy"), "--target", "class").contains("the class of each sample"))
    #expect(train(digits, "--epochs", "1", "-o", desk("plain.safetensors")).code == 0)
    let plain = run("predict", desk("plain.safetensors"), digits, "-o", desk("p.csv"))
    #expect(plain.code == 1 && plain.messages.contains("trained without a target"))
    #expect(
      message(digits, "--from", desk("plain.safetensors"), "--layers", "5").contains(
        "cannot stand beside --from"))
  }
}
