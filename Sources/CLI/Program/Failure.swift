import Hourglass

/// What ends the program before its work is done: an exit code and what to say.
///
/// An error of another type that reaches the top is a fault of the data or of a file: exit code 1.
struct Failure: Error, CustomStringConvertible, Equatable {
  /// 1: the data or a file is at fault. 2: the command line is. 141: the reader of standard output went away.
  let exitCode: Int32
  /// Without the program's name in front and without a full stop; empty for nothing to say.
  let description: String

  static func data(_ message: String) -> Failure { Failure(exitCode: 1, description: message) }

  static func commandLine(_ message: String) -> Failure { Failure(exitCode: 2, description: message) }

  /// The shell's own code for a program that SIGPIPE ended.
  static let brokenPipe = Failure(exitCode: 141, description: "")

  init(exitCode: Int32, description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  init(_ error: any Error) {
    if error is BrokenPipe {
      self = .brokenPipe
      return
    }
    self = error as? Failure ?? .data("\(error)")
  }
}
