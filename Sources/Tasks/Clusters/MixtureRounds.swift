import HourglassEngine
import HourglassTensor
import HourglassTraining

/// Rounds of EM over points, eight at a time: each part of the points adds up what it gives to every law, and
/// the parts are added in their order.
///
///     wᵢ = (L⁻¹ (x - μ))ᵢ      log N = -½ Σ wᵢ² + Σ log (L⁻¹)ᵢᵢ - d/2 log 2π
///
/// Moments are taken around the old means, so that nothing cancels:
///
///     μ' = μ + Σ r (x - μ) / Σ r       Σ' = Σ r (x - μ)(x - μ)ᵀ / Σ r - (μ' - μ)(μ' - μ)ᵀ
final class MixtureRounds {
  private let points: ClusterPoints
  private let count: Int
  private let width: Int
  private let isFull: Bool
  private let team: Team
  private let floor: Double
  private(set) var shares: [Double]
  /// `[count, width]`.
  private(set) var means: [Double]
  /// `[count, width, width]`, lower triangles, or `[count, width]`: L⁻¹.
  private var inverses: [Double]
  /// Values of a law in `inverses`.
  private let block: Int
  private var factors: [[Double]]
  /// What the logarithm of a law's density has at its mean, with that of its share.
  private var known: [Double] = []

  typealias Lanes = SIMD8<Double>
  static let together = 8

  init(_ points: ClusterPoints, count: Int, isFull: Bool, _ team: Team) {
    (self.points, self.count, width, self.isFull) = (points, count, points.width, isFull)
    self.team = team
    floor = max(MixtureFit.floor * points.meanVariance, 1e-300)
    block = isFull ? points.width * points.width : points.width
    shares = Array(repeating: 0, count: count)
    means = Array(repeating: 0, count: count * points.width)
    inverses = Array(repeating: 0, count: count * block)
    factors = Array(repeating: [], count: count)
  }

  var mixture: GaussianMixture {
    GaussianMixture(
      shares: shares, means: (0..<count).map { Array(means[($0 * width)..<(($0 + 1) * width)]) },
      factors: factors)
  }

  func set(_ mixture: GaussianMixture) {
    (shares, means, factors) = (mixture.shares, mixture.means.flatMap { $0 }, mixture.factors)
    for law in 0..<count { invert(law) }
  }

  /// The laws of groups that are given.
  func begin(_ centres: [Double], _ groups: [Int]) {
    means = centres
    let moments = gather { _, rows, room in
      for (lane, row) in rows.enumerated() { room[groups[row] * Self.together + lane] = 1 }
      return 0
    }
    update(moments)
  }

  /// One round: the expectation under the laws there are, then new laws. Returns Σ log p(x) under the old.
  func round() -> Double {
    let moments = gather { [self] work, rows, room in
      let logs = respond(work, room)
      var sum = 0.0
      for lane in 0..<rows.count { sum += logs[lane] }
      return sum
    }
    update(moments)
    return moments.logLikelihood
  }

  /// What parts of the points add up to, for every law: Σ r, Σ r d and Σ r d dᵀ.
  private struct Moments {
    var weights: [Double]
    var firsts: [Double]
    var seconds: [Double]
    var logLikelihood: Double
  }

  /// Room of one worker at eight points: their values, a column a vector, and distances from a mean.
  struct Work {
    let values: UnsafeMutablePointer<Lanes>
    let off: UnsafeMutablePointer<Lanes>
  }

  /// Calls `respond` for every eight points, which fills in `[count, 8]` responsibilities, and adds up.
  private func gather(
    _ respond: (Work, Range<Int>, UnsafeMutablePointer<Double>) -> Double
  ) -> Moments {
    let (parts, seconds) = (points.parts, isFull ? width * width : width)
    let size = count * (1 + width + seconds) + 1
    var sums = [Double](repeating: 0, count: parts * size)
    sums.withUnsafeMutableBufferPointer { sums in
      team.forEachPart(of: points.count, size: points.part) { part in
        guard let own = sums.baseAddress.map({ $0 + part.lowerBound / points.part * size }) else { return }
        add(part, seconds: seconds, own, respond)
      }
    }
    for part in 1..<max(parts, 1) where part < parts {
      for index in 0..<size { sums[index] += sums[part * size + index] }
    }
    let (first, second) = (count, count + count * width)
    return Moments(
      weights: Array(sums[0..<first]), firsts: Array(sums[first..<second]),
      seconds: Array(sums[second..<(second + count * seconds)]), logLikelihood: sums[size - 1])
  }

  private func add(
    _ part: Range<Int>, seconds: Int, _ own: UnsafeMutablePointer<Double>,
    _ respond: (Work, Range<Int>, UnsafeMutablePointer<Double>) -> Double
  ) {
    withWork { work, room in
      for start in stride(from: part.lowerBound, to: part.upperBound, by: Self.together) {
        let rows = start..<min(part.upperBound, start + Self.together)
        load(rows, work)
        for index in 0..<(count * Self.together) { room[index] = 0 }
        own[count * (1 + width + seconds)] += respond(work, rows, room)
        for law in 0..<count {
          var share = UnsafeRawPointer(room + law * Self.together).loadUnaligned(as: Lanes.self)
          for lane in rows.count..<max(rows.count, Self.together) where lane < Self.together {
            share[lane] = 0
          }
          own[law] += share.sum()
          let (first, second) = (own + count + law * width, own + count + count * width + law * seconds)
          for column in 0..<width {
            let off = work.values[column] - Lanes(repeating: means[law * width + column])
            work.off[column] = off
            let weighted = share * off
            first[column] += weighted.sum()
            if isFull {
              for other in 0...column { second[column * width + other] += (weighted * work.off[other]).sum() }
            } else {
              second[column] += (weighted * off).sum()
            }
          }
        }
      }
    }
  }

  private func withWork(_ body: (Work, UnsafeMutablePointer<Double>) -> Void) {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * max(1, width)) { lanes in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, count) * Self.together) { room in
        guard let lanes = lanes.baseAddress, let room = room.baseAddress else { return }
        body(Work(values: lanes, off: lanes + width), room)
      }
    }
  }

  /// Eight points, a column a vector; behind the last one it stands again.
  private func load(_ rows: Range<Int>, _ work: Work) {
    points.values.withUnsafeBufferPointer { values in
      for column in 0..<width {
        var lanes = Lanes()
        for lane in 0..<Self.together {
          lanes[lane] = values[min(rows.lowerBound + lane, rows.upperBound - 1) * width + column]
        }
        work.values[column] = lanes
      }
    }
  }

  /// Σ w² of eight points for a law.
  private func squares(
    _ law: Int, _ work: Work, _ inverses: UnsafePointer<Double>, _ means: UnsafePointer<Double>
  )
    -> Lanes
  {
    var sum = Lanes()
    let own = inverses + law * block
    for row in 0..<width {
      work.off[row] = work.values[row] - Lanes(repeating: means[law * width + row])
      var solved = Lanes()
      if isFull {
        for column in 0...row { solved += own[row * width + column] * work.off[column] }
      } else {
        solved = own[row] * work.off[row]
      }
      sum += solved * solved
    }
    return sum
  }

  /// log πₖ + Σ log (L⁻¹)ᵢᵢ - d/2 log 2π
  private func constants() -> [Double] {
    (0..<count).map { law in
      var sum = max(shares[law], 1e-300).logarithm - Double(width) / 2 * (2 * Double.pi).logarithm
      for row in 0..<width { sum += inverses[law * block + (isFull ? row * width + row : row)].logarithm }
      return sum
    }
  }

  /// p(k | x) of eight points into `room`, `[count, 8]`; returns their log p(x).
  private func respond(
    _ work: Work, _ room: UnsafeMutablePointer<Double>, squares into: UnsafeMutablePointer<Double>? = nil
  ) -> Lanes {
    var highest = Lanes(repeating: -.infinity)
    inverses.withUnsafeBufferPointer { inverses in
      means.withUnsafeBufferPointer { means in
        guard let inverses = inverses.baseAddress, let means = means.baseAddress else { return }
        for law in 0..<count {
          let square = squares(law, work, inverses, means)
          let term = Lanes(repeating: known[law]) - 0.5 * square
          highest = pointwiseMax(highest, term)
          for lane in 0..<Self.together {
            room[law * Self.together + lane] = term[lane]
            into?[law * Self.together + lane] = square[lane]
          }
        }
      }
    }
    var logs = Lanes()
    for lane in 0..<Self.together {
      var sum = 0.0
      for law in 0..<count {
        let share = (room[law * Self.together + lane] - highest[lane]).exponential
        room[law * Self.together + lane] = share
        sum += share
      }
      for law in 0..<count { room[law * Self.together + lane] /= sum }
      logs[lane] = highest[lane] + sum.logarithm
    }
    return logs
  }

  /// The likeliest laws for what was added up.
  private func update(_ moments: Moments) {
    let total = moments.weights.reduce(0, +)
    let seconds = isFull ? width * width : width
    for law in 0..<count {
      let weight = max(moments.weights[law], 1e-10)
      shares[law] = max(moments.weights[law], 0) / total
      let shift = (0..<width).map { moments.firsts[law * width + $0] / weight }
      for column in 0..<width { means[law * width + column] += shift[column] }
      var covariance = [Double](repeating: 0, count: width * width)
      for row in 0..<width {
        for column in (isFull ? 0 : row)...row {
          let place = law * seconds + (isFull ? row * width + column : row)
          covariance[row * width + column] = moments.seconds[place] / weight - shift[row] * shift[column]
        }
        covariance[row * width + row] = max(covariance[row * width + row], 0) + floor
      }
      factors[law] = GaussianMixture.cholesky(covariance, width, atLeast: floor)
      invert(law)
    }
    known = constants()
  }

  /// L⁻¹ of a law, by forward substitution.
  private func invert(_ law: Int) {
    let factor = factors[law]
    guard isFull else {
      for row in 0..<width { inverses[law * block + row] = 1 / factor[row * width + row] }
      return
    }
    for column in 0..<width {
      for row in column..<width {
        var sum = row == column ? 1.0 : 0
        for inner in column..<max(column, row) {
          sum -= factor[row * width + inner] * inverses[law * block + inner * width + column]
        }
        inverses[law * block + row * width + column] = sum / factor[row * width + row]
      }
    }
  }

  /// What the laws say of every point.
  func judge() -> (logLikelihood: Double, probabilities: [Double], assignments: [Int], distances: [Double]) {
    known = constants()
    var probabilities = [Double](repeating: 0, count: points.count * count)
    var logs = [Double](repeating: 0, count: points.count)
    var (assignments, distances) = ([Int](repeating: 0, count: points.count), logs)
    probabilities.withUnsafeMutableBufferPointer { probabilities in
      logs.withUnsafeMutableBufferPointer { logs in
        assignments.withUnsafeMutableBufferPointer { assignments in
          distances.withUnsafeMutableBufferPointer { distances in
            team.forEachPart(of: points.count, size: points.part) { part in
              withWork { work, room in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: count * Self.together) { squares in
                  for start in stride(from: part.lowerBound, to: part.upperBound, by: Self.together) {
                    let rows = start..<min(part.upperBound, start + Self.together)
                    load(rows, work)
                    let found = respond(work, room, squares: squares.baseAddress)
                    for (lane, row) in rows.enumerated() {
                      logs[row] = found[lane]
                      var best = 0
                      for law in 0..<count {
                        let share = room[law * Self.together + lane]
                        probabilities[row * count + law] = share
                        if share > room[best * Self.together + lane] { best = law }
                      }
                      assignments[row] = best
                      distances[row] = squares[best * Self.together + lane].squareRoot()
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return (Statistics.sum(logs), probabilities, assignments, distances)
  }
}
