extension Layer {
  /// The activations by the words of the command line; linear is no layer at all.
  public static let activations: [(name: String, layer: Layer?)] = [
    ("linear", nil), ("relu", .relu), ("leaky-relu", .leakyRelu()), ("prelu", .prelu), ("elu", .elu()),
    ("gelu", .gelu), ("sigmoid", .sigmoid), ("tanh", .tanh), ("softplus", .softplus),
  ]
}
