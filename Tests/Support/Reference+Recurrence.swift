import HourglassEngine
import HourglassTensor

/// Recurrent cells as their formulas are written, one unit after the other.
extension Reference {
  func recurrence(_ node: Graph.Node, _ row: Int) -> [Double] {
    switch node.op {
    case .recurrence(let numbers): tape(numbers, node, row)
    case .recurrenceSums(let numbers): sums(numbers, node, row)
    default: preconditionFailure("Reference: \(node.op)")
    }
  }

  /// Steps in the order in which they are taken.
  private func order(_ numbers: Recurrence) -> [Int] {
    let steps = Array(0..<numbers.steps)
    return numbers.isReversed ? steps.reversed() : steps
  }

  private func tape(_ numbers: Recurrence, _ node: Graph.Node, _ row: Int) -> [Double] {
    let x = input(node, 0, row)
    let cell = SlowCell(
      numbers.cell == .lstm, inputs: inputShape(node).dimensions.last ?? 1, units: numbers.units,
      input: input(node, 1, row), state: input(node, 2, row), bias: input(node, 3, row))
    let mask = node.inputs.count > 4 ? input(node, 4, row) : nil
    let isConstant = x.count == cell.inputs && numbers.steps > 1
    var result = [[Double]](repeating: [], count: numbers.steps)
    var state = cell.start
    for step in order(numbers) {
      let at = isConstant ? 0 : step * cell.inputs
      var next = cell.step(Array(x[at..<(at + cell.inputs)]), state)
      if mask?[step] == 0 {
        (next.h, next.c) = (state.h, state.c)
        if cell.isLSTM { next.gates[4] = state.c }
      }
      result[step] = next.gates.flatMap { $0 } + state.h + next.h
      state = next
    }
    return result.flatMap { $0 }
  }

  /// Back through time: each step takes what the state after it was worth.
  private func sums(_ numbers: Recurrence, _ node: Graph.Node, _ row: Int) -> [Double] {
    let (units, isLSTM) = (numbers.units, numbers.cell == .lstm)
    let (tape, g, state) = (input(node, 0, row), input(node, 1, row), input(node, 2, row))
    let mask = node.inputs.count > 3 ? input(node, 3, row) : nil
    let (width, columns) = (isLSTM ? 7 : 6, isLSTM ? 4 * units : 3 * units)
    var result = [Double](repeating: 0, count: node.shape.count)
    var (dh, dc) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
    let order = order(numbers)
    for (number, step) in order.enumerated().reversed() {
      for unit in 0..<units { dh[unit] += g[step * units + unit] }
      if mask?[step] == 0 { continue }
      var direct = [Double](repeating: 0, count: units)
      var ofState = [Double](repeating: 0, count: columns)
      for unit in 0..<units {
        let v = (0..<width).map { tape[(step * width + $0) * units + unit] }
        var d = [0.0, 0, 0, 0]
        if isLSTM {
          let cBefore = number > 0 ? tape[(order[number - 1] * width + 4) * units + unit] : 0
          let t = v[4].hyperbolicTangent
          let whole = dc[unit] + dh[unit] * v[3] * (1 - t * t)
          d = [
            whole * v[2] * v[0] * (1 - v[0]), whole * cBefore * v[1] * (1 - v[1]),
            whole * v[0] * (1 - v[2] * v[2]),
            dh[unit] * t * v[3] * (1 - v[3]),
          ]
          dc[unit] = whole * v[1]
          for sum in 0..<4 { ofState[sum * units + unit] = d[sum] }
        } else {
          let n = dh[unit] * (1 - v[1]) * (1 - v[2] * v[2])
          d = [n * v[3] * v[0] * (1 - v[0]), dh[unit] * (v[4] - v[2]) * v[1] * (1 - v[1]), n, n * v[0]]
          direct[unit] = dh[unit] * v[1]
          for (sum, from) in [0, 1, 3].enumerated() { ofState[sum * units + unit] = d[from] }
        }
        for sum in 0..<4 { result[(step * 4 + sum) * units + unit] = d[sum] }
      }
      for unit in 0..<units {
        dh[unit] = (0..<columns).reduce(direct[unit]) { $0 + ofState[$1] * state[unit * columns + $1] }
      }
    }
    return result
  }
}

/// One step of a cell, in double precision.
struct SlowCell {
  /// h, c, and what the step computed on the way: i, f, g, o, c or r, z, n, q.
  struct State {
    var h: [Double]
    var c: [Double]
    var gates: [[Double]] = []
  }

  let isLSTM: Bool
  let inputs: Int
  let units: Int
  private let input: [Double]
  private let state: [Double]
  private let bias: [Double]

  init(_ isLSTM: Bool, inputs: Int, units: Int, input: [Double], state: [Double], bias: [Double]) {
    (self.isLSTM, self.inputs, self.units) = (isLSTM, inputs, units)
    (self.input, self.state, self.bias) = (input, state, bias)
  }

  var start: State {
    State(h: Array(repeating: 0, count: units), c: Array(repeating: 0, count: units))
  }

  func step(_ x: [Double], _ before: State) -> State {
    let columns = (isLSTM ? 4 : 3) * units
    func sigmoid(_ x: Double) -> Double { 1 / (1 + (-x).exponential) }
    func fromInput(_ sum: Int, _ unit: Int) -> Double {
      let place = sum * units + unit
      return (0..<inputs).reduce(bias[place]) { $0 + x[$1] * input[$1 * columns + place] }
    }
    func fromState(_ sum: Int, _ unit: Int) -> Double {
      (0..<units).reduce(0) { $0 + before.h[$1] * state[$1 * columns + sum * units + unit] }
    }
    var result = before
    var gates: [[Double]] = []
    for unit in 0..<units {
      if isLSTM {
        let a = (0..<4).map { fromInput($0, unit) + fromState($0, unit) }
        let (i, f, g, o) = (sigmoid(a[0]), sigmoid(a[1]), a[2].hyperbolicTangent, sigmoid(a[3]))
        result.c[unit] = f * before.c[unit] + i * g
        result.h[unit] = o * result.c[unit].hyperbolicTangent
        gates.append([i, f, g, o, result.c[unit]])
      } else {
        let r = sigmoid(fromInput(0, unit) + fromState(0, unit))
        let z = sigmoid(fromInput(1, unit) + fromState(1, unit))
        let q = fromState(2, unit) + bias[3 * units + unit]
        let n = (fromInput(2, unit) + r * q).hyperbolicTangent
        result.h[unit] = (1 - z) * n + z * before.h[unit]
        gates.append([r, z, n, q])
      }
    }
    result.gates = gates[0].indices.map { place in gates.map { $0[place] } }
    return result
  }
}
