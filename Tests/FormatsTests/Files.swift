import Foundation
import HourglassFormats
import HourglassTensor

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "hourglass-formats-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// Writes bytes and returns the file's path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

func contents(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// A file that another program made; see `Tests/Golden/formats/make.py`.
func golden(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/formats/" + name).path
}

/// The words of the error that `body` throws; "no error" where it throws none.
func words(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return error is FormatError ? "\(error)" : "another error: \(error)"
  }
}

/// 0 ..< 24 in the shape that the golden files have.
let ramp = [Int](0..<24)
let rampShape: Shape = [2, 3, 4]

func rampTensor(_ element: Element) -> Tensor {
  switch element {
  case .uint8: Tensor(rampShape, ramp.map(UInt8.init))
  case .int8: Tensor(rampShape, ramp.map(Int8.init))
  case .uint16: Tensor(rampShape, ramp.map(UInt16.init))
  case .int16: Tensor(rampShape, ramp.map(Int16.init))
  case .int32: Tensor(rampShape, ramp.map(Int32.init))
  case .int64: Tensor(rampShape, ramp.map(Int64.init))
  case .float32: Tensor(rampShape, ramp.map(Float.init))
  case .float64: Tensor(rampShape, ramp.map(Double.init))
  }
}
