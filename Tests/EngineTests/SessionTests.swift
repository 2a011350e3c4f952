import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// What a session promises beside right numbers: the same bytes on any number of workers.
@Suite struct SessionTests {
  @Test(arguments: 0..<Network.examples)
  func threadsGiveTheSameBytes(_ number: Int) {
    let network = Network.example(number)
    let batches = [network.plan.capacity, network.plan.capacity - 3, 1]
    let one = network.train(steps: 20, batches: batches, threads: 1)
    #expect(one.parameters.allSatisfy { $0.isFinite } && one.parameters != network.parameters)
    for threads in [2, 3, 4, 8] {
      let several = network.train(steps: 20, batches: batches, threads: threads)
      #expect(several.parameters.map(\.bitPattern) == one.parameters.map(\.bitPattern), "\(threads) threads")
      #expect(several.losses.map(\.bitPattern) == one.losses.map(\.bitPattern), "\(threads) threads")
    }
  }

  /// The cut into shards changes only where sums are rounded.
  @Test func shardsAgree() {
    let whole = Network([20, 12, 5], capacity: 40, shardRows: nil).train(steps: 20, batches: [40], threads: 1)
    for shardRows in [1, 7, 16, 39] {
      let network = Network([20, 12, 5], capacity: 40, shardRows: shardRows)
      let found = network.train(steps: 20, batches: [40], threads: 2)
      let tolerance = Tolerance(absolute: 1e-4, relative: 1e-4)
      #expect(tolerance.disagreement(found.parameters, whole.parameters.map { Double($0) }) == nil)
      #expect(tolerance.disagreement(found.losses, whole.losses.map { Double($0) }) == nil)
    }
  }

  @Test func trainingLowersTheLoss() {
    let network = Network([20, 12, 5], capacity: 64, shardRows: 8)
    let losses = network.train(steps: 100, batches: [64], threads: 2).losses
    #expect(losses[99] < 0.97 * losses[0])
  }

  /// Updated where the gradient is completed, or after all of it: the same bytes.
  @Test func updatesInTheTaskAndAfterTheStageAgree() {
    let network = Network([20, 12, 5], capacity: 32, shardRows: 8)
    let updated = network.train(steps: 1, batches: [32], threads: 2).parameters
    let session = Session(network.plan, parameters: network.parameters, team: Team(count: 2))
    network.rows.withBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      session.setFeed(0, Feed(base: base, element: .float32))
      session.run(rows: 32, seed: 3, step: 1)
    }
    var expected = Array(session.parameters)
    #expect(expected == network.parameters, "a run without an update changes nothing")
    let count = expected.count
    let gradients = Array(session.gradients)
    var moments = [Float](repeating: 0, count: 2 * count)
    moments.withUnsafeMutableBufferPointer { moments in
      guard let first = moments.baseAddress else { return }
      var update = Network.adam(step: 1, [first, first + count])
      update.rule(&update.numbers, &expected, gradients, first, first + count, nil, Int64(count))
    }
    #expect(updated == expected)
  }
}
