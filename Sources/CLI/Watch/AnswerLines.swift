import Hourglass

/// The lines in which a stream is answered, as bytes on their way out.
struct AnswerLines {
  enum Form: String, CaseIterable {
    case json, csv
  }

  private let form: Form
  /// What fields are called, as the form writes names.
  private let names: [[UInt8]]
  private(set) var bytes: [UInt8] = []

  static let header = "row,score,p_value,odd,because,error\n"

  init(_ form: Form, fields: [String]) {
    self.form = form
    names = fields.map { Array(AnswerLines.quoted($0, form).utf8) }
  }

  private static func quoted(_ text: String, _ form: Form) -> String {
    if form == .json { return JSON.text(text).line }
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }

  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  private mutating func add(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func add(_ value: Int) {
    var value = value
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { digits in
      var place = digits.count
      repeat {
        place -= 1
        digits[place] = UInt8(0x30 + value % 10)
        value /= 10
      } while value > 0
      bytes.append(contentsOf: digits[place...])
    }
  }

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// - Parameters:
  ///   - score: NaN for a row without any value, and for the first steps of a series.
  ///   - because: the field to blame, by its place.
  mutating func row(_ row: Int, score: Float, pValue: Double, isOdd: Bool, because: Int?) {
    let isKnown = score.isFinite
    switch form {
    case .json:
      add("{\"row\":")
      add(row)
      add(",\"score\":")
      if isKnown { add("\(score)") } else { add("null") }
      add(",\"p_value\":")
      if pValue.isNaN { add("null") } else { add("\(pValue)") }
      add(isOdd ? ",\"odd\":true,\"because\":" : ",\"odd\":false,\"because\":")
      if let because { bytes.append(contentsOf: names[because]) } else { add("null") }
      add("}\n")
    case .csv:
      add(row)
      add(",")
      if isKnown { add("\(score)") }
      add(",")
      if !pValue.isNaN { add("\(pValue)") }
      add(isOdd ? ",1," : ",0,")
      if let because { bytes.append(contentsOf: names[because]) }
      add(",\n")
    }
  }

  /// A line that could not be read.
  mutating func fault(_ row: Int, _ message: String) {
    switch form {
    case .json:
      add("{\"row\":")
      add(row)
      add(",\"error\":")
      add(AnswerLines.quoted(message, form))
      add("}\n")
    case .csv:
      add(row)
      add(",,,,,")
      add(AnswerLines.quoted(message, form))
      add("\n")
    }
  }

  /// What comes is no longer like what was before; of JSON alone, as a table has lines of one kind.
  mutating func drift(_ row: Int, odds: Double) {
    guard form == .json else { return }
    add("{\"row\":")
    add(row)
    add(",\"drift\":true,\"odds\":\(odds)}\n")
  }
}
