import HourglassModels
import HourglassTensor
import HourglassTraining

/// Errors of samples, row by row. Each sample has the mean over the values that are there, times its share.
struct ErrorSums {
  private let width: Int
  private let shares: [Float]?
  /// Σ (y - x)², as if all values were there.
  private var squares: [Double] = []
  private var distances: [Double] = []
  private var entropies: [Double] = []
  private var isUnit = true

  init(width: Int, _ shares: [Float]?) {
    self.width = width
    self.shares = shares
  }

  mutating func add(_ sample: UnsafeBufferPointer<Float>, _ output: (Int) -> Double) {
    var (square, distance, entropy) = (0.0, 0.0, 0.0)
    var count = 0
    for index in 0..<width where !sample[index].isNaN {
      count += 1
      let (x, y) = (Double(sample[index]), output(index))
      square += (y - x) * (y - x)
      distance += abs(y - x)
      if isUnit {
        isUnit = x >= 0 && x <= 1 && y >= 0 && y <= 1
        entropy += Reconstruction.crossEntropy(of: y, for: x)
      }
    }
    // 1 for a whole sample that counts as any other: then nothing is rounded.
    let part =
      Double(width) / Double(max(1, count)) * (shares.map { Double($0[squares.count]) } ?? 1)
    squares.append(part * square)
    distances.append(part * distance)
    entropies.append(part * entropy)
  }

  /// Adds a sample whose error is known as one number.
  mutating func add(_ error: Double) {
    let whole = Double(width) * error * (shares.map { Double($0[squares.count]) } ?? 1)
    squares.append(whole)
    distances.append(whole)
    isUnit = false
  }

  private func mean(_ sums: [Double]) -> Double {
    Statistics.sum(sums) / Double(max(1, sums.count * width))
  }
  var mse: Double { mean(squares) }
  var mae: Double { mean(distances) }
  var bce: Double? { isUnit ? mean(entropies) : nil }

  /// Of each sample that counts, what it adds to ``mse`` times the number of samples.
  var samples: [Double] { squares.map { $0 / Double(width) } }

  /// The middle of the samples' squared errors, each by itself; samples without weight left out.
  var medianSquare: Double {
    let known = squares.indices.compactMap { index -> Double? in
      let share = shares.map { Double($0[index]) } ?? 1
      return share > 0 ? squares[index] / share / Double(width) : nil
    }
    return Statistics.quantile(0.5, ofSorted: known.sorted()) ?? .nan
  }

  /// ``mse`` over all but the worst samples, as a training leaves them out that trims.
  func mse(withoutWorst share: Double) -> Double {
    let errors = squares.indices.map { index -> Float in
      let weight = shares?[index] ?? 1
      return weight > 0 ? Float(squares[index] / Double(weight)) : 0
    }
    let kept = Trimming.kept(errors, share: share, shares: shares, classes: nil)
    return mse(without: Set(errors.indices).subtracting(kept.map(Int.init)))
  }

  /// ``mse`` over the other samples.
  func mse(without positions: Set<Int>) -> Double {
    let kept = squares.indices.filter { !positions.contains($0) }
    let weight =
      shares.map { shares in Statistics.sum(kept.map { Double(shares[$0]) }) } ?? Double(kept.count)
    return Statistics.sum(kept.map { squares[$0] })
      / max(weight * Double(width), .leastNormalMagnitude)
  }
}
