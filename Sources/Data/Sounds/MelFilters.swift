#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The triangles of ``MelForm``: for each band the first frequency in it and the weights from there on.
struct MelFilters {
  struct Row {
    let first: Int
    let weights: [Float]
  }

  private(set) var rows: [Row] = []
  private let frequencies: Int

  init(_ form: MelForm, rate: Int) {
    frequencies = form.size / 2 + 1
    let highest = MelFilters.mel(Double(rate) / 2)
    let edges = (0..<(form.bands + 2)).map {
      MelFilters.frequency(highest * Double($0) / Double(form.bands + 1))
    }
    let step = Double(rate) / Double(form.size)
    for band in 0..<form.bands {
      let (low, middle, high) = (edges[band], edges[band + 1], edges[band + 2])
      let weights = (0..<frequencies).map { index -> Float in
        let frequency = Double(index) * step
        let rising = (frequency - low) / (middle - low)
        let falling = (high - frequency) / (high - middle)
        return Float(max(0, min(rising, falling)))
      }
      let first = weights.firstIndex { $0 > 0 } ?? 0
      rows.append(Row(first: first, weights: weights[first...].prefix { $0 > 0 }.map(\.self)))
    }
  }

  private static func mel(_ frequency: Double) -> Double { 2595 * log10(1 + frequency / 700) }
  private static func frequency(_ mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }

  /// The strength in each band.
  func bands(_ magnitudes: [Float]) -> [Float] {
    rows.map { row in
      var sum: Float = 0
      for (index, weight) in row.weights.enumerated() { sum += weight * magnitudes[row.first + index] }
      return sum
    }
  }

  /// The strengths of frequencies, none negative, whose bands come nearest to these in the sum of squares.
  ///
  ///     s ← s · (Aᵀ m) / (Aᵀ A s)        thirty times, from s = 1
  ///
  /// - Source: Lee and Seung, Algorithms for non-negative matrix factorization, NIPS 2000.
  func magnitudes(_ bands: [Float]) -> [Float] {
    let target = spread(bands)
    var magnitudes = target.map { $0 > 0 ? Float(1) : 0 }
    for _ in 0..<30 {
      let made = spread(self.bands(magnitudes))
      for index in magnitudes.indices where made[index] > 0 {
        magnitudes[index] *= target[index] / made[index]
      }
    }
    return magnitudes
  }

  /// Aᵀ m
  private func spread(_ bands: [Float]) -> [Float] {
    var sums = [Float](repeating: 0, count: frequencies)
    for (row, value) in zip(rows, bands) {
      for (index, weight) in row.weights.enumerated() { sums[row.first + index] += weight * value }
    }
    return sums
  }
}
