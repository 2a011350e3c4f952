import Foundation
import HourglassFormats
import HourglassTensor
import Testing

@testable import HourglassInterchange

/// The fuzzer for event files. Damage is nearly always found by a checksum, so the contents of records are
/// damaged too and get checksums that fit.
@Suite struct EventFuzzTests {
  /// A run's events, one a record.
  static func events() -> [[UInt8]] {
    var events = [
      Event.bytes(time: 1.5, step: 0, Event.version), Event.bytes(time: 1.5, step: 1, Event.start),
    ]
    for step in 1...3 {
      for tag in ["loss/training", "Größe"] {
        events.append(
          Event.bytes(time: 2, step: step) { event in
            Event.value(tag, in: &event) { Event.scalar(0.25 * Float(step), in: &$0) }
          })
      }
      events.append(
        Event.bytes(time: 3, step: step) { event in
          Event.value("words", in: &event) { Event.text("some text", in: &$0) }
        })
    }
    return events + [Event.bytes(time: 4, step: 3, Event.start)]
  }

  static func framed(_ records: [[UInt8]]) -> [UInt8] {
    records.flatMap { content in
      let length = Zip.number(content.count, 8)
      return length + Zip.number(Int(CRC32C.masked(length)), 4) + content
        + Zip.number(Int(CRC32C.masked(content)), 4)
    }
  }

  private static func read(_ bytes: [UInt8]) throws -> [Tensor] {
    do {
      return try EventCurves(bytes: bytes, place: "x").points.values.map {
        Tensor($0.map { Float($0.value) })
      }
    } catch {
      throw FormatError(place: error.place, expected: error.expected, found: error.found)
    }
  }

  @Test func eventFiles() throws {
    let before = FuzzTests.peak
    let files = [Self.framed(Self.events()), Self.framed(Array(Self.events().prefix(4)))]
    FuzzTests.check(
      "event files", try FuzzTests.fuzz(files, salt: 12, Self.read), ratio: 1, since: before)
    let version = Self.events()[0]
    let inside = try FuzzTests.fuzz(
      Self.events(), salt: 13, dress: { Self.framed([version, $0]) }, Self.read)
    FuzzTests.check("events inside them", inside, ratio: 1, since: before)
  }
}
