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

/// Workers that help each other with a job.
///
/// A job is a function that does what can be done now: it takes units of work one by one until none can be
/// taken, and says whether the whole job is done. The calling thread is worker 0 and calls it until it is;
/// the others are threads that join in whenever there is news: a new job, or units that became free
/// (`advance()`). Nobody waits inside a job and nobody owns more than the unit in hand, so a worker whose
/// processor was taken away delays that one unit; all else is done by those that do run. Who waits looks out
/// for news for some microseconds, then sleeps.
///
/// Subnormal numbers count as 0 in what workers run. A team belongs to one task at a time.
public final class Team {
  /// What a worker runs: a context, the worker's number, and the number of workers that may take part. Does
  /// what can be done now and returns whether the job is done.
  package typealias Job = (UnsafeMutableRawPointer, Int, Int) -> Bool

  /// The processors of this machine that the process may use.
  public static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  public let count: Int
  private let board: Board
  private var threads: [pthread_t] = []

  /// - Parameter count: workers, the calling thread among them; at least 1.
  public init(count: Int) {
    precondition(count >= 1, "Team: \(count) workers")
    self.count = count
    board = Board(count)
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
    board.dismiss()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs the job on the first `participants` workers and returns when it is done and nobody is in it.
  package func run(_ context: UnsafeMutableRawPointer, participants: Int, _ job: @escaping Job) {
    // Teams may be made on one thread and used on another: oneDNN's thread count belongs to the thread.
    onednn_use_calling_thread_only()
    // What a caller computes besides keeps its own rules.
    let before = hourglass_flush_subnormals()
    defer { hourglass_restore_subnormals(before) }
    guard participants > 1 else {
      while !job(context, 0, 1) {}
      return
    }
    board.sit(0)
    board.open(job, context, participants)
    while true {
      let seen = board.news
      let isDone = board.call(job, context, 0)
      board.goBack(0)
      if isDone { break }
      board.wait(after: seen, as: 0)
    }
    board.close()
  }

  /// Tells all workers that units of the job became free, or that it is done.
  package func advance() { board.advance() }

  /// Whether a worker is to take no further unit now: it runs on a processor that another one waits for.
  package func isGuest(_ worker: Int) -> Bool { hourglass_seat_is_guest(board.seat(worker)) }

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
    board.sit(start.worker)
    while true {
      // Read before looking for work: what comes after that is seen as news.
      let seen = board.news
      if board.isDismissed { return nil }
      board.help(as: start.worker)
      // Whoever was a guest may have left something undone.
      if !board.goBack(start.worker) { board.wait(after: seen, as: start.worker) }
    }
  }
}

/// What the threads of a team share.
private final class Board {
  private var job: Team.Job?
  private var context: UnsafeMutableRawPointer?
  private var participants = 0
  /// Workers other than the caller that are in the job, and whether it takes no more of them.
  private let entrants = Atomic<Int>(Board.closed)
  private let dismissed = Atomic<Bool>(false)
  private let gate: UnsafeMutablePointer<hourglass_gate>
  private let seats: UnsafeMutableRawPointer
  private let count: Int

  private static let closed = 1 << 32
  /// Looks at the gate before a thread sleeps: some tens of microseconds, what sleeping and waking cost.
  private static let patience: Int32 = 2000
  /// Microseconds of sleep where others wait for processors: one of them alone, or many. A thread that looks
  /// again so soon keeps its turn among them.
  private static let (nap, shortNap) = (300 as Int32, 100 as Int32)

  init(_ count: Int) {
    self.count = count
    let line = Int(HOURGLASS_GATE_LINE)
    gate = UnsafeMutableRawPointer.allocate(byteCount: line, alignment: line)
      .bindMemory(to: hourglass_gate.self, capacity: 1)
    gate.initialize(to: hourglass_gate(value: 0, sleepers: 0))
    let bytes = count * Int(HOURGLASS_SEAT_LINES)
    seats = .allocate(byteCount: bytes, alignment: line)
    seats.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  deinit {
    gate.deallocate()
    seats.deallocate()
  }

  func seat(_ worker: Int) -> UnsafeMutablePointer<hourglass_seat> {
    (seats + worker * Int(HOURGLASS_SEAT_LINES)).assumingMemoryBound(to: hourglass_seat.self)
  }

  func sit(_ worker: Int) { hourglass_seat_take(seat(worker)) }

  /// Changes whenever there may be something to do.
  var news: UInt32 { hourglass_gate_value(gate) }
  var isDismissed: Bool { dismissed.load(ordering: .acquiring) }

  func advance() { hourglass_gate_advance(gate) }

  func dismiss() {
    dismissed.store(true, ordering: .releasing)
    advance()
  }

  /// Waits for news. The one that is waited for may have lost its processor: where it is the only thread of
  /// the machine that has none, it is given this one's: the caller for good, as nothing goes on without it
  /// after the job, any other worker for the unit in hand.
  func wait(after seen: UInt32, as worker: Int) {
    if hourglass_gate_look(gate, seen, Board.patience) { return }
    while true {
      let waiting = hourglass_waiting_threads()
      let hasFetched =
        waiting == 1
        && (0..<count).contains { $0 != worker && hourglass_seat_fetch(seat($0), $0 == 0) }
      let limit = waiting <= 0 || hasFetched ? 0 : waiting == 1 ? Board.nap : Board.shortNap
      if hourglass_gate_sleep(gate, seen, limit) { return }
    }
  }

  /// Lets workers into a job. Nobody is in one.
  func open(_ job: @escaping Team.Job, _ context: UnsafeMutableRawPointer, _ participants: Int) {
    (self.job, self.context, self.participants) = (job, context, participants)
    entrants.store(0, ordering: .releasing)
    advance()
  }

  /// Lets nobody in any more, and waits until the last one is out.
  func close() {
    var inside = entrants.add(Board.closed, ordering: .acquiringAndReleasing).newValue
    while inside != Board.closed {
      let seen = news
      inside = entrants.load(ordering: .acquiring)
      if inside != Board.closed { wait(after: seen, as: 0) }
    }
    // What the job holds may hold the team.
    (job, context) = (nil, nil)
  }

  /// Calls the job for a worker.
  func call(_ job: Team.Job, _ context: UnsafeMutableRawPointer, _ worker: Int) -> Bool {
    hourglass_seat_begin(seat(worker))
    defer { hourglass_seat_end(seat(worker)) }
    return job(context, worker, participants)
  }

  /// Puts a thread that was fetched where it was; whether it was a guest.
  @discardableResult
  func goBack(_ worker: Int) -> Bool { hourglass_seat_go_back(seat(worker)) }

  /// Does what a worker can do in the job now, if there is one that it may take part in.
  func help(as worker: Int) {
    var inside = entrants.load(ordering: .relaxed)
    while true {
      if inside >= Board.closed { return }
      let (entered, found) = entrants.weakCompareExchange(
        expected: inside, desired: inside + 1, ordering: .acquiring)
      if entered { break }
      inside = found
    }
    if worker < participants, let job, let context { _ = call(job, context, worker) }
    if entrants.subtract(1, ordering: .acquiringAndReleasing).newValue == Board.closed { advance() }
  }
}
