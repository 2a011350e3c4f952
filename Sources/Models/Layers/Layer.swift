import HourglassEngine
import HourglassTensor

/// One step of an encoder or a decoder, as a plain value.
///
/// A closed list. A layer is one file that says what it is (`LayerForm`), a case here, and a line in
/// `form` and in `forms`; its examples are put through the contract test.
public enum Layer: Hashable, Sendable {
  /// Multiplies each sample by a matrix and adds a bias, y = x W + b: `[inputs] → [units]`.
  ///
  /// - Weights: `weight [inputs, units]`, `bias [units]`.
  /// - An initializer that is not given is orthogonal, times √2 before a rectifier (relu, leaky relu, prelu,
  ///   elu, gelu); biases begin at 0.
  case dense(units: Int, initializer: Initializer? = nil, bias: Bool = true)

  /// y = max(x, 0)
  case relu
  /// y = x where x > 0, else slope · x.
  case leakyRelu(slope: Float = 0.01)
  /// y = x where x > 0, else a x with one learned a a feature, 0.25 at first.
  case prelu
  /// y = x where x > 0, else alpha (eˣ - 1).
  case elu(alpha: Float = 1)
  /// y = x Φ(x) = x (1 + erf(x / √2)) / 2, the exact form.
  case gelu
  /// y = 1 / (1 + e⁻ˣ)
  case sigmoid
  case tanh
  /// y = log(1 + eˣ)
  case softplus

  /// Slides a kernel over an image `[channels, height, width]` or a series `[channels, length]`, and adds a
  /// bias: each side n becomes (n + padding - dilation (kernel - 1) - 1) / stride + 1, with the padding same
  /// n / stride rounded up.
  ///
  /// - Weights: `weight [channels out, channels in / groups, kernel…]`, `bias [channels out]`.
  case conv(Convolution)
  /// The transpose of a convolution, which makes an image larger: each side n becomes (n - 1) stride - 2
  /// padding + dilation (kernel - 1) + output padding + 1, with the padding same n · stride + output padding.
  ///
  /// - Weights: `weight [channels in, channels out / groups, kernel…]`, `bias [channels out]`.
  case deconv(Convolution)
  /// The greatest value of each window and channel; padding is never it.
  case maxPool(Pooling)
  /// The mean of each window and channel; padding does not count.
  case averagePool(Pooling)
  /// `factor` positions for one, along every side.
  case upsample(factor: Sides = 2, by: Interpolation = .nearest)
  /// The mean of each channel: `[channels, …] → [channels]`.
  case globalAveragePool
  /// The greatest value of each channel: `[channels, …] → [channels]`.
  case globalMaxPool
  /// y = x + f(x), where f is these layers, one after the other, and keeps the shape.
  case residual([Layer])

  /// A long short-term memory over a sequence: `[steps, features] → [steps, units]`, or `[units]` where only
  /// the last state is asked for; twice the units in both directions.
  ///
  /// - Weights: `weight [features, 4 units]`, `recurrentWeight [units, 4 units]`, `bias [4 units]`, in the
  ///   order i, f, g, o; of a second direction the same under `backward.`.
  case lstm(Recurrent)
  /// A gated recurrent unit over a sequence, of the shapes of ``lstm(_:)``.
  ///
  /// - Weights: `weight [features, 3 units]`, `recurrentWeight [units, 3 units]` in the order r, z, n; `bias
  ///   [4 units]`, whose last part stands within the reset.
  case gru(Recurrent)

  /// While training each value is 0 with probability rate, else x / (1 - rate); on use y = x.
  case dropout(rate: Float)
  /// While training y = x (1 + √(rate / (1 - rate)) n) with n from the standard normal; on use y = x.
  case gaussianDropout(rate: Float)
  /// y = scale (x - μ) / √(σ² + epsilon) + shift, with mean and variance of each feature, or of each channel
  /// of an image or a series: while training of the batch, on use running ones, which each step moves by
  /// `momentum` towards the batch's.
  /// - Weights: `scale`, `shift`, and untrained `mean`, `variance`, all `[features]`.
  case batchNorm(momentum: Float = 0.1, epsilon: Float = 1e-5)
  /// y = scale (x - μ) / √(σ² + epsilon) + shift, with mean and variance of each sample over its last axis.
  /// - Weights: `scale [features]`, `shift [features]`.
  case layerNorm(epsilon: Float = 1e-5)

  /// Multi-head self-attention, `[steps, features] → [steps, features]`: every step becomes a mixture of all
  /// steps, another one for each of `heads` parts of the features.
  ///
  /// - Weights: `query.weight`, `key.weight`, `value.weight` and `output.weight`, all `[features, features]`,
  ///   and `query.bias` and so on, `[features]`.
  case attention(heads: Int)
  /// Adds to each step waves that tell its place: y[t, 2i] = x[t, 2i] + sin(t / 10000^(2i / features)), and
  /// with the cosine at 2i + 1.
  case positionalEncoding
  /// Adds a learned vector to each step: y[t] = x[t] + w[t].
  case positionEmbedding
  /// A learned vector for each of `entries` whole numbers, y[t] = w[x[t]]: `[steps] → [steps, features]`.
  ///
  /// Training refuses samples with any other number. On use one outside 0 to `entries` - 1 is taken for the
  /// nearest, one between two whole numbers is rounded; a missing one reads entry 0 and, as its step is
  /// missing, counts for nothing in the layers of sequences.
  case embedding(entries: Int, features: Int)
  /// The same dense layer at each step, y[t] = x[t] W + b: `[steps, features] → [steps, units]`.
  case densePerStep(units: Int, initializer: Initializer? = nil, bias: Bool = true)
  /// The same values at each of `count` steps: `[features] → [count, features]`.
  case repeatSteps(count: Int)
  /// The transpose of the encoder's dense layer number `to`, with a bias of its own, y = x Wᵀ + b: tied
  /// weights. It stands in the decoder; both follow the sum of their gradients.
  ///
  /// - Weights: `bias [inputs]`; the matrix is the encoder's, and stands in the file once.
  case tied(to: Int, bias: Bool = true)
  /// What the encoder has after so many of its layers, put behind the channels of what this reads; after 0:
  /// the sample. It stands in a head: `[channels, …] → [channels + encoder's, …]`.
  case join(after: Int)
  /// y = x where x is among the `count` greatest values of the last axis, else 0.
  case topK(count: Int)
  /// Every step becomes the one before it, and the first 0: with ``Reconstruction/tokens(entries:)`` an
  /// autoencoder is then an autoregressive model.
  case delay
  /// The two axes exchanged, `[a, b] → [b, a]`: data give a series as `[channels, steps]`, the layers of
  /// sequences read `[steps, features]`.
  case transpose

  /// `[a, b, …] → [a · b · …]`
  case flatten
  /// The same values under another shape.
  case reshape(Shape)

  /// What it is: the one place that tells the cases apart.
  var form: any LayerForm {
    switch self {
    case .dense(let units, let initializer, let bias):
      DenseLayer(matrix: DenseMatrix(units, initializer, bias: bias))
    case .relu: ReluLayer()
    case .leakyRelu(let slope): LeakyReluLayer(slope: slope)
    case .prelu: PreluLayer()
    case .elu(let alpha): EluLayer(alpha: alpha)
    case .gelu: GeluLayer()
    case .sigmoid: SigmoidLayer()
    case .tanh: TanhLayer()
    case .softplus: SoftplusLayer()
    case .conv(let numbers): ConvLayer(numbers: numbers)
    case .deconv(let numbers): DeconvLayer(numbers: numbers)
    case .maxPool(let numbers): MaxPoolLayer(numbers: numbers)
    case .averagePool(let numbers): AveragePoolLayer(numbers: numbers)
    case .upsample(let factor, let interpolation):
      UpsampleLayer(factor: factor, interpolation: interpolation)
    case .globalAveragePool: GlobalAveragePoolLayer()
    case .globalMaxPool: GlobalMaxPoolLayer()
    case .residual(let layers): ResidualLayer(layers: layers)
    case .lstm(let numbers): LSTMLayer(numbers: numbers)
    case .gru(let numbers): GRULayer(numbers: numbers)
    case .dropout(let rate): DropoutLayer(rate: rate)
    case .gaussianDropout(let rate): GaussianDropoutLayer(rate: rate)
    case .batchNorm(let momentum, let epsilon): BatchNormLayer(momentum: momentum, epsilon: epsilon)
    case .layerNorm(let epsilon): LayerNormLayer(epsilon: epsilon)
    case .attention(let heads): AttentionLayer(heads: heads)
    case .positionalEncoding: PositionalEncodingLayer()
    case .positionEmbedding: PositionEmbeddingLayer()
    case .embedding(let entries, let features): EmbeddingLayer(entries: entries, features: features)
    case .densePerStep(let units, let initializer, let bias):
      DensePerStepLayer(matrix: DenseMatrix(units, initializer, bias: bias))
    case .repeatSteps(let count): RepeatStepsLayer(count: count)
    case .tied(let place, let bias): TiedLayer(place: place, bias: bias)
    case .join(let after): JoinLayer(after: after)
    case .topK(let count): TopKLayer(count: count)
    case .delay: DelayLayer()
    case .transpose: TransposeLayer()
    case .flatten: FlattenLayer()
    case .reshape(let shape): ReshapeLayer(shape: shape)
    }
  }

  /// The layers by their names in JSON, in the order in which errors list them.
  static let forms: [any LayerForm.Type] = [
    DenseLayer.self, ReluLayer.self, LeakyReluLayer.self, PreluLayer.self, EluLayer.self, GeluLayer.self,
    SigmoidLayer.self, TanhLayer.self, SoftplusLayer.self, DropoutLayer.self, GaussianDropoutLayer.self,
    BatchNormLayer.self, LayerNormLayer.self, FlattenLayer.self, ReshapeLayer.self, ConvLayer.self,
    DeconvLayer.self, MaxPoolLayer.self, AveragePoolLayer.self, UpsampleLayer.self,
    GlobalAveragePoolLayer.self, GlobalMaxPoolLayer.self, ResidualLayer.self, LSTMLayer.self, GRULayer.self,
    AttentionLayer.self, PositionalEncodingLayer.self, PositionEmbeddingLayer.self, EmbeddingLayer.self,
    DensePerStepLayer.self, RepeatStepsLayer.self, DelayLayer.self, TransposeLayer.self, TiedLayer.self,
    TopKLayer.self, JoinLayer.self,
  ]
}
