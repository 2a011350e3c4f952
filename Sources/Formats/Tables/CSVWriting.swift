/// Numbers that are not written plainly: which columns have what, to be told of, and to be held to.
struct CSVWriting {
  private var units: [Int: [UInt8]] = [:]
  /// Columns with decimals behind a comma, thousands apart, and truths.
  private var commas: Set<Int> = []
  private var thousands: Set<Int> = []
  private var truths: Set<Int> = []

  private static let truth = Dictionary(
    uniqueKeysWithValues: [
      ("TRUE", "FALSE"), ("True", "False"), ("true", "false"), ("WAHR", "FALSCH"), ("VRAI", "FAUX"),
    ].flatMap { yes, no in
      [([UInt8](yes.utf8), UInt8(ascii: "1")), ([UInt8](no.utf8), UInt8(ascii: "0"))]
    })

  /// The digits of a cell as ``Decimal`` reads them; nil for no number, another unit than the cells before
  /// had, and a comma that may mean this or that.
  mutating func plain(_ text: [UInt8], column: Int, mark: CSVNumber.Mark?) -> [UInt8]? {
    if mark != .comma, CSVCell.single(text) != nil { return text }
    if let digit = CSVWriting.truth[text] {
      truths.insert(column)
      return [digit]
    }
    guard let number = CSVNumber(text, mark: mark), !(number.isAmbiguous && mark == nil) else { return nil }
    guard number.unit == units[column] ?? number.unit || number.unit.isEmpty else { return nil }
    if !number.unit.isEmpty { units[column] = number.unit }
    if text.contains(0x2C) {
      if mark == .comma || number.mark == .comma { commas.insert(column) } else { thousands.insert(column) }
    }
    return number.digits
  }

  /// What was read of what, in a few words each.
  func remarks(called name: ([Int]) -> String) -> [String] {
    let byUnit = Dictionary(grouping: units.keys.sorted()) { units[$0] ?? [] }
    let unitWords = byUnit.sorted { $0.value[0] < $1.value[0] }.map { unit, columns in
      "'\(CSVText.string(unit))' in \(name(columns)) for a unit"
    }
    func words(_ columns: Set<Int>, _ text: String, _ meaning: String) -> [String] {
      columns.isEmpty ? [] : ["\(text) in \(name(columns.sorted())) for \(meaning)"]
    }
    return words(commas, "the comma", "the mark before decimals")
      + words(thousands, "the comma", "the mark between thousands")
      + words(truths, "true and false", "1 and 0") + unitWords
  }
}
