/// A recurrent cell over all steps of a sequence `[steps, inputs]`, which lies with its features last.
public struct Recurrence: Hashable, Sendable {
  /// What the cell computes from the input x and the state h of the step before.
  public enum Cell: Hashable, Sendable {
    /// Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    ///
    ///     i, f, o = sigmoid(x W + h U + b)   g = tanh(x W + h U + b)
    ///     c = f c + i g                      h = o tanh(c)
    ///
    /// The columns of W and U are those of i, f, g, o.
    case lstm
    /// Cho et al. 2014, with the reset applied to the product, as PyTorch and Keras have it.
    ///
    ///     r, z = sigmoid(x W + h U + b)   n = tanh(x W + b + r (h U + b'))   h = (1 - z) n + z h
    ///
    /// The columns of W and U are those of r, z, n; the bias ends with b'.
    case gru

    /// Sums of a unit that the input takes part in, and so does the state.
    var sums: Int { self == .lstm ? 4 : 3 }
    /// Values of a unit and step that the gradient needs.
    var tape: Int { self == .lstm ? 7 : 6 }
  }

  public var cell: Cell
  public var steps: Int
  public var inputs: Int
  public var units: Int
  /// Whether the last step comes first.
  public var isReversed: Bool
  /// Whether a mask says at which steps the state stays as it was.
  var isMasked: Bool
  /// Whether all steps read the same input.
  var isConstant: Bool

  /// Multiplications and additions of a row's products, forward.
  var work: Double {
    let inner = Double(isConstant ? 0 : inputs) + Double(units)
    return 2 * Double(steps) * inner * Double(cell.sums * units)
  }
}
