import HourglassModels
import HourglassTensor

extension Autoencoder {
  /// The same network with the weights of another wherever they have the same name and shape; heads keep
  /// their own.
  public func taking(weightsOf other: Autoencoder) -> Autoencoder {
    var copy = self
    let theirs = Dictionary(other.outline.weights.map { ($0.name, $0) }) { first, _ in first }
    for placed in outline.weights where !placed.name.hasPrefix("heads.") {
      guard let source = theirs[placed.name], source.weight.shape == placed.weight.shape else { continue }
      let count = placed.weight.shape.count
      copy.block.replaceSubrange(
        placed.offset..<(placed.offset + count), with: other.block[source.offset..<(source.offset + count)])
    }
    return copy
  }
}
