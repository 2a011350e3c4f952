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
    case .series, .table(separator: nil): return asked == .series ? .series : .table(separator: nil)
    default: return kind
    }
  }

  /// What a file is, in words, for a message where something else was wanted; nil where there is none, or
  /// nothing can be told of it.
  public static func words(forFile path: String) -> String? {
    if SourceFolder.isFolder(path) { return "a folder" }
    guard let kind = try? FileKind.of(path) else { return nil }
    switch kind {
    case .npy, .npz: return "an array of numbers"
    case .idx: return "an array in MNIST's format"
    case .image: return "an image"
    case .sound: return "a sound"
    case .series: return "time series"
    case .table: return "a table"
    case .unknown(let found, _): return found
    }
  }
}
