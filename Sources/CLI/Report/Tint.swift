import Hourglass

/// Samples as pictures: which values are black and which are white, or what stands for loud.
struct Tint {
  let shape: Shape
  let range: ClosedRange<Float>
  let isSpectrogram: Bool

  init(_ preparation: Preparation, _ samples: [Tensor]) {
    shape = preparation.sampleShape
    if case .spectrogram = SampleKind(preparation) { isSpectrogram = true } else { isSpectrogram = false }
    let values = samples.flatMap { $0.values.filter(\.isFinite) }
    let (lowest, highest) = (values.min() ?? 0, values.max() ?? 1)
    if isSpectrogram {
      range = lowest...max(lowest.nextUp, highest)
    } else if preparation.scaling.kind == .by255 {
      range = 0...255
    } else {
      range = min(0, lowest)...max(min(0, lowest).nextUp, highest)
    }
  }

  func picture(_ values: [Float]) -> Picture? {
    // Opacity is no colour.
    let isFour = shape.rank == 3 && shape[0] == 4
    let sides = isFour ? [3, shape[1], shape[2]] : shape.dimensions
    guard
      let picture = Picture(
        values.prefix(isFour ? values.count / 4 * 3 : values.count), shape: sides, range: range)
    else { return nil }
    return isSpectrogram ? picture.upsideDown { Palette.sequential($0.x) } : picture
  }

  /// Share of the range at which a difference has its full colour.
  private static let full: Float = 0.5

  func pictures(_ original: [Float], _ reconstruction: [Float]) -> [Picture]? {
    guard let above = picture(original), let below = picture(reconstruction) else { return nil }
    let plane = above.width * above.height
    let planes = shape.rank == 3 ? min(3, shape[0]) : 1
    let span = (range.upperBound - range.lowerBound) * Tint.full * Float(planes)
    let colours = (0..<plane).map { index -> SIMD3<Float> in
      var sum: Float = 0
      for channel in 0..<planes {
        sum += reconstruction[channel * plane + index] - original[channel * plane + index]
      }
      return Palette.diverging(sum / span)
    }
    let difference = Picture(width: above.width, height: above.height, pixels: colours)
    return [above, below, isSpectrogram ? difference.upsideDown { $0 } : difference]
  }
}

extension Picture {
  /// Turned over and painted anew.
  func upsideDown(_ paint: (SIMD3<Float>) -> SIMD3<Float>) -> Picture {
    let lines = (0..<height).reversed().flatMap { row in (0..<width).map { paint(self[row, $0]) } }
    return Picture(width: width, height: height, pixels: lines)
  }
}
