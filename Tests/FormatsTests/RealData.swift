import Foundation
import Testing

/// Published data sets, where the machine has them: in the folder named by `HOURGLASS_DATA`, else beside the
/// package in `shared/data`.
enum RealData {
  static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["HOURGLASS_DATA"]
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = named ?? package.appendingPathComponent("../shared/data").standardized.path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  static func file(_ name: String) -> String? {
    folder.map { $0 + "/" + name }.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
  }

  static let comment: Comment = "the data sets are not here; set HOURGLASS_DATA to their folder"

  static let isThere = folder != nil
}
