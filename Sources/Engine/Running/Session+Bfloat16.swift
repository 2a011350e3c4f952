import HourglassKernels

extension Session {
  /// Where a row of the batch begins among its rounded values.
  private func rounded(_ place: Bfloat16Place, _ first: Int) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(bases[Address.Space.batch] + place.offset).assumingMemoryBound(to: UInt16.self)
      + first * place.rowCount
  }

  func executeBfloat16(
    _ instruction: Instruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ own: Worker,
    _ first: Int, _ rows: Int
  ) {
    guard let products = bfloat16 else { return executePairs(instruction, table, own, first, rows) }
    switch instruction {
    case .round(let from, let place):
      hourglass_narrow(at(from, table, first), Int64(rows * place.rowCount), rounded(place, first))
    case .roundWeight(let number):
      products.roundWeight(number, from: at(plan.bfloat16.weights[number].from, table, 0), own.number)
    case .bfloat16Product(let p):
      var x = UnsafeMutableRawPointer(own.workspace.base).assumingMemoryBound(to: UInt16.self)
      if let place = p.rounded {
        x = rounded(place, first)
      } else {
        hourglass_narrow(at(p.x, table, first), Int64(rows * p.rowCount), x)
      }
      products.run(
        p.number, isWhole: rows == plan.shardRows, own.number, x, at(p.result, table, first))
    case .bfloat16Contraction(let c):
      products.run(
        c.number, isWhole: false, own.number, rounded(c.x, 0) + c.firstColumn, at(c.result, table, 0))
    default: break
    }
  }
}
