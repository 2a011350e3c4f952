import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Surprises computed in double precision inside.
@Suite struct DensityTests {
  @Test(arguments: Density.allCases)
  func agreesWithItsDefinition(_ density: Density) {
    for shape: Shape in [[1], [5], [3, 4], [1030]] {
      var trial = Trial(0.1...3)
      let (x, a, b) = (trial.input(shape), trial.input(shape), trial.input(shape))
      let (p, one) = (trial.parameter(shape), trial.parameter([1]))
      let values = [
        trial.graph.surprise(density, of: x, a, b), trial.graph.surprise(density, of: x, p, b),
        trial.graph.surprise(density, of: x, a, one), trial.graph.surprise(density, of: p, one, p),
      ]
      expectAgreement(values, in: trial, layouts: shape.count > 100 ? Layout.few : Layout.all)
    }
  }

  @Test(arguments: Density.allCases)
  func gradient(_ density: Density) {
    for shape: Shape in [[1], [3, 2]] {
      var trial = Trial(0.2...2)
      let x = trial.graph.table((0..<shape.count).map { Float($0 % 4 + 1) }, shape)
      let (a, p, b) = (trial.input(shape), trial.parameter(shape), trial.parameter([1]))
      let (first, second) = (trial.graph.multiply(a, p), trial.graph.add(p, b))
      let y = trial.graph.surprise(density, of: x, first, second)
      expectGradient(of: y, in: trial, Tolerance(absolute: 1e-5, relative: 1e-5))
      let square = trial.graph.unary(.square, y)
      expectGradient(of: square, in: trial, Tolerance(absolute: 1e-4, relative: 1e-4))
    }
  }

  /// Of the value itself no derivative is taken.
  @Test func noGradientByTheValue() {
    var graph = Graph()
    let (x, a) = (graph.input(0, [3]), graph.input(1, [3]))
    let y = graph.surprise(.negativeBinomial, of: x, a, a)
    #expect(graph.gradient(of: y, withRespectTo: [x]) == [graph.constant(0)])
  }

  /// Large counts, where the logarithms are a million times what is left of them: half a unit in the last
  /// place of a `Float`. The expected numbers are Python's mpmath's, of 60 digits.
  @Test func largeCounts() {
    let cases: [(Float, Float, Float, Double)] = [
      (16_777_216, 16.5, 10, 224.010935762834), (1_000_000, 13.8125, 9.5, 10.0508938814795),
      (0, -20, 10, 2.06115362243846e-9), (3, 20, -10, 11.0999061879548),
    ]
    for (x, a, b, expected) in cases {
      let found = DensityTests.surprises(HOURGLASS_NEGATIVE_BINOMIAL, [x], [a], [b])[0]
      #expect(abs(Double(found) - expected) <= 1e-10 + 6e-8 * abs(expected), "\(x) \(found)")
    }
  }

  @Test func keepsNaN() {
    let kinds = [
      HOURGLASS_POISSON, HOURGLASS_NEGATIVE_BINOMIAL, HOURGLASS_NEGATIVE_BINOMIAL_SLOPE, HOURGLASS_GAMMA,
      HOURGLASS_GAMMA_SLOPE,
    ]
    for kind in kinds {
      for place in 0..<(kind == HOURGLASS_POISSON ? 2 : 3) {
        var values = [[Float]](repeating: [1, 1, 1, 1, 1, 1, 1, 1, 1], count: 3)
        values[place][4] = .nan
        let found = DensityTests.surprises(kind, values[0], values[1], values[2])
        #expect(found[4].isNaN && found.filter { $0.isNaN }.count == 1, "\(kind) \(place)")
      }
    }
  }

  static func surprises(
    _ kind: hourglass_density_kind, _ x: [Float], _ a: [Float], _ b: [Float]
  ) -> [Float] {
    var result = [Float](repeating: 0, count: x.count)
    hourglass_density(Int32(kind.rawValue), x, a, b, &result, Int64(x.count))
    return result
  }
}
