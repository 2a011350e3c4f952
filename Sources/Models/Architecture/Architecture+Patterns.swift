import HourglassTensor

extension Architecture {
  /// What a whole autoencoder is described by that narrows to a code and widens again in mirror image.
  public struct Pattern: Hashable, Sendable {
    /// Shape of a sample.
    public var input: Shape
    /// Widths of the encoder's hidden layers, from the input to the code; of convolutions their channels; of
    /// attention the features of each block.
    public var layers: [Int]
    /// Width of the code.
    public var latent: Int
    /// What the encoder's output stands for.
    public var code: Code
    /// After every hidden layer; nil is linear.
    public var activation: Layer?
    /// After the code; nil is linear.
    public var codeActivation: Layer?
    /// After the last layer; nil is linear. With a term that reads logits leave it nil.
    public var outputActivation: Layer?
    public var reconstruction: Reconstruction
    /// Of every weight; nil chooses by the activation behind it.
    public var initializer: Initializer?
    /// Between every hidden layer and its activation.
    public var normalisation: Layer?
    /// After every hidden activation of the encoder, and of the decoder.
    public var dropout: Layer?
    public var penalties: [Penalty]
    /// Of the samples that the encoder reads while training.
    public var corruption: [Corruption] = []
    /// Whether the decoder's matrices are the encoder's, transposed; of dense layers alone.
    public var isTied = false
    /// Values of each code that are kept, the others being 0; nil: all.
    public var topK: Int?
    /// What encoder, decoder and critic are told of a sample besides its values.
    public var condition: Condition?

    public init(
      input: Shape, layers: [Int], latent: Int, code: Code = .vector, activation: Layer? = .relu,
      codeActivation: Layer? = nil, outputActivation: Layer? = nil,
      reconstruction: Reconstruction = .gaussian,
      initializer: Initializer? = nil, normalisation: Layer? = nil, dropout: Layer? = nil,
      penalties: [Penalty] = []
    ) {
      (self.input, self.layers, self.latent, self.activation) = (input, layers, latent, activation)
      self.code = code
      (self.codeActivation, self.outputActivation) = (codeActivation, outputActivation)
      (self.reconstruction, self.initializer) = (reconstruction, initializer)
      (self.normalisation, self.dropout, self.penalties) = (normalisation, dropout, penalties)
    }

    /// A hidden layer with all that follows it.
    func hidden(_ layer: Layer) -> [Layer] {
      [layer] + [normalisation, activation, dropout].compactMap { $0 }
    }

    /// What gives the code: a dense layer and its activation.
    var intoCode: [Layer] {
      [dense(code.inputs(for: latent)), codeActivation, topK.map { .topK(count: $0) }].compactMap { $0 }
    }

    func dense(_ units: Int) -> Layer { .dense(units: units, initializer: initializer) }

    func architecture(encoder: [Layer], decoder: [Layer]) -> Architecture {
      Architecture(
        input: input, encoder: encoder, code: code, decoder: decoder, reconstruction: reconstruction,
        penalties: penalties, corruption: corruption, condition: condition)
    }
  }

  /// Dense layers.
  public static func dense(_ pattern: Pattern) -> Architecture {
    var encoder: [Layer] = pattern.input.rank == 1 ? [] : [.flatten]
    for width in pattern.layers { encoder += pattern.hidden(pattern.dense(width)) }
    encoder += pattern.intoCode
    var decoder: [Layer] = []
    if pattern.isTied {
      let matrices = encoder.indices.filter { if case .dense = encoder[$0] { true } else { false } }
        .reversed()
      for place in matrices.dropLast() { decoder += pattern.hidden(.tied(to: place)) }
      decoder += matrices.last.map { [.tied(to: $0)] } ?? []
    } else {
      for width in pattern.layers.reversed() { decoder += pattern.hidden(pattern.dense(width)) }
      decoder.append(pattern.dense(pattern.reconstruction.output(of: pattern.input).count))
    }
    if let last = pattern.outputActivation { decoder.append(last) }
    if pattern.input.rank != 1 { decoder.append(.reshape(pattern.input)) }
    return pattern.architecture(encoder: encoder, decoder: decoder)
  }

  /// Convolutions of 3 by 3, each of which halves both sides, and a dense layer that gives the code; mirrored
  /// by transposed convolutions. To a codebook a convolution of 1 by 1 gives a vector a position.
  ///
  /// A sample `[height, width]` is an image of one channel.
  public static func convolutional(_ pattern: Pattern) -> Architecture {
    let input = pattern.input
    precondition(input.rank == 2 || input.rank == 3, "convolutional: \(input) is no image")
    let image: Shape = input.rank == 3 ? input : [1, input[0], input[1]]
    var encoder: [Layer] = image == input ? [] : [.reshape(image)]
    var shapes = [image]
    for channels in pattern.layers {
      encoder += pattern.hidden(.conv(channels, stride: 2, initializer: pattern.initializer))
      let last = shapes[shapes.count - 1]
      shapes.append([channels, (last[1] + 1) / 2, (last[2] + 1) / 2])
    }
    let narrow = shapes[shapes.count - 1]
    encoder += pattern.intoCode(from: narrow)
    var decoder = pattern.outOfCode(into: narrow)
    for shape in shapes.dropLast().reversed() {
      // An even side has one position more than the windows reach.
      let layer = Layer.deconv(
        shape[0], stride: 2, padding: .explicit(1),
        outputPadding: Sides([1 - shape[1] % 2, 1 - shape[2] % 2]), initializer: pattern.initializer)
      decoder += shape == image ? [layer] : pattern.hidden(layer)
    }
    if let last = pattern.outputActivation { decoder.append(last) }
    if image != input { decoder.append(.reshape(input)) }
    return pattern.architecture(encoder: encoder, decoder: decoder)
  }

  /// A head that tells the class of each place of a picture, for an encoder of ``convolutional(_:)``: from
  /// the code up again by transposed convolutions, joined at each size with what the encoder has there, and
  /// with the sample itself: a U-shape. Ronneberger et al. 2015.
  ///
  /// - Parameter channels: of the layers at the sample's own size; at half of it as many as the encoder has.
  /// - Throws: ``ModelError`` for samples that are no pictures, and encoders without convolutions.
  public func pictureHead(
    _ name: String, classes: [String], channels: Int = 16
  ) throws(ModelError) -> Head {
    let outline = try outline()
    // Where the encoder has each size for the last time.
    var stages: [(after: Int, shape: Shape)] = [(0, input.rank == 3 ? input : Shape([1] + input.dimensions))]
    for (number, entry) in outline.encoder.enumerated() where entry.output.rank == 3 {
      let isSame = stages[stages.count - 1].shape.dimensions.suffix(2) == entry.output.dimensions.suffix(2)
      if isSame {
        // What has the sample's own size is the sample.
        if stages.count == 1 { continue }
        stages.removeLast()
      }
      stages.append((number + 1, entry.output))
    }
    guard stages.count > 1, input.rank == 2 || input.rank == 3 else {
      throw ModelError(
        place: "head \(name)", expected: "an encoder of convolutions over pictures", found: "none",
        remedy: "use --model conv")
    }
    let deepest = stages[stages.count - 1].shape
    var layers: [Layer] = [
      .dense(units: deepest.count), .relu, .reshape(deepest), .join(after: stages[stages.count - 1].after),
      .conv(deepest[0]), .relu,
    ]
    for (after, shape) in stages.dropLast().reversed() {
      let width = after == 0 ? channels : shape[0]
      layers += [
        .deconv(
          width, stride: 2, padding: .explicit(1),
          outputPadding: Sides([1 - shape[1] % 2, 1 - shape[2] % 2])), .relu,
        .join(after: after), .conv(width), .relu,
      ]
    }
    layers.append(.conv(classes.count, kernel: 1))
    return Head(
      name, shape: Shape(Array(input.dimensions.suffix(2))), law: .categorical(levels: classes.count),
      layers: layers, classes: classes)
  }

  /// Dense layers by the numbers of a ``Pattern``.
  public static func dense(
    input: Shape, layers: [Int], latent: Int, activation: Layer? = .relu, codeActivation: Layer? = nil,
    outputActivation: Layer? = nil, reconstruction: Reconstruction = .gaussian,
    initializer: Initializer? = nil, normalisation: Layer? = nil, dropout: Layer? = nil,
    penalties: [Penalty] = []
  ) -> Architecture {
    .dense(
      Pattern(
        input: input, layers: layers, latent: latent, activation: activation,
        codeActivation: codeActivation, outputActivation: outputActivation, reconstruction: reconstruction,
        initializer: initializer, normalisation: normalisation, dropout: dropout, penalties: penalties))
  }
}
