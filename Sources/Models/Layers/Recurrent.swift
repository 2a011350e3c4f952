/// The numbers of a recurrent layer.
public struct Recurrent: Hashable, Sendable {
  /// In which order the steps are read.
  public enum Direction: String, Hashable, Sendable, Codable, CaseIterable {
    /// From the first to the last.
    case forward
    /// From the last to the first.
    case backward
    /// By two cells, one each way, whose states stand side by side. Schuster and Paliwal 1997.
    case both
  }

  /// What comes out.
  public enum Output: String, Hashable, Sendable, Codable, CaseIterable {
    /// The state after every step.
    case sequence
    /// The state after the step that is read last.
    case last
  }

  /// Values of a cell's state.
  public var units: Int
  public var direction: Direction
  public var output: Output
  /// Of the matrix that the input is multiplied by; nil: glorot-uniform. The state's begins orthogonal.
  public var initializer: Initializer?

  public init(
    units: Int, direction: Direction = .forward, output: Output = .sequence, initializer: Initializer? = nil
  ) {
    (self.units, self.direction, self.output, self.initializer) = (units, direction, output, initializer)
  }

  /// Values of a step's output.
  var features: Int { direction == .both ? 2 * units : units }
  /// For each cell whether it reads the last step first.
  var ways: [Bool] {
    switch direction {
    case .forward: [false]
    case .backward: [true]
    case .both: [false, true]
    }
  }
}
