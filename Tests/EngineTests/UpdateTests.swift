import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The update rules against their formulas in `Double`, for ten steps.
@Suite struct UpdateTests {
  static let counts = [1, 7, 16, 33, 1000]

  private func gradient(_ count: Int, step: Int) -> [Float] {
    Loop.draws(count, in: -1...1, seed: UInt64(step + 10))
  }

  @Test(arguments: counts)
  func sgdWithMomentum(_ count: Int) {
    var parameters = Loop.draws(count, in: -1...1)
    var velocity = [Float](repeating: 0, count: count)
    var p = parameters.map { Double($0) }
    var v = [Double](repeating: 0, count: count)
    var numbers = hourglass_update_numbers()
    (numbers.rate, numbers.a, numbers.keep) = (0.1, 0.9, 1)
    for step in 0..<10 {
      let g = gradient(count, step: step)
      hourglass_update_sgd(&numbers, &parameters, g, &velocity, nil, nil, Int64(count))
      for i in 0..<count {
        v[i] = Double(Float(0.9)) * v[i] + Double(g[i])
        p[i] -= Double(Float(0.1)) * v[i]
      }
    }
    #expect(Tolerance(absolute: 2e-6, relative: 1e-6).disagreement(parameters, p) == nil)
    #expect(Tolerance(absolute: 2e-6, relative: 1e-6).disagreement(velocity, v) == nil)
  }

  /// As in Kingma and Ba 2015, with the corrections folded into the numbers of the step.
  @Test(arguments: counts)
  func adam(_ count: Int) {
    var parameters = Loop.draws(count, in: -1...1)
    var (first, second) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    var p = parameters.map { Double($0) }
    var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    let (rate, beta1, beta2, epsilon) = (0.001, 0.9, 0.999, 1e-8)
    for step in 1...10 {
      let g = gradient(count, step: step)
      let (c1, c2) = (1 - beta1.raised(to: Double(step)), 1 - beta2.raised(to: Double(step)))
      var numbers = hourglass_update_numbers()
      (numbers.a, numbers.b, numbers.keep) = (Float(beta1), Float(beta2), 1)
      (numbers.c, numbers.d, numbers.e) = (Float(rate / c1), Float(1 / c2.squareRoot()), Float(epsilon))
      hourglass_update_adam(&numbers, &parameters, g, &first, &second, nil, Int64(count))
      for i in 0..<count {
        let x = Double(g[i])
        m[i] = beta1 * m[i] + (1 - beta1) * x
        v[i] = beta2 * v[i] + (1 - beta2) * x * x
        p[i] -= rate * (m[i] / c1) / ((v[i] / c2).squareRoot() + epsilon)
      }
    }
    #expect(Tolerance(absolute: 1e-6, relative: 1e-6).disagreement(parameters, p) == nil)
    #expect(Tolerance(absolute: 1e-6, relative: 1e-6).disagreement(first, m) == nil)
    // 1 - β₂ is taken in single precision: 0.001 to 6e-5 of it.
    #expect(Tolerance(absolute: 1e-9, relative: 1e-4).disagreement(second, v) == nil)
  }

  /// As in Defazio et al. 2024, algorithm 1, with decay and a rate that rises.
  @Test(arguments: counts)
  func scheduleFree(_ count: Int) {
    var parameters = Loop.draws(count, in: -1...1)
    var (z, v, x) = (parameters, [Float](repeating: 0, count: count), parameters)
    var y = parameters.map { Double($0) }
    var (slowZ, slowV, slowX) = (y, [Double](repeating: 0, count: count), y)
    let (beta1, beta2, epsilon, decay) = (0.9, 0.99, 1e-3, 0.5)
    var squares = 0.0
    for step in 1...10 {
      let g = gradient(count, step: step)
      let rate = 0.01 * Double(step)
      squares += rate * rate
      let correction = 1 - beta2.raised(to: Double(step))
      var numbers = hourglass_update_numbers()
      (numbers.rate, numbers.a, numbers.b) = (Float(rate), Float(beta1), Float(beta2))
      (numbers.c, numbers.d) = (Float(rate * decay), Float(1 / correction.squareRoot()))
      (numbers.e, numbers.f) = (Float(epsilon), Float(rate * rate / squares))
      hourglass_update_schedule_free(&numbers, &parameters, g, &z, &v, &x, Int64(count))
      for i in 0..<count {
        slowV[i] = beta2 * slowV[i] + (1 - beta2) * Double(g[i]) * Double(g[i])
        slowZ[i] -=
          rate * Double(g[i]) / ((slowV[i] / correction).squareRoot() + epsilon) + rate * decay * y[i]
        slowX[i] += rate * rate / squares * (slowZ[i] - slowX[i])
        y[i] = (1 - beta1) * slowZ[i] + beta1 * slowX[i]
      }
    }
    let tolerance = Tolerance(absolute: 2e-6, relative: 2e-6)
    #expect(tolerance.disagreement(parameters, y) == nil)
    #expect(tolerance.disagreement(z, slowZ) == nil)
    #expect(tolerance.disagreement(x, slowX) == nil)
  }

  struct Rule: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var loop: hourglass_update_rule
    /// Updates one parameter and its two numbers in `Double`, as the header of the loops says.
    var formula:
      @Sendable (hourglass_update_numbers, Double, inout Double, inout Double, inout Double) -> Void
  }

  /// n: the numbers of the step, g: gradient, p: parameter, s and u: the rule's own.
  static let rules = [
    Rule(testDescription: "sgd", loop: hourglass_update_sgd) { n, g, p, s, _ in
      s = Double(n.a) * s + g
      p -= Double(n.rate) * s
    },
    Rule(testDescription: "nesterov", loop: hourglass_update_nesterov) { n, g, p, s, _ in
      s = Double(n.a) * s + g
      p -= Double(n.rate) * (g + Double(n.a) * s)
    },
    Rule(testDescription: "adagrad", loop: hourglass_update_adagrad) { n, g, p, s, _ in
      s += g * g
      p -= Double(n.rate) * g / (s.squareRoot() + Double(n.e))
    },
    Rule(testDescription: "adadelta", loop: hourglass_update_adadelta) { n, g, p, s, u in
      s = Double(n.a) * s + (1 - Double(n.a)) * g * g
      let d = ((u + Double(n.e)) / (s + Double(n.e))).squareRoot() * g
      u = Double(n.a) * u + (1 - Double(n.a)) * d * d
      p -= Double(n.rate) * d
    },
    Rule(testDescription: "rmsprop", loop: hourglass_update_rmsprop) { n, g, p, s, u in
      s = Double(n.a) * s + (1 - Double(n.a)) * g * g
      u = Double(n.b) * u + g / (s.squareRoot() + Double(n.e))
      p -= Double(n.rate) * u
    },
    Rule(testDescription: "adam", loop: hourglass_update_adam) { n, g, p, s, u in
      s = Double(n.a) * s + (1 - Double(n.a)) * g
      u = Double(n.b) * u + (1 - Double(n.b)) * g * g
      p -= Double(n.c) * s / (u.squareRoot() * Double(n.d) + Double(n.e))
    },
    Rule(testDescription: "nadam", loop: hourglass_update_nadam) { n, g, p, s, u in
      s = Double(n.a) * s + (1 - Double(n.a)) * g
      u = Double(n.b) * u + (1 - Double(n.b)) * g * g
      p -= (Double(n.c) * s + Double(n.f) * g) / (u.squareRoot() * Double(n.d) + Double(n.e))
    },
    Rule(testDescription: "descent", loop: hourglass_update_descent) { n, g, p, _, _ in
      p -= Double(n.rate) * g
    },
    Rule(testDescription: "blend", loop: hourglass_update_blend) { n, g, p, _, _ in
      p = Double(n.a) * p + (1 - Double(n.a)) * g
    },
    Rule(testDescription: "look_ahead", loop: hourglass_update_look_ahead) { n, g, p, m, _ in
      m = Double(n.a) * m + (1 - Double(n.a)) * g
      p = (1 - Double(n.a)) * g + Double(n.a) * m
    },
    Rule(testDescription: "lion", loop: hourglass_update_lion) { n, g, p, s, _ in
      let direction = Double(n.a) * s + (1 - Double(n.a)) * g
      s = Double(n.b) * s + (1 - Double(n.b)) * g
      p -= Double(n.rate) * (direction > 0 ? 1 : -1)
    },
  ]

  /// With decay: every parameter is multiplied by `keep` first.
  @Test(arguments: rules)
  func everyRule(_ rule: Rule) {
    for count in UpdateTests.counts {
      var numbers = hourglass_update_numbers(
        rate: 0.05, a: 0.9, b: 0.99, c: 0.03, d: 1.5, e: 1e-3, f: 0.01, keep: 0.98)
      var parameters = Loop.draws(count, in: -1...1)
      var (first, second) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
      var p = parameters.map { Double($0) }
      var (s, u) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
      for step in 0..<10 {
        let g = gradient(count, step: step)
        rule.loop(&numbers, &parameters, g, &first, &second, nil, Int64(count))
        for i in 0..<count {
          p[i] *= Double(numbers.keep)
          rule.formula(numbers, Double(g[i]), &p[i], &s[i], &u[i])
        }
      }
      let tolerance = Tolerance(absolute: 3e-6, relative: 1e-5)
      #expect(tolerance.disagreement(parameters, p) == nil)
      #expect(tolerance.disagreement(first, s) == nil)
      #expect(tolerance.disagreement(second, u) == nil)
    }
  }

  /// A gradient that is no number must not pass unseen.
  @Test(arguments: rules)
  func aNaNReachesTheParameter(_ rule: Rule) {
    var numbers = hourglass_update_numbers(
      rate: 0.1, a: 0.9, b: 0.99, c: 0.1, d: 1, e: 1e-8, f: 0.01, keep: 1)
    var (parameters, first, second) = (
      [Float](repeating: 1, count: 20), [Float](repeating: 0, count: 20), [Float](repeating: 0, count: 20)
    )
    var g = [Float](repeating: 0.5, count: 20)
    g[13] = .nan
    rule.loop(&numbers, &parameters, g, &first, &second, nil, 20)
    #expect(parameters[13].isNaN && parameters.filter(\.isNaN).count == 1)
  }

  @Test func scaleClampAverage() {
    var x: [Float] = [-3, -0.5, 0, 0.5, 3, .infinity]
    hourglass_clamp(&x, 1, 6)
    #expect(x == [-1, -0.5, 0, 0.5, 1, 1])
    hourglass_scale(&x, 4, 6)
    #expect(x == [-4, -2, 0, 2, 4, 4])
    var average: [Float] = [1, 1, 1, 1, 1, 1]
    hourglass_average(&average, x, 0.75, 6)
    #expect(average == [-0.25, 0.25, 0.75, 1.25, 1.75, 1.75])
    var poisoned: [Float] = [.nan, 2]
    hourglass_clamp(&poisoned, 1, 2)
    #expect(poisoned[0].isNaN && poisoned[1] == 1)
  }

  @Test(arguments: [1, 5, 16, 67])
  func columnsAreLimited(_ columns: Int) {
    let rows = 9
    let before = Loop.draws(rows * columns, in: -1...1)
    var (after, norms) = (before, [Float](repeating: 0, count: columns))
    hourglass_limit_columns(&after, Int64(rows), Int64(columns), 1.6, &norms)
    for column in 0..<columns {
      let values = (0..<rows).map { Double(before[$0 * columns + column]) }
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let expected = norm > 1.6 ? values.map { $0 * 1.6 / norm } : values
      let found = (0..<rows).map { after[$0 * columns + column] }
      #expect(Tolerance(absolute: 1e-6, relative: 1e-6).disagreement(found, expected) == nil)
    }
  }

  /// A part of the block is updated to the same bytes as the whole: workers share it out.
  @Test func partsGiveTheSameBytes() {
    let count = 257
    let g = gradient(count, step: 0)
    var numbers = hourglass_update_numbers(
      rate: 0.1, a: 0.9, b: 0.99, c: 0.1, d: 1, e: 1e-8, f: 0.01, keep: 0.999)
    for rule in UpdateTests.rules.map(\.loop) {
      var blocks = (0..<2).map { _ in
        [Loop.draws(count, in: -1...1), Loop.draws(count, in: 0...1, seed: 3), g]
      }
      for (number, parts) in [[0..<257], [0..<16, 16..<97, 97..<257]].enumerated() {
        var (p, first, second) = (blocks[number][0], blocks[number][1], blocks[number][2].map { $0 * $0 })
        for part in parts {
          let from = part.lowerBound
          p.withUnsafeMutableBufferPointer { p in
            first.withUnsafeMutableBufferPointer { first in
              second.withUnsafeMutableBufferPointer { second in
                g.withUnsafeBufferPointer { g in
                  guard let p = p.baseAddress, let first = first.baseAddress, let second = second.baseAddress,
                    let g = g.baseAddress
                  else { return }
                  rule(&numbers, p + from, g + from, first + from, second + from, nil, Int64(part.count))
                }
              }
            }
          }
        }
        blocks[number] = [p, first, second]
      }
      #expect(blocks[0] == blocks[1])
    }
  }
}
