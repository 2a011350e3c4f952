import HourglassModels
import HourglassTensor

/// Recurrent layers, step by step.
extension SlowLayer {
  func recur(_ x: [Double], _ numbers: Recurrent, isLSTM: Bool) -> [Double] {
    let (steps, inputs) = (input[0], input[1])
    let ways: [(isReversed: Bool, prefix: String)] =
      switch numbers.direction {
      case .forward: [(false, "")]
      case .backward: [(true, "")]
      case .both: [(false, ""), (true, "backward.")]
      }
    let states = ways.map { way -> [[Double]] in
      func own(_ name: String) -> [Double] { weight(way.prefix + name) ?? [] }
      let cell = SlowCell(
        isLSTM, inputs: inputs, units: numbers.units, input: own("weight"), state: own("recurrentWeight"),
        bias: own("bias"))
      var state = cell.start
      var outputs = [[Double]](repeating: [], count: steps)
      for step in way.isReversed ? Array((0..<steps).reversed()) : Array(0..<steps) {
        state = cell.step(Array(x[(step * inputs)..<((step + 1) * inputs)]), state)
        outputs[step] = state.h
      }
      return outputs
    }
    if numbers.output == .last {
      return zip(states, ways).flatMap { outputs, way in outputs[way.isReversed ? 0 : steps - 1] }
    }
    return (0..<steps).flatMap { step in states.flatMap { $0[step] } }
  }
}
