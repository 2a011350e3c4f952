import HourglassTensor

extension Layer {
  /// What it is in the field's words: `dense, 128 units`. How it is written in Swift is ``description``.
  public var words: String {
    switch self {
    case .dense(let units, let initializer, let bias): Layer.words("dense", units, initializer, bias)
    case .densePerStep(let units, let initializer, let bias):
      Layer.words("dense at each step", units, initializer, bias)
    case .relu: "ReLU"
    case .leakyRelu(let slope): "leaky ReLU, slope \(slope)"
    case .prelu: "PReLU, slopes learned"
    case .elu(let alpha): "ELU, alpha \(alpha)"
    case .gelu: "GELU"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .softplus: "softplus"
    case .dropout(let rate): "dropout of \(rate)"
    case .gaussianDropout(let rate): "gaussian dropout of \(rate)"
    case .batchNorm: "batch normalisation"
    case .layerNorm: "layer normalisation"
    case .flatten: "flattened"
    case .reshape(let shape): "reshaped to \(shape.words)"
    case .tied(let place, let bias): "dense, the weights of \(place) transposed" + (bias ? "" : ", no bias")
    case .topK(let count): "the \(count) greatest values, the others 0"
    case .lstm(let numbers): numbers.words("LSTM")
    case .gru(let numbers): numbers.words("GRU")
    default: wordsOfImages ?? wordsOfSequences
    }
  }

  private static func words(_ name: String, _ units: Int, _ initializer: Initializer?, _ bias: Bool) -> String
  {
    "\(name), \(units) unit\(units == 1 ? "" : "s")" + (initializer.map { ", \($0.rawValue)" } ?? "")
      + (bias ? "" : ", no bias")
  }

  /// Nil for a layer that is none of images.
  private var wordsOfImages: String? {
    switch self {
    case .conv(let numbers): "convolution, channels \(numbers.words)"
    case .deconv(let numbers): "transposed convolution, channels \(numbers.words)"
    case .maxPool(let numbers): "greatest of windows of \(numbers.words)"
    case .averagePool(let numbers): "mean of windows of \(numbers.words)"
    case .upsample(let factor, let interpolation): "enlarged \(factor) times, \(interpolation.rawValue)"
    case .globalAveragePool: "mean of each channel"
    case .globalMaxPool: "greatest of each channel"
    case .residual(let layers): "residual of (" + layers.map(\.words).joined(separator: "; ") + ")"
    default: nil
    }
  }

  private var wordsOfSequences: String {
    switch self {
    case .attention(let heads): "attention, \(heads) head\(heads == 1 ? "" : "s")"
    case .positionalEncoding: "places told by waves"
    case .positionEmbedding: "places told by learned vectors"
    case .embedding(let entries, let features): "embedding of \(entries) entries in \(features) features"
    case .repeatSteps(let count): "repeated for \(count) steps"
    case .delay: "delayed by a step"
    case .transpose: "transposed"
    default: "\(self)"
    }
  }
}

extension Recurrent {
  fileprivate func words(_ name: String) -> String {
    let way =
      switch direction {
      case .forward: ""
      case .backward: ", backward"
      case .both: ", both ways"
      }
    return "\(name), \(units) unit\(units == 1 ? "" : "s")\(way)"
      + (output == .sequence ? "" : ", last state")
  }
}

extension Code {
  /// What it is in the field's words: `normal distribution, beta 1`.
  public var words: String {
    switch self {
    case .vector: "plain values"
    case .gaussian(let numbers):
      "normal distribution, beta \(numbers.beta)"
        + (numbers.pseudoInputs > 0 ? ", prior of \(numbers.pseudoInputs) learned samples" : "")
    case .codebook(let numbers):
      (numbers.books == 1 ? "codebook" : "\(numbers.books) codebooks")
        + " of \(numbers.entries) entries of \(numbers.width) value\(numbers.width == 1 ? "" : "s")"
    case .categorical(let numbers): "\(numbers.variables) variables of \(numbers.classes) classes"
    }
  }
}

extension Shape {
  /// `28 × 28`
  public var words: String { dimensions.map { "\($0)" }.joined(separator: " × ") }
}
