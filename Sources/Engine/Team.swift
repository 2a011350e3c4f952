import COneDNN
import HourglassKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Workers that run the same function at the same time and meet at barriers.
///
/// The calling thread is worker 0; the others are threads that spin for some microseconds between two jobs,
/// then sleep. Subnormal numbers count as 0 in what they run. A team belongs to one task at a time.
public final class Team {
  /// What a worker runs: a context, the worker's number, and the number of workers that take part.
  package typealias Job = (UnsafeMutableRawPointer, Int, Int) -> Void

  /// The processors of this machine that the process may use.
  public static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  public let count: Int
  private let board = Board()
  private var threads: [pthread_t] = []

  /// - Parameter count: workers, the calling thread among them; at least 1.
  public init(count: Int) {
    precondition(count >= 1, "Team: \(count) workers")
    self.count = count
    onednn_use_calling_thread_only()
    for worker in 1..<max(count, 2) where worker < count {
      let start = Start(board: board, worker: worker)
      var thread = pthread_t()
      let context = Unmanaged.passRetained(start).toOpaque()
      let failed = pthread_create(&thread, nil, Team.threadBody, context)
      precondition(failed == 0, "Team: thread \(worker) of \(count) could not be started, error \(failed)")
      threads.append(thread)
    }
  }

  deinit {
    board.job = nil
    board.publish(participants: count)
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs the job on the first `participants` workers and returns when all have finished.
  package func run(_ context: UnsafeMutableRawPointer, participants: Int, _ job: @escaping Job) {
    // Teams may be made on one thread and used on another: oneDNN's thread count belongs to the thread.
    onednn_use_calling_thread_only()
    // What a caller computes besides keeps its own rules.
    let before = hourglass_flush_subnormals()
    defer { hourglass_restore_subnormals(before) }
    guard participants > 1 else { return job(context, 0, 1) }
    board.job = job
    board.context = context
    board.publish(participants: participants)
    job(context, 0, participants)
    board.waitForOthers(participants)
  }

  /// Waits until all `participants` are here.
  package func barrier(_ participants: Int) {
    if participants > 1 { board.barrier.wait(participants) }
  }

  /// What a thread is started with.
  private final class Start {
    let board: Board
    let worker: Int
    init(board: Board, worker: Int) {
      self.board = board
      self.worker = worker
    }
  }

  #if canImport(Darwin)
    private static let threadBody: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
      body($0)
    }
  #else
    private static let threadBody: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
      $0.flatMap(body)
    }
  #endif

  private static func body(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
    let board = start.board
    onednn_use_calling_thread_only()
    _ = hourglass_flush_subnormals()
    var generation = 0
    while true {
      generation = board.waitForJob(after: generation)
      guard let job = board.job, let context = board.context else { return nil }
      if start.worker < board.participants {
        job(context, start.worker, board.participants)
        board.finished()
      }
    }
  }
}

/// A barrier of threads that expect each other within microseconds: they spin, and give way after a while.
final class SpinBarrier {
  private let arrived = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)

  func wait(_ participants: Int) {
    let mine = generation.load(ordering: .relaxed)
    if arrived.add(1, ordering: .acquiringAndReleasing).newValue == participants {
      arrived.store(0, ordering: .relaxed)
      generation.store(mine + 1, ordering: .releasing)
      return
    }
    spin { generation.load(ordering: .acquiring) != mine }
  }
}

/// Spins until the condition holds; lets other threads run after some time, for the case that there are more
/// threads than processors.
@inline(__always)
func spin(until condition: () -> Bool) {
  var rounds = 0
  while !condition() {
    hourglass_spin_hint()
    rounds += 1
    if rounds & 0x3FF == 0 { sched_yield() }
  }
}

/// What the threads of a team share.
private final class Board {
  let barrier = SpinBarrier()
  var job: Team.Job?
  var context: UnsafeMutableRawPointer?
  var participants = 0
  private let generation = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Rounds of waiting before a thread sleeps: some tens of microseconds.
  private static let patience = 2000

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Lets the threads see the job.
  func publish(participants: Int) {
    self.participants = participants
    running.store(participants - 1, ordering: .relaxed)
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
  }

  func finished() { running.subtract(1, ordering: .releasing) }

  func waitForOthers(_ participants: Int) {
    spin { running.load(ordering: .acquiring) == 0 }
  }

  func waitForJob(after seen: Int) -> Int {
    for _ in 0..<Board.patience {
      let now = generation.load(ordering: .acquiring)
      if now != seen { return now }
      hourglass_spin_hint()
    }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    while generation.load(ordering: .sequentiallyConsistent) == seen { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    return generation.load(ordering: .acquiring)
  }
}
