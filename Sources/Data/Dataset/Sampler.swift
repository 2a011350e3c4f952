import HourglassTensor

/// Which samples a training step sees: as many an epoch as there are, in a new random order each epoch.
///
/// The order is a pure function of the seed and the epoch: a run resumes in the middle of an epoch by asking
/// for the same epoch again.
public struct Sampler: Hashable, Sendable {
  /// How an epoch's samples are drawn.
  public enum Draw: Hashable, Sendable {
    /// Every sample once.
    case all
    /// With replacement: a class, each as likely as any other, then a sample of it, each as likely as any
    /// other. The label of each position; labels that never occur are no class.
    case balanced([Int32])
    /// With replacement, each sample as likely as its weight says. The weight of each position.
    case weighted([Float])
    /// Of every step the share from those that have a label, which come again and again, each as often as any
    /// other; the rest from all, each at most once. Whether each position has a label.
    case labelled([Bool], share: Double)
  }

  /// Number of samples, and of draws an epoch.
  public let count: Int
  /// Samples a step; the last step of an epoch has what is left.
  public private(set) var batch: Int
  /// Whether up to half a batch that is left at the end of an epoch joins the batch before it. For steps
  /// that look at the samples of a batch together: a mean or a deviation of one sample says nothing.
  public let joinsRest: Bool
  public let seed: UInt64
  public let draw: Draw
  private let lottery: Lottery?

  /// - Precondition: at least one sample and one a batch, at most 2³² - 1 samples; a label or weight a
  ///   sample; weights finite and not negative, one above 0.
  public init(count: Int, batch: Int, seed: UInt64, draw: Draw = .all, joinsRest: Bool = false) {
    precondition(
      count > 0 && count <= Int(UInt32.max) && batch > 0,
      "Sampler: \(count) samples in batches of \(batch)")
    self.count = count
    self.batch = batch
    self.seed = seed
    self.draw = draw
    self.joinsRest = joinsRest
    lottery = Lottery(draw, count: count)
  }

  /// The same samples and draws in steps of another size. Complexity: O(1).
  ///
  /// - Precondition: at least one sample a step.
  public func with(batch: Int) -> Sampler {
    precondition(batch > 0, "Sampler: \(count) samples in batches of \(batch)")
    var sampler = self
    sampler.batch = batch
    return sampler
  }

  /// Steps an epoch: ⌈count / batch⌉, or one less where what is left joins the batch before.
  public var batches: Int {
    let (whole, rest) = count.quotientAndRemainder(dividingBy: batch)
    return rest == 0 || joinsRest && whole > 0 && 2 * rest <= batch ? whole : whole + 1
  }

  /// Samples of the largest step.
  public var largest: Int { batches == 1 ? count : max(batch, range(step: batches - 1).count) }

  /// Samples of the smallest step.
  public var smallest: Int { batches == 1 ? count : min(batch, range(step: batches - 1).count) }

  /// The positions of an epoch's samples in their order, epochs counted from 0: `count` of them.
  ///
  /// - Precondition: 0 ≤ epoch < 2³².
  public func order(epoch: Int) -> [UInt32] {
    if case .labelled(let marks, let share) = draw { return mixed(marks, share, epoch: epoch) }
    guard let lottery else {
      return Random(seed: seed, stream: .shuffle).permutation(count, step: UInt32(epoch))
    }
    let random = Random(seed: seed, stream: .sampling)
    return (0..<UInt64(count)).map { lottery.draw(random.bits(step: UInt32(epoch), position: $0)) }
  }

  /// Samples of a step of so many that are drawn from those with a label.
  package static func labelled(of rows: Int, share: Double) -> Int {
    min(rows, max(1, Int((Double(rows) * share).rounded())))
  }

  private func mixed(_ marks: [Bool], _ share: Double, epoch: Int) -> [UInt32] {
    let labelled = (0..<UInt32(count)).filter { marks[Int($0)] }
    precondition(!labelled.isEmpty, "Sampler: no position has a label")
    let random = Random(seed: seed, stream: .shuffle)
    let all = random.permutation(count, step: UInt32(epoch))
    let again = Random(seed: seed, stream: .sampling)
    // Rounds of the labelled positions, counted on through all epochs.
    let most = Sampler.labelled(of: batch, share: share)
    let before = epoch * ((count + batch - 1) / batch * most / labelled.count + 1)
    var (order, taken, rest) = ([UInt32](), 0, 0)
    var round: [UInt32] = []
    order.reserveCapacity(count)
    for step in 0..<batches {
      let rows = range(step: step).count
      for place in 0..<rows {
        guard place < Sampler.labelled(of: rows, share: share) else {
          order.append(all[rest])
          rest += 1
          continue
        }
        if taken % labelled.count == 0 {
          round = again.permutation(
            labelled.count, step: UInt32(truncatingIfNeeded: before + taken / labelled.count))
        }
        order.append(labelled[Int(round[taken % labelled.count])])
        taken += 1
      }
    }
    return order
  }

  /// Where in an epoch's order a step finds its samples.
  ///
  /// - Precondition: 0 ≤ step < batches.
  public func range(step: Int) -> Range<Int> {
    precondition(step >= 0 && step < batches, "Sampler: has no step \(step) of \(batches)")
    return (step * batch)..<(step == batches - 1 ? count : (step + 1) * batch)
  }
}

/// Draws with replacement: random bits to a position.
private enum Lottery: Hashable {
  /// Positions class by class, and where each class begins; one more at the end.
  case classes(members: [UInt32], starts: [Int])
  /// Σ weights up to and with each position.
  case weights(cumulative: [Double])

  init?(_ draw: Sampler.Draw, count: Int) {
    switch draw {
    case .all, .labelled: return nil
    case .balanced(let labels):
      precondition(labels.count == count, "Sampler: \(labels.count) labels for \(count) samples")
      // Sorting keeps the positions of a class in their order.
      let members = (0..<UInt32(count)).sorted { (labels[Int($0)], $0) < (labels[Int($1)], $1) }
      var starts = members.indices.filter { place in
        place == 0 || labels[Int(members[place])] != labels[Int(members[place - 1])]
      }
      starts.append(count)
      self = .classes(members: members, starts: starts)
    case .weighted(let weights):
      precondition(weights.count == count, "Sampler: \(weights.count) weights for \(count) samples")
      var sum = 0.0
      let cumulative = weights.map { weight in
        precondition(weight.isFinite && weight >= 0, "Sampler: the weight \(weight)")
        sum += Double(weight)
        return sum
      }
      precondition(sum > 0, "Sampler: all weights are 0")
      self = .weights(cumulative: cumulative)
    }
  }

  func draw(_ bits: SIMD4<UInt32>) -> UInt32 {
    let (first, second) = (
      UInt64(bits.x) | UInt64(bits.y) << 32, UInt64(bits.z) | UInt64(bits.w) << 32
    )
    switch self {
    case .classes(let members, let starts):
      let chosen = Lottery.integer(first, below: starts.count - 1)
      let place = Lottery.integer(second, below: starts[chosen + 1] - starts[chosen])
      return members[starts[chosen] + place]
    case .weights(let cumulative):
      // [0, 1) with 53 bits: below the sum also after rounding, so a position of weight 0 never comes.
      let point = Double(first >> 11) * 0x1p-53 * cumulative[cumulative.count - 1]
      var (low, high) = (0, cumulative.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > point { high = middle } else { low = middle + 1 }
      }
      return UInt32(low)
    }
  }

  /// 0 ..< bound, by multiplication and shift, as ``Random`` does.
  private static func integer(_ bits: UInt64, below bound: Int) -> Int {
    Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
  }
}
