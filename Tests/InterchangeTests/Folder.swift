import Foundation
import Testing

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "hourglass-interchange-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The records of a file, their lengths and checksums found right; nil where it ends within a record.
func records(_ path: String) throws -> [[UInt8]?] {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  var records: [[UInt8]?] = []
  var position = 0
  func take(_ count: Int) -> [UInt8]? {
    guard position + count <= bytes.count else { return nil }
    defer { position += count }
    return Array(bytes[position..<(position + count)])
  }
  func isChecksum(_ checksum: [UInt8], of content: [UInt8]) -> Bool {
    let value = slowChecksum(content)
    let masked = (value >> 15 | value << 17) &+ 0xA282_EAD8
    return checksum == (0..<4).map { UInt8(truncatingIfNeeded: masked >> (8 * $0)) }
  }
  while position < bytes.count {
    guard let length = take(8), let lengthChecksum = take(4) else { return records + [nil] }
    try #require(isChecksum(lengthChecksum, of: length))
    let count = length.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard let content = take(count), let checksum = take(4) else { return records + [nil] }
    try #require(isChecksum(checksum, of: content))
    records.append(content)
  }
  return records
}
