import COneDNN
import HourglassKernels
import HourglassTensor
import Synchronization

extension Session {
  /// Makes the stages of a run ready. Each worker's share of one begins at its own place; who has finished
  /// their own share takes from the others'.
  func open(_ participants: Int) {
    run.stages = instructions.count
    if let update = run.update, !run.updatesInPlace {
      if case .norm? = update.clip { run.stages += 1 }
      run.stages += 1
    }
    for stage in 0..<run.stages {
      let units = self.units(stage)
      for worker in 0..<participants {
        cursors[stage * team.count + worker].store(units * worker / participants, ordering: .relaxed)
      }
      finished[stage].store(0, ordering: .relaxed)
    }
    stage.store(firstStage(from: 0), ordering: .releasing)
  }

  /// Shards, tasks, or stretches of the gradient that a stage consists of.
  private func units(_ stage: Int) -> Int {
    if stage >= instructions.count { return stretches }
    return isShards[stage] ? (instructions[stage].isEmpty ? 0 : run.shards) : instructions[stage].count
  }

  /// The first stage from there on that has anything to do.
  private func firstStage(from start: Int) -> Int {
    var stage = start
    while stage < run.stages, units(stage) == 0 { stage += 1 }
    return stage
  }

  /// The next unit of a stage for this worker, or nil when all are taken.
  @inline(__always)
  private func claim(_ stage: Int, _ units: Int, _ worker: Int, _ participants: Int) -> Int? {
    for step in 0..<participants {
      let owner = worker + step < participants ? worker + step : worker + step - participants
      let end = units * (owner + 1) / participants
      let cursor = cursors + (stage * team.count + owner)
      if cursor.pointee.load(ordering: .relaxed) >= end { continue }
      let unit = cursor.pointee.add(1, ordering: .relaxed).oldValue
      if unit < end { return unit }
    }
    return nil
  }

  /// What every worker runs: takes units of the stage that is open until there are none, and opens the next
  /// when it has finished the last. Returns whether all stages are done.
  func work(_ worker: Int, of participants: Int) -> Bool {
    while true {
      let stage = self.stage.load(ordering: .acquiring)
      if stage >= run.stages { return true }
      let units = self.units(stage)
      var done = 0
      while !team.isGuest(worker), let unit = claim(stage, units, worker, participants) {
        execute(unit, of: stage, worker)
        done += 1
      }
      // Who has done nothing finds the same stage open as before; who has not finished the last unit may too.
      if done == 0 { return false }
      if finished[stage].add(done, ordering: .acquiringAndReleasing).newValue == units {
        if stage == instructions.count, stage < run.stages - 1 { joinNorm() }
        self.stage.store(firstStage(from: stage + 1), ordering: .releasing)
        team.advance()
      }
    }
  }

  /// One unit: all instructions of a stage for a shard, a task for the batch, or a stretch of an update.
  @inline(__always)
  private func execute(_ unit: Int, of stage: Int, _ worker: Int) {
    guard stage < instructions.count else { return executeUpdate(unit, isLast: stage == run.stages - 1) }
    let own = workers[worker]
    let table = bases + worker * spaceCount
    let list = instructions[stage]
    guard let base = list.baseAddress else { return }
    if isShards[stage] {
      let first = unit * plan.shardRows
      let rows = min(plan.shardRows, run.rows - first)
      for index in 0..<list.count { execute(base + index, table, own, first: first, rows: rows) }
    } else {
      let instruction = base + unit
      execute(instruction, table, own, first: 0, rows: instruction.pointee.sumsOverBatch ? run.rows : 1)
      if stage == instructions.count - 1, run.updatesInPlace, !run.isPoisoned,
        let region = regions[stage][unit]
      {
        apply(region)
      }
    }
  }

  private func apply(_ region: Region) {
    guard let update = run.update, let p = parameters.baseAddress, let g = gradients.baseAddress else {
      return
    }
    if region.columns == region.stride {
      update.apply(p, g, from: region.offset, count: region.rows * region.columns)
    } else {
      for row in 0..<region.rows {
        update.apply(p, g, from: region.offset + row * region.stride, count: region.columns)
      }
    }
  }

  /// Stretches of the gradient that an update is cut into.
  private var stretches: Int { (updated + Session.stretch - 1) / Session.stretch }
  private var updated: Int { run.update.map { $0.count ?? parameters.count - $0.offset } ?? 0 }

  /// A stretch of the gradient: the sum of its squares, or its update, the gradient clipped first.
  private func executeUpdate(_ stretch: Int, isLast: Bool) {
    guard let update = run.update, let p = parameters.baseAddress, let g = gradients.baseAddress,
      !run.isPoisoned
    else { return }
    let from = update.offset + stretch * Session.stretch
    let count = min(Session.stretch, updated - stretch * Session.stretch)
    guard isLast else {
      squares[stretch] = hourglass_total_of_squares(g + from, Int64(count))
      return
    }
    switch update.clip {
    case .value(let limit)?: hourglass_clamp(g + from, limit, Int64(count))
    case .norm(let limit)?:
      guard run.gradientNorm.isFinite else { return }
      if run.gradientNorm > Double(limit) {
        hourglass_scale(g + from, Float(Double(limit) / (run.gradientNorm + 1e-6)), Int64(count))
      }
    case nil: break
    }
    update.apply(p, g, from: from, count: count)
  }

  /// ‖g‖ of the squares of all stretches, in their order.
  private func joinNorm() {
    if run.isPoisoned { return }
    var sum = 0.0
    for stretch in 0..<stretches { sum += squares[stretch] }
    run.gradientNorm = sum.squareRoot()
  }

  @inline(__always)
  func at(
    _ address: Address, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ first: Int
  ) -> UnsafeMutablePointer<Float> {
    table[address.space] + (address.offset + first * address.rowStride)
  }

  func execute(
    _ instruction: UnsafePointer<Instruction>, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ own: Worker, first: Int, rows: Int
  ) {
    switch instruction.pointee {
    case .gather(let slot, let columns, let to):
      gather(slot, columns, at(to, table, first), first, rows)
    case .product(let p):
      multiply(p, at(p.x, table, first), at(p.weight, table, first), at(p.result, table, first), rows)
    case .contraction(let c):
      contract(c, at(c.x, table, first), at(c.y, table, first), at(c.result, table, first), rows)
    case .chain(let chain): runChain(chain, table, own, first, rows)
    case .columnSums(let x, let result, let columns, let stride):
      hourglass_column_sums(
        at(x, table, first), Int64(rows), Int64(columns), Int64(stride), at(result, table, first))
    case .total(let x, let result):
      let total = Float(hourglass_total(at(x, table, first), Int64(rows)))
      at(result, table, first).pointee = total
      if !total.isFinite { run.isPoisoned = true }
    case .random(let distribution, let stream, let columns, let to):
      let position = UInt64((run.firstRow + first) * columns)
      let fill = distribution == .normal ? hourglass_random_normal : hourglass_random_uniform
      fill(run.seed, stream, run.step, position, Int64(rows * columns), at(to, table, first))
    case .round, .roundWeight, .bfloat16Product, .bfloat16Contraction, .roundLines, .roundPanels,
      .pairProduct, .pairContraction:
      executeBfloat16(instruction.pointee, table, own, first, rows)
    case .transpose, .transposeEach, .convolution, .weightGradient, .pool, .resample, .recurrence, .pack,
      .packPairs, .shardSums:
      executeImage(instruction.pointee, table, own, first, rows)
    case .innerProducts, .combinations, .pickRows, .placeRows:
      executeSequence(instruction.pointee, table, own, first, rows)
    case .sumLast(let s), .sumAxis(let s), .softmax(let s), .logSumExp(let s), .expand(let s),
      .markGreatest(let s), .greatestPlace(let s), .oneHot(let s):
      executeShaped(instruction.pointee, at(s.x, table, first), at(s.result, table, first), s, rows)
    case .copy(let from, let to, let rowsEach, let columns, let fromStride, let toStride):
      hourglass_copy_strided(
        at(from, table, first), Int64(rows * rowsEach), Int64(columns), Int64(fromStride), 1,
        at(to, table, first), Int64(toStride))
    }
  }

  /// Multiplications of a product up to which our own loop is at least as fast as oneDNN: measured with
  /// vectors of 512 bits, where it comes within a few per cent of what the processor can do. With narrower
  /// ones its sums find no room in the registers.
  private static let mostMultiplications = hourglass_accumulators() >= 24 ? 1 << 22 : 1 << 18

  /// Whether a product takes less time here than in a library, which prepares each call. Few rows of a large
  /// matrix are a matter of reading it. Both add up so short a sum in the same order: the bytes are the same.
  @inline(__always)
  private static func isSmall(_ rows: Int, _ columns: Int, _ inner: Int) -> Bool {
    let count = rows * columns * inner
    return inner <= Int(HOURGLASS_PRODUCT_INNER)
      && (count <= 1 << 18 || rows >= 4 && count <= mostMultiplications)
  }

  /// result = x weight, for each row.
  private func multiply(
    _ p: ProductInstruction, _ x: UnsafeMutablePointer<Float>, _ weight: UnsafeMutablePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ rows: Int
  ) {
    let (rows, columns, inner) = (Int64(rows * p.rowsEach), Int64(p.columns), Int64(p.inner))
    if Session.isSmall(Int(rows), p.columns, p.inner) {
      hourglass_product(x, inner, 1, weight, columns, rows, columns, inner, result, columns)
    } else {
      onednn_sgemm(false, false, rows, columns, inner, 1, x, inner, weight, columns, 0, result, columns)
    }
  }

  /// result = xᵀ y over all rows.
  private func contract(
    _ c: ContractionInstruction, _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ rows: Int
  ) {
    let inner = rows * c.rowsEach
    if Session.isSmall(c.rows, c.columns, inner) {
      hourglass_product(
        x, 1, Int64(c.xStride), y, Int64(c.yStride), Int64(c.rows), Int64(c.columns), Int64(inner), result,
        Int64(c.yStride))
    } else {
      onednn_sgemm(
        true, false, Int64(c.rows), Int64(c.columns), Int64(inner), 1, x, Int64(c.xStride), y,
        Int64(c.yStride),
        0, result, Int64(c.yStride))
    }
  }

  private func executeShaped(
    _ instruction: Instruction, _ x: UnsafeMutablePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    _ s: ShapedInstruction, _ rows: Int
  ) {
    let outer = Int64(s.outer * (s.isBatched ? rows : 1))
    switch instruction {
    case .softmax: hourglass_softmax(x, outer, Int64(s.middle), result)
    case .logSumExp: hourglass_log_sum_exp(x, outer, Int64(s.middle), result)
    case .markGreatest: hourglass_mark_greatest(x, outer, Int64(s.middle), Int64(s.inner), result)
    case .greatestPlace: hourglass_greatest_place(x, outer, Int64(s.middle), result)
    case .oneHot: hourglass_one_hot(x, outer, Int64(s.middle), result)
    case .expand:
      let length = s.inner * MemoryLayout<Float>.stride
      for index in 0..<(Int(outer) * s.middle) {
        let source = x + index / s.middle * s.inner
        UnsafeMutableRawPointer(result + index * s.inner).copyMemory(from: source, byteCount: length)
      }
    default: hourglass_sum_axis(x, outer, Int64(s.middle), Int64(s.inner), result)
    }
  }

  private func gather(
    _ slot: Int, _ columns: Int, _ out: UnsafeMutablePointer<Float>, _ first: Int, _ rows: Int
  ) {
    let feed = feeds[slot]
    guard !feed.isInPlace else { return }
    if let sparse = feed.sparse {
      hourglass_gather_sparse(
        sparse.starts + (feed.rows == nil ? first : 0), sparse.columns, sparse.values, sparse.background,
        Int64(columns), feed.rows.map { $0 + first }, Int64(rows), out)
    } else {
      let base = feed.rows == nil ? feed.base + first * columns * feed.element.size : feed.base
      hourglass_gather(
        base, Int32(feed.element.rawValue), Int64(columns), feed.rows.map { $0 + first }, Int64(rows),
        feed.shift, feed.remainder, feed.scale, Int64(feed.parameters), out)
    }
    switch feed.gaps {
    case .kept: break
    case .zero: hourglass_fill_gaps(out, Int64(rows * columns))
    case .presence: hourglass_mark_presence(out, Int64(rows * columns))
    }
  }

  private func runChain(
    _ chain: ChainInstruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ own: Worker,
    _ first: Int, _ rows: Int
  ) {
    let operands = own.operands
    for index in 0..<chain.operandCount {
      let template = templates[chain.firstOperand + index]
      operands[index] = hourglass_operand(
        base: at(template.address, table, first), length: Int64(template.length),
        pattern: UInt8(truncatingIfNeeded: template.pattern))
    }
    let count = chain.isBatched ? rows * chain.row : chain.row
    hourglass_pointwise(
      steps + chain.firstStep, Int32(chain.stepCount), operands, Int32(chain.operandCount), Int64(count),
      Int64(chain.row), own.registers.base)
  }
}
