import HourglassTensor

extension Architecture {
  /// Blocks of self-attention over the steps of a series, and a dense layer that gives the code; mirrored.
  ///
  /// Each step becomes a vector as wide as the first block and is told its place; a block is
  ///
  ///     x + attention(norm(x)), then x + W₂ activation(W₁ norm(x)) with four times as many units between
  ///
  /// with a normalisation by layer before each part (Xiong et al. 2020), all else as in Vaswani et al. 2017.
  /// A dense layer per step stands between blocks of different widths. The decoder makes as many steps of the
  /// code as the series has, tells them their places again, and goes through the blocks in reverse order.
  ///
  /// The pattern's normalisation is not read: it is always by layer.
  ///
  /// - Parameter heads: of every attention; they must divide the width of each block.
  /// - Precondition: the input is a series `[channels, steps]`, or `[steps]` of one channel, and there is a
  ///   block.
  public static func attention(_ pattern: Pattern, heads: Int = 4) -> Architecture {
    let input = pattern.input
    let widths = pattern.layers
    precondition(
      (input.rank == 1 || input.rank == 2) && !widths.isEmpty, "attention: \(widths.count) blocks on \(input)"
    )
    let (channels, steps) = input.rank == 2 ? (input[0], input[1]) : (1, input[0])
    let (first, last) = (widths[0], widths[widths.count - 1])
    var encoder: [Layer] = input.rank == 2 ? [.transpose] : [.reshape([steps, 1])]
    encoder += [pattern.densePerStep(first), .positionalEncoding]
    encoder += pattern.blocks(widths, heads)
    encoder +=
      [.layerNorm(), .flatten]
      + pattern.intoCode
      .compactMap { $0 }
    var decoder: [Layer] = [pattern.dense(steps * last), .reshape([steps, last]), .positionalEncoding]
    decoder += pattern.blocks(widths.reversed(), heads)
    decoder += [.layerNorm(), pattern.densePerStep(channels)]
    decoder.append(input.rank == 2 ? .transpose : .reshape(input))
    if let activation = pattern.outputActivation { decoder.append(activation) }
    return pattern.architecture(encoder: encoder, decoder: decoder)
  }
}

extension Architecture.Pattern {
  fileprivate func densePerStep(_ units: Int) -> Layer {
    .densePerStep(units: units, initializer: initializer)
  }

  fileprivate func blocks(_ widths: [Int], _ heads: Int) -> [Layer] {
    widths.enumerated().flatMap { number, width -> [Layer] in
      let isAsWide = number == 0 || widths[number - 1] == width
      let mixture: [Layer] = [.layerNorm(), .attention(heads: heads), dropout].compactMap { $0 }
      let own: [Layer] = [
        .layerNorm(), densePerStep(4 * width), activation, densePerStep(width), dropout,
      ].compactMap { $0 }
      return (isAsWide ? [] : [densePerStep(width)]) + [.residual(mixture), .residual(own)]
    }
  }
}
