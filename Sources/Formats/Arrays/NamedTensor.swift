import HourglassTensor

/// A tensor and the name it has in its file.
public struct NamedTensor: Equatable, Sendable {
  public let name: String
  public let tensor: Tensor

  public init(name: String, tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}
