/// Rows and columns of words and numbers.
public struct PageTable: Sendable {
  public enum Cell: Sendable {
    case words(Markup)
    /// Stands on the right, so that digits lie below each other.
    case number(String)

    fileprivate var markup: Markup {
      switch self {
      case .words(let words): words
      case .number(let text): .text(text)
      }
    }

    fileprivate var isNumber: Bool {
      if case .number = self { true } else { false }
    }
  }

  public var caption: Markup
  public var head: [String]
  /// The first cell of each is the row's heading.
  public var rows: [[Cell]]

  public init(_ caption: Markup = .empty, head: [String], _ rows: [[Cell]]) {
    (self.caption, self.head, self.rows) = (caption, head, rows)
  }

  /// The table in a page; one that is too wide can be scrolled by itself.
  public func markup() -> Markup {
    let areNumbers = head.indices.map { column in
      rows.contains { $0.indices.contains(column) && $0[column].isNumber }
    }
    let titles = zip(head, areNumbers).map { title, isNumber -> Markup in
      isNumber
        ? .element("th", ["scope": "col", "class": "n"], .text(title))
        : .element("th", ["scope": "col"], .text(title))
    }
    let lines = rows.map { row in
      Markup.element(
        "tr", [:], containing: row.enumerated().map { PageTable.cell($0.element, isFirst: $0.offset == 0) })
    }
    let content = [
      caption.isEmpty ? .empty : Markup.element("caption", [:], caption),
      head.isEmpty ? .empty : .element("thead", [:], .element("tr", [:], containing: titles)),
      .element("tbody", [:], containing: lines),
    ]
    return .element(
      "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": "table"],
      .element("table", [:], containing: content))
  }

  private static func cell(_ cell: Cell, isFirst: Bool) -> Markup {
    switch (isFirst, cell.isNumber) {
    case (true, true): .element("th", ["scope": "row", "class": "n"], cell.markup)
    case (true, false): .element("th", ["scope": "row"], cell.markup)
    case (false, true): .element("td", ["class": "n"], cell.markup)
    case (false, false): .element("td", [:], cell.markup)
    }
  }
}
