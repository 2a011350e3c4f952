extension Corruption: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a corruption")
    switch name {
    case "gaussian", "speckle":
      try values.allow("deviation")
      let deviation: Float = try values.required("deviation")
      self = name == "gaussian" ? .gaussian(deviation: deviation) : .speckle(deviation: deviation)
    case "masking", "columns", "fields":
      try values.allow("rate")
      let rate: Float = try values.required("rate")
      self =
        name == "masking"
        ? .masking(rate: rate) : name == "columns" ? .columns(rate: rate) : .fields(rate: rate)
    case "saltAndPepper":
      try values.allow("rate", "low", "high")
      self = .saltAndPepper(
        rate: try values.required("rate"), low: try values.optional("low") ?? 0,
        high: try values.optional("high") ?? 1)
    case "blocks":
      try values.allow("rate", "size")
      self = .blocks(size: try values.optional("size") ?? 4, rate: try values.required("rate"))
    default: self = try Corruption.outside(name, values)
    }
  }

  /// Those that are made outside a graph.
  private static func outside(_ name: String, _ values: Tagged.Values) throws -> Corruption {
    switch name {
    case "blur":
      try values.allow("deviation")
      return .blur(deviation: try values.required("deviation"))
    case "downscale":
      try values.allow("factor")
      return .downscale(factor: try values.required("factor"))
    case "jpeg":
      try values.allow("quality")
      return .jpeg(quality: try values.required("quality"))
    case "lines":
      try values.allow("rate")
      return .lines(rate: try values.required("rate"))
    case "pairs":
      try values.allow()
      return .pairs
    default:
      throw values.unknown(
        name,
        of: [
          "gaussian", "masking", "saltAndPepper", "speckle", "blocks", "columns", "fields", "blur",
          "downscale",
          "jpeg", "lines", "pairs",
        ])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .gaussian(let deviation):
      try tagged.write("gaussian") { try $0.encode(deviation, forKey: "deviation") }
    case .speckle(let deviation):
      try tagged.write("speckle") { try $0.encode(deviation, forKey: "deviation") }
    case .masking(let rate): try tagged.write("masking") { try $0.encode(rate, forKey: "rate") }
    case .columns(let rate): try tagged.write("columns") { try $0.encode(rate, forKey: "rate") }
    case .fields(let rate): try tagged.write("fields") { try $0.encode(rate, forKey: "rate") }
    case .saltAndPepper(let rate, let low, let high):
      try tagged.write("saltAndPepper") {
        try $0.encode(rate, forKey: "rate")
        if low != 0 { try $0.encode(low, forKey: "low") }
        if high != 1 { try $0.encode(high, forKey: "high") }
      }
    case .blocks(let size, let rate):
      try tagged.write("blocks") {
        try $0.encode(size, forKey: "size")
        try $0.encode(rate, forKey: "rate")
      }
    case .blur(let deviation): try tagged.write("blur") { try $0.encode(deviation, forKey: "deviation") }
    case .downscale(let factor): try tagged.write("downscale") { try $0.encode(factor, forKey: "factor") }
    case .jpeg(let quality): try tagged.write("jpeg") { try $0.encode(quality, forKey: "quality") }
    case .lines(let rate): try tagged.write("lines") { try $0.encode(rate, forKey: "rate") }
    case .pairs: try tagged.write("pairs")
    }
  }
}
