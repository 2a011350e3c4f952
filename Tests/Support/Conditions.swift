/// What the values of a graph depend on, beside the graph.
public struct Conditions: Sendable {
  public var rows: Int
  /// The rows of each fed slot, one after the other.
  public var inputs: [[Double]]
  /// The flat parameter block.
  public var parameters: [Double]
  public var scalars: [Double]
  public var seed: UInt64 = 0
  public var step: UInt32 = 0
  /// Place of row 0 in the whole batch.
  public var firstRow = 0

  public init(rows: Int, inputs: [[Double]] = [], parameters: [Double] = [], scalars: [Double] = []) {
    self.rows = rows
    self.inputs = inputs
    self.parameters = parameters
    self.scalars = scalars
  }
}
