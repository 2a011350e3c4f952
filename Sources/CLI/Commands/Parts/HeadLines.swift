import Hourglass

/// How well a model tells what it was trained to tell of samples, in words and as JSON.
struct HeadLines {
  private enum Measures {
    case classes(ClassMeasures)
    /// With the share of numbers within the intervals of nine tenths, where there are some.
    case numbers(NumberMeasures, covered: Double?)
  }

  private let measures: [(name: String, measures: Measures)]

  /// Those of the targets that the samples have; nil of a model without heads, and of samples without any.
  init?(_ model: Model, on dataset: Dataset, threads: Int) throws {
    let heads = model.autoencoder.architecture.heads
    let known = try heads.map { try HeadLines.targets(of: $0, model, dataset) }
    guard known.contains(where: { $0 != nil }) else { return nil }
    var found: [(String, Measures)] = []
    for (prediction, targets) in zip(
      try HeadPrediction.all(model, on: dataset, threads: threads), known)
    {
      guard let targets else { continue }
      found.append((prediction.head.name, HeadLines.measures(prediction, targets)))
    }
    measures = found
  }

  /// Nil where none is known.
  private static func targets(of head: Head, _ model: Model, _ dataset: Dataset) throws -> [Float]? {
    guard dataset.target(head.name) != nil || (head.tellsClasses && !head.isPicture && dataset.labels != nil)
    else { return nil }
    let targets = try model.targets(of: head, in: dataset)
    return targets.contains { !$0.isNaN } ? targets : nil
  }

  private static func measures(_ prediction: HeadPrediction, _ targets: [Float]) -> Measures {
    let (head, count) = (prediction.head, prediction.head.count)
    if head.tellsClasses {
      let places = targets.indices.filter { !targets[$0].isNaN }
      return .classes(
        ClassMeasures(
          places.map { prediction.probabilities($0 / count, place: $0 % count) },
          truth: places.map { Int(targets[$0]) }, classes: head.classes))
    }
    let truth = targets.map { head.shift + head.scale * Double($0) }
    let numbers = targets.indices.map { prediction.number($0 / count, place: $0 % count) }
    let held = targets.indices.compactMap { index -> Bool? in
      guard !targets[index].isNaN else { return nil }
      return prediction.interval(index / count, place: index % count, level: 0.9)?.contains(truth[index])
    }
    return .numbers(
      NumberMeasures(numbers, truth: truth),
      covered: held.isEmpty ? nil : Double(held.count { $0 }) / Double(held.count))
  }

  /// For the line that a training ends with: `'class' 98.2 % right (commonest 11.2 %)`.
  var parts: [String] {
    measures.map { name, measures in
      switch measures {
      case .classes(let found):
        return
          "'\(name)' \(HeadLines.percent(found.accuracy)) right (the commonest \(HeadLines.percent(found.majority)))"
      case .numbers(let found, _):
        return "'\(name)' off by \(Figures.significant(found.rmse)) (RMSE"
          + (found.r2.map { ", R² \(Figures.fixed($0, 3))" } ?? "") + ")"
      }
    }
  }

  private static func percent(_ share: Double) -> String { "\(Figures.fixed(100 * share, 2)) %" }

  /// Classes of which each has a row; of more only the sums are told.
  private static let shown = 20

  /// Behind the words of an evaluation.
  var words: String { measures.map { "\n\n" + lines($0.name, $0.measures).joined(separator: "\n") }.joined() }

  private func lines(_ name: String, _ measures: Measures) -> [String] {
    switch measures {
    case .classes(let found): return lines(name, found)
    case .numbers(let found, let covered):
      var lines = [
        "telling '\(name)' of \(Figures.grouped(found.count)): RMSE \(Figures.significant(found.rmse)), mean absolute "
          + "error \(Figures.significant(found.mae))"
          + (found.r2.map { ", R² \(Figures.fixed($0, 4)) (0: no better than the mean)" } ?? "")
      ]
      if let covered {
        lines.append("  intervals of nine tenths hold \(HeadLines.percent(covered))")
      }
      return lines
    }
  }

  private func lines(_ name: String, _ found: ClassMeasures) -> [String] {
    var lines = [
      "telling '\(name)' of \(Figures.grouped(found.count)): \(HeadLines.percent(found.accuracy)) right, the commonest class "
        + "\(HeadLines.percent(found.majority))",
      "  in the mean of the classes \(HeadLines.percent(found.balancedAccuracy)), macro F1 \(Figures.fixed(found.macroF1, 4))"
        + (found.meanArea.map { ", ROC-AUC \(Figures.fixed($0, 4))" } ?? ""),
      "  log loss \(Figures.significant(found.logLoss)) nats, calibration error \(Figures.fixed(found.calibrationError, 4))",
    ]
    guard found.classes.count <= HeadLines.shown else { return lines }
    var rows = [["true \\ told"] + found.classes + ["recall", "precision"]]
    for (place, counts) in found.confusion.enumerated() {
      rows.append(
        [found.classes[place]] + counts.map { Figures.grouped($0) }
          + [Figures.fixed(found.recall(place), 3), Figures.fixed(found.precision(place), 3)])
    }
    lines += Figures.table(rows, numbersFrom: 1).map { "  " + $0 }
    return lines
  }

  var members: [JSON.Member] {
    guard !measures.isEmpty else { return [] }
    return [
      JSON.Member(
        "targets",
        .list(
          measures.map { name, measures in
            switch measures {
            case .classes(let found): .object([JSON.Member("name", .text(name))] + HeadLines.members(found))
            case .numbers(let found, let covered):
              .object([
                JSON.Member("name", .text(name)), JSON.Member("samples", .integer(found.count)),
                JSON.Member("rmse", .number(found.rmse)), JSON.Member("mae", .number(found.mae)),
                JSON.Member("r2", .number(found.r2)), JSON.Member("interval_90_coverage", .number(covered)),
              ])
            }
          }))
    ]
  }

  private static func members(_ found: ClassMeasures) -> [JSON.Member] {
    [
      JSON.Member("samples", .integer(found.count)), JSON.Member("accuracy", .number(found.accuracy)),
      JSON.Member("majority", .number(found.majority)),
      JSON.Member("balanced_accuracy", .number(found.balancedAccuracy)),
      JSON.Member("macro_f1", .number(found.macroF1)), JSON.Member("roc_auc", .number(found.meanArea)),
      JSON.Member("log_loss", .number(found.logLoss)),
      JSON.Member("calibration_error", .number(found.calibrationError)),
      JSON.Member("classes", .list(found.classes.map(JSON.text))),
      JSON.Member("confusion", .list(found.confusion.map { .list($0.map(JSON.integer)) })),
    ]
  }
}

extension SampleLines {
  /// What a model tells of samples, a line each: the likeliest class with the probability of each, or the
  /// number with its interval.
  ///
  /// - Parameter level: of intervals; nil: none.
  static func answers(
    of predictions: [HeadPrediction], _ dataset: Dataset, level: Double?
  ) -> SampleLines {
    var (columns, texts): ([String], [CSV.TextColumn]) = ([], dataset.identity)
    // The class that the data say, which a column of this name holds, is not the one that is told.
    texts.removeAll { text in predictions.contains { $0.head.name == text.name } }
    var values: [(Int) -> [Double]] = []
    for prediction in predictions {
      let head = prediction.head
      if head.tellsClasses {
        texts.append(CSV.TextColumn(head.name) { head.classes[prediction.place($0)] })
        columns += head.classes.map { "\(head.name) = \($0)" }
        values.append { prediction.probabilities($0).map { ($0 * 1e6).rounded() / 1e6 } }
        continue
      }
      for place in 0..<head.count {
        let name = head.count == 1 ? head.name : "\(head.name) \(place)"
        columns.append(name)
        values.append { [prediction.number($0, place: place)] }
        guard let level else { continue }
        columns += ["\(name) low", "\(name) high"]
        values.append { sample in
          let range = prediction.interval(sample, place: place, level: level)
          return [range?.lowerBound ?? .nan, range?.upperBound ?? .nan]
        }
      }
    }
    let rows = (0..<dataset.count).flatMap { sample in values.flatMap { $0(sample).map { Float($0) } } }
    return SampleLines(
      values: Tensor([dataset.count, columns.count], rows), columns: columns, texts: texts)
  }
}
