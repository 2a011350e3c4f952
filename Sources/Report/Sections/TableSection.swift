/// A table under a heading.
public struct TableSection: Section {
  public let title: String
  public let identifier: String
  public var table: PageTable

  public init(title: String, identifier: String, _ table: PageTable) {
    (self.title, self.identifier, self.table) = (title, identifier, table)
  }

  public func content() -> Markup { table.markup() }
}
