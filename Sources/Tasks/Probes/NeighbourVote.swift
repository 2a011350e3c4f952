import HourglassTensor

/// What the nearest labelled rows say: of classes the most frequent among the k nearest, of several such the
/// one whose own nearest is nearest; of numbers the mean.
enum NeighbourVote {
  /// Numbers of neighbours to choose among.
  static let choices = [1, 3, 5, 10, 20]

  /// The class that most of the first `k` neighbours have.
  static func winner(_ nearest: some Sequence<Int>, _ k: Int, classes: Int) -> Int {
    var votes = [Int](repeating: 0, count: classes)
    var first = [Int](repeating: .max, count: classes)
    for (rank, label) in nearest.prefix(k).enumerated() {
      votes[label] += 1
      first[label] = min(first[label], rank)
    }
    return votes.indices.max { (votes[$0], first[$1]) < (votes[$1], first[$0]) } ?? 0
  }

  static func mean(_ nearest: some Sequence<Double>, _ k: Int) -> Double {
    let values = Array(nearest.prefix(k))
    return Statistics.mean(values) ?? 0
  }
}
