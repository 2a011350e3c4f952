import COneDNN
import HourglassKernels
import HourglassTensor
import Synchronization

/// A plan with memory and a team: what actually runs.
///
/// Allocates everything when it is made; a run allocates nothing. Confined to one task: it is not `Sendable`.
public final class Session {
  public let plan: Plan
  /// The flat block of parameters, and of their gradients. Between runs they are the caller's to read and
  /// write.
  public let parameters: UnsafeMutableBufferPointer<Float>
  public let gradients: UnsafeMutableBufferPointer<Float>

  package let team: Team
  /// Worker zero's spaces first; then a table of the same length for each further worker.
  let bases: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  let spaceCount: Int
  let instructions: [UnsafeMutableBufferPointer<Instruction>]
  let regions: [UnsafeMutableBufferPointer<Region?>]
  let isShards: [Bool]
  let steps: UnsafeMutablePointer<hourglass_step>
  let templates: UnsafeMutablePointer<Plan.OperandTemplate>
  /// What is handed out of each stage: a cursor in the share of each worker.
  let cursors: UnsafeMutablePointer<Atomic<Int>>
  /// Units of each stage that are finished.
  let finished: UnsafeMutablePointer<Atomic<Int>>
  /// The stage whose units can be taken now.
  let stage = Atomic<Int>(0)
  let workers: [Worker]
  let images: ImageMemory
  /// Products of bf16, where the plan has any.
  let bfloat16: Bfloat16Products?
  let feeds: UnsafeMutablePointer<Feed>
  var run = RunState()
  /// Sums of squares of the gradient, one for each stretch of the block.
  let squares: UnsafeMutablePointer<Double>
  private let arenas: [Arena]
  private let scalars: UnsafeMutablePointer<Float>
  private let batch: UnsafeMutablePointer<Float>

  /// What one run is about.
  struct RunState {
    var rows = 0
    var shards = 0
    /// Stages of this run: the plan's, and those of an update that waits for the whole gradient.
    var stages = 0
    var update: Update?
    var updatesInPlace = false
    /// Whether a total was not finite: then no parameter is touched.
    var isPoisoned = false
    /// ‖g‖ of a run whose update asked for it.
    var gradientNorm = 0.0
    var seed: UInt64 = 0
    var step: UInt32 = 0
    var firstRow = 0
  }

  /// What a worker alone writes to.
  final class Worker {
    let number: Int
    let scratch: Arena
    let workspace: Arena
    let registers: Arena
    let operands: UnsafeMutablePointer<hourglass_operand>

    init(_ number: Int, _ plan: Plan) {
      self.number = number
      self.scratch = Arena(count: plan.scratchCount)
      self.workspace = Arena(count: plan.workspaceCount)
      registers = Arena(count: Int(HOURGLASS_REGISTERS * (HOURGLASS_TILE + 80)))
      operands = .allocate(capacity: Int(HOURGLASS_REGISTERS))
    }

    deinit { operands.deallocate() }
  }

  /// - Parameter values: the flat block to begin with; copied.
  public convenience init(_ plan: Plan, parameters values: [Float] = [], team: Team) {
    precondition(
      values.isEmpty || values.count == plan.parameterCount,
      "Session: \(values.count) parameters for a plan of \(plan.parameterCount)")
    self.init(plan, on: Arena(count: plan.parameterCount), team)
    if !values.isEmpty { _ = parameters.update(fromContentsOf: values) }
  }

  /// Another plan on the parameters of `other`, by its team: what one changes the other reads. Everything
  /// else is its own, the gradients too.
  ///
  /// - Precondition: both plans have as many parameters. The two do not run at the same time.
  public convenience init(_ plan: Plan, sharing other: Session) {
    precondition(
      plan.parameterCount == other.plan.parameterCount,
      "Session: a plan of \(plan.parameterCount) parameters on \(other.plan.parameterCount)")
    self.init(plan, on: other.arenas[0], other.team)
  }

  private init(_ plan: Plan, on parameterArena: Arena, _ team: Team) {
    (self.plan, self.team) = (plan, team)
    let blocks =
      [parameterArena]
      + [plan.parameterCount, plan.fixedCount, plan.batchCount, plan.scalarCount].map { Arena(count: $0) }
    arenas = blocks
    parameters = UnsafeMutableBufferPointer(start: blocks[0].base, count: plan.parameterCount)
    gradients = UnsafeMutableBufferPointer(start: blocks[1].base, count: plan.parameterCount)
    batch = blocks[3].base
    scalars = blocks[4].base
    workers = (0..<team.count).map { Worker($0, plan) }
    spaceCount = Address.Space.firstInput + plan.inputColumns.count
    bases = .allocate(capacity: spaceCount * team.count)
    bases.initialize(repeating: blocks[0].base, count: spaceCount * team.count)
    for (number, worker) in workers.enumerated() {
      let table = bases + number * spaceCount
      table[Address.Space.gradients] = blocks[1].base
      table[Address.Space.fixed] = blocks[2].base
      table[Address.Space.batch] = blocks[3].base
      table[Address.Space.scratch] = worker.scratch.base
      table[Address.Space.scalars] = blocks[4].base
    }
    (isShards, instructions, regions) = Session.tables(plan)
    squares = .allocate(capacity: plan.parameterCount / Session.stretch + 1)
    squares.initialize(repeating: 0, count: plan.parameterCount / Session.stretch + 1)
    feeds = .allocate(capacity: max(1, plan.inputColumns.count))
    feeds.initialize(repeating: Feed(floats: blocks[3].base), count: max(1, plan.inputColumns.count))
    steps = ImageMemory.copy(plan.steps)
    templates = ImageMemory.copy(plan.operands)
    images = ImageMemory(plan.images)
    Session.copy(plan.tables, to: blocks[2])
    bfloat16 = Bfloat16Products(plan, workers: team.count, batch: blocks[3].base)
    let stages = plan.stages.count + Session.stagesOfUpdates
    cursors = .allocate(capacity: stages * team.count)
    for index in 0..<(stages * team.count) { (cursors + index).initialize(to: Atomic(0)) }
    finished = .allocate(capacity: stages)
    for index in 0..<stages { (finished + index).initialize(to: Atomic(0)) }
  }

  deinit {
    for buffer in instructions { buffer.deallocate() }
    for buffer in regions { buffer.deallocate() }
    let stages = plan.stages.count + Session.stagesOfUpdates
    cursors.deinitialize(count: stages * team.count)
    cursors.deallocate()
    finished.deinitialize(count: stages)
    finished.deallocate()
    templates.deallocate()
    steps.deallocate()
    bases.deallocate()
    feeds.deallocate()
    squares.deallocate()
    images.deallocate()
  }

  private static func copy(_ tables: [(offset: Int, numbers: [Float])], to fixed: Arena) {
    for (offset, numbers) in tables { (fixed.base + offset).update(from: numbers, count: numbers.count) }
  }

  /// The stages as plain memory, so that running them counts no reference.
  private static func tables(
    _ plan: Plan
  ) -> ([Bool], [UnsafeMutableBufferPointer<Instruction>], [UnsafeMutableBufferPointer<Region?>]) {
    var kinds: [Bool] = []
    var lists: [UnsafeMutableBufferPointer<Instruction>] = []
    var updates: [UnsafeMutableBufferPointer<Region?>] = []
    for stage in plan.stages {
      let (list, regions): ([Instruction], [Region?]) =
        switch stage {
        case .shards(let list): (list, list.map { _ in nil })
        case .tasks(let list, let regions): (list, regions)
        }
      if case .shards = stage { kinds.append(true) } else { kinds.append(false) }
      let buffer = UnsafeMutableBufferPointer<Instruction>.allocate(capacity: list.count)
      _ = buffer.initialize(from: list)
      lists.append(buffer)
      let places = UnsafeMutableBufferPointer<Region?>.allocate(capacity: regions.count)
      _ = places.initialize(from: regions)
      updates.append(places)
    }
    return (kinds, lists, updates)
  }

  /// Sets the number in a scalar slot for the runs to come.
  public func setScalar(_ slot: Int, _ value: Float) {
    if slot < plan.scalarCount { scalars[slot] = value }
  }

  /// Says where the rows of a slot come from in the runs to come.
  public func setFeed(_ slot: Int, _ feed: Feed) {
    guard slot < plan.inputColumns.count else { return }
    feeds[slot] = feed
    let base =
      feed.isInPlace
      ? UnsafeMutablePointer(mutating: feed.base.assumingMemoryBound(to: Float.self))
      : batch + plan.inputPlaces[slot]
    for worker in 0..<team.count {
      bases[worker * spaceCount + Address.Space.firstInput + slot] = base
    }
  }

  /// Runs the plan once.
  ///
  /// - Parameters:
  ///   - rows: rows of this batch, at most the plan's capacity.
  ///   - update: applied to every parameter once its gradient is known.
  ///   - seed: what random draws depend on, with the step and the row's place in the whole batch.
  public func run(
    rows: Int, update: Update? = nil, seed: UInt64 = 0, step: UInt32 = 0, firstRow: Int = 0
  ) {
    precondition(
      rows > 0 && rows <= plan.capacity, "Session: \(rows) rows, room for \(plan.capacity)")
    run.rows = rows
    run.shards = (rows + plan.shardRows - 1) / plan.shardRows
    run.update = update
    run.updatesInPlace = update != nil && update?.clip == nil && plan.canUpdateInPlace
    run.isPoisoned = false
    run.seed = seed
    run.step = step
    run.firstRow = firstRow
    bfloat16?.prepare(rows: rows)
    let participants = plan.isSmall ? 1 : team.count
    open(participants)
    team.run(Unmanaged.passUnretained(self).toOpaque(), participants: participants) {
      context, worker, count in
      Unmanaged<Session>.fromOpaque(context).takeUnretainedValue().work(worker, of: count)
    }
  }

  /// Whether the last run's totals were finite. If one was not, the run changed no parameter.
  public var wasFinite: Bool { !run.isPoisoned }

  /// ‖g‖ of the gradient of the last run, before any clipping; whether it was asked for or not.
  public func gradientNorm(of count: Int) -> Double {
    if case .norm = run.update?.clip { return run.gradientNorm }
    return hourglass_total_of_squares(gradients.baseAddress, Int64(count)).squareRoot()
  }

  /// Values of the gradient whose squares are summed together, and which are updated together, whatever the
  /// number of workers.
  static let stretch = 16_384
  /// Stages that follow the plan's at most: the norm of the gradient, and the update.
  static let stagesOfUpdates = 2

  /// A fixed result: `plan`'s result number `number`.
  public func fixedResult(_ number: Int) -> UnsafeBufferPointer<Float> {
    precondition(!plan.resultIsBatched[number], "Session: result \(number) has a row a sample")
    return UnsafeBufferPointer(start: pointer(plan.results[number]), count: plan.resultCounts[number])
  }

  /// A batched result: the rows of the last run, one after the other.
  public func rowsResult(_ number: Int) -> UnsafeBufferPointer<Float> {
    let count =
      plan.resultIsBatched[number] ? run.rows * plan.resultCounts[number] : plan.resultCounts[number]
    return UnsafeBufferPointer(start: pointer(plan.results[number]), count: count)
  }

  private func pointer(_ address: Address) -> UnsafeMutablePointer<Float> {
    bases[address.space] + address.offset
  }
}
