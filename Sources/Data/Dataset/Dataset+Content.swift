public import HourglassTensor

/// Where the values lie: side by side, or those alone that differ from a background.
extension Dataset {
  /// `[n, sample shape…]`; NaN where a value is missing.
  ///
  /// Of sparse rows all values are written out, anew each time: ``sparse``, ``tensor(_:)`` and
  /// ``gather(_:scaling:into:)`` do without.
  public var samples: Tensor {
    switch content {
    case .dense(let samples): samples
    case .sparse(let samples): samples.tensor(0..<samples.count)
    }
  }

  /// The rows, where they name only what differs from a background.
  public var sparse: SparseRows? {
    if case .sparse(let samples) = content { samples } else { nil }
  }

  /// The type of the values.
  public var element: Element {
    switch content {
    case .dense(let samples): samples.element
    case .sparse: .float32
    }
  }

  /// Rows of ``samples``.
  public var rowCount: Int {
    switch content {
    case .dense(let samples): samples.rows
    case .sparse(let samples): samples.count
    }
  }
}
