/// One part of a page: numbers and words that know how they are shown.
///
/// A new one is a value of its own in a file of its own; a page takes sections of any kind.
public protocol Section: Sendable {
  /// The heading, a few words.
  var title: String { get }
  /// Where links within the page lead: letters and hyphens, not twice in a page.
  var identifier: String { get }
  /// What stands under the heading.
  ///
  /// - Throws: `FormatError` if there is not enough memory for a picture.
  func content() throws -> Markup
}

/// A whole page in one piece of text: no address outside of it is ever asked for, and the same sections give
/// the same bytes.
///
/// It is read in light and dark, in print, at any width from that of a telephone on, with a keyboard alone,
/// and aloud.
public struct Page: Sendable {
  /// What it is about, the one heading of the first rank.
  public var title: String
  /// A word above the title.
  public var kicker: String
  /// All of it in a sentence.
  public var lead: Markup
  public var sections: [any Section]
  public var footer: Markup

  public init(
    title: String, kicker: String = "", lead: Markup, sections: [any Section], footer: Markup = .empty
  ) {
    (self.title, self.kicker, self.lead, self.sections, self.footer) = (title, kicker, lead, sections, footer)
  }

  /// What a file of the page holds.
  ///
  /// - Throws: `FormatError` if there is not enough memory for a picture.
  public func html() throws -> String {
    let body = Markup.element(
      "body", [:],
      .element("a", ["class": "skip", "href": "#content"], "To the content"),
      .element(
        "div", ["class": "wide"], header(),
        .element("main", ["id": "content"], containing: try sections.map(Page.markup(of:))),
        .element("footer", [:], footer)),
      .element("script", [:], .verbatim(Script.text)))
    return "<!DOCTYPE html>\n" + Markup.element("html", ["lang": "en"], head(), body).html + "\n"
  }

  private func head() -> Markup {
    let policy =
      "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
      + "script-src '\(Script.fingerprint)'"
    return .element(
      "head", [:],
      .void("meta", ["charset": "utf-8"]),
      .void("meta", ["http-equiv": "Content-Security-Policy", "content": policy]),
      .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .element("title", text: Markup.shortened(title)),
      // An empty picture: browsers ask for an icon elsewhere otherwise.
      .void("link", ["rel": "icon", "href": "data:,"]),
      .element("style", [:], .verbatim("\n" + Style.sheet)))
  }

  private func header() -> Markup {
    let links = sections.map { section in
      Markup.element("li", [:], .element("a", ["href": "#" + section.identifier], .text(section.title)))
    }
    return .element(
      "header", [:], .element("p", ["class": "kicker"], .text(kicker)), .element("h1", [:], .name(title)),
      .element("p", ["class": "lead"], lead),
      .element("nav", ["aria-label": "Sections"], .element("ul", [:], containing: links)))
  }

  private static func markup(of section: any Section) throws -> Markup {
    let heading = section.identifier + "-title"
    return .element(
      "section", ["id": section.identifier, "aria-labelledby": heading],
      .element("h2", ["id": heading], .text(section.title)), try section.content())
  }
}
