import HourglassData
import HourglassEngine
import HourglassTensor

/// The best linear autoencoder of a width: the mean and the directions of the largest variance.
///
///     reconstruction = μ + Σ uᵢ uᵢᵀ (x - μ),   i = 1 … k
///
/// Samples count by their weights. A value that is missing stands at the mean of those that are there: it
/// adds nothing to any direction, and what is left of it is nothing.
///
/// - Source: randomised subspace iteration, Halko, Martinsson and Tropp 2011, algorithm 4.4, with the
///   products on the engine and the small factorisations in double precision.
public struct PrincipalComponents: Hashable, Sendable {
  /// μ: one value a feature, on the model's scale.
  public let mean: [Float]
  /// u₁ … uₖ, one after the other, each as long as the mean; orthonormal, the largest variance first.
  public let components: [Float]
  /// Variance along each component.
  public let variances: [Double]

  public var count: Int { mean.isEmpty ? 0 : components.count / mean.count }

  /// Rows that components are computed from at most; of more, so many are drawn.
  public static let rowsAtMost = 65_536
  /// Directions carried along besides those asked for, and passes over the data.
  static let oversampling = 10
  static let passes = 6

  public init(mean: [Float], components: [Float], variances: [Double]) {
    self.mean = mean
    self.components = components
    self.variances = variances
  }

  /// The first `count` components of a data set, after scaling.
  ///
  /// - Parameter count: at most the number of features and of samples less one are found.
  public init(
    _ count: Int, of dataset: Dataset, _ scaling: Scaling, seed: UInt64 = 0, threads: Int = Team.processors
  )
    throws
  {
    let random = Random(seed: seed, stream: .analysis)
    var chosen = dataset
    if dataset.count > PrincipalComponents.rowsAtMost {
      let order = random.permutation(dataset.count)[..<PrincipalComponents.rowsAtMost]
      chosen = dataset.subset(order.sorted())
    }
    let width = dataset.sampleShape.count
    let wanted = max(0, min(count, width, chosen.count - 1))
    let shares = try chosen.shares()
    let mean = PrincipalComponents.mean(of: chosen, scaling, shares).values
    guard wanted > 0 else {
      self.init(mean: mean.map(Float.init), components: [], variances: [])
      return
    }
    let carried = min(width, wanted + PrincipalComponents.oversampling)
    let scatter = try Scatter(
      chosen, scaling, mean: mean, shares: shares, columns: carried, threads: threads)
    var basis = Columns(
      rows: width, columns: carried,
      (0..<(width * carried)).map { Double(random.normal(position: UInt64($0))) })
    basis.orthonormalise()
    var image = basis
    for _ in 0..<PrincipalComponents.passes {
      image = scatter.times(basis)
      basis = image
      basis.orthonormalise()
    }
    // In the basis the scatter is a small symmetric matrix; its eigenvectors turn the basis into components.
    let small = basis.transposedTimes(scatter.times(basis))
    let (values, vectors) = SymmetricMatrix(small, count: carried).eigen()
    let turned = basis.times(vectors, count: wanted)
    self.init(
      mean: mean.map(Float.init), components: turned.map(Float.init),
      variances: values.prefix(wanted).map { max(0, $0) / Double(chosen.count) })
  }

  /// The mean of each feature's scaled values that are there, 0 for none, and the largest distance from 0.
  package static func mean(
    of dataset: Dataset, _ scaling: Scaling, _ shares: [Float]?
  ) -> (values: [Double], largest: Double) {
    let width = dataset.sampleShape.count
    var sums = [Double](repeating: 0, count: width)
    let isPlain = shares == nil && !dataset.hasGaps
    var counts = [Double](repeating: isPlain ? Double(dataset.count) : 0, count: width)
    var largest: Float = 0
    for start in stride(from: 0, to: dataset.count, by: 1024) {
      dataset.prefetch(UInt32(start)..<UInt32(min(dataset.count, start + 1024)))
      let values = scaling.apply(dataset.tensor(start..<min(dataset.count, start + 1024))).values
      if isPlain {
        for (index, value) in values.enumerated() {
          sums[index % width] += Double(value)
          largest = max(largest, value.magnitude)
        }
        continue
      }
      for (index, value) in values.enumerated() where !value.isNaN {
        let share = shares.map { Double($0[start + index / width]) } ?? 1
        sums[index % width] += share * Double(value)
        counts[index % width] += share
        largest = max(largest, value.magnitude)
      }
    }
    return (zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }, Double(largest))
  }

  /// What is left of a sample: the reconstruction of values on the model's scale. A value that is missing
  /// (NaN) is taken for the mean.
  public func reconstruct(_ sample: UnsafeBufferPointer<Float>, into result: inout [Double]) {
    let width = mean.count
    for index in 0..<width { result[index] = Double(mean[index]) }
    components.withUnsafeBufferPointer { components in
      for number in 0..<count {
        let direction = components.baseAddress.map { $0 + number * width }
        guard let direction else { return }
        var overlap = 0.0
        for index in 0..<width where !sample[index].isNaN {
          overlap += Double(direction[index]) * Double(sample[index] - mean[index])
        }
        for index in 0..<width { result[index] += overlap * Double(direction[index]) }
      }
    }
  }
}

/// Columns of a tall matrix, each contiguous, in double precision.
struct Columns {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, _ values: [Double]) {
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Gram and Schmidt, each column made orthogonal twice. A column that depends on those before becomes 0.
  mutating func orthonormalise() {
    let rows = rows
    values.withUnsafeMutableBufferPointer { values in
      for column in 0..<columns {
        let own = values.baseAddress.map { $0 + column * rows }
        guard let own else { return }
        let before = Columns.norm(own, rows)
        for _ in 0..<2 {
          for other in 0..<column {
            let direction = own - (column - other) * rows
            var overlap = 0.0
            for row in 0..<rows { overlap += own[row] * direction[row] }
            for row in 0..<rows { own[row] -= overlap * direction[row] }
          }
        }
        let norm = Columns.norm(own, rows)
        let scale = norm > 1e-12 * before && norm > 0 ? 1 / norm : 0
        for row in 0..<rows { own[row] *= scale }
      }
    }
  }

  private static func norm(_ values: UnsafeMutablePointer<Double>, _ count: Int) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += values[index] * values[index] }
    return sum.squareRoot()
  }

  /// selfᵀ other, row-major.
  func transposedTimes(_ other: Columns) -> [Double] {
    var result = [Double](repeating: 0, count: columns * other.columns)
    for left in 0..<columns {
      for right in 0..<other.columns {
        var sum = 0.0
        for row in 0..<rows { sum += values[left * rows + row] * other.values[right * rows + row] }
        result[left * other.columns + right] = sum
      }
    }
    return result
  }

  /// The first `count` columns of self times the vectors, one after the other.
  func times(_ vectors: [[Double]], count: Int) -> [Double] {
    vectors.prefix(count).flatMap { vector in
      var result = [Double](repeating: 0, count: rows)
      for column in 0..<columns {
        for row in 0..<rows { result[row] += vector[column] * values[column * rows + row] }
      }
      return result
    }
  }
}

/// (X - μ)ᵀ W (X - μ) times some columns, W the samples' shares, over the rows of a data set: two products a
/// batch on the engine.
final class Scatter {
  private static let rowsTogether = 1024

  private let dataset: Dataset
  private let rows: TrainingRows
  private let session: Session
  private let width: Int
  private let columns: Int

  init(
    _ dataset: Dataset, _ scaling: Scaling, mean: [Double], shares: [Float]? = nil, columns: Int, threads: Int
  ) throws {
    self.dataset = dataset
    self.columns = columns
    width = dataset.sampleShape.count
    // (x - shift) scale - μ = (x - (shift + μ / scale)) scale
    let isScaled = scaling.kind != .none
    let scale = (0..<width).map { isScaled ? scaling.scale[scaling.isPerFeature ? $0 : 0] : 1 }
    let centers = (0..<width).map { scaling.center(of: $0, mean: mean[$0]) }
    rows = try TrainingRows(
      dataset, shift: centers.map(\.shift), remainder: scaling.isFar ? centers.map(\.remainder) : [],
      scale: scale, shares: shares)
    var graph = Graph()
    let x = graph.input(0, [width])
    let basis = graph.parameter([width, columns], offset: 0)
    var image = graph.product(x, basis)
    if shares != nil { image = graph.multiply(image, graph.input(1, [1])) }
    let result = graph.contraction(x, image)
    let capacity = min(dataset.count, Scatter.rowsTogether)
    let plan = Plan(
      graph, Plan.Targets(results: [result]), capacity: capacity, parameterCount: width * columns)
    session = Session(plan, team: Team(count: plan.isSmall ? 1 : max(1, threads)))
  }

  func times(_ basis: Columns) -> Columns {
    for row in 0..<width {
      for column in 0..<columns {
        session.parameters[row * columns + column] = Float(basis.values[column * width + row])
      }
    }
    var sums = [Double](repeating: 0, count: width * columns)
    var start = 0
    while start < rows.count {
      let count = min(session.plan.capacity, rows.count - start)
      rows.prefetch(after: start..<(start + count), isFirst: start == 0)
      let feed = rows.feed(from: start)
      session.setFeed(0, dataset.hasGaps ? feed.with(gaps: .zero) : feed)
      if let shares = rows.shares(from: start) { session.setFeed(1, Feed(floats: shares)) }
      session.run(rows: count)
      let part = session.fixedResult(0)
      sums.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] += Double(part[index]) } }
      start += count
    }
    var values = [Double](repeating: 0, count: width * columns)
    for row in 0..<width {
      for column in 0..<columns { values[column * width + row] = sums[row * columns + column] }
    }
    return Columns(rows: width, columns: columns, values)
  }
}
