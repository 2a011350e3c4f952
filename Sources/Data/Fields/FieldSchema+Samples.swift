public import HourglassFormats
public import HourglassTensor

extension FieldSchema {
  /// Samples made of a table's rows, and what there is to say about it.
  public struct Samples: Sendable {
    /// `[rows, slots]`, `float32`; NaN where there is no value.
    public let tensor: Tensor
    /// What a person should hear once: columns that are missing or not used, levels that are not known.
    public let remarks: [String]
  }

  /// The rows of a table as samples: `[rows, slots]`, `float32`, NaN where there is no value.
  ///
  /// Columns are found by their names, in any order. One that is missing is a gap in every row; those that no
  /// field is called by are not looked at.
  ///
  /// - Throws: ``DataError`` for a cell that its field cannot hold, with its row (from 1), column and text.
  public func samples(of table: TypedTable) throws -> Tensor { try read(table).tensor }

  /// The same with what there is to say about it.
  ///
  /// - Parameter place: the table's name, for errors.
  public func read(_ table: TypedTable, place: String = "table") throws(DataError) -> Samples {
    let slots = slots
    let columns = Dictionary(table.columns.map { ($0.name, $0) }) { first, _ in first }
    var encoded: [Int: Field.Encoded] = [:]
    var remarks = remarks(ofColumns: table.columns.map(\.name))
    for (index, field) in fields.enumerated() where field.role != .aside {
      guard let column = columns[field.name] else { continue }
      let values = try field.encode(column, place: place)
      if let unknown = values.unknown {
        let rows = unknown.rows == 1 ? "1 row" : "\(unknown.rows) rows"
        remarks.append(
          "column '\(field.name)': '\(unknown.text)' is none of its levels; took it for a gap, in \(rows)")
      }
      encoded[index] = values
    }
    let (rows, width) = (table.rowCount, slots.count)
    let tensor = Tensor([rows, width]) { buffer in
      for (place, slot) in slots.enumerated() {
        let values = encoded[slot.field]?.values(of: slot.part, fields[slot.field].codec.cycles)
        for row in 0..<rows { buffer[row * width + place] = values?[row] ?? .nan }
      }
    }
    return Samples(tensor: tensor, remarks: remarks)
  }

  /// What a table's columns are beside those that are expected.
  func remarks(ofColumns names: [String]) -> [String] {
    let present = Set(names)
    let missing = fields.filter { $0.role == .both || $0.role == .in }.map(\.name)
      .filter { !present.contains($0) }
    let known = Set(fields.map(\.name))
    let extra = names.filter { !known.contains($0) }
    var remarks: [String] = []
    if !missing.isEmpty {
      remarks.append(
        "\(FieldSchema.words(missing)) missing; took every value of \(missing.count == 1 ? "it" : "them") for a gap"
      )
    }
    if !extra.isEmpty { remarks.append("\(FieldSchema.words(extra)) not known; left out") }
    return remarks
  }

  /// `column 'a' is`, `columns 'a', 'b' and 7 others are`.
  private static func words(_ names: [String]) -> String {
    if names.count == 1 { return "column '\(names[0])' is" }
    let shown = names.prefix(3).map { "'\($0)'" }
    let others = names.count - shown.count
    if others > 0 { return "columns \(shown.joined(separator: ", ")) and \(others) more are" }
    return "columns \(shown.dropLast().joined(separator: ", ")) and \(shown[shown.count - 1]) are"
  }
}

extension Field.Encoded {
  fileprivate func values(of part: FieldSlot.Part, _ order: [TimeCycle]) -> [Float]? {
    switch part {
    case .value: values
    case .sine(let cycle): order.firstIndex(of: cycle).map { cycles[$0].sines }
    case .cosine(let cycle): order.firstIndex(of: cycle).map { cycles[$0].cosines }
    }
  }
}
