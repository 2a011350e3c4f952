import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// The limited-memory BFGS method: steps along -H g, with H built from the last changes of place and
/// gradient.
///
/// - Source: Liu and Nocedal 1989; the line search after Nocedal and Wright 2006, algorithms 3.5 and 3.6.
package struct QuasiNewton {
  let memory: Int
  /// The last changes of the parameters and of the gradient, the oldest first.
  var changes: [[Double]] = []
  var gradientChanges: [[Double]] = []
  /// Of the gradient that the last step began with.
  private(set) var gradientNorm = 0.0

  /// Sufficient decrease and curvature, as Nocedal and Wright give them.
  private static let decrease = 1e-4
  private static let curvature = 0.9
  private static let evaluations = 25

  package typealias Point = (loss: Double, gradient: [Double])

  package init(memory: Int) { self.memory = memory }

  /// One step from `place`.
  ///
  /// - Returns: the new place, the loss and gradient there; the same place where no step lowers the loss.
  package mutating func step(
    from place: [Double], at start: Point, rate: Double, _ evaluate: ([Double]) throws -> Point
  ) rethrows -> (place: [Double], point: Point) {
    let norm = QuasiNewton.dot(start.gradient, start.gradient).squareRoot()
    gradientNorm = norm
    var direction = self.direction(start.gradient)
    var slope = QuasiNewton.dot(direction, start.gradient)
    if !(slope < 0) {
      changes = []
      gradientChanges = []
      direction = start.gradient.map { -$0 }
      slope = -QuasiNewton.dot(start.gradient, start.gradient)
    }
    guard slope < 0 else { return (place, start) }
    let first = changes.isEmpty ? min(1, 1 / norm) * rate : rate
    guard
      let (length, point) = try search(from: place, start, direction, slope, first: first, evaluate)
    else {
      changes = []
      gradientChanges = []
      return (place, start)
    }
    let change = direction.map { $0 * length }
    remember(change, zip(point.gradient, start.gradient).map { $0 - $1 })
    return (zip(place, change).map { $0 + $1 }, point)
  }

  /// -H g by the two loops of Nocedal 1980.
  private func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var factors: [Double] = []
    for (s, y) in zip(changes, gradientChanges).reversed() {
      let factor = QuasiNewton.dot(s, q) / QuasiNewton.dot(s, y)
      factors.append(factor)
      for index in q.indices { q[index] -= factor * y[index] }
    }
    if let s = changes.last, let y = gradientChanges.last {
      let scale = QuasiNewton.dot(s, y) / QuasiNewton.dot(y, y)
      for index in q.indices { q[index] *= scale }
    }
    for ((s, y), factor) in zip(zip(changes, gradientChanges), factors.reversed()) {
      let other = QuasiNewton.dot(y, q) / QuasiNewton.dot(s, y)
      for index in q.indices { q[index] += (factor - other) * s[index] }
    }
    return q.map { -$0 }
  }

  private mutating func remember(_ s: [Double], _ y: [Double]) {
    // Without positive curvature H would not stay positive definite.
    guard QuasiNewton.dot(s, y) > 1e-10 * QuasiNewton.dot(y, y) else { return }
    changes.append(s)
    gradientChanges.append(y)
    if changes.count > memory {
      changes.removeFirst()
      gradientChanges.removeFirst()
    }
  }

  /// A length that meets the strong Wolfe conditions: it is bracketed by growing, then the bracket is
  /// bisected.
  private func search(
    from place: [Double], _ start: Point, _ direction: [Double], _ slope: Double, first: Double,
    _ evaluate: ([Double]) throws -> Point
  ) rethrows -> (Double, Point)? {
    var (low, high): (Double, Double?) = (0, nil)
    var length = first
    var lowest: (Double, Point)?
    for _ in 0..<QuasiNewton.evaluations {
      let point = try evaluate(zip(place, direction).map { $0 + length * $1 })
      let slopeThere = QuasiNewton.dot(point.gradient, direction)
      let isLow = point.loss.isFinite && point.loss <= start.loss + QuasiNewton.decrease * length * slope
      if !isLow {
        high = length
      } else {
        if point.loss < lowest?.1.loss ?? start.loss { lowest = (length, point) }
        if abs(slopeThere) <= QuasiNewton.curvature * abs(slope) { return (length, point) }
        if slopeThere >= 0 { high = length } else { low = length }
      }
      length = high.map { (low + $0) / 2 } ?? length * 2
    }
    return lowest
  }

  static func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += left[index] * right[index] }
    return sum
  }
}

extension Trainer {
  /// One step of a method that sees all samples at once; it is an epoch of its own.
  func takeFullBatchStep() throws {
    guard var method = quasiNewton else { return }
    let count = start.outline.trainedCount
    let place = session.parameters.prefix(count).map(Double.init)
    let begin = try evaluate(place)
    try checkFinite(begin.loss, in: session)
    let (next, _) = try method.step(from: place, at: begin, rate: Double(rate(steps: 1)), evaluate)
    for index in 0..<count { session.parameters[index] = Float(next[index]) }
    if let average { average.array = Array(session.parameters) }
    quasiNewton = method
    course.steps += 1
    course.stepInEpoch += 1
    course.sum = begin.loss * Double(training.count)
    course.rate = recipe.rate
  }

  /// The mean loss of all samples and its gradient, summed over chunks in their order.
  private func evaluate(_ place: [Double]) throws -> QuasiNewton.Point {
    for index in place.indices { session.parameters[index] = Float(place[index]) }
    var loss = 0.0
    var gradient = [Double](repeating: 0, count: place.count)
    let parts = Trainer.cut(sampler, recipe, epoch: course.epochs.count)
    for part in 0..<parts.batches {
      let range = parts.range(step: part)
      let (begin, count) = (range.lowerBound, range.count)
      weigh(range)
      rows.prefetch(after: range, isFirst: part == 0)
      session.setFeed(samples: rows.feed(from: begin), gaps: assembly.hasGaps)
      if let classes = rows.classFeed(from: begin) { session.setFeed(Assembly.Slot.condition, classes) }
      session.setScalar(Assembly.Scalar.inverseRows, 1 / Float(count))
      session.setScalar(Assembly.Scalar.progress, 1)
      session.run(rows: count, seed: recipe.seed, step: UInt32(truncatingIfNeeded: course.steps + 1))
      let share = Double(count) / Double(training.count)
      loss += share * Double(session.fixedResult(0)[0])
      for index in gradient.indices { gradient[index] += share * Double(session.gradients[index]) }
    }
    return (loss, gradient)
  }
}
