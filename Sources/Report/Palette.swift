/// Colours that numbers turn into.
public enum Palette {
  /// Red, green and blue, 0...1.
  public typealias Colour = SIMD3<Float>

  /// Blue for -1, white for 0, red for 1; what lies outside is cut, and what is no number is grey.
  ///
  /// - Source: the ends and the middle of ColorBrewer's RdBu, Harrower and Brewer 2003.
  public static func diverging(_ value: Float) -> Colour {
    guard !value.isNaN else { return Colour(repeating: 0.5) }
    return interpolate(diverging, (max(-1, min(1, value)) + 1) / 2)
  }

  /// Dark violet for 0, over red, to light yellow for 1, ever brighter: what is more is brighter in grey
  /// print too.
  ///
  /// - Source: five colours near matplotlib's "magma", Smith and van der Walt 2015.
  public static func sequential(_ value: Float) -> Colour {
    guard !value.isNaN else { return Colour(repeating: 0.5) }
    return interpolate(sequential, max(0, min(1, value)))
  }

  /// Steps of ``sequential(_:)`` that style sheets name, from 0 on.
  static let levels = 10

  private static let diverging: [Colour] = [
    Colour(0.02, 0.19, 0.38), Colour(0.26, 0.58, 0.76), Colour(0.97, 0.97, 0.97), Colour(0.84, 0.38, 0.30),
    Colour(0.40, 0.00, 0.12),
  ]

  private static let sequential: [Colour] = [
    Colour(0.00, 0.00, 0.02), Colour(0.32, 0.07, 0.49), Colour(0.72, 0.21, 0.47), Colour(0.98, 0.53, 0.38),
    Colour(0.99, 0.99, 0.75),
  ]

  private static func interpolate(_ colours: [Colour], _ place: Float) -> Colour {
    let position = place * Float(colours.count - 1)
    let lower = min(colours.count - 2, Int(position))
    let part = position - Float(lower)
    return colours[lower] * (1 - part) + colours[lower + 1] * part
  }
}
