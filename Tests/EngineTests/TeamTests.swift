import HourglassEngine
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Workers share units out, sleep, wake, and go.
@Suite(.serialized) struct TeamTests {
  /// What units write to, without a lock.
  private final class Sums: Sendable {
    let calls = Atomic<Int>(0)
    let sum = Atomic<Int>(0)
  }

  /// Adds up the numbers of all units.
  private func add(_ team: Team, units: Int, _ work: @escaping (Int) -> Void = { _ in })
    -> (calls: Int, sum: Int)
  {
    let sums = Sums()
    team.forEach(units) { number in
      work(number)
      sums.calls.add(1, ordering: .relaxed)
      sums.sum.add(number, ordering: .relaxed)
    }
    return (sums.calls.load(ordering: .relaxed), sums.sum.load(ordering: .relaxed))
  }

  @Test func manySmallJobsFinish() {
    let team = Team(count: 4)
    for count in [1, 2, 3, 4, 5, 40] {
      for _ in 0..<2_000 {
        let found = add(team, units: count)
        #expect(found == (count, count * (count - 1) / 2))
      }
    }
  }

  /// Unit 0 ends when all others have: whoever has it keeps nobody from anything else.
  @Test func aUnitThatIsHeldDelaysNoOther() {
    for workers in 2...4 {
      let team = Team(count: workers)
      let others = Atomic<Int>(0)
      var isHeld = true
      team.forEach(100) { number in
        if number > 0 {
          others.add(1, ordering: .acquiringAndReleasing)
        } else {
          let limit = time(nil) + 30
          while others.load(ordering: .acquiring) < 99, time(nil) < limit { usleep(50) }
          isHeld = others.load(ordering: .acquiring) < 99
        }
      }
      #expect(!isHeld, "\(workers) workers")
    }
  }

  @Test func sleepersWake() {
    let team = Team(count: 3)
    for pause in [0, 100, 5000, 5000, 20_000, 0, 5000] as [UInt32] {
      for _ in 0..<5 {
        #expect(add(team, units: 7) == (7, 21))
        usleep(pause)
      }
    }
  }

  /// Units that take long enough for everyone else to fall asleep, the caller too.
  @Test func whoWaitsForALongUnitIsWoken() {
    let team = Team(count: 3)
    for long in 0..<4 {
      #expect(add(team, units: 4) { if $0 == long { usleep(3000) } } == (4, 6))
    }
  }

  @Test func oneWorkerRunsOnTheCaller() {
    let team = Team(count: 1)
    let own = pthread_self()
    var isOwn = true
    team.forEach(100) { _ in if pthread_equal(own, pthread_self()) == 0 { isOwn = false } }
    #expect(isOwn)
    #expect(Team.processors >= 1)
  }

  #if os(Linux)
    /// Threads of this process.
    private func threads() -> Int {
      guard let folder = opendir("/proc/self/task") else { return -1 }
      defer { closedir(folder) }
      var count = 0
      while let entry = readdir(folder) {
        if entry.pointee.d_name.0 != UInt8(ascii: ".").signed { count += 1 }
      }
      return count
    }

    /// Other tests run beside this one and have teams of their own: a hundred threads more would be a leak.
    @Test func teamsTakeTheirThreadsWithThem() {
      let before = threads()
      #expect(before > 0)
      for round in 0..<200 {
        let team = Team(count: 4)
        if round % 3 == 0 { #expect(add(team, units: 4) == (4, 6)) }
        if round % 50 == 0 { usleep(2000) }
      }
      #expect(threads() < before + 100, "600 threads were started")
    }
  #endif
}

extension UInt8 {
  fileprivate var signed: CChar { CChar(bitPattern: self) }
}
