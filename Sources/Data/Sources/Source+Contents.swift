public import HourglassFormats
import HourglassTensor

extension Source {
  /// What a file that a person names holds.
  public enum Contents: Sendable {
    /// Samples of numbers.
    case samples(Dataset)
    /// A table with other columns than numbers, or with gaps.
    case table(TypedTable)
  }

  /// Opens data as ``open(_:gaps:label:weight:options:notice:)`` does, but for tables with cells that are no
  /// numbers: those are read with the types that their columns have.
  ///
  /// - Parameter typed: how such a table is read.
  /// - Throws: as the other; of a table that is no table of numbers what `CSV.readTyped` throws.
  public static func contents(
    _ name: String, gaps: Bool = false, label: String? = nil, weight: String? = nil,
    options: SourceOptions = SourceOptions(), typed: CSV.TypedOptions = CSV.TypedOptions(),
    notice: (String) -> Void = { _ in }
  ) throws -> Contents {
    try withoutActuallyEscaping(notice) { notice in
      let cache = Cache(folders: Cache.userFolders, notice: notice)
      let opening = Opening(gaps: gaps, label: label, weight: weight, options: options)
      guard StandardStream.isInput(name) else { return try contents(name, opening, typed, cache) }
      return try withStandardInput(ending) { path, named in
        let renaming = Cache(folders: cache.folders) { cache.notice(named($0)) }
        switch try contents(path + name.dropFirst(), opening, typed, renaming) {
        case .samples(let dataset): return .samples(dataset.named(named))
        case .table(let table): return .table(table)
        }
      }
    }
  }

  private static func contents(
    _ path: String, _ opening: Opening, _ typed: CSV.TypedOptions, _ cache: Cache
  ) throws -> Contents {
    do {
      return .samples(try open(path, opening, cache))
    } catch let fault as FormatError
      where fault.isOfFeature(besides: opening.weight) && opening.options.seriesWindow == nil
      && isTable(path)
    {
      return .table(try typedTable(path, typed))
    }
  }

  private static func isTable(_ path: String) -> Bool {
    if case .table? = try? FileKind.of(path) { true } else { false }
  }
}

extension FormatError {
  /// Whether it is about what stands in a cell of a table, whose column its place ends with; but not of
  /// weights.
  fileprivate func isOfFeature(besides weight: String?) -> Bool {
    place.contains(#/ line \d+ column /#) && !expected.hasPrefix("a weight")
      && weight.map { !place.hasSuffix("column \(FormatError.excerpt($0.utf8))") } ?? true
  }
}
