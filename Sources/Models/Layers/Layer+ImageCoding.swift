/// The JSON of the layers of images: what is as usual may be left out.
extension Layer {
  /// The layer of that name, or nil where it is none of images.
  init?(image name: String, _ values: Tagged.Values) throws {
    switch name {
    case "conv":
      try values.allow(
        "channels", "kernel", "stride", "padding", "dilation", "groups", "initializer", "bias")
      self = .conv(try Convolution(values))
    case "deconv":
      try values.allow(
        "channels", "kernel", "stride", "padding", "outputPadding", "dilation", "groups", "initializer",
        "bias")
      self = .deconv(try Convolution(values))
    case "maxPool": self = .maxPool(try Pooling(values))
    case "averagePool": self = .averagePool(try Pooling(values))
    case "upsample":
      try values.allow("factor", "by")
      self = .upsample(
        factor: try values.optional("factor") ?? 2, by: try values.optional("by") ?? .nearest)
    case "globalAveragePool": self = try values.none(.globalAveragePool)
    case "globalMaxPool": self = try values.none(.globalMaxPool)
    case "residual":
      try values.allow("layers")
      self = .residual(try values.required("layers"))
    default: return nil
    }
  }

  func encodeImage(_ tagged: inout Tagged.Writer) throws {
    switch self {
    case .conv(let numbers): try tagged.write("conv") { try numbers.encode(to: &$0) }
    case .deconv(let numbers): try tagged.write("deconv") { try numbers.encode(to: &$0) }
    case .maxPool(let numbers): try tagged.write("maxPool") { try numbers.encode(to: &$0) }
    case .averagePool(let numbers): try tagged.write("averagePool") { try numbers.encode(to: &$0) }
    case .upsample(let factor, let interpolation):
      try tagged.write("upsample") {
        try $0.encode(factor, forKey: "factor")
        if interpolation != .nearest { try $0.encode(interpolation, forKey: "by") }
      }
    case .globalAveragePool: try tagged.write("globalAveragePool")
    case .globalMaxPool: try tagged.write("globalMaxPool")
    case .residual(let layers): try tagged.write("residual") { try $0.encode(layers, forKey: "layers") }
    default: break
    }
  }
}

extension Convolution {
  fileprivate init(_ values: Tagged.Values) throws {
    self.init(
      channels: try values.required("channels"), kernel: try values.optional("kernel") ?? 3,
      stride: try values.optional("stride") ?? 1, padding: try values.optional("padding") ?? .same,
      dilation: try values.optional("dilation") ?? 1, groups: try values.optional("groups") ?? 1,
      outputPadding: try values.optional("outputPadding") ?? 0,
      initializer: try values.optional("initializer"), bias: try values.optional("bias") ?? true)
  }

  fileprivate func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    let usual = Convolution(channels: channels)
    try container.encode(channels, forKey: "channels")
    try container.encode(kernel, forKey: "kernel")
    try container.encode(stride, forKey: "stride")
    try container.encode(padding, forKey: "padding")
    if dilation != usual.dilation { try container.encode(dilation, forKey: "dilation") }
    if groups != usual.groups { try container.encode(groups, forKey: "groups") }
    if outputPadding != usual.outputPadding { try container.encode(outputPadding, forKey: "outputPadding") }
    try container.encodeIfPresent(initializer, forKey: "initializer")
    if !bias { try container.encode(false, forKey: "bias") }
  }
}

extension Pooling {
  fileprivate init(_ values: Tagged.Values) throws {
    try values.allow("window", "stride", "padding")
    self.init(
      window: try values.optional("window") ?? 2, stride: try values.optional("stride"),
      padding: try values.optional("padding") ?? .valid)
  }

  fileprivate func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(window, forKey: "window")
    try container.encodeIfPresent(stride, forKey: "stride")
    if padding != .valid { try container.encode(padding, forKey: "padding") }
  }
}
