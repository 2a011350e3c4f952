import HourglassData
import HourglassTensor

/// Samples so far out that they alone decide how large an error is, and so which of two is larger.
///
/// They are told by the data alone, never by what a model makes of them: by how far each lies from the mean,
///
///     dᵢ = Σ (x - mean)² / values
///
/// The furthest sample of what is left is one of them as long as the furthest hundredth (one sample of fewer
/// than 200) carries more than half of the sum, until a hundredth is taken. Of fewer than 20 samples none
/// is: one of a handful carries half by chance. A sample that only a model does badly on is no such sample:
/// it counts against that model.
///
/// Which of them is held out is a matter of the seed; a verdict with them would be one too. It is the rule of
/// a trimmed mean (Tukey 1962), but what is cut is said and cut for all that are compared.
public struct HeavySamples: Hashable, Sendable {
  /// Where they stand among the samples, the heaviest first.
  public let positions: [Int]
  /// What they are called.
  public let names: [String]
  /// The part of all squared distances from the mean that they carry.
  public let share: Double

  /// The part of the distances that so few must carry.
  public static let carried = 0.5
  /// The part of the samples that may be left out.
  public static let part = 0.01
  /// Samples below which none is.
  public static let fewestSamples = 20

  /// Nil where none is.
  ///
  /// - Parameters:
  ///   - distances: of each sample, its squared distance from the mean.
  ///   - name: what the sample at a position is called.
  package init?(_ distances: [Double], name: (Int) -> String) {
    let count = distances.count
    guard count >= HeavySamples.fewestSamples, distances.allSatisfy(\.isFinite) else { return nil }
    let most = max(1, Int((Double(count) * HeavySamples.part).rounded(.down)))
    let positions = [Int](HeavySamples.heaviest(of: distances, most: most))
    guard !positions.isEmpty else { return nil }
    self.positions = positions
    names = positions.map(name)
    share = positions.reduce(0) { $0 + distances[$1] } / Statistics.sum(distances)
  }

  /// Of samples on a model's scale. Complexity: two passes over the data.
  package init?(_ dataset: Dataset, _ scaling: Scaling) throws {
    guard dataset.count >= HeavySamples.fewestSamples else { return nil }
    let shares = try dataset.shares()
    let mean = PrincipalComponents.mean(of: dataset, scaling, shares).values
    var distances: [Double] = []
    distances.reserveCapacity(dataset.count)
    for start in stride(from: 0, to: dataset.count, by: 1024) {
      let range = start..<min(dataset.count, start + 1024)
      dataset.prefetch(UInt32(range.lowerBound)..<UInt32(range.upperBound))
      scaling.apply(dataset.tensor(range)).withBytes { bytes in
        let values = bytes.bindMemory(to: Float.self)
        for row in range {
          let first = (row - start) * mean.count
          var distance = 0.0
          for index in mean.indices where !values[first + index].isNaN {
            let difference = Double(values[first + index]) - mean[index]
            distance += difference * difference
          }
          distances.append(distance * Double(shares?[row] ?? 1))
        }
      }
    }
    self.init(distances) { dataset.sampleName($0) }
  }

  private static func heaviest(of distances: [Double], most: Int) -> ArraySlice<Int> {
    let order = distances.indices.sorted { (distances[$1], $0) < (distances[$0], $1) }
    var (taken, rest) = (0, Statistics.sum(distances))
    while taken < most {
      let heavy = order[taken..<most].reduce(0) { $0 + distances[$1] }
      guard heavy > carried * rest else { break }
      rest -= distances[order[taken]]
      taken += 1
    }
    return order[..<taken]
  }
}

extension HeavySamples {
  /// What a model keeps of those among its training samples.
  public struct Record: Hashable, Sendable, Codable {
    /// The first few, the heaviest first.
    public var names: [String]
    public var count: Int
    /// The part of all squared distances from the mean that they carry.
    public var share: Double

    /// Names that are kept.
    static let names = 3

    public init(_ heavy: HeavySamples) {
      names = [String](heavy.names.prefix(Record.names))
      (count, share) = (heavy.names.count, heavy.share)
    }

    /// `sample 17 carries 83 %`
    public var words: String {
      let some = names.joined(separator: ", ")
      let part = share > 0.995 && share < 1 ? "over 99 %" : "\(Int((100 * share).rounded())) %"
      if count == 1 { return "\(some) carries \(part)" }
      return "\(count) samples (\(some)\(count > names.count ? ", …" : "")) carry \(part)"
    }
  }
}
