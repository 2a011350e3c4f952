import Hourglass
import Testing

@testable import HourglassCLI

/// A command with an option of every kind, for the parser and the help.
enum Sample {
  static let output = Option.required("output", short: "o", .file(), "where to write")
  static let count = Option("count", short: "n", .integer(1...100), default: 10, "how many")
  static let rate = Option("rate", .number(above: 0, atMost: 1), default: 0.001, "how fast")
  static let layers = Option.optional("layers", .integers(1...1000), shown: "by size", "how wide")
  static let kind = Option("kind", .choice(["plain", "tied"]), default: "plain", "which")
  static let tag = Option.repeated("tag", .text("WORD", "a word"), "a label")
  static let quiet = SharedOption.quiet

  static let command = Command(
    name: "sample", abstract: "shows what an option can be", operands: [.source],
    options: [
      output.declaration, count.declaration, rate.declaration, layers.declaration, kind.declaration,
      tag.declaration, quiet.declaration,
    ],
    discussion: "A longer text.", examples: ["hourglass sample data.csv -o out"], run: { _ in })

  static func parse(_ words: String...) throws(Failure) -> Arguments { try Arguments(words, for: command) }

  static func message(_ words: String...) -> String {
    do {
      _ = try Arguments(words, for: command)
      return "accepted"
    } catch {
      #expect(error.exitCode == 2)
      return error.description
    }
  }
}

@Suite struct ArgumentsTests {
  @Test func valuesStandBehindASpaceOrAnEqualsSign() throws {
    let arguments = try Sample.parse(
      "in", "-o", "out", "--count=7", "--rate", "1e-3", "-q", "--layers", "8,4")
    #expect(arguments.operands == ["in"])
    #expect(try arguments[Sample.output] == "out")
    #expect(try arguments[Sample.count] == 7)
    #expect(try arguments[Sample.rate] == 0.001)
    #expect(try arguments[Sample.layers] == [8, 4])
    #expect(try arguments[Sample.quiet])
    #expect(arguments.has(Sample.count) && !arguments.has(Sample.kind))
  }

  @Test func whatIsNotGivenHasItsDefault() throws {
    let arguments = try Sample.parse("in", "--output=out")
    #expect(try arguments[Sample.count] == 10)
    #expect(try arguments[Sample.layers] == nil)
    #expect(try arguments[Sample.tag].isEmpty)
    #expect(try !arguments[Sample.quiet])
  }

  @Test func anEmptyListIsNotAnAbsentOne() throws {
    #expect(try Sample.parse("in", "-o", "out", "--layers", "")[Sample.layers] == [])
    #expect(try Sample.parse("in", "-o", "out", "--layers=")[Sample.layers] == [])
  }

  @Test func repeatedOptionsKeepTheirOrder() throws {
    #expect(try Sample.parse("in", "-o", "out", "--tag", "a", "--tag=b")[Sample.tag] == ["a", "b"])
  }

  @Test func afterTwoDashesAllAreOperands() throws {
    #expect(try Sample.parse("-o", "out", "--", "--count").operands == ["--count"])
    #expect(try Sample.parse("-o", "-1", "-").operands == ["-"])
  }

  @Test func mistakesNameTheWordAndTheWayOut() {
    #expect(
      Sample.message("in", "-o", "x", "--cuont", "3") == "sample has no option --cuont; did you mean --count?"
    )
    #expect(
      Sample.message("in", "-o", "x", "--frobnicate")
        == "sample has no option --frobnicate; 'hourglass sample --help' lists those it has")
    #expect(Sample.message("in", "-o", "x", "--count") == "--count needs a value: --count N")
    #expect(Sample.message("in", "-o", "--count", "3") == "--output needs a value: --output FILE")
    #expect(
      Sample.message("in", "-o", "x", "--count", "ten")
        == "--count expects a whole number from 1 to 100, found 'ten'")
    #expect(
      Sample.message("in", "-o", "x", "--count", "0")
        == "--count expects a whole number from 1 to 100, found '0'")
    #expect(
      Sample.message("in", "-o", "x", "--count", "-5")
        == "--count expects a whole number from 1 to 100, found '-5'")
    #expect(
      Sample.message("in", "-o", "x", "--rate", "nan") == "--rate expects a number above 0 to 1, found 'nan'")
    #expect(
      Sample.message("in", "-o", "x", "--kind", "tide")
        == "--kind expects one of plain, tied, found 'tide'; did you mean tied?")
    #expect(
      Sample.message("in", "-o", "x", "--count=1", "-n", "2") == "--count is given twice; once is enough")
    #expect(Sample.message("in", "-o", "x", "--quiet=yes") == "--quiet takes no value, found 'yes'")
    #expect(
      Sample.message("-o", "x")
        == "sample needs SOURCE: hourglass sample SOURCE -o FILE [options]")
    #expect(Sample.message("in") == "sample needs -o FILE: hourglass sample SOURCE -o FILE [options]")
    #expect(
      Sample.message("in", "more", "-o", "x")
        == "sample does not know what to do with 'more': hourglass sample SOURCE -o FILE [options]")
  }

  @Test(arguments: [
    ("9223372036854775808", false), ("1e2", false), ("", false), ("100", true), ("+7", true),
  ])
  func wholeNumbersAreReadWhole(text: String, accepted: Bool) {
    #expect((ValueKind.integer(1...100).read(text) != nil) == accepted)
  }

  @Test func shapesAreNumbersBetweenCrosses() {
    #expect(ValueKind.shape.read("1x28x28") == [1, 28, 28])
    #expect(ValueKind.shape.read("784") == [784])
    for text in ["", "x", "28x", "0x4", "2x-3", "99999999999999999999"] {
      #expect(ValueKind.shape.read(text) == nil)
    }
  }

  @Test func distanceCountsEdits() {
    func distance(_ first: String, _ second: String) -> Int { Nearest.distance(Array(first), Array(second)) }
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("ca", "ac") == 1)
    #expect(distance("", "abc") == 3)
    #expect(distance("abc", "abc") == 0)
    #expect(Nearest.word(to: "xyz", among: ["abc", "--"]) == nil)
  }
}
