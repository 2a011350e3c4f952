import HourglassKernels
import HourglassTensor

/// The gradient of a convolution's weight as the pieces that the kernel runs on one image and its cotangent.
///
/// Every value of it is a sum over positions of a value of the image times one of the cotangent. Either side
/// may be the one whose neighbours share a vector: the one that fills its vectors better.
struct WeightPieces {
  private(set) var pieces: [hourglass_outer_piece] = []
  /// Where each value of the weight lies in what the pieces give.
  private(set) var table: [Int32] = []
  /// Values that the pieces give.
  private(set) var count = 0
  let areVectorsOfImage: Bool
  private(set) var imageFrame: hourglass_frame?
  private(set) var cotangentFrame: hourglass_frame?

  private let window: Window
  private let space: FrameSpace
  /// Runs of values beside each other: whole rows of the kernel, or single places.
  private let isOneRun: Bool
  private let runLength: Int
  private let cotangentColumn: Int

  private var inputs: Int { window.inputs / window.groups }
  private var outputs: Int { window.outputs / window.groups }
  private var runColumns: Int { isOneRun ? 1 : window.columns.kernel }
  private var runs: Int { window.rows.kernel * runColumns }

  init(_ window: Window) {
    self.window = window
    isOneRun = window.groups == 1 && window.columns.dilation == 1
    runLength = (isOneRun ? window.columns.kernel : 1) * window.inputs / window.groups
    func reach(_ axis: Window.Axis) -> [(Int, Int)] {
      [(-axis.before, (axis.output - 1) * axis.stride + (axis.kernel - 1) * axis.dilation - axis.before)]
    }
    space = FrameSpace(
      window.rows.input, window.columns.input, window.inputs, reach(window.rows), reach(window.columns))
    let each = window.outputs / window.groups
    let fill = (image: Self.fill(runLength), cotangent: Self.fill(each))
    areVectorsOfImage = fill.image > fill.cotangent
    let beside = areVectorsOfImage ? fill.image < 1 : fill.cotangent < 1
    if space.isNeeded || areVectorsOfImage && beside { imageFrame = space.frame }
    cotangentColumn = window.outputs
    if !areVectorsOfImage, beside {
      // Rows of positions as they are, with room behind the last.
      cotangentFrame =
        FrameSpace(window.rows.output, window.columns.output, window.outputs, [(0, 0)], [(0, 0)]).frame
    }
    for group in 0..<window.groups {
      if areVectorsOfImage { appendImageVectors(group) } else { appendCotangentVectors(group) }
    }
    count =
      window.groups * runs
      * (areVectorsOfImage
        ? outputs * Self.lanes(runLength)
        : runLength * Self.lanes(outputs))
    makeTable()
  }

  private static func lanes(_ count: Int) -> Int { (count + 15) / 16 * 16 }
  /// The part of its vectors that is used.
  private static func fill(_ count: Int) -> Double { Double(count) / Double(lanes(count)) }

  /// A number of parts that a length is cut into, so that none is longer than `most`.
  private static func parts(_ length: Int, most: Int) -> [Range<Int>] {
    let count = (length + most - 1) / most
    return (0..<count).map { (length * $0 / count)..<(length * ($0 + 1) / count) }
  }

  /// Vectors, at most `most` together, and how many scalars may stand beside them.
  private static func vectors(_ count: Int, most: Int) -> [(first: Int, count: Int, scalars: Int)] {
    var result: [(Int, Int, Int)] = []
    var first = 0
    let room = Int(hourglass_accumulators())
    while first < count {
      let left = count - first
      let taken = left == 4 ? 2 : min(left, most, room / 2)
      result.append((first, taken, min(14, room / taken)))
      first += taken
    }
    return result
  }

  private func imagePlace(_ runRow: Int, _ runColumn: Int, _ group: Int) -> Int {
    space.place(
      runRow * window.rows.dilation - window.rows.before,
      runColumn * window.columns.dilation - window.columns.before) + group * inputs
  }

  private var imageStep: (row: Int64, column: Int64) {
    (Int64(window.rows.stride * space.row), Int64(window.columns.stride * window.inputs))
  }

  private var cotangentStep: (row: Int64, column: Int64) {
    (Int64(window.columns.output * cotangentColumn), Int64(cotangentColumn))
  }

  /// `[group, run, place in the run, output]`: values of the image times vectors of the cotangent.
  private mutating func appendCotangentVectors(_ group: Int) {
    let width = Self.lanes(outputs)
    let (first, second) = isOneRun ? (window.rows.kernel, 1) : (window.columns.kernel, window.rows.kernel)
    let between = isOneRun ? window.rows.dilation * space.row : window.columns.dilation * window.inputs
    for block in Self.vectors(width / 16, most: 2) {
      for outer in 0..<second {
        // Short runs share their vectors with those of the next rows.
        let together = runLength <= 4 ? max(1, min(4, first, block.scalars / runLength)) : 1
        for start in stride(from: 0, to: first, by: together) {
          let rows = min(together, first - start)
          let place = isOneRun ? imagePlace(start, 0, group) : imagePlace(outer, start, group)
          let run = (isOneRun ? start : outer * window.columns.kernel + start) + group * runs
          for part in Self.parts(runLength, most: max(1, block.scalars / rows)) {
            pieces.append(
              hourglass_outer_piece(
                scalar: Int64(place + part.lowerBound), scalar_row_step: Int64(between),
                scalar_row: imageStep.row, scalar_column: imageStep.column,
                vector: Int64(group * outputs + 16 * block.first), vector_row: cotangentStep.row,
                vector_column: cotangentStep.column,
                out: Int64((run * runLength + part.lowerBound) * width + 16 * block.first),
                out_scalar_row: Int64(runLength * width), out_scalar_column: Int64(width),
                rows: Int32(window.rows.output), columns: Int32(window.columns.output),
                scalar_rows: Int32(rows), scalar_columns: Int32(part.count), vectors: Int32(block.count)))
          }
        }
      }
    }
  }

  /// `[group, output, run, place in the run]`: values of the cotangent times vectors of the image.
  private mutating func appendImageVectors(_ group: Int) {
    let width = Self.lanes(runLength)
    for run in 0..<runs {
      let place = imagePlace(run / runColumns, run % runColumns, group)
      for block in Self.vectors(width / 16, most: 3) {
        for part in Self.parts(outputs, most: block.scalars) {
          pieces.append(
            hourglass_outer_piece(
              scalar: Int64(group * outputs + part.lowerBound), scalar_row_step: 0,
              scalar_row: cotangentStep.row, scalar_column: cotangentStep.column,
              vector: Int64(place + 16 * block.first), vector_row: imageStep.row,
              vector_column: imageStep.column,
              out: Int64(((group * outputs + part.lowerBound) * runs + run) * width + 16 * block.first),
              out_scalar_row: 0, out_scalar_column: Int64(runs * width), rows: Int32(window.rows.output),
              columns: Int32(window.columns.output), scalar_rows: 1, scalar_columns: Int32(part.count),
              vectors: Int32(block.count)))
        }
      }
    }
  }

  private mutating func makeTable() {
    let (rows, columns) = (window.rows.kernel, window.columns.kernel)
    for output in 0..<window.outputs {
      let group = output / outputs
      for input in 0..<inputs {
        for row in 0..<rows {
          for column in 0..<columns {
            let run = isOneRun ? row : row * columns + column
            let place = isOneRun ? column * inputs + input : input
            let found =
              areVectorsOfImage
              ? (output * runs + run) * Self.lanes(runLength) + place
              : ((group * runs + run) * runLength + place) * Self.lanes(outputs) + output % outputs
            table.append(Int32(found))
          }
        }
      }
    }
  }
}
