import HourglassData
import HourglassEngine
import HourglassTensor
import HourglassTraining

/// Codes as points of the plane: what is alike lies together.
///
/// ```swift
/// let map = try CodeMap(model.encode(dataset), method: .tSNE(), seed: 1)
/// for point in map.points { … }
/// ```
///
/// The same codes, method and seed give the same points, to the byte, on any number of threads.
public struct CodeMap: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    /// The plane of the largest variance: `PrincipalComponents`. Distances are true where two directions
    /// hold most of the variance.
    case principalComponents
    case tSNE(TSNE = TSNE())
    case umap(UMAP = UMAP())
  }

  public let method: Method
  /// One a code, in their order.
  public let points: [SIMD2<Float>]
  /// KL(P ‖ Q) of a map by ``TSNE``, in nats.
  public let divergence: Double?

  /// Fewer codes than this are shown by their principal components, whichever method is asked for: there are
  /// no neighbourhoods to keep.
  public static let fewest = 5

  /// - Parameters:
  ///   - codes: `[n, code…]`, as `Model.encode(_:precision:threads:)` gives them.
  ///   - seed: of what a method draws.
  /// - Throws: `TrainingError` for codes that are not finite; `DataError` for none.
  public init(
    _ codes: Tensor, method: Method = .tSNE(), seed: UInt64 = 1, threads: Int = Team.processors
  ) throws {
    let values = codes.values
    let width = codes.shape.rank > 0 ? codes.shape.sample.count : 1
    try CodeMap.check(values, width)
    let dataset = try Dataset(Tensor([codes.rows, width], values), hasGaps: false, origin: "codes")
    let plane = try CodeMap.plane(dataset, seed, threads)
    let team = Team(count: max(1, threads))
    let random = Random(seed: seed, stream: .map)
    self.method = codes.rows < CodeMap.fewest ? .principalComponents : method
    let found: [SIMD2<Double>]
    switch self.method {
    case .principalComponents: (found, divergence) = (plane, nil)
    case .tSNE(let options):
      let start = CodeMap.start(plane, random, deviation: TSNE.startDeviation)
      (found, divergence) = options.embed(values, width: width, start: start, team: team)
    case .umap(let options):
      let start = CodeMap.start(plane, random, deviation: 1)
      found = options.embed(values, width: width, start: start, random: random, team: team)
      divergence = nil
    }
    points = found.map { SIMD2<Float>($0) }
  }

  private static func check(_ values: [Float], _ width: Int) throws {
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw TrainingError(
      place: "code of row \(place / width) (counted from 0)", expected: "finite values",
      found: "\(values[place])", remedy: "check the samples and the model (doctor)")
  }

  private static func plane(_ dataset: Dataset, _ seed: UInt64, _ threads: Int) throws -> [SIMD2<Double>] {
    let found = try coordinates(of: dataset, count: 2, seed: seed, threads: threads)
    return (0..<dataset.count).map { SIMD2(found[2 * $0], found[2 * $0 + 1]) }
  }

  /// Coordinates along the first principal components, `[n, count]`; 0 where there are fewer. The largest
  /// part of each direction is positive, so that the map is not mirrored from one run to the next.
  static func coordinates(of dataset: Dataset, count: Int, seed: UInt64, threads: Int) throws -> [Double] {
    let components = try PrincipalComponents(
      count, of: dataset, .none(isUnitInterval: false), seed: seed, threads: threads)
    let (values, width) = (dataset.samples.values, dataset.sampleShape.count)
    var coordinates = [Double](repeating: 0, count: dataset.count * count)
    for number in 0..<min(count, components.count) {
      let direction = components.components[(number * width)..<((number + 1) * width)].map(Double.init)
      let largest = direction.max { abs($0) < abs($1) } ?? 1
      let sign = largest < 0 ? -1.0 : 1.0
      for point in 0..<dataset.count {
        var overlap = 0.0
        for index in 0..<width {
          overlap += direction[index] * Double(values[point * width + index] - components.mean[index])
        }
        coordinates[point * count + number] = sign * overlap
      }
    }
    return coordinates
  }

  /// The plane's points scaled to a deviation of the first coordinate, each moved a little: codes that are
  /// alike to the last bit, or lie on a line, must be able to part.
  private static func start(
    _ plane: [SIMD2<Double>], _ random: Random, deviation: Double
  ) -> [SIMD2<Double>] {
    let spread = (Statistics.variance(plane.map(\.x)) ?? 0).squareRoot()
    let scale = spread > 0 ? deviation / spread : 0
    return plane.enumerated().map { number, point in
      let draws = random.normals(step: .max, block: UInt64(number))
      return scale * point + 1e-3 * deviation * SIMD2(Double(draws.x), Double(draws.y))
    }
  }
}
