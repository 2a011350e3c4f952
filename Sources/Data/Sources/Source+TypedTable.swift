public import HourglassFormats
import HourglassTensor

extension Source {
  /// Reads a table with the types that its columns have, from a file or with `-` from standard input.
  ///
  /// - Throws: ``DataError`` for what is no table, with what it is; `FormatError` for a table that is
  ///   damaged.
  public static func typedTable(_ name: String, _ options: CSV.TypedOptions) throws -> TypedTable {
    if name.hasPrefix("builtin:") {
      throw DataError(
        place: name, expected: "a table (.csv, .tsv, .txt)", found: "samples that the program makes itself",
        remedy: "name a file")
    }
    if StandardStream.isInput(name) {
      return try withStandardInput(
        { _ in ".csv" }, { path, _ in try CSV.readTyped(path, options) })
    }
    let kind = try FileKind.of(name)
    guard case .table(let separator) = kind else {
      throw DataError(
        place: name, expected: "a table (.csv, .tsv, .txt)", found: kind.words,
        remedy: kind.remedy ?? "columns are described of tables alone")
    }
    var options = options
    options.separator = options.separator ?? separator
    return try CSV.readTyped(name, options)
  }
}
