import HourglassFormats
import HourglassReport
import Testing

/// Whatever a person calls something shows as text.
@Suite struct MarkupTests {
  static let hostile = [
    "<script>alert(1)</script>", "a\"b'c & d > e", "\"><img src=x onerror=alert(1)>",
    "</title></style></svg>",
    "naïve 🐧 日本語", "שלום עולם", "\u{202E}gnp.exe", "\u{2067}never closed", "null\u{0}\u{1B}[31m\u{FFFF}",
    "&lt;b&gt;",
    String(repeating: "x", count: 10_000), "<!--", "]]>", "{{7*7}}", "javascript:alert(1)",
  ]

  /// What a browser shows of escaped text.
  static func shown(_ html: String) -> String {
    html.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
  }

  @Test(arguments: hostile)
  func textIsText(text: String) {
    let html = Markup.text(text).html
    #expect(!html.contains("<") && !html.contains(">") && !html.contains("\"") && !html.contains("'"))
    let kept = text.unicodeScalars.filter {
      !($0.value < 0x20 && $0 != "\n" && $0 != "\t") && !("\u{202A}"..."\u{202E}" ~= $0)
        && !("\u{2066}"..."\u{2069}" ~= $0) && $0 != "\u{FFFF}"
    }
    #expect(MarkupTests.shown(html) == String(String.UnicodeScalarView(kept)))
  }

  @Test(arguments: hostile)
  func namesStandApart(text: String) {
    let html = Markup.name(text).html
    #expect(html.hasPrefix("<bdi") && html.hasSuffix("</bdi>"))
    #expect(html.split(separator: "<").count == 2, "\(html.prefix(200))")
    #expect(html.utf8.count < 4000)
  }

  @Test func interpolationIsText() {
    let name = "<b>"
    let markup: Markup = "a \(name) & b"
    #expect(markup.html == "a &lt;b&gt; &amp; b")
    let element = Markup.element("p", ["title": "\"\(name)"], "1 < 2", .element("b", text: name))
    #expect(element.html == "<p title=\"&quot;&lt;b&gt;\">1 &lt; 2<b>&lt;b&gt;</b></p>")
  }

  @Test func longNamesKeepBothEnds() {
    let name = String(repeating: "a", count: 500) + "end"
    let short = Markup.shortened(name)
    #expect(short.count == Markup.longestName && short.hasPrefix("aaa") && short.hasSuffix("end"))
    #expect(Markup.shortened("short") == "short")
  }

  @Test func base64IsThatOfTheStandard() {
    // RFC 4648, section 10.
    let pairs = [
      "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
      "foobar": "Zm9vYmFy",
    ]
    for (text, code) in pairs { #expect(Base64.encode(Array(text.utf8)) == code) }
    #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
  }

  @Test func checksumsAreThoseOfTheStandard() {
    // FIPS 180-4's examples, and a million letters of NIST's.
    func text(_ words: String) -> String { SHA256.text(SHA256.of(Array(words.utf8))) }
    #expect(text("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(text("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let whole = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(SHA256.text(SHA256.of(million)) == whole)
    var pieces = SHA256()
    for start in stride(from: 0, to: million.count, by: 977) {
      million[start..<min(million.count, start + 977)].withUnsafeBytes { pieces.update($0) }
    }
    #expect(SHA256.text(pieces.finished()) == whole)
  }
}
