/// How the losses went, epoch by epoch, and the rate with them.
public struct CurvesSection: Section {
  public let title = "Training"
  public let identifier = "training"
  public var training: [Double]
  /// As many as of training; empty without validation.
  public var validation: [Double]
  public var rates: [Double]
  /// Counted from 1; 0 for none.
  public var best: Int
  public var lossName: String
  /// Whether the losses are an objective, which is more than the error of samples.
  public var isObjective: Bool

  public init(
    training: [Double], validation: [Double], rates: [Double], best: Int, lossName: String,
    isObjective: Bool = false
  ) {
    (self.training, self.validation, self.rates) = (training, validation, rates)
    (self.best, self.lossName, self.isObjective) = (best, lossName, isObjective)
  }

  private var word: String { isObjective ? "objective" : "loss" }

  private var counted: [Double] { validation.isEmpty ? training : validation }

  public func content() -> Markup {
    guard !training.isEmpty else { return .element("p", [:], "The model keeps no record of its training.") }
    let epochs = training.indices.map { Double($0 + 1) }
    var lines = [LineChart.Line("training", .second, x: epochs, y: training)]
    if !validation.isEmpty { lines.append(.init("validation", .first, x: epochs, y: validation)) }
    var chart = LineChart(summary, lines, xTitle: "epoch", yTitle: "\(word) (\(lossName))").scaledByRange()
    chart.isCounted = true
    if counted.indices.contains(best - 1), counted[best - 1].isFinite {
      chart.mark = .init(
        x: Double(best), y: counted[best - 1],
        "best: epoch \(best), \(Figures.significant(counted[best - 1]))")
    }
    return .element("p", [:], .text(summary)) + .element("figure", [:], chart.legend(), chart.markup())
      + rate(epochs) + details()
  }

  private var summary: String {
    let kind = validation.isEmpty ? "training" : "validation"
    let first = counted.first ?? .nan
    let isBest = counted.indices.contains(best - 1)
    let lowest = isBest ? counted[best - 1] : counted.last ?? .nan
    let place = isBest ? " in epoch \(best), whose weights the model has" : ""
    let epochs = "in \(training.count) epoch\(training.count == 1 ? "" : "s")"
    guard training.count > 1, first != lowest else {
      return "The \(kind) \(word) was \(Figures.significant(lowest))\(place), \(epochs)."
    }
    return
      "The \(kind) \(word) went from \(Figures.significant(first)) to \(Figures.significant(lowest))\(place), "
      + "\(epochs)."
  }

  /// A line where the rate changed, a sentence where it did not.
  private func rate(_ epochs: [Double]) -> Markup {
    guard let first = rates.first else { return .empty }
    guard rates.contains(where: { $0 != first }) else {
      return .element(
        "p", ["class": "quiet"],
        .text("The learning rate was \(Figures.brief(first))\(rates.count > 1 ? " throughout" : "")."))
    }
    let last = rates.last ?? first
    var chart = LineChart(
      "learning rate from \(Figures.brief(first)) to \(Figures.brief(last))",
      [.init("rate", .quiet, x: epochs, y: rates)], xTitle: "epoch", yTitle: "learning rate"
    ).scaledByRange()
    chart.isCounted = true
    chart.frame.height = 160
    return .element("figure", [:], chart.markup())
  }

  /// Rows that a table of epochs has at most.
  private static let rows = 200

  private func details() -> Markup {
    let step = max(1, (training.count + CurvesSection.rows - 1) / CurvesSection.rows)
    let shown = training.indices.filter { $0 % step == 0 || $0 == best - 1 || $0 == training.count - 1 }
    let table = PageTable(
      head: ["epoch", "training"] + (validation.isEmpty ? [] : ["validation"]) + ["rate"],
      shown.map { epoch in
        [
          .words(.text("\(epoch + 1)" + (epoch == best - 1 ? " (best)" : ""))),
          .number(Figures.significant(training[epoch])),
        ]
          + (validation.isEmpty ? [] : [.number(Figures.significant(validation[epoch]))])
          + (rates.isEmpty ? [] : [.number(Figures.significant(rates[epoch]))])
      })
    return .element(
      "details", [:], .element("summary", text: "The numbers of every \(step == 1 ? "" : "\(step)th ")epoch"),
      table.markup())
  }
}
