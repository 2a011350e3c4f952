import HourglassTensor

extension DriftColumn {
  /// The tests of a field: of its values, and of its gaps where there are some. None where all rows of both
  /// data are alike.
  func tests(against new: DriftColumn) -> [Drift.Test] {
    [valueTest(against: new), gapTest(against: new)].compactMap(\.self)
  }

  private func gapTest(against new: DriftColumn) -> Drift.Test? {
    let all = gaps + new.gaps
    guard all > 0, all < rows + new.rows else { return nil }
    let (old, now) = (Double(gaps) / Double(rows), Double(new.gaps) / Double(new.rows))
    return Drift.Test(
      subject: .gaps, field: name, distance: (now - old).magnitude,
      pValue: CountTest([gaps, rows - gaps], [new.gaps, new.rows - new.gaps]).pValue,
      change: "gaps \(FieldFigures.percent(gaps, of: rows)) → \(FieldFigures.percent(new.gaps, of: new.rows))"
    )
  }

  private func valueTest(against new: DriftColumn) -> Drift.Test? {
    switch (values, new.values) {
    case (.numbers(let old, let text, let areTimes), .numbers(let now, _, _)):
      guard !old.isEmpty, !now.isEmpty, let first = old.first,
        old.contains(where: { $0 != first }) || now.contains(where: { $0 != first })
      else { return nil }
      let test = KolmogorovSmirnov(old, now)
      return Drift.Test(
        subject: .values, field: name, distance: test.distance, pValue: test.pValue,
        change: areTimes ? DriftColumn.times(old, now, text) : DriftColumn.numbers(old, now, text))
    case (.levels(let old), .levels(let now)):
      let levels = Set(old.keys).union(now.keys).sorted()
      guard levels.count > 1, !old.isEmpty, !now.isEmpty else { return nil }
      return Drift.Test(
        subject: .levels, field: name, distance: DriftColumn.distance(old, now, levels),
        pValue: CountTest(levels.map { old[$0] ?? 0 }, levels.map { now[$0] ?? 0 }).pValue,
        change: DriftColumn.levels(old, now, levels))
    default: return nil
    }
  }

  /// Half of the sum of the differences of shares: what part of the rows has another level.
  private static func distance(_ old: [String: Int], _ now: [String: Int], _ levels: [String]) -> Double {
    let (n, m) = (Double(old.values.reduce(0, +)), Double(now.values.reduce(0, +)))
    return levels.reduce(0.0) { sum, level in
      sum + (Double(old[level] ?? 0) / n - Double(now[level] ?? 0) / m).magnitude / 2
    }
  }

  private static func times(_ old: [Double], _ now: [Double], _ text: (Double) -> String) -> String {
    func middle(_ values: [Double]) -> String { text(values.sorted()[values.count / 2]) }
    return "half of them before \(middle(old)) → \(middle(now))"
  }

  /// Mean and spread, as far as more than chance may be in them: two standard errors.
  private static func numbers(_ old: [Double], _ now: [Double], _ text: (Double) -> String) -> String {
    let (first, second) = (Statistics.mean(old) ?? 0, Statistics.mean(now) ?? 0)
    let spreads = [old, now].map { (Statistics.variance($0) ?? 0).squareRoot() }
    let (n, m) = (Double(old.count), Double(now.count))
    var words: [String] = []
    let error = (spreads[0] * spreads[0] / n + spreads[1] * spreads[1] / m).squareRoot()
    if (second - first).magnitude > 2 * error {
      var word = "mean \(text(first)) → \(text(second))"
      if spreads[0] > 0 {
        let shift = (second - first) / spreads[0]
        word += " (\(shift > 0 ? "+" : "")\(FieldFigures.short((shift * 100).rounded() / 100)) deviations)"
      }
      words.append(word)
    }
    let ratio = spreads[0] > 0 && spreads[1] > 0 ? (spreads[1] / spreads[0]).logarithm : .infinity
    if spreads[0] != spreads[1], ratio.magnitude > 2 * (0.5 / n + 0.5 / m).squareRoot() {
      words.append("spread \(text(spreads[0])) → \(text(spreads[1]))")
    }
    return words.isEmpty ? "mean and spread as before; the shape at most" : words.joined(separator: ", ")
  }

  /// Levels that are new or gone, then those whose share differs most.
  private static func levels(_ old: [String: Int], _ now: [String: Int], _ levels: [String]) -> String {
    let (n, m) = (old.values.reduce(0, +), now.values.reduce(0, +))
    func difference(_ level: String) -> Double {
      (Double(now[level] ?? 0) / Double(m) - Double(old[level] ?? 0) / Double(n)).magnitude
    }
    let order = levels.sorted { (difference($0), $1) > (difference($1), $0) }
    let new = order.filter { old[$0] == nil }.prefix(3).map {
      "level '\($0)' is new (\(FieldFigures.percent(now[$0] ?? 0, of: m)))"
    }
    let gone = order.filter { now[$0] == nil }.prefix(2).map {
      "level '\($0)' is gone (\(FieldFigures.percent(old[$0] ?? 0, of: n)))"
    }
    let other = order.filter { old[$0] != nil && now[$0] != nil }.prefix(new.isEmpty && gone.isEmpty ? 2 : 1)
      .map {
        "'\($0)' \(FieldFigures.percent(old[$0] ?? 0, of: n)) → \(FieldFigures.percent(now[$0] ?? 0, of: m))"
      }
    return (new + gone + other).joined(separator: ", ")
  }
}
