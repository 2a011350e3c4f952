import Hourglass

/// Numbers as a line of blocks, as small as a word.
enum Sparkline {
  /// From low to high.
  static let blocks = Array("▁▂▃▄▅▆▇█")

  /// A block for each number, or for each of `width` pieces of them its mean; a gap where there is none that
  /// is finite. Numbers above 0 that are far apart are shown by their orders of magnitude.
  static func text(_ values: [Double], width: Int) -> String {
    guard width > 0, !values.isEmpty else { return "" }
    let count = min(width, values.count)
    let pieces = (0..<count).map { piece -> Double in
      let range = (piece * values.count / count)..<((piece + 1) * values.count / count)
      return Statistics.mean(values[range].filter(\.isFinite)) ?? .nan
    }
    let finite = pieces.filter(\.isFinite)
    guard let lowest = finite.min(), let highest = finite.max() else {
      return String(repeating: " ", count: count)
    }
    let isFar = lowest > 0 && highest / lowest > LineChart.widestLinear
    func place(_ value: Double) -> Double {
      isFar
        ? (value / lowest).logarithm / (highest / lowest).logarithm : (value - lowest) / (highest - lowest)
    }
    return String(
      pieces.map { value -> Character in
        guard value.isFinite else { return " " }
        let share = highest > lowest ? place(value) : 0
        return blocks[min(blocks.count - 1, Int(share * Double(blocks.count)))]
      })
  }
}

/// What a person at a terminal sees when a training has ended: the course of the losses, and some samples
/// above what the model makes of them.
struct TrainingGlance {
  private let plan: TrainingPlan
  private let session: Session

  init(_ plan: TrainingPlan, _ session: Session) { (self.plan, self.session) = (plan, session) }

  /// Nothing where standard output is no terminal, or one that draws nothing.
  func show(_ model: Model) throws {
    guard session.terminal.canDraw else { return }
    for line in TrainingGlance.curves(model.provenance?.history ?? [], columns: session.terminal.columns) {
      try session.streams.output.writeLine(line)
    }
    guard session.terminal.colours != .none || session.terminal.graphics != .none else { return }
    if SampleKind(model.preparation) == .image { try pictures(model) }
  }

  /// A line for the training loss and one for the validation loss, with the first and the last.
  static func curves(_ history: [Provenance.Record], columns: Int) -> [String] {
    guard history.count > 1 else { return [] }
    var rows = [("loss", history.map(\.loss))]
    if history.contains(where: { $0.validationLoss != nil }) {
      rows.append(("validation", history.map { $0.validationLoss ?? .nan }))
    }
    let head = 12
    return rows.compactMap { name, values in
      let ends =
        "  \(Figures.significant(values.first ?? .nan)) to \(Figures.significant(values.last ?? .nan))"
      let room = min(60, columns - 1 - head - ends.count)
      guard room >= 8 else { return nil }
      return Figures.left(name, head) + Sparkline.text(values, width: room) + ends
    }
  }

  /// Pictures that are looked at: what does not fit is left out.
  private static let shown = 8

  private func pictures(_ model: Model) throws {
    let judged = plan.held ?? plan.training
    let side = plan.architecture.input.dimensions.last ?? 1
    let room = PictureStrip(colours: .full, columns: session.terminal.columns).capacity(width: side)
    let count = min(
      judged.count, TrainingGlance.shown, session.terminal.graphics == .none ? room : TrainingGlance.shown)
    let some = judged.subset(0..<count)
    let pairs = Comparison(
      originals: some.tensor, reconstructions: try model.reconstruct(some, threads: session.threads),
      names: nil)
    try session.streams.output.write("\n" + pairs.text(on: session.terminal))
  }
}
