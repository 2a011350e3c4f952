import HourglassEngine
import HourglassTensor

/// A linear model of labelled rows whose penalty is chosen among powers of ten by cross-validation on these
/// rows alone.
enum LinearProbe {
  /// Runs a body once with each number below a count: on a team, or one after the other.
  struct Loop {
    let team: Team?

    func callAsFunction(_ count: Int, _ body: (Int) -> Void) {
      if let team { team.forEach(count, body) } else { for number in 0..<count { body(number) } }
    }
  }

  /// From the strongest on.
  static let penalties: [Double] = [1e3, 1e2, 1e1, 1, 1e-1, 1e-2, 1e-3]
  /// Where there are too few rows to choose by.
  static let usualPenalty = 1.0
  /// Values of labelled rows above which one fifth is held out to choose by in place of five in turn, and a
  /// fit ends at a tenth of the precision: with so many rows the choice is not in doubt.
  private static let manyValues = 500_000
  /// Gradients that the fits of a choice, and the last fit, end at.
  private static let (coarse, fine) = (1e-3, 1e-5)

  /// Penalties that may follow a worse one before the rest is taken for worse too.
  private static let patience = 2

  /// - Parameters:
  ///   - rows: `[n, width]`.
  ///   - labels: of each row its class; rows of a class stand together, in a random order.
  static func classifier(
    _ rows: [Double], width: Int, labels: [Int], classes: Int, loop: Loop
  ) -> LogisticRegression {
    let short = Short(rows, width: width)
    let isLarge = short.all.count > manyValues
    let folds = Folds(groups: labels, tried: isLarge ? 1 : Folds.most)
    var starts = [[Double]?](repeating: nil, count: folds.tried)
    let penalty = choice(folds, loop, starts: &starts) { fold, penalty, start in
      let (fitted, held) = (folds.fitted(fold), folds.held(fold))
      let model = LogisticRegression(
        short.rows(fitted), width: short.width, labels: fitted.map { labels[$0] }, classes: classes,
        penalty: penalty, from: start, tolerance: coarse)
      let logs = model.logProbabilities(short.rows(held))
      let losses = held.enumerated().map { -logs[$0.offset * classes + labels[$0.element]] }
      return (Statistics.sum(losses), model.parameters)
    }
    let model = LogisticRegression(
      short.all, width: short.width, labels: labels, classes: classes, penalty: penalty,
      tolerance: isLarge ? 10 * fine : fine)
    return short.restored(model, rows, width: width)
  }

  /// - Parameters:
  ///   - rows: `[n, width]`, in a random order.
  ///   - targets: of each row its number.
  static func regression(_ rows: [Double], width: Int, targets: [Double], loop: Loop) -> RidgeRegression {
    let short = Short(rows, width: width)
    let folds = Folds(
      groups: targets.map { _ in 0 }, tried: short.all.count > manyValues ? 1 : Folds.most)
    var moments = [RidgeRegression.Moments?](repeating: nil, count: folds.tried)
    moments.withUnsafeMutableBufferPointer { moments in
      loop(folds.tried) { fold in
        let fitted = folds.fitted(fold)
        moments[fold] = .init(short.rows(fitted), width: short.width, targets: fitted.map { targets[$0] })
      }
    }
    var starts = [[Double]?](repeating: nil, count: folds.tried)
    let penalty = choice(folds, loop, starts: &starts) { fold, penalty, _ in
      guard let own = moments[fold] else { return (.infinity, []) }
      let held = folds.held(fold)
      let found = RidgeRegression(own, penalty: penalty).predictions(short.rows(held))
      return (Statistics.sum(zip(found, held).map { ($0 - targets[$1]) * ($0 - targets[$1]) }), [])
    }
    let model = RidgeRegression(short.all, width: short.width, targets: targets, penalty: penalty)
    return short.restored(model, rows, width: width)
  }

  /// The penalty of the least loss on held rows, the stronger of equals.
  private static func choice(
    _ folds: Folds, _ loop: Loop, starts: inout [[Double]?],
    _ fit: (_ fold: Int, _ penalty: Double, _ start: [Double]?) -> (loss: Double, parameters: [Double])
  ) -> Double {
    guard folds.count > 1 else { return usualPenalty }
    var best = (loss: Double.infinity, penalty: usualPenalty)
    var worse = 0
    for penalty in penalties {
      var losses = [Double](repeating: 0, count: folds.tried)
      losses.withUnsafeMutableBufferPointer { losses in
        starts.withUnsafeMutableBufferPointer { starts in
          loop(folds.tried) { fold in
            let (loss, parameters) = fit(fold, penalty, starts[fold])
            (losses[fold], starts[fold]) = (loss, parameters)
          }
        }
      }
      let loss = Statistics.sum(losses)
      if loss < best.loss {
        (best, worse) = ((loss, penalty), 0)
      } else {
        worse += 1
        if worse >= patience { break }
      }
    }
    return best.penalty
  }
}

/// Labelled rows in as few coordinates as they need.
private struct Short {
  let all: [Double]
  let width: Int
  private let space: RowSpace?

  init(_ rows: [Double], width: Int) {
    let isLong = rows.count < width * width
    space = isLong ? RowSpace(rows, width: width) : nil
    (all, self.width) = (space?.coordinates ?? rows, space?.count ?? width)
  }

  func rows(_ chosen: [Int]) -> [Double] { chosen.flatMap { all[($0 * width)..<(($0 + 1) * width)] } }

  func restored(_ model: LogisticRegression, _ rows: [Double], width: Int) -> LogisticRegression {
    guard let space else { return model }
    let parameters = (0..<model.classes).flatMap { k in
      let own = model.parameters[(k * (self.width + 1))..<((k + 1) * (self.width + 1))]
      return space.weights(Array(own.dropLast()), rows: rows, width: width) + [own.last ?? 0]
    }
    return LogisticRegression(parameters: parameters, classes: model.classes, width: width)
  }

  func restored(_ model: RidgeRegression, _ rows: [Double], width: Int) -> RidgeRegression {
    guard let space else { return model }
    return RidgeRegression(
      weights: space.weights(model.weights, rows: rows, width: width), intercept: model.intercept)
  }
}
