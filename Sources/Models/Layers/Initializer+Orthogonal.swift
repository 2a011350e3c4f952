import HourglassTensor

/// Random matrices whose rows or columns, whichever are fewer, are orthonormal: n vectors of length L ≥ n.
extension Initializer {
  /// n² L up to which Gram and Schmidt's way is taken: some hundredths of a second.
  static let gramSchmidtLimit = 1 << 22

  static func orthogonal(
    _ values: UnsafeMutableBufferPointer<Float>, _ rows: Int, _ columns: Int, _ random: Random,
    _ position: Int
  ) {
    let (count, length) = (min(rows, columns), max(rows, columns))
    guard count > 0 else { return }
    // Where the vectors are the rows they lie one behind the other, else side by side.
    let (step, stride) = rows <= columns ? (columns, 1) : (1, columns)
    func write(_ vector: UnsafeMutableBufferPointer<Double>, _ number: Int) {
      for index in vector.indices { values[number * step + index * stride] = Float(vector[index]) }
    }
    if count <= gramSchmidtLimit / count / length {
      gramSchmidt(count, length, random, position, write)
    } else {
      signedTransforms(count, length, random, position, write)
    }
  }

  /// Gram and Schmidt on random vectors, each made orthogonal twice, which suffices in floating point: any
  /// orthogonal matrix is as likely as any other. n² L operations.
  private static func gramSchmidt(
    _ count: Int, _ length: Int, _ random: Random, _ position: Int,
    _ write: (UnsafeMutableBufferPointer<Double>, Int) -> Void
  ) {
    var basis = [Double](repeating: 0, count: count * length)
    basis.withUnsafeMutableBufferPointer { basis in
      func vector(_ number: Int) -> UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(rebasing: basis[(number * length)..<((number + 1) * length)])
      }
      for number in 0..<count {
        let own = vector(number)
        for index in own.indices {
          own[index] = Double(random.normal(position: UInt64(position + number * length + index)))
        }
        for _ in 0..<2 {
          for other in 0..<number { removePart(along: vector(other), of: own) }
        }
        let norm = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for index in own.indices { own[index] /= norm }
        write(own, number)
      }
    }
  }

  private static func removePart(
    along other: UnsafeMutableBufferPointer<Double>, of vector: UnsafeMutableBufferPointer<Double>
  ) {
    var overlap = 0.0
    for index in vector.indices { overlap += vector[index] * other[index] }
    for index in vector.indices { vector[index] -= overlap * other[index] }
  }

  /// The first vectors of a product of rounds, each a permutation, random signs and Walsh-Hadamard
  /// transforms, all of which keep lengths and angles: n L log L operations.
  ///
  /// Three rounds behave as a random orthogonal matrix does: Yu et al. 2016, section 4. Where the length is
  /// no power of two, two transforms of the largest below it overlap.
  private static func signedTransforms(
    _ count: Int, _ length: Int, _ random: Random, _ position: Int,
    _ write: (UnsafeMutableBufferPointer<Double>, Int) -> Void
  ) {
    let word = random.bits(step: 1, position: UInt64(position))
    let own = Random(seed: UInt64(word[0]) << 32 | UInt64(word[1]), stream: .weights)
    let rounds = (0..<UInt32(3)).map { round in
      Round(
        places: own.permutation(length, step: 2 * round),
        signs: (0..<length).map { own.bits(step: 2 * round + 1, position: UInt64($0))[0] & 1 == 0 ? 1 : -1 })
    }
    var (vector, other) = ([Double](repeating: 0, count: length), [Double](repeating: 0, count: length))
    vector.withUnsafeMutableBufferPointer { vector in
      other.withUnsafeMutableBufferPointer { other in
        for number in 0..<count {
          vector.update(repeating: 0)
          vector[number] = 1
          for round in rounds {
            for index in vector.indices { other[Int(round.places[index])] = vector[index] }
            for index in vector.indices { vector[index] = other[index] * round.signs[index] }
            transform(vector)
          }
          write(vector, number)
        }
      }
    }
  }

  private struct Round {
    let places: [UInt32]
    let signs: [Double]
  }

  private static func transform(_ vector: UnsafeMutableBufferPointer<Double>) {
    let size = 1 << (Int.bitWidth - 1 - vector.count.leadingZeroBitCount)
    walshHadamard(UnsafeMutableBufferPointer(rebasing: vector[..<size]))
    if size < vector.count {
      walshHadamard(UnsafeMutableBufferPointer(rebasing: vector[(vector.count - size)...]))
    }
  }

  /// Of a length that is a power of two, scaled to keep lengths.
  private static func walshHadamard(_ vector: UnsafeMutableBufferPointer<Double>) {
    var half = 1
    while half < vector.count {
      for start in stride(from: 0, to: vector.count, by: 2 * half) {
        for index in start..<(start + half) {
          let (one, two) = (vector[index], vector[index + half])
          vector[index] = one + two
          vector[index + half] = one - two
        }
      }
      half *= 2
    }
    let scale = 1 / Double(vector.count).squareRoot()
    for index in vector.indices { vector[index] *= scale }
  }
}
