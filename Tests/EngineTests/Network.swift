import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport

/// A three-layer autoencoder with its plan, ready to be trained on drawn rows: what the tests of sessions
/// run.
struct Network {
  let plan: Plan
  let parameters: [Float]
  let rows: Tensor
  let columns: Int

  /// Networks with many shards, with a last shard that is not full, with one shard, and large enough that its
  /// contractions are cut into tiles.
  /// Then one with products of bf16, where the processor can do with them.
  static let examples = Precision.bfloat16.canBeEmulated ? 5 : 4

  static func example(_ number: Int) -> Network {
    switch number {
    case 0: Network([20, 12, 5], capacity: 64, shardRows: 8)
    case 1: Network([33, 17, 6], capacity: 37, shardRows: 5)
    case 2: Network([20, 12, 5], capacity: 50, shardRows: nil)
    case 3: Network([300, 128, 20], capacity: 128, shardRows: nil)
    default: Network([300, 128, 64], capacity: 128, shardRows: nil, precision: .bfloat16)
    }
  }

  /// - Parameter widths: of the input, the hidden layer, the code.
  init(_ widths: [Int], capacity: Int, shardRows: Int?, precision: Precision = .float32) {
    var trial = Trial(-0.5...0.5)
    let x = trial.input([widths[0]])
    var y = x
    for units in [widths[1], widths[2], widths[0]] {
      let inputs = trial.graph.shape(of: y)[0]
      let (w, b) = (trial.parameter([inputs, units]), trial.parameter([units]))
      let product = trial.graph.product(y, w)
      y = trial.graph.add(product, b)
      if units != widths[0] { y = trial.graph.unary(.rectifier, y) }
    }
    let noise = trial.graph.random(.normal, [widths[0]], stream: 4)
    let target = trial.graph.unary(.sigmoid, trial.graph.add(x, noise))
    let losses = trial.graph.sumRow(trial.graph.binary(.bernoulliLoss, y, target))
    let loss = trial.graph.sumBatch(losses)
    let gradients = trial.graph.gradient(of: loss, withRespectTo: trial.parameters.map(\.value))
    let targets = Plan.Targets(
      results: [loss, losses], gradients: Array(zip(gradients, trial.parameters.map(\.offset))))
    plan = Plan(
      trial.graph, targets, capacity: capacity, parameterCount: trial.parameterCount, precision: precision,
      shardRows: shardRows)
    columns = widths[0]
    let conditions = trial.conditions(rows: capacity, seed: 1)
    parameters = conditions.parameters.map { Float($0) }
    rows = Tensor([capacity, columns], conditions.inputs[0].map { Float($0) })
  }

  /// Adam at rate 0.01 for a step, its moments in `blocks`.
  static func adam(step: Int, _ blocks: [UnsafeMutablePointer<Float>]) -> Update {
    var numbers = hourglass_update_numbers()
    let (c1, c2) = (1 - 0.9.raised(to: Double(step)), 1 - 0.999.raised(to: Double(step)))
    (numbers.a, numbers.b, numbers.keep) = (0.9, 0.999, 1)
    (numbers.c, numbers.d, numbers.e) = (Float(0.01 / c1), Float(1 / c2.squareRoot()), 1e-8)
    return Update(rule: hourglass_update_adam, numbers: numbers, first: blocks[0], second: blocks[1])
  }

  /// Trains for some steps on batches of the sizes given, in turn.
  ///
  /// - Returns: the parameters at the end, and the loss of each step.
  func train(steps: Int, batches: [Int], threads: Int) -> (parameters: [Float], losses: [Float]) {
    let session = Session(plan, parameters: parameters, team: Team(count: threads))
    let blocks = (0..<2).map { _ in
      let block = UnsafeMutablePointer<Float>.allocate(capacity: parameters.count)
      block.initialize(repeating: 0, count: parameters.count)
      return block
    }
    defer { for block in blocks { block.deallocate() } }
    var losses: [Float] = []
    rows.withBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      session.setFeed(0, Feed(base: base, element: .float32))
      for step in 1...steps {
        let update = Network.adam(step: step, blocks)
        session.run(rows: batches[step % batches.count], update: update, seed: 3, step: UInt32(step))
        losses.append(session.fixedResult(0)[0])
      }
    }
    return (Array(session.parameters), losses)
  }
}
