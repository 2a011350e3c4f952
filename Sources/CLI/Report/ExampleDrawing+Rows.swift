import Hourglass

/// Samples as rows of values, each with as many digits as its column has.
extension ExampleDrawing {
  func row(_ example: inout Example, _ values: Values) {
    let (original, reconstruction) = (values.original, values.reconstruction)
    let off = zip(reconstruction, original).map { $0 - $1 }
    var shown = cells?.places ?? Array(off.indices)
    if shown.count > ExampleDrawing.rows {
      let sizes = off.indices.map { index in
        off[index].isNaN ? 0 : abs(off[index] * scale(of: index))
      }
      shown = shown.sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(ExampleDrawing.rows).sorted()
    }
    example.rows = shown.map { index in
      let difference =
        cells.map { self.difference(reconstruction[index], from: original[index], $0, index) }
        ?? (off[index].isNaN ? "–" : (off[index] > 0 ? "+" : "") + figure(off[index], of: index))
      return Example.Row(
        names?[index] ?? "\(index)",
        [
          original[index].isNaN ? "missing" : given(original[index], of: index),
          made(reconstruction[index], of: index),
        ] + (values.linear.map { [figure($0[index], of: index)] } ?? []) + [difference],
        isBlamed: values.blamed == index)
    }
  }

  /// A value as the model has it.
  func made(_ value: Float, of index: Int) -> String {
    cells.map { Markup.shortened($0.text(value, of: index) ?? "–", to: 20) } ?? figure(value, of: index)
  }

  /// How far a cell is off: a number in its units, nothing where a level or a time is right.
  private func difference(_ made: Float, from given: Float, _ cells: FieldCells, _ index: Int) -> String {
    guard !given.isNaN, !made.isNaN else { return "–" }
    guard let off = cells.difference(made, from: given, of: index) else {
      return cells.text(made, of: index) == cells.text(given, of: index) ? "" : "other"
    }
    return (off > 0 ? "+" : "") + Figures.significant(off, 3).replacing("-", with: "−")
  }

  /// What a value of the data is on the model's scale, per unit.
  private func scale(of index: Int) -> Float { scaling.scale[scaling.isPerFeature ? index : 0] }

  /// A value as the data have it: whole numbers without a point.
  func given(_ value: Float, of index: Int) -> String {
    if let cells { return Markup.shortened(cells.text(value, of: index) ?? "missing", to: 20) }
    return value == value.rounded() && abs(value) < 1e6
      ? "\(Int(value))".replacing("-", with: "−") : figure(value, of: index)
  }

  /// A number of a column with so many digits that a hundredth of the column's spread can be seen, and none
  /// that say nothing.
  func figure(_ value: Float, of index: Int) -> String {
    guard value.isFinite else { return "–" }
    let spread = 1 / Double(scale(of: index).magnitude)
    var (decimals, least) = (2, 1.0)
    while least * 10 <= spread, decimals > 0 { (decimals, least) = (decimals - 1, least * 10) }
    while least > spread, decimals < 7 { (decimals, least) = (decimals + 1, least / 10) }
    let text =
      decimals < 7 && abs(value) < 1e6
      ? Figures.fixed(Double(value), decimals) : Figures.significant(Double(value))
    // Minus nothing is nothing.
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return isZero ? text.replacing("-", with: "") : text.replacing("-", with: "−")
  }
}
