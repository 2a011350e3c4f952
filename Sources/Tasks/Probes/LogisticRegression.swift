import HourglassTensor
import HourglassTraining

/// Multinomial logistic regression with a penalty on its weights.
///
///     P(k | x) ∝ exp(wₖ·x + bₖ),   minimise Σᵢ -log P(yᵢ | xᵢ) + ½ penalty Σₖ ‖wₖ‖²
///
/// The intercepts b are free. scikit-learn's `LogisticRegression(C=1 / penalty)` of three classes or more is
/// the same; of two classes it has one vector for both, which is the same at `C = 2 / penalty`.
///
/// - Source: the minimum by L-BFGS in double precision; it is unique but for a constant in b.
public struct LogisticRegression: Hashable, Sendable {
  public let classes: Int
  public let width: Int
  /// Of each class its weights, then its intercept: `[classes, width + 1]`.
  public private(set) var parameters: [Double]
  /// Steps of the search for the minimum.
  public private(set) var steps = 0

  private static let memory = 10
  private static let stepsAtMost = 500

  /// - Parameters:
  ///   - rows: `[n, width]`, finite.
  ///   - labels: n numbers from 0 to below `classes`.
  ///   - penalty: above 0.
  ///   - start: parameters to begin at, as of a neighbouring penalty; nil: all 0.
  ///   - tolerance: the search ends where no part of the gradient of the mean over the rows is larger.
  public init(
    _ rows: [Double], width: Int, labels: [Int], classes: Int, penalty: Double, from start: [Double]? = nil,
    tolerance: Double = 1e-6
  ) {
    precondition(
      rows.count == labels.count * width && penalty > 0,
      "LogisticRegression: \(rows.count) values of \(labels.count) rows of \(width), penalty \(penalty)")
    (self.width, self.classes) = (width, classes)
    parameters = start ?? [Double](repeating: 0, count: classes * (width + 1))
    let objective = Objective(
      rows: rows, width: width, labels: labels, classes: classes, penalty: penalty)
    var search = QuasiNewton(memory: LogisticRegression.memory)
    var point = objective.value(at: parameters)
    while steps < LogisticRegression.stepsAtMost, point.gradient.contains(where: { abs($0) > tolerance }) {
      let (next, there) = search.step(from: parameters, at: point, rate: 1, objective.value(at:))
      guard there.loss < point.loss else { break }
      (parameters, point) = (next, there)
      steps += 1
    }
  }

  init(parameters: [Double], classes: Int, width: Int) {
    (self.parameters, self.classes, self.width) = (parameters, classes, width)
  }

  /// log P(k | x) of each row and class: `[n, classes]`.
  ///
  /// - Parameter rows: `[n, width]`.
  public func logProbabilities(_ rows: [Double]) -> [Double] {
    let count = width == 0 ? 0 : rows.count / width
    var result = [Double](repeating: 0, count: count * classes)
    rows.withUnsafeBufferPointer { rows in
      parameters.withUnsafeBufferPointer { parameters in
        result.withUnsafeMutableBufferPointer { result in
          guard let x = rows.baseAddress, let w = parameters.baseAddress, let out = result.baseAddress else {
            return
          }
          for row in 0..<count {
            Objective.logits(x + row * width, w, width, classes, out + row * classes)
            let total = Objective.logSum(out + row * classes, classes)
            for k in 0..<classes { out[row * classes + k] -= total }
          }
        }
      }
    }
    return result
  }

  /// The likeliest class of each row, the first of equals.
  public func predictions(_ rows: [Double]) -> [Int] {
    let logs = logProbabilities(rows)
    return stride(from: 0, to: logs.count, by: classes).map { start in
      (0..<classes).reduce(0) { logs[start + $1] > logs[start + $0] ? $1 : $0 }
    }
  }
}

/// The mean loss with its share of the penalty, and its gradient.
private struct Objective {
  let rows: [Double]
  let width: Int
  let labels: [Int]
  let classes: Int
  let penalty: Double

  func value(at parameters: [Double]) -> QuasiNewton.Point {
    var gradient = [Double](repeating: 0, count: parameters.count)
    var loss = 0.0
    var residuals = [Double](repeating: 0, count: classes)
    rows.withUnsafeBufferPointer { rows in
      parameters.withUnsafeBufferPointer { parameters in
        gradient.withUnsafeMutableBufferPointer { gradient in
          residuals.withUnsafeMutableBufferPointer { residuals in
            guard let x = rows.baseAddress, let w = parameters.baseAddress, let g = gradient.baseAddress,
              let r = residuals.baseAddress
            else { return }
            for row in labels.indices { loss += add(x + row * width, labels[row], w, g, r) }
          }
        }
      }
    }
    let share = 1 / Double(max(1, labels.count))
    var square = 0.0
    for index in gradient.indices {
      let isIntercept = index % (width + 1) == width
      let weight = isIntercept ? 0 : parameters[index]
      gradient[index] = share * (gradient[index] + penalty * weight)
      square += weight * weight
    }
    return (share * (loss + 0.5 * penalty * square), gradient)
  }

  /// The loss of one row, whose gradient is added to `g`.
  private func add(
    _ x: UnsafePointer<Double>, _ label: Int, _ w: UnsafePointer<Double>, _ g: UnsafeMutablePointer<Double>,
    _ r: UnsafeMutablePointer<Double>
  ) -> Double {
    Objective.logits(x, w, width, classes, r)
    let total = Objective.logSum(r, classes)
    let loss = total - r[label]
    for k in 0..<classes {
      let residual = (r[k] - total).exponential - (k == label ? 1 : 0)
      let own = g + k * (width + 1)
      Lanes.add(residual, x, to: own, width)
      own[width] += residual
    }
    return loss
  }

  static func logits(
    _ x: UnsafePointer<Double>, _ w: UnsafePointer<Double>, _ width: Int, _ classes: Int,
    _ out: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<classes {
      let own = w + k * (width + 1)
      out[k] = Lanes.dot(x, own, width) + own[width]
    }
  }

  /// log Σ exp
  static func logSum(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    var largest = values[0]
    for k in 1..<max(count, 1) { largest = max(largest, values[k]) }
    var sum = 0.0
    for k in 0..<count { sum += (values[k] - largest).exponential }
    return largest + sum.logarithm
  }
}

/// Sums over long rows, eight numbers at a time, always in the same order.
enum Lanes {
  private typealias Eight = SIMD8<Double>

  /// Σ a b
  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = Eight(repeating: 0)
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) { sums += load(a + index) * load(b + index) }
    var sum = sums.sum()
    for index in whole..<max(whole, count) { sum += a[index] * b[index] }
    return sum
  }

  /// b += factor a
  static func add(
    _ factor: Double, _ a: UnsafePointer<Double>, to b: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      let sum = load(b + index) + factor * load(a + index)
      UnsafeMutableRawPointer(b + index).storeBytes(of: sum, as: Eight.self)
    }
    for index in whole..<max(whole, count) { b[index] += factor * a[index] }
  }

  private static func load(_ place: UnsafePointer<Double>) -> Eight {
    UnsafeRawPointer(place).loadUnaligned(as: Eight.self)
  }
}
