/// Whether the model is any good: its error beside those of the controls, and what is wrong with it.
public struct VerdictSection: Section {
  /// One thing that is wrong.
  public struct Finding: Hashable, Sendable {
    /// `fault` or `warning`.
    public let severity: String
    public let problem: String
    public let remedy: String

    public init(severity: String, problem: String, remedy: String) {
      (self.severity, self.problem, self.remedy) = (severity, problem, remedy)
    }
  }

  public let title = "Verdict"
  public let identifier = "verdict"
  public var isGood: Bool
  public var sentence: String
  public var bars: BarTable
  /// Other measures, in a line each.
  public var facts: [(name: String, text: String)]
  /// What the doctor found; nil where none was asked.
  public var findings: [Finding]?
  public var table: PageTable?

  public init(
    isGood: Bool, sentence: String, bars: BarTable, facts: [(name: String, text: String)] = [],
    findings: [Finding]? = nil, table: PageTable? = nil
  ) {
    (self.isGood, self.sentence, self.bars) = (isGood, sentence, bars)
    (self.facts, self.findings, self.table) = (facts, findings, table)
  }

  public func content() -> Markup {
    .element("p", ["class": isGood ? "verdict good" : "verdict bad"], .text(sentence)) + bars.markup()
      + FactList(facts).markup() + (table?.markup() ?? .empty) + doctor
  }

  private var doctor: Markup {
    guard let findings else { return .empty }
    let items = findings.map { finding in
      Markup.element(
        "li", ["class": finding.severity],
        .element("p", [:], .element("strong", text: finding.severity), .prose(": " + finding.problem)),
        .element("p", ["class": "quiet"], .prose(finding.remedy)))
    }
    return .element("h3", text: "What the doctor says")
      + (items.isEmpty
        ? .element("p", [:], "The doctor finds nothing wrong that can be seen.")
        : .element("ul", ["class": "findings"], containing: items))
  }
}

/// Names with what is said of each.
public struct FactList: Sendable {
  public var facts: [(name: String, content: Markup)]

  public init(_ facts: [(name: String, text: String)]) {
    self.facts = facts.map { ($0.name, .text($0.text)) }
  }

  public init(_ facts: [(name: String, content: Markup)]) { self.facts = facts }

  public func markup() -> Markup {
    guard !facts.isEmpty else { return .empty }
    return .element(
      "dl", ["class": "facts"],
      containing: facts.flatMap { fact in
        [Markup.element("dt", text: fact.name), .element("dd", [:], fact.content)]
      })
  }
}
