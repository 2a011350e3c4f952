import HourglassKernels
import HourglassTensor

/// Products of bf16 where the processor multiplies pairs of them: our own loops.
extension Lowering {
  /// Panels of a weight that one task rounds at least, so that it is worth its while.
  private static let leastPanelValues = 1 << 15
  /// Values behind an image that are read beside its last ones.
  static let besideImages = 64

  /// Whether convolutions take values of bf16.
  var convolvesPairs: Bool { precision == .bfloat16 && multipliesPairs }

  /// Whether a weight's gradient has so many multiplications for each value that making pairs pays. Measured:
  /// with 8 it takes 1.4 times as long by pairs, with 14 as long, with 48 three quarters.
  private static func isWorthPairing(_ window: Window) -> Bool {
    let count = window.rows.output * window.columns.output * window.weight.count
    return count >= 24 * (window.image.count + window.result.count)
  }

  /// How the pairs for a weight's gradient are made; its workspace is asked for.
  mutating func pairing(_ window: Window, _ made: WeightPieces) -> WeightGradientInstruction.Pairing? {
    guard convolvesPairs, Lowering.isWorthPairing(window) else { return nil }
    let (image, cotangent) = (made.imageFrame, made.cotangentFrame)
    let plain = Int(image?.frame_count ?? 0) + Int(cotangent?.frame_count ?? 0)
    let width = window.columns.input * window.inputs
    var ofImage = WeightGradientInstruction.Pairing.Side(
      rows: window.rows.input, row: width, distance: window.columns.stride * window.inputs, space: plain)
    if let image {
      ofImage.row = Int(image.frame_row)
      ofImage.rows = (Int(image.frame_count) + ofImage.row - 1) / ofImage.row
    }
    let behind = rounded(ofImage.rows * ofImage.row + Lowering.besideImages)
    let ofCotangent = WeightGradientInstruction.Pairing.Side(
      rows: window.rows.output, row: window.columns.output * window.outputs, distance: window.outputs,
      space: plain + behind)
    let count = ofCotangent.rows * ofCotangent.row + Lowering.besideImages
    workspaceCount = max(workspaceCount, plain + behind + rounded(count))
    return WeightGradientInstruction.Pairing(image: ofImage, cotangent: ofCotangent)
  }

  /// A product of a shard.
  mutating func pairProduct(_ node: Graph.Node, _ result: Address) -> Instruction {
    let (x, weight) = (graph.shape(of: node.inputs[0]), root[node.inputs[1].index])
    let (inner, columns) = (x[x.rank - 1], node.shape[node.shape.rank - 1])
    guard let packed = panels[Bfloat16Key(weight: weight, columns: columns)] else {
      preconditionFailure("lowering: the weight of \(node.label) is not rounded")
    }
    workspaceCount = max(workspaceCount, rounded((x.count * shardRows + 1) / 2))
    return .pairProduct(
      PairProductInstruction(
        x: address(of: node.inputs[0].index), weight: packed, result: result, rowsEach: x.count / inner,
        inner: inner, columns: columns))
  }

  /// Tasks that round a weight, and where it then lies.
  mutating func roundPanels(of input: Graph.Value, columns: Int) -> (to: Address, tasks: [Instruction]) {
    let inner = graph.shape(of: input).count / columns
    let width = Int(HOURGLASS_PANEL)
    let (count, each) = ((columns + width - 1) / width, (inner + 1) / 2 * width)
    let to = Address(space: Address.Space.fixed, offset: fixedCount, rowStride: 0)
    fixedCount += count * each
    let together = max(1, Lowering.leastPanelValues / each)
    let tasks = stride(from: 0, to: count, by: together).map { first in
      Instruction.roundPanels(
        PanelInstruction(
          from: address(of: input.index), to: to, inner: inner, columns: columns,
          panels: first..<min(count, first + together)))
    }
    return (to, tasks)
  }

  /// What rounds a value that sums over the batch read, once it is computed.
  mutating func roundLines(of index: Int) -> [Instruction] {
    (contractedColumns[index] ?? []).sorted().map { columns in
      let count = graph.nodes[index].shape.count
      let place = PairPlace(offset: batchCount, columns: columns, linesEach: count / columns)
      batchCount += rounded(columns * place.pairs(rows: mostShards * shardRows, shardRows: shardRows))
      pairPlaces[PairKey(value: index, columns: columns)] = place
      return .roundLines(from: address(of: index), to: place)
    }
  }

  /// A tile of a sum over the batch.
  func pairContraction(
    _ index: Int, _ tile: ContractionInstruction, of whole: ContractionInstruction
  ) -> Instruction {
    let node = graph.nodes[index]
    let places = node.inputs.map { input -> PairPlace? in
      let shape = graph.shape(of: input)
      return pairPlaces[PairKey(value: root[input.index], columns: shape[shape.rank - 1])]
    }
    guard let x = places[0], let y = places[1] else {
      preconditionFailure("lowering: \(node.label) sums values that are not rounded")
    }
    return .pairContraction(
      PairContractionInstruction(
        x: x, y: y, firstRow: tile.x.offset - whole.x.offset, firstColumn: tile.y.offset - whole.y.offset,
        result: tile.result, rows: tile.rows, columns: tile.columns))
  }
}

/// A value as sums over the batch read it: one value may be seen in lines of several lengths.
struct PairKey: Hashable {
  let value: Int
  let columns: Int
}
