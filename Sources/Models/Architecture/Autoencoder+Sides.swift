import HourglassTensor

extension Autoencoder {
  /// The same network on samples of other sides, where its layers are such that no weight depends on them, as
  /// convolutions are; nil where one does, and where the sides do not go through its strides.
  public func reading(_ input: Shape) -> Autoencoder? {
    guard input != architecture.input else { return self }
    guard input.rank == architecture.input.rank else { return nil }
    var other = architecture
    other.input = input
    guard let resized = try? Autoencoder(other, block: block),
      resized.outline.weights.map(\.name) == outline.weights.map(\.name),
      resized.outline.weights.map(\.weight.shape) == outline.weights.map(\.weight.shape),
      resized.outline.weights.map(\.offset) == outline.weights.map(\.offset)
    else { return nil }
    return resized
  }
}
