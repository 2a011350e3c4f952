import HourglassAllocations
import HourglassEngine
import HourglassTensor
import Synchronization
import Testing

/// A run asks the heap for nothing, on any worker, save what oneDNN's products ask for themselves: a constant
/// number.
@Suite(.enabled(if: allocations_are_counted()))
struct AllocationTests {
  struct Counts: Equatable {
    var all: UInt64 = 0
    var ours: UInt64 = 0
  }

  /// Blocks asked for by all workers so far; counted by each on its own thread, into memory that was there
  /// before.
  private func count(_ team: Team, _ roll: Roll) {
    team.run(Unmanaged.passUnretained(roll).toOpaque(), participants: team.count) { context, worker, count in
      Unmanaged<Roll>.fromOpaque(context).takeUnretainedValue().answer(worker, of: count)
    }
  }

  /// Every worker answers once, on its own thread.
  private final class Roll {
    private let team: Team
    private let board: UnsafeMutablePointer<allocations_count>
    private let has: Memory<Bool>
    private let answers = Atomic<Int>(0)

    init(_ team: Team, _ board: UnsafeMutablePointer<allocations_count>) {
      (self.team, self.board, has) = (team, board, Memory(team.count))
      has.base.initialize(repeating: false, count: team.count)
    }

    func answer(_ worker: Int, of count: Int) -> Bool {
      if has.base[worker] { return answers.load(ordering: .acquiring) == count }
      has.base[worker] = true
      allocations_note(UnsafeMutableRawPointer(board), Int64(worker))
      let isLast = answers.add(1, ordering: .acquiringAndReleasing).newValue == count
      if isLast { team.advance() }
      return isLast
    }
  }

  /// Blocks asked for during two times 48 runs, after some in which the libraries set themselves up.
  ///
  /// - Parameter during: called beside each run; for the test of this test.
  private func countRuns(_ network: Network, threads: Int, during: (Int) -> Void = { _ in }) -> [Counts] {
    #expect(allocations_set_apart("libdnnl"), "the products' library is not loaded")
    // It is written in C++, whose `new` asks for some of its blocks.
    #expect(allocations_set_apart("libstdc++"), "the library of C++ is not loaded")
    let team = Team(count: threads)
    let session = Session(network.plan, parameters: network.parameters, team: team)
    let (moments, board) = (
      Memory<Float>(2 * network.parameters.count), Memory<allocations_count>(3 * threads)
    )
    moments.base.initialize(repeating: 0, count: 2 * network.parameters.count)
    let rolls = Memory<Roll>(3)
    for number in 0..<3 {
      (rolls.base + number).initialize(to: Roll(team, board.base + number * threads))
    }
    defer { rolls.base.deinitialize(count: 3) }
    let update = Network.adam(step: 1, [moments.base, moments.base + network.parameters.count])
    return network.rows.withBytes { bytes in
      guard let base = bytes.baseAddress else { return [] }
      let feed = Feed(base: base, element: .float32)
      func run(_ steps: Range<Int>, _ number: Int) {
        for step in steps {
          session.setFeed(0, feed)
          session.run(rows: network.plan.capacity - step % 3, update: update, seed: 3, step: UInt32(step))
          during(step)
        }
        count(team, rolls.base[number])
      }
      run(0..<6, 0)
      run(6..<54, 1)
      run(54..<102, 2)
      // Read at the end: an unoptimised read of a list allocates too.
      return [threads..<(2 * threads), (2 * threads)..<(3 * threads)].map { places in
        places.reduce(into: Counts()) {
          $0.all += board.base[$1].all - board.base[$1 - threads].all
          $0.ours += board.base[$1].ours - board.base[$1 - threads].ours
        }
      }
    }
  }

  private final class Memory<Value> {
    let base: UnsafeMutablePointer<Value>
    init(_ count: Int) { base = .allocate(capacity: count) }
    deinit { base.deallocate() }
  }

  @Test(arguments: 0..<Network.examples)
  func aRunAllocatesNothing(_ number: Int) {
    for threads in [1, 2, 3] {
      let counts = countRuns(Network.example(number), threads: threads)
      #expect(counts.map(\.ours) == [0, 0], "\(threads) threads: \(counts)")
      #expect(counts[0].all == counts[1].all, "\(threads) threads: \(counts)")
    }
  }

  /// One block a step is seen, or the test above could not fail.
  @Test func anAllocationIsCounted() {
    var kept: [[Int]] = Array(repeating: [], count: 102)
    let counts = countRuns(Network.example(0), threads: 2) { kept[$0] = [$0] }
    #expect(counts.map(\.ours) == [48, 48])
    #expect(kept[101] == [101])
  }
}
