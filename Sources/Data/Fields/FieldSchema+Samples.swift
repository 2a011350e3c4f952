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
  /// - Parameters:
  ///   - place: the table's name, for errors.
  ///   - isGiven: whether only conditions are looked at, fields of the role in, and all others are gaps.
  /// - Throws: ``DataError`` also for a condition that is looked for and has no column.
  public func read(
    _ table: TypedTable, place: String = "table", conditionsAlone isGiven: Bool = false
  ) throws(DataError) -> Samples {
    let slots = slots
    if isGiven { try checkConditions(table, place: place) }
    var remarks = isGiven ? [] : remarks(ofColumns: table.columns.map(\.name))
    var told: [Result<String?, DataError>] = []
    let tensor = Tensor([table.rowCount, slots.count]) { buffer in
      let target = Rows(start: buffer.baseAddress, width: slots.count, count: table.rowCount)
      told = write(table, to: target, slots, place: place) { !isGiven || $0.role == .in }
    }
    for remark in told {
      if let remark = try remark.get() { remarks.append(remark) }
    }
    return Samples(tensor: tensor, remarks: remarks)
  }

  private func checkConditions(_ table: TypedTable, place: String) throws(DataError) {
    for field in fields where field.role == .in && table.column(field.name) == nil {
      throw DataError(
        place: place, expected: "a column '\(field.name)', which the model is told of each row",
        found: "none of that name", remedy: "add it; a gap is an empty cell")
    }
  }

  /// Samples as they are made.
  private struct Rows {
    let start: UnsafeMutablePointer<Float>?
    let width: Int
    let count: Int

    /// Writes one value of every row; gaps where there are none.
    func write(_ values: [Float]?, at place: Int) {
      guard let start else { return }
      for row in 0..<count { start[row &* width &+ place] = values?[row] ?? .nan }
    }
  }

  /// Writes every field's values, field by field on all processors at once, and no field's values twice into
  /// memory.
  ///
  /// - Returns: what there is to say of each field.
  private func write(
    _ table: TypedTable, to target: Rows, _ slots: [FieldSlot], place: String,
    where isWanted: @Sendable (Field) -> Bool
  ) -> [Result<String?, DataError>] {
    let columns = Dictionary(table.columns.map { ($0.name, $0) }) { first, _ in first }
    let places = Dictionary(grouping: slots.indices) { slots[$0].field }
    return Workers.map(Array(fields.enumerated())) { index, field in
      let own = places[index] ?? []
      guard field.role != .aside, isWanted(field), let column = columns[field.name] else {
        for slot in own { target.write(nil, at: slot) }
        return .success(nil)
      }
      do throws(DataError) {
        let values = try field.encode(column, place: place)
        for slot in own { target.write(values.values(of: slots[slot].part, field.codec.cycles), at: slot) }
        guard let unknown = values.unknown else { return .success(nil) }
        let rows = unknown.rows == 1 ? "1 row" : "\(unknown.rows) rows"
        return .success(
          "column '\(field.name)': '\(unknown.text)' is none of its levels; took it for a gap, in \(rows)")
      } catch {
        return .failure(error)
      }
    }
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
