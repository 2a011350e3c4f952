import HourglassTensor

extension Architecture {
  /// Of how many times the width the members of an ensemble are, one after the other.
  static let memberWidths = [1, 0.75, 1.25, 0.5, 1.5]

  /// The architecture of a member of an ensemble: hidden dense layers, and a code that is a plain vector, are
  /// of another width; the first is this one.
  ///
  /// Members that differ err differently: Krogh and Vedelsby 1995.
  public func member(_ number: Int) -> Architecture {
    let factor = Architecture.memberWidths[number % Architecture.memberWidths.count]
    guard factor != 1 else { return self }
    func scaled(_ layers: [Layer], apartFrom last: Bool) -> [Layer] {
      let end = layers.lastIndex { if case .dense = $0 { true } else { false } }
      return layers.enumerated().map { place, layer in
        guard case .dense(let units, let initializer, let bias) = layer, !last || place != end else {
          return layer
        }
        return .dense(
          units: max(1, Int((Double(units) * factor).rounded())), initializer: initializer, bias: bias)
      }
    }
    var varied = self
    varied.encoder = scaled(encoder, apartFrom: code != .vector)
    varied.decoder = scaled(decoder, apartFrom: true)
    // Where layers depend on each other's widths in another way, the member is as wide as the first.
    guard (try? varied.outline()) != nil else { return self }
    return varied
  }
}
