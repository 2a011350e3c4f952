import HourglassTensor

/// Whole autoencoders of sequences.
extension Architecture {
  /// Recurrent layers, the last of which hands over its state behind the last step; a dense layer gives the
  /// code. The decoder is given the code at every step: Srivastava et al. 2015, without the feedback of its
  /// output.
  ///
  /// A sample `[channels, steps]` is a series of so many channels; a row `[values]` one of a single channel.
  public static func recurrent(_ pattern: Pattern) -> Architecture {
    let input = pattern.input
    precondition(input.rank == 1 || input.rank == 2, "recurrent: \(input) is no series")
    let (channels, steps) = input.rank == 1 ? (1, input[0]) : (input[0], input[1])
    let units = pattern.layers.isEmpty ? [max(pattern.latent, channels)] : pattern.layers
    var encoder: [Layer] = [input.rank == 1 ? .reshape([steps, 1]) : .transpose]
    for (number, width) in units.enumerated() {
      encoder.append(.lstm(width, output: number == units.count - 1 ? .last : .sequence))
      encoder += [pattern.dropout].compactMap { $0 }
    }
    encoder += pattern.intoCode
    var decoder: [Layer] = [.repeatSteps(count: steps)]
    for width in units.reversed() { decoder += [.lstm(width)] + [pattern.dropout].compactMap { $0 } }
    decoder += [.densePerStep(units: channels, initializer: pattern.initializer), pattern.outputActivation]
      .compactMap { $0 }
    decoder.append(input.rank == 1 ? .flatten : .transpose)
    return pattern.architecture(encoder: encoder, decoder: decoder)
  }
}
