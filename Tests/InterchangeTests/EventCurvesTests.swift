import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassInterchange

@Suite struct EventCurvesTests {
  private func points(_ values: [(Int, Double)]) -> [EventCurves.Point] {
    values.map { EventCurves.Point(step: $0.0, value: $0.1) }
  }

  /// The words of the error that reading makes.
  private func refusal(_ path: String) -> String {
    do throws(InterchangeError) {
      _ = try EventCurves(contentsOf: path)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `what a log wrote`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path)
    for step in 1...300 { try log.scalar("loss/training", 1 / Double(step), step: step) }
    try log.scalar("Größe", -.infinity, step: -4)
    try log.histogram("codes", [1, 2, 3], step: 1)
    try log.text("words", "loss", step: 1)
    try log.close()
    for path in [folder.path, log.path] {
      let curves = try EventCurves(contentsOf: path)
      #expect(Set(curves.points.keys) == ["loss/training", "Größe"])
      #expect(
        curves.points["loss/training"] == points((1...300).map { ($0, Double(Float(1 / Double($0)))) }))
      #expect(curves.points["Größe"] == points([(-4, -.infinity)]))
    }
  }

  /// The same as TensorBoard shows of it, see `TensorBoardTests`.
  @Test func `a run taken up again has one curve`() throws {
    let folder = try TemporaryFolder()
    let first = try EventLog(folder: folder.path)
    for step in 1...10 { try first.scalar("loss", 1, step: step) }
    try first.close()
    let second = try EventLog(folder: folder.path, from: 6)
    for step in 6...8 { try second.scalar("loss", 2, step: step) }
    try second.close()
    let third = try EventLog(folder: folder.path, from: 9)
    try third.close()
    let curves = try EventCurves(contentsOf: folder.path)
    #expect(curves.points["loss"] == points((1...5).map { ($0, 1) } + (6...8).map { ($0, 2) }))
  }

  @Test func `a file cut anywhere is read up to the last whole event`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path)
    for step in 1...3 { try log.scalar("loss", Double(step), step: step) }
    try log.close()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: log.path)))
    var whole = 0
    var ends = [0]
    for record in try records(log.path) {
      whole += (record?.count ?? 0) + 16
      ends.append(whole)
    }
    #expect(whole == bytes.count)
    for count in 0...bytes.count {
      let curves = try EventCurves(bytes: Array(bytes.prefix(count)), place: "cut")
      let events = ends.lastIndex { $0 <= count } ?? 0
      #expect(curves.points["loss", default: []].map(\.step) == (0..<max(0, events - 2)).map { $0 + 1 })
    }
  }

  @Test func `a damaged file is refused with the place`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path)
    for step in 1...3 { try log.scalar("loss", Double(step), step: step) }
    try log.close()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: log.path)))
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 0x10
      #expect(throws: InterchangeError.self, "byte \(position)") {
        _ = try EventCurves(bytes: damaged, place: "damaged")
      }
    }
    var damaged = bytes
    let last = try #require(try records(log.path).last ?? nil)
    damaged[bytes.count - 5] ^= 1
    try Data(damaged).write(to: URL(fileURLWithPath: log.path))
    #expect(
      refusal(folder.path)
        == "\(log.path) byte \(bytes.count - last.count - 16): expected a record that fits "
        + "its checksum, found other bytes; the file is damaged or no event file; give another")
  }

  @Test func `what is no event file is refused`() throws {
    let folder = try TemporaryFolder()
    #expect(refusal(folder.path + "/none").contains("none: expected a file, found nothing of that name"))
    #expect(refusal(folder.path).hasPrefix("\(folder.path): expected event files, with tfevents"))
    #expect(refusal("/dev/zero").contains("expected a plain file"))
    let file = folder.path + "/table.csv"
    try Data("a,b,c\n1,2,3\n4,5,6\n".utf8).write(to: URL(fileURLWithPath: file))
    #expect(refusal(file).contains("table.csv byte 0: expected the length of a record"))
    // Records, but of something else.
    let other = RecordingFile(folder.path + "/records")
    try other.write([Array("no event".utf8)])
    #expect(
      refusal(other.path).contains("records byte 0: expected an event file, which begins with its version"))
  }

  /// A file of records that are none of ours.
  private struct RecordingFile {
    let path: String

    init(_ path: String) { self.path = path }

    func write(_ contents: [[UInt8]]) throws {
      let file = try #require(try RecordFile(creating: path))
      for content in contents { file.append(content) }
      try file.close()
    }
  }

  @Test(
    .enabled(
      if: Python.has("tensorboard.summary.writer.event_file_writer"),
      "needs python3 (or HOURGLASS_PYTHON) with tensorboard; Scripts/setup-oracles installs it"))
  func `what TensorBoard's own writer wrote`() throws {
    let folder = try TemporaryFolder()
    let output = try Python.run(
      """
      import sys
      from tensorboard.compat.proto import event_pb2, summary_pb2
      from tensorboard.summary.writer.event_file_writer import EventFileWriter
      writer = EventFileWriter(sys.argv[1])
      for step in range(1, 200):
        values = [summary_pb2.Summary.Value(tag='loss/training', simple_value=1 / step),
                  summary_pb2.Summary.Value(tag='rate', simple_value=-step)]
        summary = summary_pb2.Summary(value=values)
        writer.add_event(event_pb2.Event(wall_time=1.0, step=step, summary=summary))
      writer.close()
      print('well')
      """, folder.path)
    try #require(output.hasSuffix("well\n"), "\(output)")
    let curves = try EventCurves(contentsOf: folder.path)
    #expect(curves.points["loss/training"] == points((1..<200).map { ($0, Double(Float(1 / Double($0)))) }))
    #expect(curves.points["rate"] == points((1..<200).map { ($0, -Double($0)) }))
  }
}
