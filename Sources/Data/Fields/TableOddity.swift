/// Something of a table that a person should know before training on it.
public struct TableOddity: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A column that tells rows apart, which is set aside.
    case id
    /// A column of one value or none, which is set aside.
    case constant
    /// Texts of which most come once, which are set aside.
    case freeText = "free_text"
    /// Numbers without an order, which are taken for levels.
    case codes
    /// A column that is another once more: equal, in another unit, or with other names for the same levels.
    case duplicate
    /// A number far from all others that comes again, most likely for a missing one.
    case sentinel
    /// A column of numbers of which a few cells are none.
    case slip
    /// Texts of which most are dates.
    case dateAsText = "date_as_text"
    /// Rows that are equal to one before them, but for a running number.
    case duplicateRows = "duplicate_rows"
    /// A column, or its gaps, that tells another's level.
    case leak
  }

  public let kind: Kind
  /// The columns that it is about; none for the table.
  public let columns: [String]
  /// The rows that it is about, where it is about some.
  public let rows: Int?
  /// One sentence, without a full stop.
  public let problem: String
  /// What to do; empty for nothing.
  public let remedy: String

  /// Whether the data may be at fault, or the model would be the worse for it: what is not, is for
  /// information.
  public var isWarning: Bool {
    switch kind {
    case .id, .constant, .freeText, .codes: false
    case .duplicate, .sentinel, .slip, .dateAsText, .duplicateRows, .leak: true
    }
  }
}
