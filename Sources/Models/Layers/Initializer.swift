import HourglassTensor

/// How the first weights of a matrix are drawn. `i` are its inputs, `o` its outputs.
public enum Initializer: String, Hashable, Sendable, CaseIterable, Codable {
  /// U(-a, a), a = √(6 / (i + o)). Glorot and Bengio 2010, eq. 16.
  case glorotUniform = "glorot-uniform"
  /// N(0, 2 / (i + o)). Glorot and Bengio 2010, eq. 12.
  case glorotNormal = "glorot-normal"
  /// U(-a, a), a = √(6 / i). He et al. 2015, eq. 10.
  case heUniform = "he-uniform"
  /// N(0, 2 / i). He et al. 2015, eq. 10.
  case heNormal = "he-normal"
  /// A random matrix with orthonormal rows or columns, whichever are fewer; of a convolution's weight, its
  /// first axis against all others. Saxe et al. 2014.
  case orthogonal
  /// U(-a, a), a = √(3 / i). LeCun et al. 1998, section 4.6.
  case lecunUniform = "lecun-uniform"
  /// N(0, 1 / i). LeCun et al. 1998; the one that Klambauer et al. 2017 need.
  case lecunNormal = "lecun-normal"
  /// N(0, 2 / (i + o)) without draws beyond two deviations, rescaled to the same variance: Keras's form of
  /// Glorot's.
  case truncatedNormal = "truncated-normal"
  /// 1 on the diagonal, else 0.
  case identity
  case zeros
  case ones
  /// 0.05 everywhere, Keras's usual constant: breaks no symmetry, for studies of just that.
  case constant

  /// Fills the values of a matrix of `rows`.
  ///
  /// - Parameters:
  ///   - inputs: values that each output is a sum over.
  ///   - outputs: outputs that each input is a part of.
  ///   - random: the draw of value n is at position `position + n`, so every weight has its own.
  ///   - gain: what all values are multiplied by.
  func fill(
    _ values: UnsafeMutableBufferPointer<Float>, rows: Int, inputs: Int, outputs: Int, random: Random,
    position: Int, gain: Float = 1
  ) {
    defer {
      if gain != 1 { for index in values.indices { values[index] *= gain } }
    }
    let columns = values.count / max(1, rows)
    let (i, o) = (Double(inputs), Double(outputs))
    switch self {
    case .glorotUniform: Self.uniform(values, (6 / (i + o)).squareRoot(), random, position)
    case .heUniform: Self.uniform(values, (6 / i).squareRoot(), random, position)
    case .glorotNormal: Self.normal(values, (2 / (i + o)).squareRoot(), random, position)
    case .heNormal: Self.normal(values, (2 / i).squareRoot(), random, position)
    case .orthogonal: Self.orthogonal(values, rows, columns, random, position)
    case .lecunUniform: Self.uniform(values, (3 / i).squareRoot(), random, position)
    case .lecunNormal: Self.normal(values, (1 / i).squareRoot(), random, position)
    case .truncatedNormal: Self.truncated(values, (2 / (i + o)).squareRoot(), random, position)
    case .identity:
      for index in values.indices { values[index] = index / columns == index % columns ? 1 : 0 }
    case .constant: values.update(repeating: 0.05)
    case .zeros: values.update(repeating: 0)
    case .ones: values.update(repeating: 1)
    }
  }

  private static func uniform(
    _ values: UnsafeMutableBufferPointer<Float>, _ limit: Double, _ random: Random, _ position: Int
  ) {
    let limit = Float(limit)
    for index in values.indices {
      values[index] = (2 * random.uniform(position: UInt64(position + index)) - 1) * limit
    }
  }

  private static func normal(
    _ values: UnsafeMutableBufferPointer<Float>, _ deviation: Double, _ random: Random, _ position: Int
  ) {
    let deviation = Float(deviation)
    for index in values.indices {
      values[index] = random.normal(position: UInt64(position + index)) * deviation
    }
  }

  /// A draw beyond two deviations is drawn again, from the next step at the same position.
  private static func truncated(
    _ values: UnsafeMutableBufferPointer<Float>, _ deviation: Double, _ random: Random, _ position: Int
  ) {
    // The deviation of a standard normal cut at ±2.
    let scale = Float(deviation / 0.879_625_661_034_239_78)
    for index in values.indices {
      var step: UInt32 = 0
      var draw = random.normal(step: step, position: UInt64(position + index))
      while abs(draw) > 2 {
        step += 1
        draw = random.normal(step: step, position: UInt64(position + index))
      }
      values[index] = draw * scale
    }
  }
}
