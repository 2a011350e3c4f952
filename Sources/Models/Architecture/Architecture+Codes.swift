import HourglassTensor

extension Architecture.Pattern {
  /// From an image to the code: a dense layer, or, to the entries of a codebook, one vector a position.
  func intoCode(from image: Shape) -> [Layer] {
    guard case .codebook(let numbers) = code else { return [.flatten] + intoCode }
    let vectors = Layer.conv(numbers.width, kernel: 1, initializer: initializer)
    return [vectors, codeActivation].compactMap { $0 }
  }

  /// From the code to what `intoCode(from:)` was given.
  func outOfCode(into image: Shape) -> [Layer] {
    guard case .codebook = code else {
      let widened = dense(image.count)
      return (layers.isEmpty ? [widened] : hidden(widened)) + [.reshape(image)]
    }
    let channels = Layer.conv(image[0], initializer: initializer)
    return layers.isEmpty ? [channels] : hidden(channels)
  }
}
