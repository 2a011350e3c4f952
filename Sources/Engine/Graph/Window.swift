import HourglassTensor

/// How windows lie over an image: the geometry of a convolution or a pooling.
///
/// Images have their channels last, `[rows, columns, channels]`. Along each axis
///
///     window i, place k looks at position i · stride + k · dilation - before
///
/// and positions outside the image hold nothing.
public struct Window: Hashable, Sendable {
  /// One axis of it.
  public struct Axis: Hashable, Sendable {
    /// Positions of the image.
    public var input: Int
    public var kernel: Int
    public var stride: Int
    public var dilation: Int
    /// Positions in front of the image that the first window begins at.
    public var before: Int
    /// Windows.
    public var output: Int

    /// With as many windows as the axis holds.
    ///
    ///     output = (input + before + after - dilation (kernel - 1) - 1) / stride + 1
    public init(
      _ input: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, before: Int = 0, after: Int = 0
    ) {
      let room = input + before + after - dilation * (kernel - 1) - 1
      self.init(
        input, kernel: kernel, stride: stride, dilation: dilation, before: before,
        output: room < 0 ? 0 : room / stride + 1)
    }

    /// With as many windows as are asked for, though the last ones may see nothing of the image.
    public init(_ input: Int, kernel: Int, stride: Int, dilation: Int, before: Int, output: Int) {
      (self.input, self.kernel, self.stride) = (input, kernel, stride)
      (self.dilation, self.before, self.output) = (dilation, before, output)
    }

    /// An axis of one position, which a series has beside its own.
    public static let single = Axis(1, kernel: 1)

    /// Where a window looks; nil outside the image.
    package func position(_ window: Int, _ place: Int) -> Int? {
      let found = window * stride + place * dilation - before
      return found >= 0 && found < input ? found : nil
    }
  }

  public var rows: Axis
  public var columns: Axis
  /// Channels of the image, and of what is made of it.
  public var inputs: Int
  public var outputs: Int
  /// Parts that the channels are split into, each convolved by itself.
  public var groups: Int

  public init(rows: Axis, columns: Axis, inputs: Int, outputs: Int, groups: Int = 1) {
    precondition(
      [rows.input, rows.kernel, rows.stride, rows.dilation, rows.output, columns.input, columns.kernel].min()
        ?? 0 > 0 && min(columns.stride, columns.dilation, columns.output, groups, inputs, outputs) > 0,
      "Window: \(rows), \(columns), \(inputs) to \(outputs) channels in \(groups) groups")
    precondition(
      inputs % groups == 0 && outputs % groups == 0,
      "Window: \(inputs) and \(outputs) channels in \(groups) groups")
    (self.rows, self.columns, self.inputs) = (rows, columns, inputs)
    (self.outputs, self.groups) = (outputs, groups)
  }

  /// `[rows, columns, channels]` of the image.
  public var image: Shape { [rows.input, columns.input, inputs] }
  /// The same of what the windows give.
  public var result: Shape { [rows.output, columns.output, outputs] }
  /// Output channels, input channels of a group, rows, columns.
  public var weight: Shape { [outputs, inputs / groups, rows.kernel, columns.kernel] }
}

/// A linear map along one axis that repeats, interpolates or averages positions, or the transpose of one.
public struct Resampling: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Each position `factor` times.
    case repeated(factor: Int)
    /// `factor` positions for one, interpolated between the two whose centres are nearest; those beyond the
    /// first and the last centre have their values.
    case linear(factor: Int)
    /// The mean of the positions that each window sees.
    case mean(Window.Axis)
  }

  /// One position's share in another.
  package struct Share: Hashable, Sendable {
    package var target: Int
    package var source: Int
    package var weight: Double
  }

  public var kind: Kind
  /// Positions of the axis that the kind of map reads.
  public var positions: Int
  /// Whether it is the transpose: from what the map gives to what it reads.
  public var isTransposed = false

  public init(_ kind: Kind, positions: Int) {
    self.kind = kind
    self.positions = positions
  }

  var transposed: Resampling {
    var result = self
    result.isTransposed.toggle()
    return result
  }

  private var given: Int {
    switch kind {
    case .repeated(let factor), .linear(let factor): positions * factor
    case .mean(let axis): axis.output
    }
  }

  /// Positions it reads and gives.
  package var input: Int { isTransposed ? given : positions }
  package var output: Int { isTransposed ? positions : given }

  /// All shares that are not zero, those of a target one after the other.
  package var shares: [Share] {
    let plain = (0..<given).flatMap(shares(of:))
    guard isTransposed else { return plain }
    let turned = plain.map { Share(target: $0.source, source: $0.target, weight: $0.weight) }
    return turned.sorted { ($0.target, $0.source) < ($1.target, $1.source) }
  }

  private func shares(of target: Int) -> [Share] {
    switch kind {
    case .repeated(let factor): return [Share(target: target, source: target / factor, weight: 1)]
    case .linear(let factor):
      let place = max(0, (Double(target) + 0.5) / Double(factor) - 0.5)
      let first = min(Int(place), positions - 1)
      let part = place - Double(first)
      if first + 1 >= positions || part == 0 { return [Share(target: target, source: first, weight: 1)] }
      return [
        Share(target: target, source: first, weight: 1 - part),
        Share(target: target, source: first + 1, weight: part),
      ]
    case .mean(let axis):
      let seen = (0..<axis.kernel).compactMap { axis.position(target, $0) }
      return seen.map { Share(target: target, source: $0, weight: 1 / Double(seen.count)) }
    }
  }
}
