import HourglassKernels

/// The tables of instructions on images as plain memory, so that running them counts no reference.
struct ImageMemory {
  let pieces: UnsafeMutablePointer<hourglass_piece>
  let outerPieces: UnsafeMutablePointer<hourglass_outer_piece>
  let frames: UnsafeMutablePointer<hourglass_frame>
  let windows: UnsafeMutablePointer<hourglass_window>
  let places: UnsafeMutablePointer<Int32>
  let shares: UnsafeMutablePointer<Float>
  let cells: UnsafeMutablePointer<hourglass_recurrence>

  init(_ tables: ImageTables) {
    pieces = ImageMemory.copy(tables.pieces)
    outerPieces = ImageMemory.copy(tables.outerPieces)
    frames = ImageMemory.copy(tables.frames)
    windows = ImageMemory.copy(tables.windows)
    places = ImageMemory.copy(tables.places)
    shares = ImageMemory.copy(tables.shares)
    cells = ImageMemory.copy(tables.cells)
  }

  func deallocate() {
    pieces.deallocate()
    outerPieces.deallocate()
    frames.deallocate()
    windows.deallocate()
    places.deallocate()
    shares.deallocate()
    cells.deallocate()
  }

  static func copy<Entry: BitwiseCopyable>(_ entries: [Entry]) -> UnsafeMutablePointer<Entry> {
    let memory = UnsafeMutablePointer<Entry>.allocate(capacity: max(1, entries.count))
    memory.initialize(from: entries, count: entries.count)
    return memory
  }
}

extension Session {
  func executeImage(
    _ instruction: Instruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ own: Worker,
    _ first: Int, _ rows: Int
  ) {
    switch instruction {
    case .convolution(let c): convolve(c, table, own, first, rows)
    case .weightGradient(let g): sumWeightGradient(g, table, own, first, rows)
    case .pool(let p):
      pool(p, at(p.x, table, first), at(p.values, table, first), at(p.result, table, first), rows)
    case .resample(let r):
      hourglass_resample(
        at(r.x, table, first), Int64(rows * r.outer), Int64(r.input), Int64(r.output), Int64(r.inner),
        images.places + r.places, images.shares + r.shares, at(r.result, table, first))
    case .transpose(let from, let to, let rows, let columns, let fromStride, let toStride):
      hourglass_transpose(
        at(from, table, 0), Int64(rows), Int64(columns), Int64(fromStride), at(to, table, 0), Int64(toStride))
    case .transposeEach(let from, let to, let height, let columns):
      let (x, y) = (at(from, table, first), at(to, table, first))
      for row in 0..<rows {
        let place = row * height * columns
        hourglass_transpose(
          x + place, Int64(height), Int64(columns), Int64(columns), y + place, Int64(height))
      }
    case .recurrence(let r): recur(r, table, own, first, rows)
    case .pack(let from, let to, let places, let count):
      hourglass_pick(at(from, table, 0), images.places + places, Int64(count), at(to, table, 0))
    case .packPairs(let from, let to, let places, let count):
      hourglass_round_picked(
        at(from, table, 0), images.places + places, Int64(count), values(at(to, table, 0)))
    case .shardSums(let x, let stride, let result, let places, let count):
      let sums = at(x, table, 0)
      let total = sums + run.shards * stride
      hourglass_column_sums(sums, Int64(run.shards), Int64(stride), Int64(stride), total)
      hourglass_pick(total, images.places + places, Int64(count), at(result, table, 0))
    default: break
    }
  }

  /// A frame of zeros at the start of the memory, if there is one.
  private func clear(_ frame: Int?, _ memory: UnsafeMutablePointer<Float>) {
    if let frame { memory.update(repeating: 0, count: Int(images.frames[frame].frame_count)) }
  }

  private func convolve(
    _ c: ConvolutionInstruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ own: Worker,
    _ first: Int, _ rows: Int
  ) {
    let (x, weight, result) = (at(c.x, table, first), at(c.weight, table, 0), at(c.result, table, first))
    let bias = c.bias.map { UnsafePointer(at($0, table, 0)) }
    let frame = own.workspace.base
    clear(c.frame, frame)
    if c.isPaired { return convolvePairs(c, x, weight, bias, result, frame, rows) }
    for row in 0..<rows {
      let image = x + row * c.xCount
      if let number = c.frame { hourglass_fill_frame(image, images.frames + number, frame) }
      hourglass_convolve(
        images.pieces + c.firstPiece, Int64(c.pieceCount), c.frame == nil ? image : frame, weight,
        bias, c.isRectified ? 1 : 0, result + row * c.resultCount)
    }
  }

  private func recur(
    _ r: RecurrenceInstruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ own: Worker,
    _ first: Int, _ rows: Int
  ) {
    let mask = r.mask.map { UnsafePointer(at($0, table, first)) }
    let (x, second, weight) = (at(r.x, table, first), at(r.inputWeight, table, first), at(r.weight, table, 0))
    let (result, space) = (at(r.result, table, first), own.workspace.base)
    if r.isBack {
      hourglass_recur_back(images.cells + r.cell, x, second, weight, mask, Int64(rows), result, space)
    } else {
      hourglass_recur(
        images.cells + r.cell, x, second, weight, at(r.bias, table, 0), mask, Int64(rows), result, space)
    }
  }

  private func sumWeightGradient(
    _ g: WeightGradientInstruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ own: Worker, _ first: Int, _ rows: Int
  ) {
    let sums = at(g.sums, table, 0) + first / plan.shardRows * g.sumCount
    let (imageFrame, cotangentFrame) = (own.workspace.base, own.workspace.base + g.cotangentSpace)
    sums.update(repeating: 0, count: g.sumCount)
    clear(g.imageFrame, imageFrame)
    clear(g.cotangentFrame, cotangentFrame)
    if let pairing = g.pairing { clear(pairing, own.workspace.base) }
    for row in 0..<rows {
      var image = at(g.image, table, first) + row * g.imageCount
      var cotangent = at(g.cotangent, table, first) + row * g.cotangentCount
      if let number = g.imageFrame {
        hourglass_fill_frame(image, images.frames + number, imageFrame)
        image = imageFrame
      }
      if let number = g.cotangentFrame {
        hourglass_fill_frame(cotangent, images.frames + number, cotangentFrame)
        cotangent = cotangentFrame
      }
      if let pairing = g.pairing {
        sumPairs(g, pairing, image, cotangent, sums, own.workspace.base)
        continue
      }
      let (scalars, vectors) = g.areVectorsOfImage ? (cotangent, image) : (image, cotangent)
      hourglass_convolve_outer(
        images.outerPieces + g.firstPiece, Int64(g.pieceCount), scalars, vectors, sums)
    }
  }

  private func pool(
    _ p: PoolingInstruction, _ x: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ rows: Int
  ) {
    let window = images.windows + p.window
    for row in 0..<rows {
      if p.isPlaced {
        hourglass_place_maximum(
          window, x + row * p.imageCount, values + row * p.resultCount, result + row * p.imageCount)
      } else {
        hourglass_pick_maximum(
          window, x + row * p.imageCount, values + row * p.imageCount, result + row * p.resultCount)
      }
    }
  }
}
