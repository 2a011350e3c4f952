import HourglassEngine
import HourglassModels

/// Optimizers whose result is a mean of the places that they were at: the session's parameters are where the
/// gradient is taken, and blocks of the state are what moves and its mean.
extension Trainer {
  /// What moves, z, and its mean, x; none of other optimizers.
  var ownPlaces: [UnsafeMutablePointer<Float>] {
    guard recipe.optimizer.averagesItself, state.count > 2 else { return [] }
    return [state[0].pointer, state[2].pointer].compactMap(\.self)
  }

  /// Lets both begin at the parameters.
  func beginMean() {
    guard let parameters = session.parameters.baseAddress else { return }
    for place in ownPlaces { place.update(from: parameters, count: session.parameters.count) }
  }

  /// The mean, with what follows no gradient as it is now; nil of other optimizers.
  var ownMean: UnsafeMutableBufferPointer<Float>? {
    guard recipe.optimizer.averagesItself else { return nil }
    for index in start.outline.criticRange.upperBound..<session.parameters.count {
      state[2].values[index] = session.parameters[index]
    }
    return state[2].values
  }
}

extension Course {
  /// The weight of the step to come in the mean: η² / Σ η², in turn `turn` of `turns` that it has.
  func share(ofRate rate: Float, turn: Int = 1, of turns: Int = 1) -> Float {
    let square = Double(rate) * Double(rate)
    let sum = Double(turns) * (rateSquares ?? 0) + Double(turn) * square
    return sum > 0 ? Float(square / sum) : 0
  }

  mutating func addToMean(rate: Float) {
    rateSquares = (rateSquares ?? 0) + Double(rate) * Double(rate)
  }
}
