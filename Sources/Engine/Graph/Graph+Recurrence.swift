import HourglassTensor

/// Recurrent cells.
extension Graph {
  /// What a recurrent cell is made of.
  public struct CellWeights {
    /// W `[inputs, sums · units]`, with the sums of each cell as ``Recurrence/Cell`` orders them.
    public var input: Value
    /// U `[units, sums · units]`.
    public var state: Value
    /// b `[4 units]`: one a sum, and of a GRU b' at the end.
    public var bias: Value

    public init(input: Value, state: Value, bias: Value) {
      (self.input, self.state, self.bias) = (input, state, bias)
    }
  }

  /// The state h of a cell after each step: `[steps, inputs] → [steps, units]`, from h = 0 and c = 0.
  ///
  /// - Parameters:
  ///   - x: where it is one input repeated along the steps, its product is taken once.
  ///   - mask: `[steps]`; where it is 0, the state stays as it was. Nil: it is 1 everywhere.
  public mutating func recurrence(
    _ cell: Recurrence.Cell, _ x: Value, _ weights: CellWeights, mask: Value? = nil, isReversed: Bool = false
  ) -> Value {
    let (shape, state) = (shape(of: x), shape(of: weights.state))
    precondition(
      shape.rank == 2 && state.rank == 2, "recurrence: \(shape) is no sequence, or \(state) no matrix")
    var numbers = Recurrence(
      cell: cell, steps: shape[0], inputs: shape[1], units: state[0], isReversed: isReversed,
      isMasked: mask != nil, isConstant: false)
    precondition(
      state[1] == cell.sums * numbers.units
        && self.shape(of: weights.input) == [numbers.inputs, cell.sums * numbers.units]
        && self.shape(of: weights.bias) == [4 * numbers.units]
        && mask.map { self.shape(of: $0) == [numbers.steps] } != false,
      "recurrence: \(shape) does not meet \(self.shape(of: weights.input)) and \(state)")
    var x = x
    if let single = repeated(x) {
      numbers.isConstant = true
      x = single
    }
    let inputs =
      [broadcast(x), weights.input, weights.state, weights.bias] + (mask.map { [broadcast($0)] } ?? [])
    let tape = append(
      .recurrence(numbers), inputs, shape: [numbers.steps, cell.tape * numbers.units], batched: true)
    return slice(tape, from: (cell.tape - 1) * numbers.units, count: numbers.units)
  }

  /// The one line of a matrix whose lines are all the same.
  private func repeated(_ x: Value) -> Value? {
    let node = nodes[x.index]
    guard case .expand = node.op, shape(of: node.inputs[0]) == [1, node.shape[1]] else { return nil }
    return node.inputs[0]
  }

  /// With s the sums of all steps and δ their cotangents:
  ///
  ///     dx = δ Wᵀ, dW = Σ xᵀ δ, dU = Σ h'ᵀ δ, db = Σ δ
  ///
  /// where h' is the h before, and of a GRU the last sum's δ stands for the state's part, q.
  mutating func recurrenceRule(_ node: Node, _ tape: Value, _ g: Value) -> [(Value, Value)] {
    guard case .recurrence(let numbers) = node.op else {
      preconditionFailure("gradient: the derivative of a recurrence (\(node.label)) is taken once only")
    }
    let (cell, units, inputs) = (numbers.cell, numbers.units, node.inputs)
    // Nothing but the state is read of the tape.
    let state = slice(g, from: (cell.tape - 1) * units, count: units)
    let before = slice(tape, from: (cell.tape - 2) * units, count: units)
    let back = [tape, broadcast(state), inputs[2]] + inputs.dropFirst(4)
    let sums = append(
      .recurrenceSums(numbers), Array(back), shape: [numbers.steps, 4 * units], batched: true)
    let total = sumFront(sums, to: [4 * units])
    let wanted = cell.sums * units
    let ofInput =
      numbers.isConstant
      ? reshape(slice(total, from: 0, count: wanted), [1, wanted]) : slice(sums, from: 0, count: wanted)
    let ofState =
      cell == .lstm
      ? sums
      : concatenate([slice(sums, from: 0, count: 2 * units), slice(sums, from: 3 * units, count: units)])
    return [
      (inputs[0], product(ofInput, transpose(inputs[1]))), (inputs[1], contraction(inputs[0], ofInput)),
      (inputs[2], contraction(before, ofState)), (inputs[3], sumBatch(total)),
    ]
  }
}
