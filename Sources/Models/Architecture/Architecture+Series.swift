import HourglassTensor

/// Convolutional autoencoders of series.
extension Architecture {
  /// Convolutions over 5 steps of a series, each of which halves their number, and a dense layer that gives
  /// the code; mirrored by transposed convolutions. To a codebook a convolution of single steps gives a
  /// vector a position.
  ///
  /// A sample `[channels, steps]` is a series of so many channels; a row `[steps]` one of a single channel.
  /// Any number of steps is halved, rounded up, and comes back.
  ///
  /// - Precondition: the input is a series.
  public static func convolutionalSeries(_ pattern: Pattern) -> Architecture {
    let input = pattern.input
    precondition(input.rank == 1 || input.rank == 2, "convolutionalSeries: \(input) is no series")
    let series: Shape = input.rank == 2 ? input : [1, input[0]]
    var encoder: [Layer] = series == input ? [] : [.reshape(series)]
    var shapes = [series]
    for channels in pattern.layers {
      encoder += pattern.hidden(
        .conv(
          channels, kernel: Sides([kernel]), stride: 2, padding: .explicit(Sides([kernel / 2])),
          initializer: pattern.initializer))
      shapes.append([channels, (shapes[shapes.count - 1][1] + 1) / 2])
    }
    let narrow = shapes[shapes.count - 1]
    encoder += pattern.intoCode(from: narrow)
    var decoder = pattern.outOfCode(into: narrow)
    for (index, shape) in shapes.dropLast().enumerated().reversed() {
      // An even number of steps has one more than the windows reach.
      let layer = Layer.deconv(
        shape[0], kernel: Sides([kernel]), stride: 2, padding: .explicit(Sides([kernel / 2])),
        outputPadding: Sides([1 - shape[1] % 2]), initializer: pattern.initializer)
      decoder += index == 0 ? [layer] : pattern.hidden(layer)
    }
    if let last = pattern.outputActivation { decoder.append(last) }
    if series != input { decoder.append(.reshape(input)) }
    return pattern.architecture(encoder: encoder, decoder: decoder)
  }

  /// Steps that a window of ``convolutionalSeries(_:)`` reaches over.
  private static let kernel = 5
}

extension Critic {
  /// Convolutions over the steps of a series with leaky rectifiers, each of which halves their number.
  ///
  /// A sample `[steps]` is a series of one channel.
  public static func convolutionalSeries(_ channels: [Int], on input: Shape) -> [Layer] {
    let series: [Layer] = input.rank == 1 ? [.reshape([1, input[0]])] : []
    let layers = channels.flatMap { [Layer.conv($0, kernel: 5, stride: 2), .leakyRelu(slope: 0.2)] }
    return series + layers + [.flatten]
  }
}
