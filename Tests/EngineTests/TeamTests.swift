import HourglassEngine
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Workers meet, sleep, wake, and go.
@Suite(.serialized) struct TeamTests {
  /// What a job writes to, without a lock.
  private final class Board: Sendable {
    let jobs: [Counter]
    init(_ count: Int) { jobs = (0..<count).map { _ in Counter() } }
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  private func count(_ team: Team, _ board: Board, participants: Int) {
    team.run(Unmanaged.passUnretained(board).toOpaque(), participants: participants) {
      context, worker, count in
      let board = Unmanaged<Board>.fromOpaque(context).takeUnretainedValue()
      board.jobs[worker].value.add(1, ordering: .relaxed)
    }
  }

  @Test func manyEmptyJobsFinish() {
    let team = Team(count: 4)
    let board = Board(4)
    for _ in 0..<10_000 { count(team, board, participants: 4) }
    #expect(board.jobs.map { $0.value.load(ordering: .relaxed) } == [10_000, 10_000, 10_000, 10_000])
  }

  @Test func barriersHoldEveryoneBack() {
    let team = Team(count: 3)
    let board = Board(4)
    // Each round all add 1 to the first counter; between two barriers it must be a multiple of 3.
    let owner = Barriers(team: team, board: board)
    withExtendedLifetime(owner) {
      team.run(Unmanaged.passUnretained(owner).toOpaque(), participants: 3) { context, _, count in
        let owner = Unmanaged<Barriers>.fromOpaque(context).takeUnretainedValue()
        for round in 1...500 {
          owner.board.jobs[0].value.add(1, ordering: .relaxed)
          owner.team.barrier(count)
          let found = owner.board.jobs[0].value.load(ordering: .relaxed)
          if found != 3 * round { owner.board.jobs[1].value.add(1, ordering: .relaxed) }
          owner.team.barrier(count)
        }
      }
    }
    #expect(board.jobs[0].value.load(ordering: .relaxed) == 1500)
    #expect(board.jobs[1].value.load(ordering: .relaxed) == 0, "someone went on before all had come")
  }

  private final class Barriers {
    let team: Team
    let board: Board
    init(team: Team, board: Board) {
      self.team = team
      self.board = board
    }
  }

  @Test func sleepersWake() {
    let team = Team(count: 3)
    let board = Board(3)
    for pause in [0, 100, 5000, 5000, 20_000, 0, 5000] as [UInt32] {
      for _ in 0..<5 {
        count(team, board, participants: 3)
        usleep(pause)
      }
    }
    #expect(board.jobs.map { $0.value.load(ordering: .relaxed) } == [35, 35, 35])
  }

  @Test func oneWorkerRunsOnTheCaller() {
    let team = Team(count: 1)
    let board = Board(1)
    for _ in 0..<100 { count(team, board, participants: 1) }
    #expect(board.jobs[0].value.load(ordering: .relaxed) == 100)
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
        let board = Board(4)
        if round % 3 == 0 { count(team, board, participants: 4) }
        if round % 50 == 0 { usleep(2000) }
      }
      #expect(threads() < before + 100, "600 threads were started")
    }
  #endif
}

extension UInt8 {
  fileprivate var signed: CChar { CChar(bitPattern: self) }
}
