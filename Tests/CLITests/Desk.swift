import Foundation
import Testing

@testable import HourglassCLI

/// A folder of a test's own, that goes when this does.
final class Desk {
  let folder = FileManager.default.temporaryDirectory.path + "/desk-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The path of a file in it.
  func callAsFunction(_ name: String) -> String { folder + "/" + name }

  /// - Returns: the file's path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, [UInt8](text.utf8)) }

  func lines(_ name: String) throws -> [String] {
    try String(contentsOfFile: self(name), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Cells by line; for tables of which no cell stands in quotes.
  func cells(_ name: String, _ separator: Character = ";") throws -> [[String]] {
    try lines(name).map { $0.split(separator: separator, omittingEmptySubsequences: false).map(String.init) }
  }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self(name))) }
}

/// Runs the program inside of the test, without a process of its own.
func run(_ words: String...) -> (code: Int32, output: String, messages: String) {
  let streams = Streams.captured()
  let code = Program(streams: streams, terminal: Terminal()).run(words)
  return (code, streams.output.captured, streams.messages.captured)
}
