import HourglassFormats

extension Source {
  /// Tells in one line what was taken for what in a file, where that goes not without saying.
  static func tell(_ remarks: [String], of path: String, _ notice: (String) -> Void) {
    if !remarks.isEmpty { notice("\(path): took \(remarks.joined(separator: "; "))") }
  }

  /// What a file holds; of lines of numbers that may be a table or series what was asked for, else what they
  /// look like, which is told.
  static func kind(of path: String, _ opening: Opening, _ notice: (String) -> Void) throws -> FileKind {
    let kind = try FileKind.of(path)
    guard let asked = opening.options.textKind else {
      if kind == .series, FileKind.isPlainText(path) {
        tell(
          [
            "its lines for series, the first number of each for its class (--read-as table takes them for a table)"
          ],
          of: path, notice)
      }
      return kind
    }
    guard FileKind.isPlainText(path) else { return kind }
    switch kind {
    case .series, .table(separator: nil):
      if asked == .series, !opening.options.areFromModel {
        tell(["the first number of each line for its class"], of: path, notice)
      }
      return asked == .series ? .series : .table(separator: nil)
    default: return kind
    }
  }
}
