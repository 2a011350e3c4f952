import HourglassEngine
import HourglassTensor

/// An architecture with numbers in it.
///
/// A value: copying one copies the weights' reference, and changing the copy leaves the original.
public struct Autoencoder: Sendable {
  public let architecture: Architecture
  public let outline: Outline
  /// All weights in one flat block; `outline.weights` names its parts.
  public var block: [Float]

  /// An untrained autoencoder.
  ///
  /// - Parameter seed: the same seed draws the same weights.
  /// - Throws: ``ModelError`` if the layers do not fit together.
  public init(_ architecture: Architecture, seed: UInt64) throws(ModelError) {
    let outline = try architecture.outline()
    self.architecture = architecture
    self.outline = outline
    block = Autoencoder.draw(outline, seed: seed)
  }

  /// An autoencoder with the weights given.
  ///
  /// - Throws: ``ModelError`` if the layers do not fit together or the block has another length.
  public init(_ architecture: Architecture, block: [Float]) throws(ModelError) {
    outline = try architecture.outline()
    self.architecture = architecture
    guard block.count == outline.blockCount else {
      throw ModelError(
        place: "weights", expected: "a block of \(outline.blockCount) values", found: "\(block.count)")
    }
    self.block = block
  }

  /// An autoencoder with the named weights given.
  ///
  /// - Parameter weights: finds a weight by its name, `encoder.0.weight`.
  /// - Throws: ``ModelError`` for a name that is missing, has another shape or holds whole numbers.
  public init(
    _ architecture: Architecture, weights: (String) -> Tensor?
  ) throws(ModelError) {
    outline = try architecture.outline()
    self.architecture = architecture
    // All are looked at before memory is asked for: an architecture from a file may claim any size.
    var found: [(offset: Int, tensor: Tensor)] = []
    for placed in outline.weights {
      found.append((placed.offset, try Autoencoder.check(weights(placed.name), as: placed)))
    }
    block = Array(repeating: 0, count: outline.blockCount)
    for (offset, tensor) in found {
      block.replaceSubrange(offset..<(offset + tensor.count), with: tensor.values)
    }
  }

  private static func check(_ tensor: Tensor?, as placed: Outline.Placed) throws(ModelError) -> Tensor {
    let place = "weight \(placed.name)"
    guard let tensor else {
      throw ModelError(place: place, expected: "\(placed.weight.shape)", found: "nothing")
    }
    guard tensor.shape == placed.weight.shape else {
      throw ModelError(place: place, expected: "\(placed.weight.shape)", found: "\(tensor.shape)")
    }
    guard tensor.element == .float32 || tensor.element == .float64 else {
      throw ModelError(place: place, expected: "floating-point values", found: "\(tensor.element)")
    }
    return tensor
  }

  /// The weight of that name, in its shape.
  public func weight(_ name: String) -> Tensor? {
    outline.weights.first { $0.name == name }.map { placed in
      Tensor(
        placed.weight.shape, Array(block[placed.offset..<(placed.offset + placed.weight.shape.count)]))
    }
  }

  private static func draw(_ outline: Outline, seed: UInt64) -> [Float] {
    let random = Random(seed: seed, stream: .weights)
    var block = [Float](repeating: 0, count: outline.blockCount)
    block.withUnsafeMutableBufferPointer { block in
      for placed in outline.weights {
        let shape = placed.weight.shape
        let part = UnsafeMutableBufferPointer(
          rebasing: block[placed.offset..<(placed.offset + shape.count)])
        switch placed.weight.start {
        case .constant(let value): part.update(repeating: value)
        case .runs(let count, let numbers):
          for (index, number) in numbers.enumerated() {
            for place in (index * count)..<((index + 1) * count) { part[place] = number }
          }
        case .drawn(let initializer, let gain):
          initializer.fill(
            part, rows: shape[0], inputs: placed.weight.inputs, outputs: placed.weight.outputs,
            random: random, position: placed.offset, gain: gain)
        }
      }
    }
    return block
  }
}
