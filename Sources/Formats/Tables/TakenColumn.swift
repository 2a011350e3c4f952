/// A column that was taken out of a table, or an array that was taken from beside another: it holds the class
/// or the weight of each row, or was left out, and is no feature.
public struct TakenColumn: Hashable, Sendable, Codable {
  /// What it holds.
  public enum Role: String, Hashable, Sendable, Codable {
    case label, weight
    /// Left out: a column nobody wants, or the names of the rows.
    case dropped
  }

  public let role: Role
  /// What it is called; nil in a table without a header.
  public let name: String?
  /// Its place in the table, from 1; nil for an array of an archive.
  public let number: Int?

  public init(role: Role, name: String?, number: Int?) {
    self.role = role
    self.name = name
    self.number = number
  }
}

extension CSV.Options {
  /// Columns that were taken out of an earlier table: where this one has them they are taken out again,
  /// where it has not, nothing is amiss.
  ///
  /// A column is found by its name; where it has none, or the table has no header, by its number, if the
  /// table has as many columns as the features and the taken ones together.
  public struct Remembered: Hashable, Sendable {
    public var columns: [TakenColumn]
    /// Values of a row that are left once the columns are taken out.
    public var features: Int

    public init(columns: [TakenColumn] = [], features: Int = 0) {
      self.columns = columns
      self.features = features
    }

    /// Where a table has one of the columns, from 0.
    func place(of column: TakenColumn, header: [String]?, count: Int) -> Int? {
      if let header, let name = column.name { return header.firstIndex(of: name) }
      guard let number = column.number else { return nil }
      if count == features + columns.count { return (1...count).contains(number) ? number - 1 : nil }
      // Without classes and weights, which data in use need not have, the others move up.
      let absent = columns.filter { $0.role != .dropped }
      guard column.role == .dropped, count == features + columns.count - absent.count else { return nil }
      let place = number - absent.count { $0.number ?? .max < number } - 1
      return (0..<count).contains(place) ? place : nil
    }
  }
}
