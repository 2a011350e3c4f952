import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassCLI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rows that come on standard input, and what is answered.
@Suite("The watch")
struct WatchCommandTests {
  private static func lines(_ rows: Range<Int>, shift: Float = 0) -> [String] {
    let draws = Draws.normal(rows.upperBound * 5, seed: 12)
    return rows.map { row in
      (0..<4).map { "\(draws[row * 5] * Float($0 + 1) / 2 + 0.2 * draws[row * 5 + $0 + 1] + shift)" }
        .joined(separator: ",")
    }
  }

  /// A folder with a calibrated model of four columns, and `rows.csv` of 120 rows, one of which is odd.
  private func trained() throws -> BuiltProgram {
    let program = try BuiltProgram()
    try program.write(
      "train.csv", (["a,b,c,d"] + WatchCommandTests.lines(0..<900)).joined(separator: "\n") + "\n")
    let trained = try program.run(
      "train", "train.csv", "-o", "m.safetensors", "--latent", "1", "--layers", "8", "--epochs", "12",
      "--calibrate", "0.4", "--seed", "2", "-q")
    try #require(trained.code == 0, "\(trained.messages)")
    var lines = WatchCommandTests.lines(900..<1020)
    lines[70] = "1.0,1.0,-9.5,2.0"
    try program.write("rows.csv", (["a,b,c,d"] + lines).joined(separator: "\n") + "\n")
    return program
  }

  private func watch(
    _ program: BuiltProgram, _ options: String = "", from source: String = "cat rows.csv"
  ) throws -> BuiltProgram.Outcome {
    try start(program, options, from: source).end()
  }

  private func start(
    _ program: BuiltProgram, _ options: String, from source: String
  ) throws -> BuiltProgram.Running {
    // By a named pipe, so that what is started is the program itself, which a signal reaches.
    try program.start([
      "sh", "-c",
      "rm -f in; mkfifo in; (\(source)) > in & exec \"$0\" watch m.safetensors \(options) < in",
      BuiltProgram.path("hourglass"),
    ])
  }

  @Test("answers are those of detect, whether rows come together or one by one") func sameAsDetect() throws {
    let program = try trained()
    let detected = try program.run("detect", "m.safetensors", "rows.csv", "-o", "odd.csv")
    try #require(detected.code == 0, "\(detected.messages)")
    let expected = program.text("odd.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let (score, p) = (
      try #require(expected[0].firstIndex(of: "score")), try #require(expected[0].firstIndex(of: "p_value"))
    )
    let told = try watch(program, "--format csv")
    #expect(told.code == 0 && told.messages.isEmpty, "\(told.messages)")
    #expect(told.lines[0] == "row,score,p_value,odd,because,error" && told.lines.count == 121)
    for (row, line) in told.lines.dropFirst().enumerated() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      #expect(cells[0] == "\(row)" && cells[1] == expected[row + 1][score], "\(line)")
      #expect(Double(cells[2]) == Double(expected[row + 1][p]))
    }
    #expect(told.lines[71].hasSuffix(",1,c,"), "\(told.lines[71])")
    let slowly = try watch(
      program, "--format csv",
      from: "while IFS= read -r line; do printf '%s\\n' \"$line\"; sleep 0.003; done < rows.csv")
    #expect(slowly.output == told.output)
    // Without a header, and as JSON in either form.
    let bare = try watch(program, "--format csv", from: "tail -n +2 rows.csv")
    #expect(bare.output == told.output)
    let arrays = try watch(program, "--format csv", from: "tail -n +2 rows.csv | sed 's/^/[/; s/$/]/'")
    #expect(arrays.output == told.output)
    let objects = try watch(
      program, "--format csv",
      from:
        "tail -n +2 rows.csv | awk -F, '{print \"{\\\"d\\\":\" $4 \",\\\"a\\\":\" $1 \",\\\"c\\\":\" $3 \",\\\"b\\\":\" $2 \"}\"}'"
    )
    #expect(objects.output == told.output, "\(objects.messages)")
  }

  @Test("a line that cannot be read is answered with an error, and the stream goes on") func faults() throws {
    let program = try trained()
    try program.write(
      "bad.csv", "a,b,c,d\n1,2,3,4\n1,2,x,4\n1,2,3\n\n\"1,2\n1,2,nan,4\n1e999,2,3,4\n1,2,3,4\r\n1,2,3,4")
    let told = try watch(program, "--format csv", from: "cat bad.csv")
    #expect(told.code == 0, "\(told.messages)")
    #expect(told.messages.contains("the stream ended in the middle of a line; row 7"))
    let lines = told.lines.dropFirst().map { $0 }
    #expect(lines.count == 8, "\(lines)")
    for row in [0, 6, 7] { #expect(lines[row].dropFirst() == lines[0].dropFirst(), "\(lines[row])") }
    #expect(lines[1].hasPrefix("1,,,,,") && lines[1].contains("column 'c': expected a number, found 'x'"))
    #expect(
      lines[2].contains("expected 4 cells, found 3") && lines[3].contains("a quote at the end of cell 1"))
    #expect(lines[4].contains("column 'c'") && lines[5].contains("column 'a'"))
    let json = try watch(program, from: "printf '[1,2,3,4]\\n{\"a\":1\\n[1,[2],3,4]\\nnull\\n[1,2,3,4]\\n'")
    #expect(json.code == 0 && json.lines.count == 5, "\(json)")
    #expect(json.lines.filter { $0.contains("\"error\":") }.count == 3)
    #expect(json.lines[4].dropFirst(8) == json.lines[0].dropFirst(8))
    let long = try watch(
      program, "--format csv",
      from: "(head -c 3000000 /dev/zero | tr '\\0' '1'; printf '\\n1,2,3,4\\n')")
    #expect(long.code == 0 && long.lines.count == 3 && long.lines[1].contains("1 MB"), "\(long)")
    #expect(long.lines[2].dropFirst() == lines[0].dropFirst())
  }

  @Test("a stop and a start again make the bytes of one run, the martingale too") func resumes() throws {
    let program = try trained()
    let rows =
      (["a,b,c,d"] + WatchCommandTests.lines(900..<1000) + WatchCommandTests.lines(1000..<1200, shift: 1.5))
    try program.write("long.csv", rows.joined(separator: "\n") + "\n")
    let whole = try watch(program, "--state whole.state", from: "cat long.csv")
    #expect(whole.code == 0 && whole.lines.contains { $0.contains("\"drift\":true") }, "\(whole.messages)")
    let first = try start(program, "--state half.state", from: "head -n 91 long.csv; sleep 10")
    for _ in 0..<2000 where !first.output.contains("\"row\":89,") { usleep(5000) }
    first.send(SIGTERM)
    let stopped = first.end()
    #expect(stopped.code == 128 + SIGTERM)
    #expect(stopped.messages.contains("'--state half.state' goes on at row 90"), "\(stopped)")
    let rest = try watch(program, "--state half.state", from: "tail -n +92 long.csv")
    #expect(rest.code == 0 && rest.messages.contains("goes on at row 90"), "\(rest.messages)")
    #expect(stopped.output + rest.output == whole.output)
    #expect(program.bytes("half.state") == program.bytes("whole.state"))
    // Answers alone need no state.
    let from = try watch(program, "--from 90 --format csv", from: "tail -n +92 long.csv | head -n 5")
    #expect(from.lines.first?.hasPrefix("90,") == true && from.lines.count == 5, "\(from.output)")
    let other = try watch(program, "--state half.state --drift 0.2", from: "cat long.csv")
    #expect(other.code == 1 && other.messages.contains("found another's"), "\(other.messages)")
    let wrong = try watch(program, "--state m.safetensors", from: "cat long.csv")
    #expect(wrong.code == 2 && wrong.messages.contains("would write over"), "\(wrong.messages)")
  }

  @Test("rows that are no longer like those before are told of once, and the same rows are not") func drift()
    throws
  {
    let program = try trained()
    let same = WatchCommandTests.lines(900..<2400)
    try program.write("same.csv", same.joined(separator: "\n") + "\n")
    let quiet = try watch(program, from: "cat same.csv")
    #expect(quiet.code == 0 && quiet.messages.isEmpty && quiet.lines.count == 1500, "\(quiet.messages)")
    let shifted = same.prefix(700) + WatchCommandTests.lines(1600..<2400, shift: 1)
    try program.write("shifted.csv", shifted.joined(separator: "\n") + "\n")
    let told = try watch(program, from: "cat shifted.csv")
    let cries = told.lines.filter { $0.contains("\"drift\":true") }
    #expect(cries.count == 1 && told.messages.contains("no longer like what was before"), "\(cries)")
    let row = cries.first?.dropFirst(7).split(separator: ",").first.flatMap { Int($0) } ?? 0
    #expect((700..<860).contains(row), "\(cries)")
  }

  @Test("a reader that goes away ends it without a word") func brokenPipe() throws {
    let program = try trained()
    let told = try program.start([
      "sh", "-c", "(cat rows.csv; sleep 0.3; tail -n +2 rows.csv) | \"$0\" watch m.safetensors | head -n 1",
      BuiltProgram.path("hourglass"),
    ])
    let outcome = told.end()
    #expect(outcome.lines.count == 1 && outcome.messages.isEmpty, "\(outcome)")
  }

  @Test("records and series are watched too") func otherRows() throws {
    let program = try BuiltProgram()
    let draws = Draws.normal(600, seed: 3)
    let records = (0..<300).map { "\(draws[$0]);\(draws[$0] > 0 ? "high" : "low");2024-01-\(10 + $0 % 19)" }
    try program.write("train.csv", (["x;level;day"] + records).joined(separator: "\n") + "\n")
    let trained = try program.run(
      "train", "train.csv", "--fields", "auto", "-o", "m.safetensors", "--epochs", "5", "--calibrate", "0.4",
      "-q")
    try #require(trained.code == 0, "\(trained.messages)")
    let detected = try program.run("detect", "m.safetensors", "train.csv", "-o", "odd.csv", "-q")
    try #require(detected.code == 0, "\(detected.messages)")
    let told = try watch(program, "--format csv", from: "cat train.csv")
    let (expected, found) = (
      program.text("odd.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",")[1] },
      told.lines.dropFirst().map { $0.split(separator: ",")[1] }
    )
    #expect(told.code == 0 && found == expected, "\(told.messages)")
    let odd = try watch(
      program, from: "printf '{\"x\":1,\"level\":\"high\"}\\n{\"x\":1,\"level\":\"new\",\"day\":\"soon\"}\\n'"
    )
    #expect(odd.lines.count == 2 && odd.messages.contains("the stream has no 'day'"), "\(odd)")
    #expect(odd.lines[1].contains("expected a time as in training, found 'soon'"), "\(odd.lines)")
    let series = (0..<400).map { "\(sin(Float($0) * 0.3) + 0.05 * draws[$0])" }
    try program.write("s.csv", "value\n" + series.joined(separator: "\n") + "\n")
    let fit = try program.run(
      "train", "s.csv", "--window", "8", "-o", "m.safetensors", "--epochs", "5", "--calibrate", "0.3", "-q")
    try #require(fit.code == 0, "\(fit.messages)")
    let steps = try watch(program, "--format csv", from: "head -n 21 s.csv")
    #expect(steps.lines.count == 21 && steps.lines[7] == "6,,,0,,", "\(steps)")
    #expect(steps.lines[8].hasPrefix("7,0"), "\(steps.lines)")
    let slowly = try watch(
      program, "--format csv",
      from: "head -n 21 s.csv | while IFS= read -r line; do echo \"$line\"; sleep 0.003; done")
    #expect(slowly.output == steps.output)
  }

  @Test("models that cannot be asked row by row are refused in a sentence") func refused() throws {
    let program = try BuiltProgram()
    try program.write("train.csv", "a,b\n" + (0..<60).map { "\($0 % 7),\($0 % 5)\n" }.joined())
    try #require(
      try program.run("train", "train.csv", "-o", "m.safetensors", "--epochs", "1", "-q").code == 0)
    let told = try watch(program, from: "cat train.csv")
    #expect(told.code == 1 && told.messages.contains("hourglass calibrate"), "\(told)")
    #expect(try watch(program, "--format csv --json", from: "cat train.csv").code == 2)
  }
}
