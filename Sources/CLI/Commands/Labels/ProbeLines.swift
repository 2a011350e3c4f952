import Hourglass

/// A probe as a table on the terminal and as JSON.
struct ProbeLines {
  let probe: Probe
  let labels: ProbeLabels
  let tests: Int
  /// Which samples were the test, in words.
  let manner: String

  init(_ probe: Probe, _ labels: ProbeLabels, tests: Int, manner: String) {
    (self.probe, self.labels, self.tests, self.manner) = (probe, labels, tests, manner)
  }

  /// What a space is called in a table.
  func name(_ space: Probe.Space) -> String {
    switch space {
    case .code: "code"
    case .values: "values"
    case .components: "PCA"
    }
  }

  func name(_ method: Probe.Method) -> String { method == .linear ? "linear" : "neighbours" }

  var measure: String { probe.areNumbers ? "R²" : "accuracy" }
  /// What the first column counts.
  var counted: String { probe.areNumbers ? "labels" : "labels a class" }

  var head: [String] {
    [counted] + (probe.areNumbers ? [] : ["labels"])
      + probe.curves.map { "\(name($0.space)), \(name($0.method))" }
  }

  func cells(_ step: Int) -> [String] {
    let own = probe.steps[step]
    let first = own.each.map { Figures.grouped($0) } ?? "all"
    let count = Figures.grouped(own.labels)
    let lead = probe.areNumbers ? [own.each == nil ? "all \(count)" : first] : [first, count]
    return lead + probe.curves.map { score($0, step) }
  }

  private func score(_ curve: Probe.Curve, _ step: Int) -> String {
    if let error = curve.error(step) {
      return "\(Figures.fixed(curve.mean(step), 3)) (\(Figures.significant(error, 3)))"
    }
    let spread = curve.deviation(step).map { " ± \(Figures.fixed(100 * $0, 1))" } ?? ""
    return Figures.fixed(100 * curve.mean(step), 1) + spread
  }

  var title: String {
    let unit = probe.areNumbers ? "R² (root mean squared error)" : "accuracy in percent"
    return "\(unit) on \(Figures.grouped(tests, "test sample"))"
  }

  var spread: String {
    let draws = probe.steps.map(\.draws).max() ?? 1
    return draws > 1
      ? probe.areNumbers
        ? ", mean of \(draws) draws of the labels" : ", mean ± deviation of \(draws) draws of the labels"
      : ""
  }

  var widths: String {
    let width = { (space: Probe.Space) in probe.widths[space] ?? 0 }
    return
      "the code has \(Figures.grouped(width(.code), "value")), the samples \(Figures.grouped(width(.values)))"
  }

  var text: String {
    let rows = [head] + probe.steps.indices.map(cells)
    return
      ([title + spread + "; " + widths, "test: \(manner)", ""] + Figures.table(rows, numbersFrom: 0) + [
        "", verdict,
      ])
      .joined(separator: "\n")
  }

  /// The step whose figures the verdict gives: five labels a class, or the nearest there is to it.
  private var told: Int {
    let wanted = probe.areNumbers ? 50 : 5
    return probe.steps.indices.min { far(probe.steps[$0], wanted) < far(probe.steps[$1], wanted) } ?? 0
  }

  private func far(_ step: Probe.Step, _ wanted: Int) -> Int {
    step.each.map { ($0 - wanted).magnitude }.map { Int($0) } ?? Int.max
  }

  /// The better of the two methods of each space, in a sentence.
  var verdict: String {
    let step = told
    func best(_ space: Probe.Space) -> Probe.Curve? {
      probe.curves.filter { $0.space == space }.max { $0.mean(step) < $1.mean(step) }
    }
    guard let code = best(.code), let values = best(.values), let components = best(.components) else {
      return ""
    }
    func shown(_ curve: Probe.Curve) -> String {
      probe.areNumbers ? Figures.fixed(curve.mean(step), 3) : Figures.fixed(100 * curve.mean(step), 1) + " %"
    }
    let count =
      probe.steps[step].each.map { each in
        probe.areNumbers ? Figures.grouped(each, "label") : Figures.grouped(each, "label") + " a class"
      } ?? "all labels"
    let ahead = zip(code.scores[step], values.scores[step]).count { $0.value > $1.value }
    let draws = code.scores[step].count
    return
      "With \(count) the code comes to \(shown(code)) (\(name(code.method))), the values to \(shown(values)) "
      + "(\(name(values.method))), their principal components to \(shown(components)) (\(name(components.method))); "
      + "the code is ahead of the values in \(ahead) of \(Figures.grouped(draws, "draw"))."
  }

  /// A line a curve and number of labels, then one for all.
  var json: [String] {
    let points = probe.steps.indices.flatMap { step in
      probe.curves.map { curve in
        JSON.object(
          [
            JSON.Member("event", .text("point")),
            JSON.Member(
              probe.areNumbers ? "wanted" : "labels_per_class",
              probe.steps[step].each.map(JSON.integer) ?? .null),
            JSON.Member("labels", .integer(probe.steps[step].labels)),
            JSON.Member("space", .text(curve.space.rawValue)),
            JSON.Member("method", .text(curve.method.rawValue)),
            JSON.Member(probe.areNumbers ? "r2" : "accuracy", .number(curve.mean(step))),
            JSON.Member("deviation", .number(curve.deviation(step))),
          ] + (probe.areNumbers ? [JSON.Member("rmse", .number(curve.error(step)))] : []) + [
            JSON.Member("draws", .list(curve.scores[step].map { .double($0.value) }))
          ]
        ).line
      }
    }
    let done = JSON.object([
      JSON.Member("event", .text("done")), JSON.Member("test_samples", .integer(tests)),
      JSON.Member("test", .text(manner)),
      JSON.Member("classes", probe.areNumbers ? .null : .integer(labels.classNames.count)),
      JSON.Member("commonest_class", .number(labels.commonest)),
      JSON.Member("code_width", .integer(probe.widths[.code] ?? 0)),
      JSON.Member("values_width", .integer(probe.widths[.values] ?? 0)),
    ])
    return points + [done.line]
  }
}
