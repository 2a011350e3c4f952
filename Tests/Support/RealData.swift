import Foundation
import Testing

/// Published data sets, where the machine has them: in the folder named by `HOURGLASS_DATA`, else beside the
/// package in `shared/data`.
public enum RealData {
  public static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["HOURGLASS_DATA"]
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = named ?? package.appendingPathComponent("../shared/data").standardized.path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// The path of a file in the folder; nil where it is not there.
  public static func file(_ name: String) -> String? {
    folder.map { $0 + "/" + name }.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
  }
}
