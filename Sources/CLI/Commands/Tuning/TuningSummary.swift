import Hourglass

/// What a search came to: a table of the best trials and a line.
struct TuningSummary {
  /// Trials that the table shows, the default besides.
  private static let shown = 10

  let path: String
  let recordPath: String
  let outcome: Tuner.Outcome
  let best: Trial
  let seconds: Double
  let errors: ClosingErrors

  private var record: TuningRecord { outcome.record }
  private var loss: String { record.plan.architecture.reconstruction.name }
  private var usual: Trial.Result? { record.trials.first.flatMap(\.latest) }
  private var failed: Int { record.trials.count { $0.fault != nil } }
  private var complete: Int { record.trials.count { record.state(of: $0) == "complete" } }

  var json: JSON {
    .object(figures + errors.members + designs)
  }

  private var figures: [JSON.Member] {
    [
      .init("event", "done"), .init("model", .text(path)), .init("record", .text(recordPath)),
      .init("trials", .integer(record.leaderboard.count)), .init("failed", .integer(failed)),
      .init("complete", .integer(complete)), .init("best", .integer(best.number)),
      .init("loss", .number(best.latest?.loss)), .init("default_loss", .number(usual?.loss)),
      .init("pca_loss", .number(errors.evaluation.pcaLoss)),
    ]
  }

  private var designs: [JSON.Member] {
    let design = record.design(of: best)
    return [
      .init("epochs", .integer(best.latest?.epochs ?? 0)), .init("seconds", .number(seconds)),
      .init("architecture", (try? JSONText.line(design.architecture)).map(JSON.written) ?? .null),
      .init("recipe", (try? JSONText.line(design.recipe)).map(JSON.written) ?? .null),
    ]
  }

  var words: String {
    let board = record.leaderboard
    var shown = Array(board.prefix(TuningSummary.shown))
    if let first = record.trials.first, first.latest != nil, !shown.contains(where: { $0.number == 0 }) {
      shown.append(first)
    }
    let head = ["trial", loss, "to default", "epochs", "seconds", "parameters", "network", "training"]
    let rows = [head] + shown.map(row)
    // Numbers stand on the right, words on the left.
    let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      row.enumerated().map { column, cell in
        column < 6 ? Figures.right(cell, widths[column]) : Figures.left(cell, widths[column])
      }.joined(separator: "  ").trimmed
    }
    return (lines + ["", sentence]).joined(separator: "\n")
  }

  private func row(_ trial: Trial) -> [String] {
    let design = record.design(of: trial)
    let outline = try? design.architecture.outline()
    return [
      trial.number == 0 ? "default" : "\(trial.number)",
      Figures.significant(trial.latest?.loss ?? .nan), TuningSummary.change(trial.latest, usual),
      "\(trial.latest?.epochs ?? 0)", outcome.seconds[trial.number].map { Figures.fixed($0, 1) } ?? "",
      outline.map { Figures.compact(Double($0.parameterCount)) } ?? "",
      (outline?.widths ?? "") + " " + TuningSummary.activation(design.architecture),
      TuningSummary.training(design.recipe) + TuningSummary.regularisation(design),
    ]
  }

  /// `-3.7 %`: the loss beside the default's.
  private static func change(_ result: Trial.Result?, _ usual: Trial.Result?) -> String {
    guard let result, let usual, usual.loss > 0, usual.loss.isFinite, result.loss.isFinite else { return "" }
    let change = 100 * (result.loss / usual.loss - 1)
    return (change > 0 ? "+" : "") + Figures.fixed(change, 1) + " %"
  }

  private static func activation(_ architecture: Architecture) -> String {
    let found = architecture.encoder.lazy.compactMap { layer in
      Layer.activations.first { $0.layer == layer }?.name
    }.first
    return found ?? "linear"
  }

  private static func training(_ recipe: Recipe) -> String {
    let schedule = recipe.schedule == .constant ? "" : ", \(recipe.schedule.name)"
    return
      "\(recipe.optimizer.name) \(Figures.significant(Double(recipe.rate), 2)), batch \(recipe.batch)\(schedule)"
  }

  private static func regularisation(_ design: Design) -> String {
    func short(_ value: Float) -> String { Figures.significant(Double(value), 2) }
    var parts: [String] = []
    for layer in design.architecture.encoder {
      switch layer {
      case .batchNorm where !parts.contains("batch norm"): parts.append("batch norm")
      case .layerNorm where !parts.contains("layer norm"): parts.append("layer norm")
      case .dropout(let rate) where !parts.contains("dropout \(short(rate))"):
        parts.append("dropout \(short(rate))")
      default: break
      }
    }
    for penalty in design.architecture.penalties {
      switch penalty {
      case .weights(let l1, let l2): parts.append(l1 > 0 ? "l1 \(short(l1))" : "l2 \(short(l2))")
      case .activity(let l1, _): parts.append("activity l1 \(short(l1))")
      case .sparsity, .contraction, .mmd, .totalCorrelation, .orthogonality: parts.append(penalty.name)
      }
    }
    if design.recipe.decay > 0 { parts.append("weight decay \(short(design.recipe.decay))") }
    return parts.map { ", " + $0 }.joined()
  }

  private var sentence: String {
    var parts = ["\(Figures.grouped(record.leaderboard.count, "trial")) in \(Figures.duration(seconds))"]
    parts.append("\(complete) trained to the end, \(failed) failed")
    let name = best.number == 0 ? "the default is the best" : "trial \(best.number) is the best"
    parts.append("\(name): \(loss) \(Figures.significant(best.latest?.loss ?? .nan))")
    if best.number != 0, let usual { parts.append("the default \(Figures.significant(usual.loss))") }
    parts += errors.parts
    return "\(path): " + parts.joined(separator: ", ") + errors.verdict
      + "; all trials in \(recordPath)"
  }
}

extension String {
  /// Without the blanks at its end.
  fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}
