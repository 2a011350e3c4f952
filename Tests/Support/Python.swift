import Foundation

/// The Python that our files are read by: the one named by `HOURGLASS_PYTHON`, else `python3`.
public enum Python {
  /// Whether all these modules can be imported; written as in an import statement.
  public static func has(_ modules: String) -> Bool {
    (try? run("import \(modules)\nprint('here')")) == "here\n"
  }

  /// What a program printed, errors too.
  public static func run(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let python = ProcessInfo.processInfo.environment["HOURGLASS_PYTHON"] ?? "python3"
    process.arguments = [python, "-c", program] + arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
