import HourglassTensor

/// A mixture of normal laws with full covariances, fitted to codes: a law that new ones can be drawn from,
/// whatever the codes were held to while training.
///
///     p(z) = Σ over k of πₖ N(z; μₖ, Lₖ Lₖᵀ)
///
/// - Source: Dempster, Laird and Rubin 1977 (the EM algorithm); Arthur and Vassilvitskii 2007 (k-means++,
///   from which it begins); Ghosh et al. 2020 (its use for autoencoders).
public struct GaussianMixture: Hashable, Sendable {
  /// π: shares that add up to 1.
  public let shares: [Double]
  /// μ: a row for each law.
  public let means: [[Double]]
  /// L: of each law the lower triangle of its covariance's Cholesky factor, row by row, zeros above.
  public let factors: [[Double]]

  public var width: Int { means.first?.count ?? 0 }

  /// Codes that are looked at: more of them change little.
  private static let mostRows = 20_000
  /// What is added to the variances, so that none vanishes: that of scikit-learn.
  private static let floor = 1e-6

  public init(shares: [Double], means: [[Double]], factors: [[Double]]) {
    (self.shares, self.means, self.factors) = (shares, means, factors)
  }

  /// Fits a mixture to codes, `[n, code…]`, by at most 100 rounds of EM.
  ///
  /// - Parameters:
  ///   - components: how many laws; fewer where there are fewer codes.
  ///   - seed: of the first means.
  /// - Throws: ``TrainingError`` for no codes, or one that is not finite.
  public init(fittedTo codes: Tensor, components: Int = 10, seed: UInt64 = 0) throws(TrainingError) {
    let width = codes.shape.sample.count
    let values = codes.doubles
    let step = max(1, (codes.rows + GaussianMixture.mostRows - 1) / GaussianMixture.mostRows)
    let rows = stride(from: 0, to: codes.rows, by: step).map { row in
      Array(values[(row * width)..<((row + 1) * width)])
    }
    guard !rows.isEmpty, rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw TrainingError(
        place: "gaussian mixture", expected: "at least one code of finite values",
        found: rows.isEmpty ? "none" : "one that is not finite")
    }
    let count = max(1, min(components, rows.count))
    var means = GaussianMixture.start(rows, count, Random(seed: seed, stream: .latent))
    // Every code belongs to the nearest of the first means.
    var belongings = rows.map { row in
      let nearest = means.indices.min { Self.distance(row, means[$0]) < Self.distance(row, means[$1]) } ?? 0
      return means.indices.map { $0 == nearest ? 1.0 : 0 }
    }
    var mixture = GaussianMixture(rows, belongings)
    var last = -Double.infinity
    for _ in 0..<100 {
      let terms = rows.map { mixture.logTerms($0) }
      let densities = terms.map(GaussianMixture.logSum)
      let mean = densities.reduce(0, +) / Double(rows.count)
      belongings = zip(terms, densities).map { terms, whole in terms.map { ($0 - whole).exponential } }
      mixture = GaussianMixture(rows, belongings)
      if abs(mean - last) < 1e-3 { break }
      last = mean
    }
    means = mixture.means
    self = mixture
  }

  /// k-means++: each next mean is a code, drawn in proportion to its squared distance from the nearest
  /// before.
  private static func start(_ rows: [[Double]], _ count: Int, _ random: Random) -> [[Double]] {
    var means = [rows[Int(Double(random.uniform(position: 0)) * Double(rows.count)) % rows.count]]
    var nearest = rows.map { distance($0, means[0]) }
    while means.count < count {
      let draw = Double(random.uniform(position: UInt64(means.count))) * nearest.reduce(0, +)
      var sum = 0.0
      let place = nearest.firstIndex { distance in
        sum += distance
        return sum >= draw
      }
      let next = rows[place ?? rows.count - 1]
      means.append(next)
      for index in rows.indices { nearest[index] = min(nearest[index], distance(rows[index], next)) }
    }
    return means
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += (a[index] - b[index]) * (a[index] - b[index]) }
    return sum
  }

  /// The most likely laws for codes that belong to them in these shares.
  private init(_ rows: [[Double]], _ belongings: [[Double]]) {
    let (count, width) = (belongings[0].count, rows[0].count)
    var (shares, means, factors): ([Double], [[Double]], [[Double]]) = ([], [], [])
    for law in 0..<count {
      let total = max(belongings.reduce(0) { $0 + $1[law] }, 1e-12)
      var mean = [Double](repeating: 0, count: width)
      for (row, share) in zip(rows, belongings) where share[law] > 0 {
        for index in 0..<width { mean[index] += share[law] * row[index] }
      }
      for index in 0..<width { mean[index] /= total }
      var covariance = [Double](repeating: 0, count: width * width)
      for (row, share) in zip(rows, belongings) where share[law] > 1e-12 {
        for i in 0..<width {
          let scaled = share[law] * (row[i] - mean[i])
          for j in 0...i { covariance[i * width + j] += scaled * (row[j] - mean[j]) }
        }
      }
      for index in covariance.indices { covariance[index] /= total }
      for index in 0..<width { covariance[index * width + index] += GaussianMixture.floor }
      shares.append(total / Double(rows.count))
      means.append(mean)
      factors.append(GaussianMixture.cholesky(covariance, width, atLeast: GaussianMixture.floor))
    }
    let sum = shares.reduce(0, +)
    self.init(shares: shares.map { $0 / sum }, means: means, factors: factors)
  }

  /// L of L Lᵀ = a, of the lower triangle of a.
  ///
  /// - Parameter floor: what squares on the diagonal are at least.
  package static func cholesky(_ a: [Double], _ width: Int, atLeast floor: Double) -> [Double] {
    var l = [Double](repeating: 0, count: width * width)
    for i in 0..<width {
      for j in 0...i {
        var sum = a[i * width + j]
        for k in 0..<j { sum -= l[i * width + k] * l[j * width + k] }
        l[i * width + j] = i == j ? max(sum, floor).squareRoot() : sum / l[j * width + j]
      }
    }
    return l
  }

  /// log πₖ N(z; μₖ, Lₖ Lₖᵀ) of each law.
  private func logTerms(_ z: [Double]) -> [Double] {
    let width = width
    var solved = [Double](repeating: 0, count: width)
    return shares.indices.map { law in
      let (l, mean) = (factors[law], means[law])
      var sum = shares[law].logarithm - Double(width) / 2 * (2 * Double.pi).logarithm
      for i in 0..<width {
        var value = z[i] - mean[i]
        for k in 0..<i { value -= l[i * width + k] * solved[k] }
        solved[i] = value / l[i * width + i]
        sum -= solved[i] * solved[i] / 2 + l[i * width + i].logarithm
      }
      return sum
    }
  }

  private static func logSum(_ terms: [Double]) -> Double {
    let highest = terms.max() ?? 0
    return highest + terms.reduce(0) { $0 + ($1 - highest).exponential }.logarithm
  }

  /// log p(z)
  public func logDensity(_ z: [Double]) -> Double { GaussianMixture.logSum(logTerms(z)) }

  /// Codes drawn from it, `[count, width]`.
  ///
  /// - Parameter temperature: what the distances from the laws' means are multiplied by.
  public func draw(_ count: Int, _ random: Random, temperature: Float = 1) -> Tensor {
    let width = width
    return Tensor([count, width]) { values in
      for row in 0..<count {
        let place = UInt64(row * (width + 1))
        let choice = Double(random.uniform(position: place))
        var (law, sum) = (0, shares[0])
        while sum < choice, law < shares.count - 1 {
          law += 1
          sum += shares[law]
        }
        let noise = (0..<width).map {
          Double(temperature) * Double(random.normal(step: 1, position: place + UInt64($0)))
        }
        for i in 0..<width {
          var value = means[law][i]
          for k in 0...i { value += factors[law][i * width + k] * noise[k] }
          values[row * width + i] = Float(value)
        }
      }
    }
  }
}
