import Hourglass

extension Command {
  static let drift = Command(
    name: "drift", abstract: "tells what has changed from one data set to another, field by field",
    operands: [
      .model,
      Operand(
        name: "OLD", meaning: "data as they were: those of training, or others that the model knew well"),
      Operand(name: "NEW", meaning: "data as they are now"),
    ],
    options: [
      DriftOption.alarm.declaration, DriftOption.check.declaration, DriftOption.all.declaration,
      SharedOption.seed.declaration,
    ] + DataOption.ofUse + SharedOption.ofUse,
    discussion: """
      Numbers and times are held against each other by the two-sample test of Kolmogorov and Smirnov, flags and levels by \
      how often each comes (chi-squared, Fisher's exact test where two are left; a level that OLD lacks is a level of its own), gaps by their share, \
      and all together by the model's codes (maximum mean discrepancy with a Gaussian kernel, p-value by sharing out anew). The p-values \
      are corrected for their number (Holm): where nothing has changed, the chance that anything is said to have is at most --alarm. \
      Rows must be independent of each other; windows of a series are not, and are refused.
      The exit code is 0 whatever is found; with --check it is 3 where something has changed.
      """,
    examples: [
      "hourglass drift model.safetensors january.csv july.csv",
      "hourglass drift model.safetensors january.csv july.csv --alarm 0.01 --check --json",
    ],
    run: { session in
      let model = try session.model()
      let old = try session.open(session.operand(1), for: model)
      let new = try session.open(session.operand(2), for: model, isOther: true)
      let drift = try Drift(
        model, from: old, to: new, alarm: session.arguments[DriftOption.alarm],
        seed: session.arguments[SharedOption.seed], threads: session.threads)
      if session.isJSON {
        try session.streams.output.writeLine(drift.json.line)
      } else {
        let showsAll = session.arguments.has(DriftOption.all)
        try session.streams.output.writeLine(drift.words(old.origin, new.origin, showsAll: showsAll))
      }
      if session.arguments.has(DriftOption.check), !drift.found.isEmpty {
        throw Failure(exitCode: 3, description: "")
      }
    })
}

private enum DriftOption {
  static let alarm = Option(
    "alarm", .number(above: 0, atMost: 0.5), default: 0.05,
    "the chance of finding a change anywhere where there is none")
  static let check = Option.flag("check", "exit code 3 where something has changed")
  static let all = Option.flag("all", "every test in the table, not the first twenty")
}

extension Drift {
  private static let shown = 20

  fileprivate var json: JSON {
    .object([
      JSON.Member("drift", .boolean(!found.isEmpty)), JSON.Member("alarm", .double(alarm)),
      JSON.Member("old_rows", .integer(rows.old)), JSON.Member("new_rows", .integer(rows.new)),
      JSON.Member("changed", .list(found.map { $0.field.map(JSON.text) ?? "codes" })),
      JSON.Member("tests", .list(tests.map(\.json))),
    ])
  }

  fileprivate func words(_ old: String, _ new: String, showsAll: Bool) -> String {
    let shown = showsAll ? tests : Array(tests.prefix(max(Drift.shown, found.count)))
    var table = [["field", "what", "distance", "p", "p among all", ""]]
    for test in shown {
      table.append([
        test.field ?? "all together", test.subject.rawValue, Figures.fixed(test.distance, 3),
        Figures.significant(test.pValue, 2), Figures.significant(test.adjusted, 2),
        test.adjusted <= alarm ? "changed" : "",
      ])
    }
    let lines = Figures.table(table, numbersFrom: 2)
    let head =
      "\(old): \(Figures.grouped(rows.old, "row")); \(new): \(Figures.grouped(rows.new, "row"))"
    let left =
      shown.count < tests.count ? ["  and \(tests.count - shown.count) others (--all)"] : []
    return ([head, "", lines[0]] + lines.dropFirst().map { "  " + $0 } + left + [""] + verdict)
      .joined(separator: "\n")
  }

  private var verdict: [String] {
    guard !found.isEmpty else {
      return [
        "Nothing has changed as far as \(Figures.grouped(tests.count, "test")) can tell at an alarm rate of "
          + "\(Figures.brief(alarm))."
      ]
    }
    let whose = found.map { test in
      "  \(test.field.map { "'\($0)'" } ?? "all together"): \(test.change)"
    }
    return ["\(Figures.grouped(found.count, "change")) (alarm rate \(Figures.brief(alarm))):"] + whose
  }
}

extension Drift.Test {
  fileprivate var json: JSON {
    .object([
      JSON.Member("field", field.map(JSON.text) ?? .null), JSON.Member("subject", .text(subject.rawValue)),
      JSON.Member("distance", .double(distance)), JSON.Member("p", .double(pValue)),
      JSON.Member("p_adjusted", .double(adjusted)), JSON.Member("change", .text(change)),
    ])
  }
}
