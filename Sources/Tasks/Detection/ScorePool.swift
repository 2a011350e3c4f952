import HourglassTensor
import HourglassTraining

/// Where a score stands among those that came before it: p-values that are uniform and independent of each
/// other as long as scores are drawn alike.
///
///     p = (number above + U · (1 + number equal)) / (n + 1)
///
/// U is drawn for ties by the score's number, so the same stream has the same p-values. Against a calibration
/// that never grows p-values would lean on each other: each is off by what the calibration's own draw was,
/// and a martingale finds that out in the end. So each score joins those that later ones are held against. At
/// most ``most`` are kept; then the older half goes.
///
/// - Source: smoothed conformal p-values of Vovk, Gammerman and Shafer 2005, "Algorithmic Learning in a Random
///   World".
public struct ScorePool: Sendable {
  public static let most = 1 << 15
  private static let blockSize = 512

  /// In the order of their coming, the oldest first.
  public private(set) var scores: [Float] = []
  /// Sorted, in blocks of at most ``blockSize``.
  private var blocks: [[Float]] = [[]]
  private let random: Random

  /// - Parameter scores: those of a calibration, or of an earlier pool; NaN is passed over. Of more than half
  ///   of ``most`` the last are kept.
  public init(_ scores: some Sequence<Float>, seed: UInt64) {
    random = Random(seed: seed, stream: .analysis)
    let known = scores.filter { !$0.isNaN }
    self.scores = known.count > ScorePool.most / 2 ? Array(known.suffix(ScorePool.most / 2)) : known
    rebuild()
  }

  /// One with the scores of a pool that was saved, all of them.
  public init(restoring scores: [Float], seed: UInt64) {
    random = Random(seed: seed, stream: .analysis)
    self.scores = Array(scores.suffix(ScorePool.most - 1)).filter { !$0.isNaN }
    rebuild()
  }

  /// The p-value of a score, which joins the others; NaN of none.
  ///
  /// - Parameter position: the score's number: each has a draw of its own.
  public mutating func take(_ score: Float, position: Int) -> Double {
    guard !score.isNaN else { return .nan }
    var (below, equal) = (0, 0)
    var target = blocks.count - 1
    // What is above all stands at the end of the last block.
    for (index, block) in blocks.dropLast().enumerated() {
      guard let last = block.last, last < score else {
        target = index
        break
      }
      below += block.count
    }
    let place = blocks[target].countBelow(score)
    below += place
    equal = equals(score, from: target, place)
    let draw = Double(random.uniform(position: UInt64(position)))
    // The draw has 24 bits and may be 0, a p-value may not.
    let part = (draw + 0x1p-25) * Double(1 + equal)
    let pValue = (Double(scores.count - below - equal) + part) / Double(scores.count + 1)
    insert(score, target, place)
    return pValue
  }

  private func equals(_ score: Float, from block: Int, _ place: Int) -> Int {
    var (block, place, count) = (block, place, 0)
    while block < blocks.count {
      while place < blocks[block].count {
        guard blocks[block][place] == score else { return count }
        count += 1
        place += 1
      }
      (block, place) = (block + 1, 0)
    }
    return count
  }

  private mutating func insert(_ score: Float, _ block: Int, _ place: Int) {
    scores.append(score)
    if scores.count >= ScorePool.most {
      scores.removeFirst(ScorePool.most / 2)
      return rebuild()
    }
    blocks[block].insert(score, at: place)
    guard blocks[block].count > ScorePool.blockSize else { return }
    let half = blocks[block].count / 2
    let rest = Array(blocks[block][half...])
    blocks[block].removeSubrange(half...)
    blocks.insert(rest, at: block + 1)
  }

  private mutating func rebuild() {
    let sorted = scores.sorted()
    let size = ScorePool.blockSize / 2
    blocks = stride(from: 0, to: max(1, sorted.count), by: size).map {
      var block = Array(sorted[$0..<min(sorted.count, $0 + size)])
      block.reserveCapacity(ScorePool.blockSize + 1)
      return block
    }
  }
}
