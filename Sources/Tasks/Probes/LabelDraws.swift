import HourglassTensor

/// Which labelled rows a probe sees: drawn at random, as many of each class.
///
/// The rows of one draw are nested: those of five labels a class hold those of two. All spaces are probed on
/// the same rows, so that they are compared in pairs.
struct LabelDraws {
  /// The rows of each class, or of all numbers together, in the order of the draw: the first n are taken.
  private let orders: [[[Int]]]

  /// - Parameters:
  ///   - groups: of each row its class; all 0 where labels are numbers.
  ///   - count: of groups.
  init(groups: [Int], count: Int, draws: Int, seed: UInt64) {
    let random = Random(seed: seed, stream: .probe)
    orders = (0..<draws).map { draw in
      var members = [[Int]](repeating: [], count: count)
      for row in random.permutation(groups.count, step: UInt32(draw)) {
        members[groups[Int(row)]].append(Int(row))
      }
      return members
    }
  }

  var count: Int { orders.count }
  /// Rows of the largest group, and of the smallest.
  var largest: Int { orders.first?.map(\.count).max() ?? 0 }
  var smallest: Int { orders.first?.map(\.count).min() ?? 0 }

  /// The rows of a draw, class by class.
  ///
  /// - Parameter each: rows of a class; of one that has fewer, all. Nil: all rows, at most `most` of them, in
  ///   the shares that classes have.
  func rows(_ draw: Int, each: Int?, most: Int) -> [Int] {
    let order = orders[draw]
    if let each { return order.flatMap { $0.prefix(each) } }
    let total = order.reduce(0) { $0 + $1.count }
    guard total > most else { return order.flatMap(\.self) }
    return order.flatMap { $0.prefix(max(1, $0.count * most / total)) }
  }
}

/// Parts that labelled rows are cut into, to choose by one what was fitted to the others.
struct Folds {
  /// Of each row its part; nil of a class's only row, which is always fitted.
  private let part: [Int?]
  let count: Int
  /// Parts that are held out in turn, the first ones.
  let tried: Int

  static let most = 5

  /// - Parameters:
  ///   - groups: the class of each row; rows of a class stand together, in a random order.
  ///   - tried: parts to hold out at most.
  init(groups: [Int], tried: Int = Folds.most) {
    var seen: [Int: Int] = [:]
    let sizes = groups.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
    let count = min(Folds.most, sizes.values.max() ?? 0)
    self.count = count < 2 ? 0 : count
    self.tried = min(tried, self.count)
    var dealt = 0
    part = groups.map { group in
      defer { seen[group, default: 0] += 1 }
      guard count > 1, sizes[group, default: 0] > 1 else { return nil }
      if seen[group] == nil, sizes[group, default: 0] < count { dealt += 1 }
      return (seen[group, default: 0] + dealt) % count
    }
  }

  func fitted(_ fold: Int) -> [Int] { part.indices.filter { part[$0] != fold } }
  func held(_ fold: Int) -> [Int] { part.indices.filter { part[$0] == fold } }
}
