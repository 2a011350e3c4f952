import HourglassFormats
import HourglassTensor

/// Data that come on standard input: `-`, or `-:X` for one array of an `.npz` file.
extension Source {
  /// Reads standard input to its end and opens what came. The kind is told by the first bytes alone: text is
  /// a table, or time series where a line begins with @.
  ///
  /// - Throws: as ``open(_:gaps:label:weight:options:notice:)`` does.
  static func standardInput(_ name: String, _ opening: Opening, _ cache: Cache) throws -> Dataset {
    try withStandardInput(ending) { path, named in
      let renaming = Cache(folders: cache.folders) { cache.notice(named($0)) }
      return try open(path + name.dropFirst(), opening, renaming).named(named)
    }
  }

  /// What is made of a copy of standard input, in a file.
  ///
  /// - Parameters:
  ///   - ending: of the copy's name, by the first bytes.
  ///   - body: given the copy's path, and what calls it standard input again in a text.
  static func withStandardInput<Result>(
    _ ending: ([UInt8]) -> String,
    _ body: (_ path: String, _ named: @escaping (String) -> String) throws -> Result
  ) throws -> Result {
    let copy = try StandardInputCopy(ending: ending)
    let path = copy.path
    func named(_ text: String) -> String { text.replacing(path, with: StandardStream.input) }
    do {
      return try withExtendedLifetime(copy) { try body(path, named) }
    } catch let error as DataError {
      throw error.told(place: named(error.place))
    } catch let error as FormatError {
      throw error.told(place: named(error.place))
    }
  }

  /// What a file that begins so would be called, where its first bytes do not say what it is.
  static func ending(_ start: [UInt8]) -> String {
    // An array's dimensions and a sound's lengths have zeros among them; text has none.
    let isText = !start.isEmpty && start.allSatisfy { $0 >= 0x20 || [0x09, 0x0A, 0x0D].contains($0) }
    guard isText else { return start.starts(with: [0, 0]) ? ".idx" : "" }
    let lines = start.split(separator: 0x0A).map { $0.drop { $0 == 0x20 || $0 == 0x09 } }
    return lines.contains { $0.first == UInt8(ascii: "@") } ? ".ts" : ".csv"
  }
}
