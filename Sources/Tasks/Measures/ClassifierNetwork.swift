import HourglassEngine
import HourglassTensor

/// The graph of a ``FeatureClassifier``, made ready to run. Confined to one task.
final class ClassifierNetwork {
  private let session: Session
  private let classCount: Int
  private let inputs: Int
  /// Adam's moments: Kingma and Ba 2015.
  private var means: [Float]
  private var squares: [Float]

  private static let (rate, first, second, epsilon) = (0.001, 0.9, 0.999, Float(1e-8))

  convenience init(inputs: Int, classes: Int, seed: UInt64, threads: Int) {
    let random = Random(seed: seed, stream: .weights)
    var parameters: [Float] = []
    for (rows, columns) in ClassifierNetwork.layers(inputs, classes) {
      // He et al. 2015, eq. 10; biases are 0.
      let deviation = Float((2 / Double(rows)).squareRoot())
      for _ in 0..<(rows * columns) {
        parameters.append(deviation * random.normal(position: UInt64(parameters.count)))
      }
      parameters += Array(repeating: 0, count: columns)
    }
    self.init(inputs: inputs, classes: classes, parameters: parameters, threads: threads)
  }

  init(inputs: Int, classes: Int, parameters: [Float], threads: Int) {
    (classCount, self.inputs) = (classes, inputs)
    means = Array(repeating: 0, count: parameters.count)
    squares = means
    var graph = Graph()
    let weights = graph.input(2, [1])
    var value = graph.input(0, [inputs])
    var sources: [(value: Graph.Value, offset: Int)] = []
    var features = value
    var offset = 0
    for (place, (rows, columns)) in ClassifierNetwork.layers(inputs, classes).enumerated() {
      let weight = graph.parameter([rows, columns], offset: offset)
      let bias = graph.parameter([columns], offset: offset + rows * columns)
      sources += [(weight, offset), (bias, offset + rows * columns)]
      offset += (rows + 1) * columns
      value = graph.add(graph.product(value, weight), bias)
      if place < 2 { value = graph.unary(.rectifier, value) }
      if place == 1 { features = value }
    }
    // -log of the softmax at the class, which is the 1 in a row of zeros.
    let chosen = graph.sumLast(graph.multiply(value, graph.input(1, [classes])))
    let loss = graph.multiply(graph.subtract(graph.logSumExp(value), chosen), weights)
    let gradients = graph.gradient(of: loss, withRespectTo: sources.map(\.value))
    let plan = Plan(
      graph,
      Plan.Targets(
        results: [value, features], gradients: zip(gradients, sources).map { ($0, $1.offset) }),
      capacity: FeatureClassifier.batch, parameterCount: parameters.count)
    session = Session(plan, parameters: parameters, team: Team(count: plan.isSmall ? 1 : threads))
  }

  private static func layers(_ inputs: Int, _ classes: Int) -> [(rows: Int, columns: Int)] {
    [
      (inputs, FeatureClassifier.hidden), (FeatureClassifier.hidden, FeatureClassifier.features),
      (FeatureClassifier.features, classes),
    ]
  }

  var parameters: [Float] { Array(session.parameters) }

  /// One step of Adam on the mean cross-entropy of some samples, `[targets.count, inputs]`.
  func train(_ samples: [Float], _ targets: [Int], step: Int) {
    run(samples, targets, rows: targets.count)
    let first = 1 - ClassifierNetwork.first.raised(to: Double(step))
    let second = (1 - ClassifierNetwork.second.raised(to: Double(step))).squareRoot()
    let rate = Float(ClassifierNetwork.rate * second / first)
    let (keep, keepSquare) = (Float(ClassifierNetwork.first), Float(ClassifierNetwork.second))
    let (parameters, gradients) = (session.parameters, session.gradients)
    means.withUnsafeMutableBufferPointer { means in
      squares.withUnsafeMutableBufferPointer { squares in
        for index in means.indices {
          let gradient = gradients[index]
          means[index] = keep * means[index] + (1 - keep) * gradient
          squares[index] = keepSquare * squares[index] + (1 - keepSquare) * gradient * gradient
          parameters[index] -= rate * means[index] / (squares[index].squareRoot() + ClassifierNetwork.epsilon)
        }
      }
    }
  }

  /// The likeliest class of each sample.
  func classes(_ samples: [Float], rows: Int) -> [Int] {
    run(samples, [], rows: rows)
    let scores = session.rowsResult(0)
    return (0..<rows).map { row in
      let own = scores[(row * classCount)..<((row + 1) * classCount)]
      return (own.indices.max { own[$0] < own[$1] } ?? 0) - row * classCount
    }
  }

  func features(_ samples: [Float], rows: Int) -> [Float] {
    run(samples, [], rows: rows)
    return Array(session.rowsResult(1))
  }

  private func run(_ samples: [Float], _ targets: [Int], rows: Int) {
    var chosen = [Float](repeating: 0, count: rows * classCount)
    for (row, target) in targets.enumerated() { chosen[row * classCount + target] = 1 }
    let shares = [Float](repeating: 1 / Float(rows), count: rows)
    samples.withUnsafeBufferPointer { samples in
      chosen.withUnsafeBufferPointer { chosen in
        shares.withUnsafeBufferPointer { shares in
          for (slot, values) in [samples, chosen, shares].enumerated() {
            if let base = values.baseAddress { session.setFeed(slot, Feed(floats: base)) }
          }
          session.run(rows: rows)
        }
      }
    }
  }
}
