import HourglassTensor

/// One step of an encoder or a decoder, as a plain value.
///
/// A closed list: every `switch` over it is the checklist for a new layer, and ``examples`` puts each through
/// the contract test.
public enum Layer: Hashable, Sendable {
  /// Multiplies each sample by a matrix and adds a bias.
  ///
  ///     y = x W + b
  ///
  /// - Shapes: `[inputs] → [units]`; a batch axis stands in front of both.
  /// - Weights: `weight [inputs, units]`, `bias [units]`.
  /// - An initializer that is not given is orthogonal, times √2 before a rectifier (relu, leaky relu, prelu,
  ///   elu, gelu); biases begin at 0.
  case dense(units: Int, initializer: Initializer? = nil, bias: Bool = true)

  /// y = max(x, 0). Nair and Hinton 2010.
  case relu
  /// y = x where x > 0, else slope · x. Maas et al. 2013, whose slope is 0.01.
  case leakyRelu(slope: Float = 0.01)
  /// y = x where x > 0, else a x with one learned a a feature, 0.25 at first. He et al. 2015.
  /// - Weights: `slope [features…]`.
  case prelu
  /// y = x where x > 0, else alpha (eˣ - 1). Clevert et al. 2016.
  case elu(alpha: Float = 1)
  /// y = x Φ(x) = x (1 + erf(x / √2)) / 2. Hendrycks and Gimpel 2016, the exact form.
  case gelu
  /// y = 1 / (1 + e⁻ˣ)
  case sigmoid
  case tanh
  /// y = log(1 + eˣ). Dugas et al. 2001.
  case softplus

  /// Slides a kernel over an image `[channels, height, width]` or a series `[channels, length]`, and adds a
  /// bias.
  ///
  ///     y[o, i] = b[o] + Σ over c, k: x[c, i · stride + k · dilation - padding] w[o, c, k]
  ///
  /// - Shapes: each side n becomes (n + padding - dilation (kernel - 1) - 1) / stride + 1, with the padding
  ///   in front and behind together; with the padding same, n / stride rounded up.
  /// - Weights: `weight [channels out, channels in / groups, kernel…]`, `bias [channels out]`.
  /// - Throws: ``ModelError`` if the kernel is larger than the padded image, or the groups do not divide the
  ///   channels.
  case conv(Convolution)
  /// The transpose of a convolution, which makes an image larger: each position is laid over the output as a
  /// kernel of its size, `stride` positions from the next.
  ///
  ///     y[o, i · stride + k · dilation - padding] = b[o] + Σ over c, i, k: x[c, i] w[c, o, k]
  ///
  /// - Shapes: each side n becomes (n - 1) stride - 2 padding + dilation (kernel - 1) + output padding + 1;
  ///   with the padding same, n · stride + output padding.
  /// - Weights: `weight [channels in, channels out / groups, kernel…]`, `bias [channels out]`.
  case deconv(Convolution)
  /// The greatest value of each window and channel; padding is never it.
  case maxPool(Pooling)
  /// The mean of each window and channel; padding does not count.
  case averagePool(Pooling)
  /// `factor` positions for one, along every side. Bilinear: the centres of the outermost positions are kept,
  /// and beyond them nothing changes.
  case upsample(factor: Sides = 2, by: Interpolation = .nearest)
  /// The mean of each channel: `[channels, …] → [channels]`. Lin et al. 2014.
  case globalAveragePool
  /// The greatest value of each channel: `[channels, …] → [channels]`.
  case globalMaxPool
  /// y = x + f(x), where f is these layers, one after the other, and keeps the shape. He et al. 2016.
  /// - Weights: those of its layers, each under the layer's number: `0.weight`.
  case residual([Layer])

  /// A long short-term memory over a sequence `[steps, features]`: Hochreiter and Schmidhuber 1997, with the
  /// forget gate of Gers et al. 2000.
  ///
  ///     i, f, o = sigmoid(x W + h U + b)   g = tanh(x W + h U + b)
  ///     c = f c + i g                      h = o tanh(c)
  ///
  /// - Shapes: `[steps, features] → [steps, units]`, or `[units]` where only the last state is asked for;
  ///   twice the units in both directions.
  /// - Weights: `weight [features, 4 units]`, `recurrentWeight [units, 4 units]`, `bias [4 units]`, in the
  ///   order i, f, g, o; of a second direction the same under `backward.`. The bias of the forget gate begins
  ///   at 1.
  case lstm(Recurrent)
  /// A gated recurrent unit over a sequence: Cho et al. 2014, with the reset behind the product, as PyTorch
  /// and Keras have it.
  ///
  ///     r, z = sigmoid(x W + h U + b)   n = tanh(x W + b + r (h U + b'))   h = (1 - z) n + z h
  ///
  /// - Shapes: as those of ``lstm(_:)``.
  /// - Weights: `weight [features, 3 units]`, `recurrentWeight [units, 3 units]` in the order r, z, n; `bias
  ///   [4 units]`, whose last part is b'.
  case gru(Recurrent)

  /// While training each value is 0 with probability rate, else x / (1 - rate); on use y = x. Srivastava et
  /// al. 2014, scaled while training.
  case dropout(rate: Float)
  /// While training y = x (1 + √(rate / (1 - rate)) n) with n from the standard normal; on use y = x.
  /// Srivastava et al. 2014, section 10.
  case gaussianDropout(rate: Float)
  /// y = scale (x - μ) / √(σ² + epsilon) + shift, with mean and variance of each feature, or of each channel
  /// of an image or a series, its first axis: while training of the batch, on use running ones, which each
  /// step moves by `momentum` towards the batch's. Ioffe and Szegedy 2015.
  /// - Weights: `scale`, `shift`, and untrained `mean`, `variance`, all `[features]`.
  case batchNorm(momentum: Float = 0.1, epsilon: Float = 1e-5)
  /// y = scale (x - μ) / √(σ² + epsilon) + shift, with mean and variance of each sample over its last axis.
  /// Ba et al. 2016.
  /// - Weights: `scale [features]`, `shift [features]`.
  case layerNorm(epsilon: Float = 1e-5)

  /// Multi-head self-attention: every step becomes a mixture of all steps, another one for each of `heads`
  /// parts of the features. Vaswani et al. 2017, section 3.2, without the mask of a decoder.
  ///
  ///     Q = x Wq + bq, K = x Wk + bk, V = x Wv + bv, in parts of features / heads columns
  ///     y = [softmax(Q K^T / √(features / heads)) V of each part, side by side] Wo + bo
  ///
  /// A step without any value has no part in the mixtures of the others.
  ///
  /// - Shapes: `[steps, features] → [steps, features]`.
  /// - Weights: `query.weight`, `key.weight`, `value.weight` and `output.weight`, all `[features, features]`,
  ///   and `query.bias` and so on, `[features]`.
  /// - Throws: ``ModelError`` if the heads do not divide the features.
  /// - Source: initial range from Glorot and Bengio 2010, eq. 16; biases 0.
  case attention(heads: Int)
  /// Adds to each step waves that tell its place: y[t, 2i] = x[t, 2i] + sin(t / 10000^(2i / features)), and
  /// with the cosine at 2i + 1. Vaswani et al. 2017, section 3.5.
  case positionalEncoding
  /// Adds a learned vector to each step: y[t] = x[t] + w[t].
  /// - Weights: `weight [steps, features]`, glorot-uniform at first, as in Keras.
  case positionEmbedding
  /// A learned vector for each of `entries` whole numbers: y[t] = w[x[t]].
  ///
  /// Training refuses samples with any other number. On use one outside 0 to `entries` - 1 is taken for the
  /// nearest, one between two whole numbers is rounded; a missing one reads entry 0 and, as its step is
  /// missing, counts for nothing in the layers of sequences.
  ///
  /// - Shapes: `[steps] → [steps, features]`.
  /// - Weights: `weight [entries, features]`, from the standard normal at first, as in PyTorch.
  case embedding(entries: Int, features: Int)
  /// The same dense layer at each step of a sequence: Keras's `TimeDistributed(Dense)`.
  ///
  ///     y[t] = x[t] W + b
  ///
  /// - Shapes: `[steps, features] → [steps, units]`.
  /// - Weights: `weight [features, units]`, `bias [units]`.
  /// - An initializer that is not given is chosen as for ``dense(units:initializer:bias:)``.
  case densePerStep(units: Int, initializer: Initializer? = nil, bias: Bool = true)
  /// The same values at each of `count` steps: `[features] → [count, features]`. Keras's `RepeatVector`.
  case repeatSteps(count: Int)
  /// The transpose of the encoder's dense layer number `to`, with a bias of its own: tied weights. It stands
  /// in the decoder; both follow the sum of their gradients. Bengio et al. 2007.
  ///
  ///     y = x Wᵀ + b
  ///
  /// - Shapes: `[units] → [inputs]` of that layer; of a dense layer per step `[steps, units] → [steps,
  ///   inputs]`.
  /// - Weights: `bias [inputs]`; the matrix is the encoder's, and stands in the file once.
  case tied(to: Int, bias: Bool = true)
  /// y = x where x is among the `count` greatest values of the last axis, else 0; of equals the first.
  /// Makhzani and Frey 2014, the k-sparse autoencoder.
  case topK(count: Int)
  /// Every step becomes the one before it, and the first 0: y[0] = 0, y[t] = x[t - 1]. What follows it and
  /// looks back only, as a recurrent layer does, knows of each step the ones before: with
  /// ``Reconstruction/tokens(entries:)`` an autoencoder is then an autoregressive model, Σ log p(x[t] |
  /// x[<t]). A step that is missing is passed on as 0.
  ///
  /// - Shapes: `[steps, features] → [steps, features]`.
  case delay
  /// The two axes exchanged, `[a, b] → [b, a]`: data give a series as `[channels, steps]`, the layers of
  /// sequences read `[steps, features]`.
  case transpose

  /// `[a, b, …] → [a · b · …]`; steps of a sequence that are known to be missing are 0.
  case flatten
  /// The same values under another shape.
  case reshape(Shape)

  /// A layer of every kind with an input it accepts, for the tests that every layer must pass.
  public static var examples: [(layer: Layer, input: Shape, output: Shape)] {
    [
      (.dense(units: 5), [7], [5]), (.dense(units: 3, initializer: .orthogonal, bias: false), [4], [3]),
      (.relu, [6], [6]), (.leakyRelu(slope: 0.2), [2, 3], [2, 3]), (.prelu, [5], [5]),
      (.elu(alpha: 1.5), [4], [4]), (.gelu, [4], [4]), (.sigmoid, [4], [4]), (.tanh, [4], [4]),
      (.softplus, [4], [4]), (.dropout(rate: 0.5), [6], [6]), (.gaussianDropout(rate: 0.3), [6], [6]),
      (.batchNorm(), [5], [5]), (.batchNorm(momentum: 0.2), [3, 4], [3, 4]), (.layerNorm(), [6], [6]),
      (.layerNorm(epsilon: 0.1), [3, 4], [3, 4]), (.flatten, [2, 3], [6]), (.reshape([3, 2]), [6], [3, 2]),
      (.topK(count: 2), [6], [6]), (.topK(count: 1), [2, 3], [2, 3]),
    ] + examplesOfImages + examplesOfRecurrence + examplesOfSequences
  }

  /// Whether it may stand between a matrix and its activation; the choice of an initializer looks through it.
  var isTransparent: Bool {
    switch self {
    case .batchNorm, .layerNorm, .dropout, .gaussianDropout: true
    default: false
    }
  }

  /// Whether it takes values without regard to any axis but the last, so that a sample may be several at
  /// once; flatten and reshape are left out for such.
  var isOfSingleValues: Bool {
    switch self {
    case .dense, .relu, .leakyRelu, .prelu, .elu, .gelu, .sigmoid, .tanh, .softplus, .dropout,
      .gaussianDropout, .flatten, .topK:
      true
    default: false
    }
  }

  /// Whether it, or a layer in it, goes from step to step: such layers have no second derivative.
  var hasRecurrence: Bool {
    switch self {
    case .lstm, .gru: true
    case .residual(let layers): layers.contains { $0.hasRecurrence }
    default: false
    }
  }

  /// Whether it, or a layer in it, follows the mean and the deviation of a batch while training.
  var normalisesBatches: Bool {
    switch self {
    case .batchNorm: true
    case .residual(let layers): layers.contains { $0.normalisesBatches }
    default: false
    }
  }

  /// Whether a model that is used, not trained, passes the values on as they are.
  var isIdentityOnUse: Bool {
    switch self {
    case .dropout, .gaussianDropout, .flatten, .reshape, .transpose, .repeatSteps: true
    default: false
    }
  }

  /// Whether values below 0 are cut or shrunk, which halves the variance that He et al. 2015 account for.
  var isRectifier: Bool {
    switch self {
    case .relu, .leakyRelu, .prelu, .elu, .gelu: true
    case .dense, .sigmoid, .tanh, .softplus, .dropout, .gaussianDropout, .batchNorm, .layerNorm, .flatten,
      .reshape, .conv, .deconv, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool,
      .residual, .lstm, .gru, .attention, .positionalEncoding, .positionEmbedding, .embedding, .densePerStep,
      .repeatSteps, .delay, .transpose, .tied, .topK:
      false
    }
  }
}

extension Layer: CustomStringConvertible {
  /// As it is written in Swift: `.dense(128)`.
  public var description: String {
    switch self {
    case .dense(let units, let initializer, let bias):
      ".dense(\(units)" + (initializer.map { ", \($0.rawValue)" } ?? "") + (bias ? ")" : ", no bias)")
    case .relu: ".relu"
    case .leakyRelu(let slope): ".leakyRelu(\(slope))"
    case .prelu: ".prelu"
    case .elu(let alpha): ".elu(\(alpha))"
    case .gelu: ".gelu"
    case .sigmoid: ".sigmoid"
    case .tanh: ".tanh"
    case .softplus: ".softplus"
    case .dropout(let rate): ".dropout(\(rate))"
    case .gaussianDropout(let rate): ".gaussianDropout(\(rate))"
    case .batchNorm: ".batchNorm"
    case .layerNorm: ".layerNorm"
    case .flatten: ".flatten"
    case .reshape(let shape): ".reshape(\(shape))"
    case .tied(let place, let bias): ".tied(to: \(place)" + (bias ? ")" : ", no bias)")
    case .topK(let count): ".topK(\(count))"
    case .conv, .deconv, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool, .residual:
      descriptionOfImages
    case .lstm(let numbers): numbers.description("lstm")
    case .gru(let numbers): numbers.description("gru")
    case .attention, .positionalEncoding, .positionEmbedding, .embedding, .densePerStep, .repeatSteps,
      .delay, .transpose:
      descriptionOfSequences
    }
  }
}
