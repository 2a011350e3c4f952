/// How the model was made, so that it can be made again.
public struct ProvenanceSection: Section {
  public let title = "How it was made"
  public let identifier = "provenance"
  public var facts: [(name: String, content: Markup)]
  /// A command line that makes it again; empty where that is not known.
  public var command: String
  /// Longer texts, folded away.
  public var texts: [(title: String, text: String)]

  public init(
    facts: [(name: String, content: Markup)], command: String, texts: [(title: String, text: String)]
  ) {
    (self.facts, self.command, self.texts) = (facts, command, texts)
  }

  public func content() -> Markup {
    let again: Markup =
      command.isEmpty
      ? .empty
      : .element("h3", text: "To make it again")
        + .element("pre", ["tabindex": "0"], .element("code", text: command))
    return FactList(facts).markup() + again
      + .all(
        texts.map { entry in
          .element(
            "details", [:], .element("summary", text: entry.title),
            .element("pre", ["tabindex": "0"], .element("code", text: entry.text)))
        })
  }
}
