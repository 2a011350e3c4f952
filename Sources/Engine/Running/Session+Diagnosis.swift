import HourglassTensor

extension Session {
  /// Runs the last batch once more, one instruction after the other, and names the first whose result is not
  /// finite.
  ///
  /// - Returns: the place the instruction belongs to and what it is; nil if all is finite.
  public func firstNonFinite() -> (place: String, operation: String)? {
    let trained = parameters.firstIndex { !$0.isFinite }
    if let trained { return ("parameters from value \(trained) on", "an earlier update") }
    let table = bases
    for stage in instructions.indices {
      let shards = isShards[stage] ? run.shards : 1
      for shard in 0..<shards {
        let first = shard * plan.shardRows
        for index in 0..<instructions[stage].count {
          let instruction = instructions[stage][index]
          let rows =
            isShards[stage]
            ? min(plan.shardRows, run.rows - first) : (instruction.sumsOverBatch ? run.rows : 1)
          withUnsafePointer(to: instruction) {
            execute($0, table, workers[0], first: isShards[stage] ? first : 0, rows: rows)
          }
          let results = written(by: instruction, rows: rows)
          let isFinite = results.allSatisfy { address, count in
            let start =
              table[address.space] + (address.offset + (isShards[stage] ? first : 0) * address.rowStride)
            return UnsafeBufferPointer(start: start, count: count).allSatisfy(\.isFinite)
          }
          if !isFinite { return (plan.labels[stage][index], instruction.name) }
        }
      }
    }
    return nil
  }

  /// Where an instruction writes, and how many values that lie together.
  private func written(by instruction: Instruction, rows: Int) -> [(Address, Int)] {
    switch instruction {
    case .gather(_, let columns, let to): return [(to, rows * columns)]
    case .product(let p): return [(p.result, rows * p.rowsEach * p.columns)]
    case .sumLast(let s), .logSumExp(let s), .greatestPlace(let s):
      return [(s.result, (s.isBatched ? rows : 1) * s.outer)]
    case .softmax(let s), .oneHot(let s), .markGreatest(let s):
      return [(s.result, (s.isBatched ? rows : 1) * s.outer * s.middle)]
    case .sumAxis(let s): return [(s.result, (s.isBatched ? rows : 1) * s.outer * s.inner)]
    case .columnSums(_, let result, let columns, _): return [(result, columns)]
    case .total(_, let result): return [(result, 1)]
    case .chain(let chain):
      let operands = (0..<chain.operandCount).map { plan.operands[chain.firstOperand + $0] }
      let count = chain.isBatched ? rows : 1
      return operands.compactMap { operand in
        switch operand.pattern {
        case 0: return (operand.address, count * chain.row)
        case 4: return (operand.address, count)
        default: return nil
        }
      }
    case .innerProducts(let b): return [(b.result, rows * b.blocks * b.rows * b.columns)]
    case .combinations(let b, let isTransposed):
      return [(b.result, rows * b.blocks * b.width * (isTransposed ? b.columns : b.rows))]
    case .pickRows(let p): return [(p.result, rows * p.placesEach * p.columns)]
    case .convolution(let c): return [(c.result, rows * c.resultCount)]
    case .pool(let p): return [(p.result, rows * (p.isPlaced ? p.imageCount : p.resultCount))]
    case .resample(let r): return [(r.result, rows * r.outer * r.output * r.inner)]
    case .recurrence(let r): return [(r.result, rows * r.resultCount)]
    case .shardSums(_, _, let result, _, let count): return [(result, count)]
    case .bfloat16Product(let p): return [(p.result, rows * p.resultCount)]
    case .pairProduct(let p): return [(p.result, rows * p.rowsEach * p.columns)]
    case .contraction, .placeRows, .expand, .copy, .random, .transpose, .transposeEach, .weightGradient,
      .pack, .packPairs, .round, .roundWeight, .bfloat16Contraction, .roundLines, .roundPanels,
      .pairContraction:
      return []
    }
  }
}
