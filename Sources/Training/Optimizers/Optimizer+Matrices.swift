import HourglassKernels
import HourglassModels
import HourglassTensor

/// What optimizers that take matrices as a whole are made of.
extension Optimizer {
  /// Whether a step looks at matrices as a whole; what is no matrix then follows `ofRest`.
  public var takesMatrices: Bool {
    switch self {
    case .muon, .soap: true
    default: false
    }
  }

  /// The rule of what is no matrix.
  var ofRest: Optimizer {
    switch self {
    case .muon(_, let beta1, let beta2, let epsilon), .soap(let beta1, let beta2, let epsilon, _, _):
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
    default: self
    }
  }

  /// The numbers of the direction that matrices are given at step `number`, counted from 1, and by how much
  /// the rate of a matrix of so many rows and columns is larger than that of the rest.
  func direction(_ number: Int) -> (hourglass_update_numbers, scale: (_ rows: Int, _ columns: Int) -> Float) {
    switch self {
    case .muon(let momentum, _, _, _):
      var numbers = hourglass_update_numbers()
      numbers.a = momentum
      return (numbers, { 0.2 * Float(max($0, $1)).squareRoot() })
    case .soap(let beta1, let beta2, let epsilon, _, _):
      // The first step only looks.
      let step = max(1, number - 1)
      var numbers = Optimizer.moments(beta1, beta2, epsilon, step)
      numbers.c = Float(1 / (1 - Optimizer.power(beta1, step)))
      return (numbers, { _, _ in 1 })
    default: return (hourglass_update_numbers(), { _, _ in 1 })
    }
  }

  /// Values that the rule keeps from step to step.
  public func stateCount(of outline: Outline) -> Int { stateLengths(of: outline).reduce(0, +) }

  /// Values of each of the blocks that the rule keeps from step to step: as long as the parameters, and of
  /// ``soap(beta1:beta2:epsilon:every:side:)`` the means and bases of all sides.
  func stateLengths(of outline: Outline) -> [Int] {
    let lengths = [Int](repeating: outline.blockCount, count: stateCount)
    guard case .soap = self else { return lengths }
    return lengths + [basisCount(of: outline.network) + basisCount(of: outline.critic)]
  }

  /// Values of the means and bases of the layers' matrices.
  func basisCount(of entries: [Outline.Entry]) -> Int {
    guard case .soap(_, _, _, _, let largest) = self else { return 0 }
    return MatrixSteps.matrices(of: entries).flatMap { [$0.rows, $0.columns] }.filter { $0 <= largest }
      .reduce(0) { $0 + 2 * $1 * $1 }
  }

  /// Values of memory that turning a basis of `count` vectors takes.
  static func workCount(_ count: Int) -> Int { 4 * count * count + 2 * count }
}
