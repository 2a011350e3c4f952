/// The series that samples were cut from: what puts values of windows back in time.
public struct SeriesSource: Hashable, Sendable {
  /// One of them.
  public struct Series: Hashable, Sendable {
    /// Steps, with those that were put in for rows that are missing from the times.
    public let length: Int
    /// Which step each row of the source is; nil: one behind the other.
    public let places: [Int]?
    /// The time of each row as it is written.
    public let times: [String]?

    public init(length: Int, places: [Int]? = nil, times: [String]? = nil) {
      self.length = length
      self.places = places
      self.times = times
    }

    /// Rows of the source.
    public var rows: Int { places?.count ?? length }

    /// Which step a row is.
    public func step(ofRow row: Int) -> Int { places?[row] ?? row }

    /// The rows among some steps; empty where all of them were put in.
    public func rows(of steps: Range<Int>) -> Range<Int> {
      guard let places else { return steps.clamped(to: 0..<length) }
      let first = places.partitioningIndex { $0 >= steps.lowerBound }
      return first..<max(first, places.partitioningIndex { $0 >= steps.upperBound })
    }
  }

  public let series: [Series]
  /// Whether each is a case of a file, and has a class; else there is one, the rows of a table.
  public let areCases: Bool
  /// What the column of times is called.
  public let timeName: String?
  /// What the channels are called.
  public let channelNames: [String]?

  public init(
    _ series: [Series], areCases: Bool, timeName: String? = nil, channelNames: [String]? = nil
  ) {
    self.series = series
    self.areCases = areCases
    self.timeName = timeName
    self.channelNames = channelNames
  }
}

extension Array where Element == Int {
  /// The first place whose number fulfils a condition that all behind it fulfil too; the end where none does.
  fileprivate func partitioningIndex(where isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
