import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// A convolution under test.
struct Convolving: Sendable, CustomTestStringConvertible {
  let window: Window
  let testDescription: String

  /// Sides, kernel, stride, dilation, padding in front and behind, channels and groups.
  init(
    _ sides: (Int, Int), _ kernel: (Int, Int), stride: (Int, Int) = (1, 1), dilation: (Int, Int) = (1, 1),
    before: Int = 0, after: Int = 0, channels: (Int, Int) = (1, 1), groups: Int = 1
  ) {
    window = Window(
      rows: .init(
        sides.0, kernel: kernel.0, stride: stride.0, dilation: dilation.0, before: before, after: after),
      columns: .init(
        sides.1, kernel: kernel.1, stride: stride.1, dilation: dilation.1, before: before, after: after),
      inputs: channels.0, outputs: channels.1, groups: groups)
    testDescription =
      "\(sides) by \(kernel), stride \(stride), dilation \(dilation), \(before) + \(after), "
      + "channels \(channels) in \(groups)"
  }

  /// Small ones: every kind of step, and channels that fill a part of a vector.
  static let small = [
    Convolving((4, 4), (3, 3), before: 1, after: 1, channels: (1, 2)),
    Convolving((4, 5), (3, 2), channels: (2, 1)),
    Convolving((5, 4), (3, 3), stride: (2, 2), before: 1, after: 1, channels: (1, 1)),
    Convolving((5, 6), (2, 2), stride: (3, 2), channels: (1, 3)),
    Convolving((6, 6), (2, 3), stride: (3, 2), before: 1, channels: (2, 2), groups: 2),
    Convolving((6, 5), (2, 2), dilation: (2, 3), before: 1, after: 2, channels: (2, 3)),
    Convolving((5, 5), (3, 3), stride: (2, 2), dilation: (2, 2), before: 2, after: 2, channels: (1, 1)),
    Convolving((1, 6), (1, 3), stride: (1, 2), channels: (2, 2)),
    Convolving((3, 3), (3, 3), before: 2, after: 0, channels: (2, 2), groups: 2),
    Convolving((2, 2), (1, 1), channels: (3, 2)),
  ]

  /// Larger ones: whole and broken vectors, several blocks of positions.
  static let large = [
    Convolving((9, 13), (3, 3), before: 1, after: 1, channels: (1, 16)),
    Convolving((9, 15), (3, 3), before: 1, after: 1, channels: (16, 1)),
    Convolving((7, 29), (3, 3), before: 1, after: 1, channels: (5, 40)),
    Convolving((8, 9), (4, 4), stride: (2, 2), before: 1, after: 1, channels: (3, 33)),
    Convolving((8, 9), (4, 4), stride: (2, 2), before: 1, after: 1, channels: (33, 3)),
    Convolving((5, 17), (3, 3), channels: (8, 64)),
    Convolving((5, 17), (3, 3), before: 1, after: 1, channels: (32, 8)),
    Convolving((6, 6), (5, 5), before: 2, after: 2, channels: (2, 7)),
    Convolving((6, 6), (3, 3), dilation: (1, 2), channels: (6, 12), groups: 3),
    Convolving((6, 7), (3, 3), before: 1, after: 1, channels: (6, 6), groups: 6),
    Convolving((6, 7), (1, 1), stride: (2, 2), channels: (20, 18)),
    Convolving((1, 31), (1, 7), before: 0, after: 0, channels: (4, 4)),
    Convolving((4, 4), (2, 2), stride: (3, 3), channels: (4, 24)),
  ]
}

extension Trial {
  /// A convolution, its transpose, and the gradient of its weight.
  mutating func convolutions(_ window: Window) -> [Graph.Value] {
    let (x, y) = (input(window.image), input(window.result))
    let weight = parameter(window.weight)
    return [
      graph.convolution(x, weight, window), graph.convolutionInput(y, weight, window),
      graph.convolutionWeight(x, y, window),
    ]
  }
}

/// Every op on images: against the definition in Double, forward and backward, and differentiated twice.
@Suite struct ImageTests {
  static let tolerance = Tolerance(absolute: 2e-5, relative: 1e-5)

  @Test(arguments: Convolving.small + Convolving.large)
  func convolution(_ example: Convolving) {
    let window = example.window
    var trial = Trial(-1...1)
    let values = trial.convolutions(window)
    let layouts = [Layout.all[1], Layout.all[2], Layout.all[4]]
    expectAgreement(
      values, in: trial, Tolerance(absolute: 2e-4, relative: 1e-5), seeds: 1..<2, layouts: layouts)
  }

  /// A weight's gradient is a sum over shards, which workers take as they come.
  @Test(arguments: Convolving.large)
  func sameBytesOnAnyNumberOfThreads(_ example: Convolving) {
    let window = example.window
    var trial = Trial(-1...1)
    let x = trial.input(window.image)
    let weight = trial.parameter(window.weight)
    let y = trial.graph.unary(.rectifier, trial.graph.convolution(x, weight, window))
    let back = trial.graph.convolutionInput(y, weight, window)
    let target = trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, back)))
    let gradient = trial.graph.gradient(of: target, withRespectTo: [weight])[0]
    let conditions = trial.conditions(rows: 37, seed: 4)
    let targets = Plan.Targets(results: [target, back], gradients: [(gradient, 0)])
    let expected = Evaluation(trial.graph, targets, conditions, shardRows: 3)
    for threads in 2...8 {
      let found = Evaluation(trial.graph, targets, conditions, shardRows: 3, threads: threads)
      #expect(found.results == expected.results && found.gradients == expected.gradients)
    }
  }

  @Test(arguments: Convolving.small)
  func gradients(_ example: Convolving) {
    let window = example.window
    var trial = Trial(-1...1)
    let (x, y) = (trial.input(window.image), trial.input(window.result))
    let weight = trial.parameter(window.weight)
    for value in [
      trial.graph.convolution(x, weight, window), trial.graph.convolutionInput(y, weight, window),
      trial.graph.convolutionWeight(x, y, window),
    ] {
      expectGradient(of: value, in: trial, ImageTests.tolerance)
      let curved = trial.graph.unary(.sine, value)
      expectGradient(of: curved, in: trial, Tolerance(absolute: 1e-4, relative: 1e-4))
    }
  }

  /// The gradient of a gradient, by all there is.
  @Test(arguments: [Convolving.small[2], Convolving.small[4], Convolving.small[5]])
  func gradientsOfGradients(_ example: Convolving) {
    let window = example.window
    var trial = Trial(-1...1)
    let x = trial.input(window.image)
    let weight = trial.parameter(window.weight)
    let value = trial.graph.unary(.sine, trial.graph.convolution(x, weight, window))
    let slopes = trial.graph.gradient(of: value, withRespectTo: [x, weight])
    for slope in slopes {
      let target = trial.graph.unary(.square, slope)
      expectGradient(of: target, in: trial, Tolerance(absolute: 2e-3, relative: 1e-3))
    }
  }

  /// An image that is the same in every row, and a weight that is computed.
  @Test func convolutionOfFixedValues() {
    let window = Convolving.small[0].window
    var trial = Trial(-1...1)
    let (p, q) = (trial.parameter(window.image), trial.parameter(window.weight))
    let weight = trial.graph.unary(.sine, q)
    let x = trial.input(window.image)
    let value = trial.graph.add(
      trial.graph.convolution(p, weight, window), trial.graph.convolution(x, weight, window))
    expectAgreement([value], in: trial, ImageTests.tolerance)
    expectGradient(of: value, in: trial, ImageTests.tolerance)
  }

  /// A bias a channel: its gradient is summed over rows and columns and the batch.
  @Test func convolutionWithBias() {
    let window = Convolving.large[0].window
    var trial = Trial(-1...1)
    let x = trial.input(window.image)
    let (weight, bias) = (trial.parameter(window.weight), trial.parameter([window.outputs]))
    let y = trial.graph.unary(
      .rectifier, trial.graph.add(trial.graph.convolution(x, weight, window), bias))
    let target = trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, y)))
    let gradients = trial.graph.gradient(of: target, withRespectTo: [weight, bias])
    expectAgreement(
      gradients, in: trial, Tolerance(absolute: 5e-3, relative: 2e-5), seeds: 1..<2,
      layouts: [Layout.all[3]])
  }

  @Test(arguments: [
    Convolving((4, 6), (2, 2), stride: (2, 2), channels: (3, 3)),
    Convolving((5, 5), (3, 2), stride: (1, 2), channels: (2, 2)),
    Convolving((5, 5), (3, 3), stride: (2, 2), before: 1, after: 1, channels: (1, 1)),
    Convolving((3, 7), (2, 2), stride: (2, 2), after: 1, channels: (70, 70)),
    Convolving((6, 6), (2, 2), stride: (3, 3), dilation: (2, 2), channels: (2, 2)),
  ])
  func maximum(_ example: Convolving) {
    let window = example.window
    var trial = Trial(-1...1)
    let (x, v) = (trial.input(window.image), trial.input(window.image))
    let g = trial.input(window.result)
    let values = [
      trial.graph.maximum(x, window), trial.graph.pickMaximum(x, v, window),
      trial.graph.placeMaximum(x, g, window),
    ]
    expectAgreement(values, in: trial, seeds: 1..<2)
    if window.image.count > 80 { return }
    for value in values {
      let curved = trial.graph.unary(.sine, value)
      expectGradient(of: curved, in: trial, ImageTests.tolerance, seeds: 1..<6)
    }
    let slope = trial.graph.gradient(of: trial.graph.unary(.square, values[0]), withRespectTo: [x])[0]
    let target = trial.graph.unary(.sine, slope)
    expectGradient(of: target, in: trial, ImageTests.tolerance, seeds: 1..<6)
  }

  /// Of equal values the first counts, and a NaN counts as greatest.
  @Test func maximaThatAreEqualOrNotANumber() {
    let window = Convolving((1, 4), (1, 2), stride: (1, 2)).window
    var trial = Trial()
    let (x, g) = (trial.input([1, 4, 1]), trial.input([1, 2, 1]))
    let values = [trial.graph.maximum(x, window), trial.graph.placeMaximum(x, g, window)]
    let conditions = Conditions(rows: 1, inputs: [[3, 3, .nan, 7], [5, 6]])
    let found = Evaluation(trial.graph, Plan.Targets(results: values), conditions)
    #expect(found.results[0][0] == 3 && found.results[0][1].isNaN)
    #expect(found.results[1] == [5, 0, 6, 0])
  }

  @Test(arguments: [
    (Resampling.Kind.repeated(factor: 2), 3), (.repeated(factor: 3), 1), (.linear(factor: 2), 4),
    (.linear(factor: 3), 2), (.linear(factor: 2), 1),
    (.mean(.init(6, kernel: 2, stride: 2)), 6),
    (.mean(.init(5, kernel: 3, stride: 2, before: 1, after: 1)), 5),
  ])
  func resample(_ kind: Resampling.Kind, _ positions: Int) {
    for axis in 0..<3 {
      var shape = [2, 3, 4]
      shape[axis] = positions
      let map = Resampling(kind, positions: positions)
      var trial = Trial(-1...1)
      let (x, p) = (trial.input(Shape(shape)), trial.parameter(Shape(shape)))
      for source in [x, p] {
        let value = trial.graph.resample(source, map, axis: axis)
        expectAgreement([value], in: trial)
        let curved = trial.graph.unary(.sine, value)
        expectGradient(of: curved, in: trial, ImageTests.tolerance)
        let slope = trial.graph.gradient(of: curved, withRespectTo: [source])[0]
        expectGradient(
          of: trial.graph.unary(.square, slope), in: trial, Tolerance(absolute: 1e-3, relative: 1e-4))
      }
    }
  }
}
