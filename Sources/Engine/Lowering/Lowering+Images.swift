import HourglassKernels
import HourglassTensor

/// What the instructions on images are made of; they hold places in these tables.
struct ImageTables {
  var pieces: [hourglass_piece] = []
  var outerPieces: [hourglass_outer_piece] = []
  var frames: [hourglass_frame] = []
  var windows: [hourglass_window] = []
  var places: [Int32] = []
  var shares: [Float] = []
  var cells: [hourglass_recurrence] = []

  mutating func append(_ frame: hourglass_frame?) -> Int? {
    guard let frame else { return nil }
    frames.append(frame)
    return frames.count - 1
  }

  mutating func append(places: [Int32]) -> Int {
    defer { self.places += places }
    return self.places.count
  }
}

extension Lowering {
  /// Shards that a run has at most.
  var mostShards: Int { (capacity + shardRows - 1) / shardRows }

  /// Whether a sum over the batch is begun by every shard for itself, and only then added up.
  func isSummedByShards(_ index: Int) -> Bool {
    if case .convolutionWeight = graph.nodes[index].op { true } else { false }
  }

  /// Rows of a shard, where images are so large that fewer of them lie better in the cache; nil without
  /// images.
  var imageShardRows: Int? {
    var largest = 0
    var weights = 0
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      switch node.op {
      case .convolution(let window), .convolutionInput(let window):
        largest = max(largest, window.image.count, window.result.count)
      case .convolutionWeight(let window): weights += window.weight.count
      // Products of all steps with all steps are larger than anything beside them.
      case .innerProducts: largest = max(largest, node.shape.count)
      default: break
      }
    }
    guard largest > 0 else { return nil }
    // Each shard has a sum for every weight of its own: large weights are worth fewer shards.
    let fewest = max(1, capacity * weights / Lowering.mostPartialSums)
    return min(capacity, max(fewest, Lowering.shardValues / largest, 1))
  }

  /// Values of its largest image that a shard should have: with them it stays in a cache of one megabyte.
  private static let shardValues = 65_536
  /// Sums of single shards that a run may have in all.
  private static let mostPartialSums = 1 << 23

  mutating func lowerImage(_ index: Int) -> [Instruction] {
    let node = graph.nodes[index]
    let inputs = node.inputs.map { address(of: $0.index) }
    switch node.op {
    case .convolution(let window), .convolutionInput(let window):
      return [convolution(index, node, window, inputs)]
    case .convolutionWeight(let window): return [weightGradient(index, node, window, inputs)]
    case .pickMaximum(let window), .placeMaximum(let window):
      let isPlaced = if case .placeMaximum = node.op { true } else { false }
      images.windows.append(hourglass_window(window))
      let pooling = PoolingInstruction(
        x: inputs[0], values: inputs[1], result: address(of: index), window: images.windows.count - 1,
        imageCount: window.image.count, resultCount: window.result.count, isPlaced: isPlaced)
      return [.pool(pooling)]
    case .resample(let map, let outer): return [resampling(index, map, outer, inputs[0])]
    case .transpose:
      let shape = node.shape
      return [.transposeEach(from: inputs[0], to: address(of: index), rows: shape[1], columns: shape[0])]
    default: preconditionFailure("lowering: \(node.op) is none of images")
    }
  }

  private mutating func convolution(
    _ index: Int, _ node: Graph.Node, _ window: Window, _ inputs: [Address]
  ) -> Instruction {
    let isTransposed = if case .convolutionInput = node.op { true } else { false }
    guard let packed = packedWeights[Packing(weight: root[node.inputs[1].index], window, isTransposed)] else {
      preconditionFailure("lowering: the weight of \(node.label) is not packed")
    }
    let made = packed.pieces
    let frame = images.append(made.frame)
    let xCount = graph.shape(of: node.inputs[0]).count
    workspaceCount = max(workspaceCount, Int(made.frame?.frame_count ?? 0))
    if convolvesPairs { workspaceCount = max(workspaceCount, rounded(xCount / 2 + Lowering.besideImages)) }
    defer { images.pieces += made.pieces }
    return .convolution(
      ConvolutionInstruction(
        x: inputs[0], weight: packed.address, result: address(of: index),
        xCount: xCount, resultCount: node.shape.count, frame: frame,
        firstPiece: images.pieces.count, pieceCount: made.pieces.count,
        bias: endings[index].map { address(of: $0.bias) }, isRectified: endings[index]?.isRectified ?? false,
        isPaired: convolvesPairs))
  }

  /// The convolution in whose place a node is computed, because all that it does is to end it: it adds a bias
  /// to each channel or cuts what is below 0, and nobody else reads what was there before.
  mutating func convolution(endedBy index: Int) -> Int? {
    let node = graph.nodes[index]
    guard let input = node.inputs.first?.index else { return nil }
    let source = root[input]
    guard isReadOnce(from: source, to: input, by: index) else { return nil }
    switch (graph.nodes[source].op, node.op) {
    case (.convolution, .binary(.add)), (.convolutionInput, .binary(.add)):
      let bias = node.inputs[1].index
      guard endings[source] == nil, !graph.nodes[bias].isBatched, graph.constant(node.inputs[1]) == nil,
        graph.nodes[bias].shape == Shape([graph.nodes[source].shape[2]]), stage[source] == stage[index]
      else { return nil }
      endings[source] = Ending(bias: bias)
      return source
    case (_, .unary(.rectifier)) where endings[source]?.isRectified == false:
      endings[source]?.isRectified = true
      return source
    default: return nil
    }
  }

  /// Whether the views from `source` to `last` have one reader each, at the end `index`, and nobody asks for
  /// them.
  private func isReadOnce(from source: Int, to last: Int, by index: Int) -> Bool {
    var place = source
    while true {
      guard let reader = onlyReader(of: place) else { return false }
      if place == last { return reader == index }
      place = reader
    }
  }

  private mutating func weightGradient(
    _ index: Int, _ node: Graph.Node, _ window: Window, _ inputs: [Address]
  ) -> Instruction {
    let made = WeightPieces(window)
    let count = rounded(made.count)
    let sums = Address(space: Address.Space.batch, offset: batchCount, rowStride: 0)
    // One more than shards, for what they are together.
    batchCount += count * (mostShards + 1)
    partialSums[index] = PartialSums(sums: sums, count: count, table: images.append(places: made.table))
    let frames = (image: images.append(made.imageFrame), cotangent: images.append(made.cotangentFrame))
    let imageSpace = Int(made.imageFrame?.frame_count ?? 0)
    workspaceCount = max(workspaceCount, imageSpace + Int(made.cotangentFrame?.frame_count ?? 0))
    let paired = pairing(window, made)
    defer { images.outerPieces += made.pieces }
    return .weightGradient(
      WeightGradientInstruction(
        image: inputs[0], cotangent: inputs[1], sums: sums, imageCount: window.image.count,
        cotangentCount: window.result.count, sumCount: count, imageFrame: frames.image,
        cotangentFrame: frames.cotangent, cotangentSpace: imageSpace,
        areVectorsOfImage: made.areVectorsOfImage, firstPiece: images.outerPieces.count,
        pieceCount: made.pieces.count, pairing: paired))
  }

  private mutating func resampling(
    _ index: Int, _ map: Resampling, _ outer: Int, _ x: Address
  ) -> Instruction {
    let shares = map.shares
    var starts = [Int32](repeating: 0, count: map.output + 1)
    for share in shares { starts[share.target + 1] += 1 }
    for target in 0..<map.output { starts[target + 1] += starts[target] }
    let places = images.append(places: starts + shares.map { Int32($0.source) })
    defer { images.shares += shares.map { Float($0.weight) } }
    return .resample(
      ResamplingInstruction(
        x: x, result: address(of: index), outer: outer, input: map.input, output: map.output,
        inner: graph.nodes[index].shape.count / outer / map.output, places: places,
        shares: images.shares.count))
  }

  /// Weights that the shards of the next stage read, in the order in which the kernels read them: each once,
  /// however many instructions do.
  mutating func packWeights(before number: Int) {
    var tasks: [Instruction] = []
    var places: [String] = []
    for index in graph.nodes.indices where isLive[index] && stage[index] == number {
      let node = graph.nodes[index]
      let (window, isTransposed): (Window, Bool)
      switch node.op {
      case .convolution(let found): (window, isTransposed) = (found, false)
      case .convolutionInput(let found): (window, isTransposed) = (found, true)
      default: continue
      }
      let key = Packing(weight: root[node.inputs[1].index], window, isTransposed)
      guard packedWeights[key] == nil else { continue }
      let pieces = ConvolutionPieces(window, isTransposed: isTransposed, isPaired: convolvesPairs)
      let packed = Address(space: Address.Space.fixed, offset: fixedCount, rowStride: 0)
      fixedCount += rounded(pieces.table.count)
      packedWeights[key] = PackedWeight(address: packed, pieces: pieces)
      let table = images.append(places: pieces.table)
      let (from, count) = (address(of: node.inputs[1].index), pieces.table.count)
      tasks.append(
        convolvesPairs
          ? .packPairs(from: from, to: packed, table: table, count: count)
          : .pack(from: from, to: packed, table: table, count: count))
      places.append(node.label)
    }
    for (task, label) in packCells(before: number) + roundWeights(before: number) {
      tasks.append(task)
      places.append(label)
    }
    if !tasks.isEmpty { appendTasks(tasks, tasks.map { _ in nil }, places) }
  }
}

/// A weight in the order in which a convolution reads it.
struct Packing: Hashable {
  let weight: Int
  let window: Window
  let isTransposed: Bool

  init(weight: Int, _ window: Window, _ isTransposed: Bool) {
    (self.weight, self.window, self.isTransposed) = (weight, window, isTransposed)
  }
}

struct PackedWeight {
  var address: Address
  var pieces: ConvolutionPieces
}

/// What is done to the result of a convolution before it is written down.
struct Ending {
  var bias: Int
  var isRectified = false
}

/// What the shards have summed, each for itself.
struct PartialSums {
  var sums: Address
  var count: Int
  var table: Int
}

extension hourglass_window {
  init(_ window: Window) {
    func axis(_ axis: Window.Axis) -> hourglass_axis {
      hourglass_axis(
        input: Int64(axis.input), kernel: Int64(axis.kernel), stride: Int64(axis.stride),
        dilation: Int64(axis.dilation), before: Int64(axis.before), output: Int64(axis.output))
    }
    self.init(rows: axis(window.rows), columns: axis(window.columns), channels: Int64(window.inputs))
  }
}
