import Hourglass

/// The page of a probe: its curves and its table.
struct ProbePage {
  let lines: ProbeLines
  /// What the file of the model is called.
  let name: String
  let data: Dataset

  private var probe: Probe { lines.probe }

  func page() -> Page {
    let title = PortraitPage.title(of: name)
    let lead: Markup =
      "How well the labels of " + .name(PortraitPage.title(of: data.origin)) + " are told from the code of "
      + .name(title) + ", against how many labels are given."
    return Page(
      title: title, kicker: "What a code knows", lead: lead, sections: [section],
      footer: "Made by hourglass \(hourglassVersion). The page is complete: it asks nothing of any network.")
  }

  private var section: LearningCurveSection {
    let intro = lines.verdict + " Test: \(lines.manner); \(lines.widths)."
    return LearningCurveSection(
      title: "Against the number of labels", identifier: "labels", introduction: .text(intro),
      charts: Probe.Method.allCases.map { (title: title($0), chart: chart($0)) },
      table: PageTable(
        .text(lines.title + lines.spread + "."), head: lines.head,
        probe.steps.indices.map { step in lines.cells(step).map { .number($0) } }))
  }

  private func title(_ method: Probe.Method) -> String {
    switch method {
    case .linear: probe.areNumbers ? "Ridge regression" : "Logistic regression"
    case .neighbours: "Nearest neighbours"
    }
  }

  private func chart(_ method: Probe.Method) -> LineChart {
    let kinds: [Probe.Space: LineChart.Line.Kind] = [.code: .first, .values: .second, .components: .third]
    let factor = probe.areNumbers ? 1.0 : 100
    let lines = probe.curves.filter { $0.method == method }.map { curve in
      LineChart.Line(
        self.lines.name(curve.space), kinds[curve.space] ?? .quiet,
        x: probe.steps.map { Double($0.labels) },
        y: probe.steps.indices.map { factor * curve.mean($0) })
    }
    let unit = probe.areNumbers ? "R²" : "accuracy, percent"
    var chart = LineChart(
      "\(unit) against the number of labels", lines, xTitle: "labels in all", yTitle: unit)
    chart.isLogarithmicAcross = true
    return chart
  }
}
