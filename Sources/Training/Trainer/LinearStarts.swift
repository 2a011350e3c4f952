import HourglassData
import HourglassFormats
import HourglassTensor

/// The principal components that trainings on the same samples begin at: found once for each width of a code,
/// and kept for the trainings that come. May be shared by trainings at the same time.
public final class LinearStarts: Sendable {
  private struct Key: Hashable {
    let count: Int
    let seed: UInt64
  }

  private let known = Remembered<Key, PrincipalComponents>()

  public init() {}

  /// How many were computed.
  public var count: Int { known.count }

  /// - Parameters:
  ///   - count: components.
  ///   - dataset: always the same, and so the scaling.
  func components(
    _ count: Int, of dataset: Dataset, _ scaling: Scaling, seed: UInt64, threads: Int
  ) throws -> PrincipalComponents {
    try known.value(Key(count: count, seed: seed)) {
      try PrincipalComponents(count, of: dataset, scaling, seed: seed, threads: threads)
    }
  }
}
