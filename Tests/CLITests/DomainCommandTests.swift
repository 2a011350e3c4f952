import Hourglass
import HourglassTestSupport
import Testing

/// What a loss is made for, and what is told of values outside.
@Suite struct DomainCommandTests {
  /// 60 rows of three columns that depend on each other.
  private static let table =
    "a,b,c\n" + (0..<60).map { "\($0),\(2 * $0 + $0 % 3),\($0 % 7)\n" }.joined()
  /// The last of eleven rows is far out.
  private static let odd =
    "a,b,c\n" + (0..<10).map { "\(3 * $0),\(6 * $0),\($0 % 7)\n" }.joined() + "30,60,500\n"

  @Test func anOutlierCostsMoreAndIsTold() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", Self.table)
    try program.write("odd.csv", Self.odd)
    let words = ["train", "t.csv", "--loss", "bce", "--epochs", "20", "--threads", "1", "-o", "m.st"]
    let training = try program.run(words + ["--validation", "odd.csv"])
    let told =
      "odd.csv: 1 value lies outside the values in [0, 1] that the loss bce is made for, in 1 of 11 samples"
    #expect(training.code == 0 && training.messages.contains(told), "\(training.messages)")
    #expect(training.messages.contains("in row 10, column 'c' (counted from 0)"), "\(training.messages)")
    #expect(!training.output.contains("-"), "\(training.output)")
    for command in ["evaluate", "doctor"] {
      let outcome = try program.run(command, "m.st", "odd.csv", "--json")
      #expect(outcome.messages.contains(told), "\(command): \(outcome.messages)")
      #expect(
        !outcome.output.contains("\"loss\":-") && !outcome.output.contains("\"bce\":-"), "\(outcome.output)")
    }
    let scores = try program.run("score", "m.st", "odd.csv", "-o", "s.npy", "--json")
    #expect(scores.output.contains("\"highest_row\":10"), "\(scores.output)")
    #expect(try NPY.read(bytes: program.bytes("s.npy"), name: "s").values.allSatisfy { $0 >= 0 })
    #expect(try !program.run("evaluate", "m.st", "t.csv").messages.contains("outside"))
  }

  @Test func rowsOfBytesAreATable() throws {
    let program = try BuiltProgram()
    let bytes = Draws.uniform(60 * 64, seed: 1).map { UInt8(256 * $0) }
    try program.write("bytes.npy", NPY.bytes(of: Tensor([60, 64], bytes)))
    try program.write("floats.npy", NPY.bytes(of: Tensor([60, 64], bytes.map { Float($0) })))
    try program.write("pixels.npy", NPY.bytes(of: Tensor([60, 8, 8], bytes)))
    try program.write("greys.npy", NPY.bytes(of: Tensor([60, 8, 8], bytes.map { Float($0) })))
    func loss(_ name: String) throws -> (opening: String, result: String) {
      let words = ["train", name, "--epochs", "2", "--threads", "1", "--json", "-o", "m.st"]
      let outcome = try program.run(words)
      #expect(outcome.code == 0, "\(outcome.messages)")
      let loss = outcome.lines.last?.split(separator: ",").first { $0.hasPrefix("\"loss\"") } ?? ""
      return (outcome.messages, String(loss))
    }
    let (table, numbers) = (try loss("bytes.npy"), try loss("floats.npy"))
    #expect(table.opening.contains(" by mse on 54 samples of [64]"), "\(table.opening)")
    #expect(
      table.opening.contains("if rows are pictures: an array of [n, 8, 8], or --scaling 255 --loss bce"))
    #expect(table.result == numbers.result && !table.result.isEmpty, "\(table) \(numbers)")
    let (pixels, greys) = (try loss("pixels.npy"), try loss("greys.npy"))
    #expect(pixels.opening.contains(" by bce on 54 samples of [8, 8]"), "\(pixels.opening)")
    #expect(pixels.result == greys.result && greys.opening.contains(" by bce "), "\(pixels) \(greys)")
  }

  @Test func bytesForAModelOfSharesAreRefused() throws {
    let program = try BuiltProgram()
    let draws = Draws.uniform(60 * 64, seed: 1)
    try program.write("unit.npy", NPY.bytes(of: Tensor([60, 8, 8], draws)))
    try program.write("bytes.npy", NPY.bytes(of: Tensor([60, 8, 8], draws.map { UInt8(256 * $0) })))
    #expect(try program.run("train", "unit.npy", "--epochs", "1", "-o", "m.st").code == 0)
    let outcome = try program.run("score", "m.st", "bytes.npy", "-o", "s.csv")
    #expect(
      outcome.code == 1
        && outcome.messages.contains("expected values from 0 to 1, as in training, found bytes")
        && outcome.messages.contains("divide them by 255"), "\(outcome.messages)")
  }

  @Test func valuesFarOutAreCutForTheEncoderAndTold() throws {
    let program = try BuiltProgram()
    let rows = 10_300
    let values = (0..<(2 * rows)).map { $0 == 41 ? 1e9 : Float($0 % 100) }
    try program.write("far.npy", NPY.bytes(of: Tensor([rows, 2], values)))
    let words = [
      "train", "far.npy", "--validation", "0", "--epochs", "1", "--family", "variational", "-o", "m.st",
    ]
    let training = try program.run(words)
    #expect(
      training.code == 0
        && training.messages.contains("values beyond ±100 cut for the encoder, as in value 1"),
      "\(training.messages)")
    #expect(try program.run("inspect", "m.st").output.contains("beyond ±100 cut for the encoder"))
    let scores = try program.run("score", "m.st", "far.npy", "-o", "s.npy", "--json")
    #expect(scores.output.contains("\"highest_row\":20"), "\(scores.output)")
  }
}
