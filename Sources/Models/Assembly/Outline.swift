import HourglassTensor

/// An architecture with every shape worked out, and a place in the flat block for everything it learns.
public struct Outline: Hashable, Sendable {
  /// One layer with what goes in and comes out.
  public struct Entry: Hashable, Sendable {
    /// `encoder[3]`
    public let place: String
    public let layer: Layer
    public let input: Shape
    public let output: Shape
    public let weights: [Placed]
    /// A matrix of another layer that it reads too.
    public var shared: Placed?
    /// Whether it reads the condition beside what the layer before it gives; `input` counts it in.
    public var isConditioned = false
    /// Whether it is told the fields of a record that are conditions; `input` counts them in.
    public var isTold = false
  }

  /// A named block of numbers at its place in the flat block.
  public struct Placed: Hashable, Sendable {
    /// `encoder.3.weight`
    public let name: String
    public let weight: Weight
    public let offset: Int
  }

  /// Shape of a sample.
  public let input: Shape
  public let encoder: [Entry]
  /// What the encoder's output stands for.
  public let coding: Code
  public let code: Shape
  public let decoder: [Entry]
  /// The layers of each head, from the code on.
  public let heads: [[Entry]]
  public let condition: Condition?
  /// As `Architecture.inputLimit` has it.
  public let inputLimit: Float?
  /// What the code itself learns: `code.0.entries`.
  public let ofCode: [Placed]
  /// What records are read by, learned: `fields.0.vectors`.
  public let ofFields: [Placed]
  /// What samples are, where they are records.
  public let record: Record?
  /// The second network of an adversarial training; empty without one.
  public let critic: [Entry]
  /// Values of the flat block, the gaps between the named parts included.
  public let blockCount: Int
  /// Values at the start of the block that follow the gradient of the objective; behind them lie those of
  /// the critic, then running statistics.
  public let trainedCount: Int
  /// The values that follow the gradient of the critic's loss.
  public let criticRange: Range<Int>

  /// Whether a graph reads which values are there: where some may be missing, or a record's encoder is told.
  public func asksForGaps(_ gaps: Bool) -> Bool { gaps || record?.hasGaps == true }

  /// Everything that is learned, in the order of the block.
  public var weights: [Placed] { ownWeights + critic.flatMap(\.weights) }

  /// What the autoencoder learns, without its critic.
  public var ownWeights: [Placed] { ofLayers + ofCode + ofFields + heads.joined().flatMap(\.weights) }

  /// What the autoencoder's layers learn.
  public var ofLayers: [Placed] { (encoder + decoder).flatMap(\.weights) }

  /// Whether whole numbers say a code: see `Code.places(of:)`.
  public var hasPlaces: Bool { coding.places(of: code) != nil }

  /// Numbers that say a code: see `Code.numbers(of:)`.
  public var codeNumbers: Int { coding.numbers(of: code) }

  /// Its layers that learn, but for those of the critic.
  public var network: [Entry] { encoder + decoder + heads.joined() }

  /// Values at the start of the block that are the encoder's.
  public var encoderCount: Int {
    (decoder.flatMap(\.weights) + ofCode + ofFields + heads.joined().flatMap(\.weights))
      .filter(\.weight.isTrained).map(\.offset).min() ?? trainedCount
  }

  /// Numbers that are learned.
  public var parameterCount: Int { weights.valueCount }

  /// Values in a block above which an architecture is taken for a mistake: 8 GiB of floats.
  static let largest = 1 << 31
}

extension Sequence where Element == Outline.Placed {
  /// Values of all of them.
  public var valueCount: Int { reduce(0) { $0 + $1.weight.shape.count } }
}

extension Architecture {
  /// Works out every shape.
  ///
  /// - Throws: ``ModelError`` naming the first layer that does not fit, or a decoder that does not end in the
  ///   shape of the input.
  public func outline() throws(ModelError) -> Outline {
    guard input.count > 0, input.rank > 0 else {
      throw ModelError(place: "input", expected: "at least one value", found: "\(input)")
    }
    if let inputLimit, !(inputLimit > 0 && inputLimit.isFinite) {
      throw ModelError(place: "inputLimit", expected: "a number above 0", found: "\(inputLimit)")
    }
    try reconstruction.check()
    try critic?.check(self)
    try checkRecord()
    try condition?.check()
    try checkHeads()
    var next = 0
    let record = reconstruction.record
    if let record { try record.checkInput(input) }
    let read: Shape = record.map { [$0.readCount] } ?? input
    let first = try entries(encoder, "encoder", from: read, &next)
    let code = try self.code.shape(of: first.last?.output ?? read)
    try self.code.checkPseudoInputs(behind: first, condition)
    for penalty in penalties { try penalty.check(self.code, first) }
    for kind in corruption { try kind.check(for: input, readsEntries: entriesRead != nil, record) }
    let second = try entries(decoder, "decoder", from: code, &next, behind: first)
    let book = try weightsOfCode(&next)
    let ofFields = try weightsOfFields(&next)
    let answering = try headEntries(from: code, &next)
    let trained = next
    let critic = try criticEntries(code: code, &next)
    let criticEnd = next
    let encoder = Architecture.placingStatistics(first, &next)
    let decoder = Architecture.placingStatistics(second, &next)
    let ofCode = Architecture.placingStatistics(book, &next)
    let placed = answering.map { Architecture.placingStatistics($0, &next) }
    try checkOutputs(decoder.last?.output ?? code, ofHeads: placed.map { $0.last?.output ?? code })
    return Outline(
      input: input, encoder: encoder, coding: self.code, code: code, decoder: decoder, heads: placed,
      condition: condition,
      inputLimit: inputLimit, ofCode: ofCode, ofFields: ofFields, record: record, critic: critic,
      blockCount: next, trainedCount: trained,
      criticRange: trained..<criticEnd)
  }

  /// The decoder must end in what the reconstruction term reads.
  private func checkOutput(_ output: Shape) throws(ModelError) {
    let wanted = reconstruction.output(of: input)
    guard output == wanted else {
      let what =
        reconstruction.record != nil
        ? "the numbers that the fields' laws read"
        : wanted == input ? "the shape of the input" : "the odds of every entry"
      throw ModelError(
        place: "decoder", expected: "\(wanted), \(what), at its end", found: "\(output)",
        remedy: "end it with .dense(\(wanted.count))" + (wanted.rank == 1 ? "" : " and .reshape(\(wanted))"))
    }
  }

  private func headEntries(from code: Shape, _ next: inout Int) throws(ModelError) -> [[Outline.Entry]] {
    var found: [[Outline.Entry]] = []
    for (number, head) in heads.enumerated() {
      found.append(try entries(head.layers, "heads.\(number)", from: code, &next, isTold: false))
    }
    return found
  }

  /// What makes no sense of heads, before any shape is known.
  private func checkHeads() throws(ModelError) {
    for (number, head) in heads.enumerated() { try head.check(at: "heads[\(number)] \(head.name)") }
    guard Set(heads.map(\.name)).count == heads.count else {
      throw ModelError(place: "heads", expected: "names of their own", found: "a name twice")
    }
    try consistency?.check(self)
    guard reconstructionWeight >= 0, reconstructionWeight.isFinite, reconstructionWeight > 0 || !heads.isEmpty
    else {
      throw ModelError(
        place: "reconstruction_weight", expected: "a number above 0, or 0 beside heads",
        found: "\(reconstructionWeight)")
    }
  }

  /// Every head must end in the parameters of its law.
  private func checkOutputs(_ output: Shape, ofHeads outputs: [Shape]) throws(ModelError) {
    try checkOutput(output)
    for (number, (head, output)) in zip(heads, outputs).enumerated() where output != head.output {
      throw ModelError(
        place: "heads[\(number)] \(head.name)",
        expected: "\(head.output), the numbers that the law \(head.law.name) reads, at its end",
        found: "\(output)",
        remedy: head.isPicture
          ? "end it with a convolution of \(head.output[0]) channels"
          : "end it with .dense(\(head.output.count))")
    }
  }

  private func weightsOfCode(_ next: inout Int) throws(ModelError) -> [Outline.Placed] {
    var placed: [Outline.Placed] = []
    for (name, weight) in code.weights(of: input) {
      placed.append(
        try self.placed(
          weight, "code.\(name)", at: "code \(code)", remedy: "use fewer of them", &next))
    }
    return placed
  }

  private func weightsOfFields(_ next: inout Int) throws(ModelError) -> [Outline.Placed] {
    var placed: [Outline.Placed] = []
    for (name, weight) in reconstruction.record.map({ $0.weights() + $0.weightsOfLibrary() }) ?? [] {
      placed.append(
        try self.placed(
          weight, "fields.\(name)", at: "fields", remedy: "leave out columns of many levels", &next))
    }
    return placed
  }

  /// What the first layer of a network that computes is to be told.
  private struct Untold {
    var condition: Condition?
    /// Values of a record's conditions; of the encoder none, which reads them as they are.
    var fields = 0

    var count: Int { (condition?.count ?? 0) + fields }
    var isEmpty: Bool { condition == nil && fields == 0 }
  }

  private func untold(_ part: String) -> Untold {
    Untold(
      condition: condition, fields: part == "encoder" ? 0 : reconstruction.record?.toldCount ?? 0)
  }

  func entries(
    _ layers: [Layer], _ part: String, from input: Shape, _ next: inout Int,
    behind encoder: [Outline.Entry]? = nil, isTold: Bool = true
  ) throws(ModelError) -> [Outline.Entry] {
    var shape = input
    var entries: [Outline.Entry] = []
    var untold = isTold ? untold(part) : Untold()
    for (index, layer) in layers.enumerated() {
      let place = "\(part)[\(index)]"
      let told = layer.isIdentityOnUse ? Untold() : untold
      if !told.isEmpty {
        shape = try layer.told(told.count, beside: shape, at: "\(place) \(layer)")
        untold = Untold()
      }
      let source = try layer.tiedEntry(of: encoder, reading: shape, at: "\(place) \(layer)")
      let output =
        if let source { source.turned } else { try layer.output(of: shape, at: "\(place) \(layer)") }
      let behind = layers[(index + 1)...].first { !$0.isTransparent }
      let weights = source?.weights ?? layer.weights(for: shape, before: behind)
      let placed = try placed(weights, "\(part).\(index)", at: "\(place) \(layer)", &next)
      guard let size = Shape.count(of: output.dimensions), size < Outline.largest else {
        throw ModelError(
          place: "\(place) \(layer)", expected: "at most \(Outline.largest) values", found: "\(output)",
          remedy: "use fewer channels, or a smaller side")
      }
      entries.append(
        .init(
          place: place, layer: layer, input: shape, output: output, weights: placed, shared: source?.matrix,
          isConditioned: told.condition != nil, isTold: told.fields > 0))
      shape = output
    }
    if !untold.isEmpty {
      throw ModelError(
        place: part, expected: "a layer that reads the condition", found: "none that computes",
        remedy: "put .dense into it")
    }
    return entries
  }

  /// Gives weights their places in the block, one behind the other.
  private func placed(
    _ weights: [Weight], _ name: String, at place: String, _ next: inout Int
  ) throws(ModelError) -> [Outline.Placed] {
    var placed: [Outline.Placed] = []
    for weight in weights {
      placed.append(
        try self.placed(weight, "\(name).\(weight.name)", at: place, remedy: "use fewer units", &next))
    }
    return placed
  }

  private func placed(
    _ weight: Weight, _ name: String, at place: String, remedy: String, _ next: inout Int
  ) throws(ModelError) -> Outline.Placed {
    guard let count = Shape.count(of: weight.shape.dimensions), count + next < Outline.largest else {
      throw ModelError(
        place: place, expected: "at most \(Outline.largest) weights in all",
        found: "a matrix of \(weight.shape)", remedy: remedy)
    }
    defer { if weight.isTrained { next += Architecture.lines(count) } }
    return .init(name: name, weight: weight, offset: next)
  }

  /// Every part begins on a cache line.
  private static func lines(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Gives what follows no gradient its place behind all that does.
  private static func placingStatistics(_ entries: [Outline.Entry], _ next: inout Int) -> [Outline.Entry] {
    entries.map { entry in
      .init(
        place: entry.place, layer: entry.layer, input: entry.input, output: entry.output,
        weights: placingStatistics(entry.weights, &next), shared: entry.shared,
        isConditioned: entry.isConditioned, isTold: entry.isTold)
    }
  }

  private static func placingStatistics(_ weights: [Outline.Placed], _ next: inout Int) -> [Outline.Placed] {
    weights.map { placed in
      guard !placed.weight.isTrained else { return placed }
      defer { next += lines(placed.weight.shape.count) }
      return .init(name: placed.name, weight: placed.weight, offset: next)
    }
  }
}
