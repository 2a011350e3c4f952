/// Files of names beside a matrix: a line a row or column, cells parted by tabs, no header; plain or gzip.
/// What 10x Genomics calls `barcodes.tsv`, `genes.tsv` and `features.tsv`.
public enum NameFile {
  /// The cells of each line; blank lines at the end are left out.
  ///
  /// - Throws: ``FormatError`` for a file that is missing or damaged.
  public static func read(_ path: String) throws -> [[String]] {
    try TextLines.read(path) { lines in
      var rows: [[String]] = []
      while let line = try lines.next() {
        rows.append(
          line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) })
      }
      while rows.last == [""] || rows.last == [] { rows.removeLast() }
      return rows
    }
  }

  /// A name a line, no two alike: the second cell, as `genes.tsv` has a number and then what people say;
  /// where another line says the same, with the first cell behind it.
  public static func names(_ rows: [[String]]) -> [String] {
    let spoken = rows.map { $0.count > 1 && !$0[1].isEmpty ? $0[1] : $0.first ?? "" }
    var counts: [String: Int] = [:]
    for name in spoken { counts[name, default: 0] += 1 }
    var taken: Set<String> = []
    return zip(rows, spoken).map { row, name in
      let own = counts[name] == 1 || row.count < 2 ? name : "\(name) (\(row[0]))"
      var unique = own.isEmpty ? "column \(taken.count + 1)" : own
      var number = 2
      while !taken.insert(unique).inserted {
        unique = "\(own) (\(number))"
        number += 1
      }
      return unique
    }
  }
}
