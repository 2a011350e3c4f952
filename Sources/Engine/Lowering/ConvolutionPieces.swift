import HourglassKernels
import HourglassTensor

/// A convolution, or its transpose, as the pieces that the kernel runs on one image: every position of the
/// result is a sum over runs of values that lie beside each other in the image.
struct ConvolutionPieces {
  private(set) var pieces: [hourglass_piece] = []
  /// Where in the weight each packed value comes from; -1 for a zero.
  private(set) var table: [Int32] = []
  /// nil where the image can be read as it lies.
  private(set) var frame: hourglass_frame?

  /// Positions of the result that see the image through the same places of the kernel.
  private struct Phase {
    /// The first, the distance to the next, and how many.
    var first: Int
    var step: Int
    var count: Int
    /// Where in the image the first position's first place looks, and how far the next position looks.
    var start: Int
    var stride: Int
    /// Places of the kernel in the order in which they look along the image, and how far apart.
    var places: [Int]
    var spread: Int

    var last: Int { start + (count - 1) * stride + max(0, places.count - 1) * spread }
  }

  private let window: Window
  private let isTransposed: Bool
  /// Values of a run that share a lane: 2 as bf16.
  private let together: Int

  init(_ window: Window, isTransposed: Bool, isPaired: Bool = false) {
    (self.window, self.isTransposed, together) = (window, isTransposed, isPaired ? 2 : 1)
    let rows = isTransposed ? Self.transposed(window.rows) : Self.plain(window.rows)
    let columns = isTransposed ? Self.transposed(window.columns) : Self.plain(window.columns)
    let image = isTransposed ? window.result : window.image
    let space = FrameSpace(
      image[0], image[1], image[2], rows.map { ($0.start, $0.last) }, columns.map { ($0.start, $0.last) })
    for row in rows {
      for column in columns { append(row, column, space) }
    }
    let readsBeside = pieces.contains { $0.run_length % hourglass_shared_lanes($0.outputs) != 0 }
    if space.isNeeded || readsBeside { frame = space.frame }
  }

  private static func plain(_ axis: Window.Axis) -> [Phase] {
    [
      Phase(
        first: 0, step: 1, count: axis.output, start: -axis.before, stride: axis.stride,
        places: Array(0..<axis.kernel), spread: axis.dilation)
    ]
  }

  /// Position x of the image is seen by window i at place k where x = i · stride + k · dilation - before.
  private static func transposed(_ axis: Window.Axis) -> [Phase] {
    (0..<min(axis.stride, axis.input)).map { first in
      // The higher the place, the further in front is its window.
      let places = (0..<axis.kernel).reversed().filter {
        (first + axis.before - $0 * axis.dilation) % axis.stride == 0
      }
      let windows = places.map { (first + axis.before - $0 * axis.dilation) / axis.stride }
      return Phase(
        first: first, step: axis.stride, count: (axis.input - first + axis.stride - 1) / axis.stride,
        start: windows.first ?? 0, stride: 1, places: Array(places),
        spread: windows.count > 1 ? windows[1] - windows[0] : 1)
    }
  }

  /// The pieces of one phase: for every group, its output channels in parts.
  private mutating func append(_ row: Phase, _ column: Phase, _ space: FrameSpace) {
    let (given, made) = isTransposed ? (window.outputs, window.inputs) : (window.inputs, window.outputs)
    let (givenEach, madeEach) = (given / window.groups, made / window.groups)
    // Places beside each other, with all their channels, are one run.
    let isOneRun = window.groups == 1 && column.spread == 1
    let width = (isTransposed ? window.columns.input : window.columns.output) * made
    for group in 0..<window.groups {
      var channel = 0
      while channel < madeEach {
        let left = madeEach - channel
        let outputs = left >= 32 ? 32 : min(left, 16)
        let piece = hourglass_piece(
          out: Int64(row.first * width + column.first * made + group * madeEach + channel),
          out_row: Int64(row.step * width), out_column: Int64(column.step * made),
          in: Int64(space.place(row.start, column.start) + group * givenEach),
          in_row: Int64(row.stride * space.row), in_column: Int64(column.stride * given),
          run_row: Int64(row.spread * space.row), run_column: Int64(column.spread * given),
          weights: Int64(table.count / together), rows: Int32(row.count), columns: Int32(column.count),
          run_rows: Int32(row.places.count), run_columns: isOneRun ? 1 : Int32(column.places.count),
          run_length: Int32(isOneRun ? column.places.count * given : givenEach), outputs: Int32(outputs),
          channel: Int32(group * madeEach + channel))
        pack(piece, row.places, column.places, group: group, channel: channel)
        pieces.append(piece)
        channel += outputs
      }
    }
  }

  private mutating func pack(
    _ piece: hourglass_piece, _ rows: [Int], _ columns: [Int], group: Int, channel: Int
  ) {
    let width = piece.outputs == 32 ? 32 : 16
    let shared = piece.outputs == 32 ? 1 : Int(hourglass_shared_lanes(piece.outputs))
    let channels = (isTransposed ? window.outputs : window.inputs) / window.groups
    let runs = piece.run_columns == 1 ? [columns] : columns.map { [$0] }
    for row in rows {
      for run in runs {
        let length = run.count * channels
        for start in stride(from: 0, to: length, by: shared * together) {
          for value in 0..<(width * together) {
            let (lane, half) = (value / together, value % together)
            let (output, place) = (lane / shared, start + lane % shared * together + half)
            guard output < piece.outputs, place < length else {
              table.append(-1)
              continue
            }
            table.append(
              index(
                made: channel + output, given: place % channels, group: group, row: row,
                column: run[place / channels]))
          }
        }
      }
    }
  }

  /// Place of a weight in `[outputs, inputs / groups, rows, columns]`.
  private func index(made: Int, given: Int, group: Int, row: Int, column: Int) -> Int32 {
    let (output, input) = isTransposed ? (given, made) : (made, given)
    let outputs = window.outputs / window.groups
    return WeightPlace(window).index(group * outputs + output, input, row, column)
  }
}

/// Places in a weight `[outputs, inputs / groups, rows, columns]`.
struct WeightPlace {
  private let inputs: Int
  private let rows: Int
  private let columns: Int

  init(_ window: Window) {
    (inputs, rows, columns) = (window.inputs / window.groups, window.rows.kernel, window.columns.kernel)
  }

  func index(_ output: Int, _ input: Int, _ row: Int, _ column: Int) -> Int32 {
    Int32(((output * inputs + input) * rows + row) * columns + column)
  }
}

/// An image within zeros, so that whoever reads beside it reads zeros.
struct FrameSpace {
  let isNeeded: Bool
  /// Values from one row to the next.
  let row: Int
  let frame: hourglass_frame
  private let channels: Int
  private let before: (rows: Int, columns: Int)

  /// - Parameters:
  ///   - rows: first and last position that is looked at, of each way of looking.
  init(
    _ height: Int, _ width: Int, _ channels: Int, _ rows: [(Int, Int)], _ columns: [(Int, Int)]
  ) {
    let top = max(0, -(rows.map(\.0).min() ?? 0))
    let left = max(0, -(columns.map(\.0).min() ?? 0))
    let bottom = max(0, (rows.map(\.1).max() ?? 0) - height + 1)
    let right = max(0, (columns.map(\.1).max() ?? 0) - width + 1)
    isNeeded = top + left + bottom + right > 0
    self.channels = channels
    before = (top, left)
    row = (left + width + right) * channels
    // What is read beside the last lane must be some number too.
    let count = (top + height + bottom) * row + 48
    frame = hourglass_frame(
      rows: Int64(height), row_length: Int64(width * channels), frame_row: Int64(row),
      frame_start: Int64(top * row + left * channels), frame_count: Int64((count + 15) / 16 * 16))
  }

  /// Where in the frame a position of the image lies.
  func place(_ row: Int, _ column: Int) -> Int {
    (row + before.rows) * self.row + (column + before.columns) * channels
  }
}
