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
    numbers.rate = 0.1
    numbers.a = 0.9
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
      (numbers.a, numbers.b) = (Float(beta1), Float(beta2))
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

  /// A part of the block is updated to the same bytes as the whole: workers share it out.
  @Test func partsGiveTheSameBytes() {
    let count = 257
    let g = gradient(count, step: 0)
    var numbers = hourglass_update_numbers(rate: 0.1, a: 0.9, b: 0.99, c: 0.1, d: 1, e: 1e-8, f: 0)
    for rule in [hourglass_update_sgd, hourglass_update_adam] as [hourglass_update_rule] {
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
