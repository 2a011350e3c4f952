import HourglassTensor

/// The density of a number on [0, 1], from places where it was seen: a mixture of normals cut at the ends,
/// one around each place and a wide one over all as the prior.
///
/// The deviation of each is the distance to its farther neighbour, the ends being neighbours too, and at
/// least 1 / min(100, n + 2).
///
/// - Source: Bergstra et al. 2011, section 4; the lower bound is that of their program.
struct ParzenEstimator {
  private var kernels: [Kernel]

  private struct Kernel {
    let mean: Double
    let deviation: Double
    /// log(deviation · √(2π) · mass within [0, 1] · kernels)
    let logarithm: Double

    init(_ mean: Double, _ deviation: Double, of count: Int) {
      self.mean = mean
      self.deviation = deviation
      let root = 2.0.squareRoot() * deviation
      let mass = (((1 - mean) / root).errorFunction - (-mean / root).errorFunction) / 2
      logarithm = (deviation * (2 * Double.pi).squareRoot() * mass * Double(count)).logarithm
    }
  }

  init(_ places: [Double]) {
    let sorted = places.sorted()
    let narrowest = 1 / Double(min(100, sorted.count + 2))
    let count = sorted.count + 1
    kernels = [Kernel(0.5, 1, of: count)]
    for (index, place) in sorted.enumerated() {
      let left = place - (index > 0 ? sorted[index - 1] : 0)
      let right = (index + 1 < sorted.count ? sorted[index + 1] : 1) - place
      kernels.append(Kernel(place, min(max(left, right, narrowest), 1), of: count))
    }
  }

  /// A place drawn from the mixture.
  func draw(_ sequence: inout RandomSequence) -> Double {
    let kernel = kernels[min(Int(sequence.uniform() * Double(kernels.count)), kernels.count - 1)]
    // No kernel has less than a third of its mass within the ends: twenty misses in a row are one in a
    // thousand.
    for _ in 0..<20 {
      let place = kernel.mean + kernel.deviation * sequence.normal()
      if place >= 0, place <= 1 { return place }
    }
    return kernel.mean
  }

  func logDensity(at place: Double) -> Double {
    var sum = 0.0
    for kernel in kernels {
      let distance = (place - kernel.mean) / kernel.deviation
      sum += (-distance * distance / 2 - kernel.logarithm).exponential
    }
    return max(sum, .leastNormalMagnitude).logarithm
  }
}

/// The chances of words, from how often each was seen and the weights that stand where none was.
///
///     p(w) = (seen(w) + prior · weight(w)) / (n + prior)
struct WordEstimator {
  let chances: [Double]

  /// Observations that the weights count for.
  private static let prior = 2.0

  init(_ words: [Parameter.Word], seen: [String]) {
    let weights = words.reduce(0) { $0 + $1.weight }
    chances = words.map { word in
      let count = Double(seen.count { $0 == word.text })
      return (count + WordEstimator.prior * word.weight / weights)
        / (Double(seen.count) + WordEstimator.prior)
    }
  }
}
