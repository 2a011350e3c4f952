import HourglassKernels

extension Session {
  func executePairs(
    _ instruction: Instruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ own: Worker,
    _ first: Int, _ rows: Int
  ) {
    switch instruction {
    case .pairProduct(let p):
      let x = UnsafeMutableRawPointer(own.workspace.base).assumingMemoryBound(to: UInt16.self)
      let lines = rows * p.rowsEach
      hourglass_round_values(at(p.x, table, first), Int64(lines * p.inner), x)
      hourglass_product_of_pairs(
        x, pairs(at(p.weight, table, 0)), Int64(lines), Int64(p.columns), Int64(p.inner),
        at(p.result, table, first))
    case .roundPanels(let p):
      hourglass_round_panels(
        at(p.from, table, 0), Int64(p.inner), Int64(p.columns), Int64(p.panels.lowerBound),
        Int64(p.panels.upperBound), pairs(at(p.to, table, 0)))
    case .roundLines(let from, let place):
      let start = place.pairs(rows: first, shardRows: plan.shardRows) * place.columns
      hourglass_round_lines(
        at(from, table, first), Int64(rows * place.linesEach), Int64(place.columns), pairs(place) + start)
    case .pairContraction(let c):
      hourglass_contraction_of_pairs(
        pairs(c.x) + c.firstRow, Int64(c.x.columns), pairs(c.y) + c.firstColumn, Int64(c.y.columns),
        Int64(c.rows), Int64(c.columns), Int64(c.x.pairs(rows: rows, shardRows: plan.shardRows)),
        at(c.result, table, 0), Int64(c.y.columns))
    default: break
    }
  }

  func values(_ memory: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt16.self)
  }

  /// A convolution of images that are rounded one by one, into a frame of zeros or with zeros behind.
  func convolvePairs(
    _ c: ConvolutionInstruction, _ x: UnsafeMutablePointer<Float>, _ weight: UnsafeMutablePointer<Float>,
    _ bias: UnsafePointer<Float>?, _ result: UnsafeMutablePointer<Float>,
    _ space: UnsafeMutablePointer<Float>, _ rows: Int
  ) {
    let image = values(space)
    if c.frame == nil { (image + c.xCount).update(repeating: 0, count: Lowering.besideImages) }
    for row in 0..<rows {
      let from = x + row * c.xCount
      if let number = c.frame {
        hourglass_round_frame(from, images.frames + number, image)
      } else {
        hourglass_round_values(from, Int64(c.xCount), image)
      }
      hourglass_convolve_pairs(
        images.pieces + c.firstPiece, Int64(c.pieceCount), image, pairs(weight), bias, c.isRectified ? 1 : 0,
        result + row * c.resultCount)
    }
  }

  /// What is read beside the last pairs are zeros.
  func clear(_ pairing: WeightGradientInstruction.Pairing, _ space: UnsafeMutablePointer<Float>) {
    clearBehind(pairing.image, space)
    clearBehind(pairing.cotangent, space)
  }

  private func clearBehind(
    _ side: WeightGradientInstruction.Pairing.Side, _ space: UnsafeMutablePointer<Float>
  ) {
    (space + side.space + side.rows * side.row).update(repeating: 0, count: Lowering.besideImages)
  }

  func sumPairs(
    _ g: WeightGradientInstruction, _ pairing: WeightGradientInstruction.Pairing,
    _ image: UnsafeMutablePointer<Float>, _ cotangent: UnsafeMutablePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>, _ space: UnsafeMutablePointer<Float>
  ) {
    func paired(_ x: UnsafeMutablePointer<Float>, _ side: WeightGradientInstruction.Pairing.Side)
      -> UnsafeMutablePointer<UInt32>
    {
      let out = pairs(space + side.space)
      hourglass_pair_neighbours(x, Int64(side.rows), Int64(side.row), Int64(side.distance), out)
      return out
    }
    let (x, y) = (paired(image, pairing.image), paired(cotangent, pairing.cotangent))
    hourglass_convolve_outer_pairs(
      images.outerPieces + g.firstPiece, Int64(g.pieceCount), g.areVectorsOfImage ? y : x,
      g.areVectorsOfImage ? x : y, sums)
  }

  private func pairs(_ memory: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt32.self)
  }

  private func pairs(_ place: PairPlace) -> UnsafeMutablePointer<UInt32> {
    pairs(bases[Address.Space.batch] + place.offset)
  }
}
