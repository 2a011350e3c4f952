import HourglassFormats

/// Which rows have the same value: groups numbered as they come, a gap being a value.
struct Partition: Hashable {
  let groups: [Int32]
  let count: Int
  /// Of the groups, so that two that differ are mostly told apart by one look.
  private let digest: UInt64

  init(_ values: TypedTable.Values) {
    switch values {
    case .numbers(let numbers), .times(let numbers):
      (groups, count) = Partition.number(numbers.map(Partition.key))
    case .texts(let levels, let indices): (groups, count) = Partition.number(indices, levels: levels.count)
    }
    digest = Partition.digest(of: groups)
  }

  /// Whether there is a value: 0 and 1, or fewer.
  init(presenceOf values: TypedTable.Values) {
    let presence = (0..<values.count).map { Int32(values.isMissing($0) ? 1 : 0) }
    (groups, count) = Partition.number(presence, levels: 2)
    digest = Partition.digest(of: groups)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(digest)
    hasher.combine(count)
  }

  private static func digest(of groups: [Int32]) -> UInt64 {
    groups.reduce(0) { Partition.mixed($0 ^ UInt64(UInt32(bitPattern: $1))) }
  }

  /// The finaliser of MurmurHash3 by Appleby: every bit moves every other.
  private static func mixed(_ key: UInt64) -> UInt64 {
    var key = key
    key = (key ^ (key >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    key = (key ^ (key >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return key ^ (key >> 33)
  }

  /// NaN is no equal of itself, its bits are; 0 and -0 are the same.
  private static func key(_ number: Double) -> UInt64 { number.isNaN ? .max : (number + 0).bitPattern }

  /// A table of twice as many places or more, at most half full, looked through from where a key belongs.
  private static func number(_ keys: [UInt64]) -> ([Int32], Int) {
    var size = 16
    while size < 2 * keys.count { size *= 2 }
    var (table, found) = ([Int32](repeating: -1, count: size), [UInt64]())
    let groups = keys.map { key -> Int32 in
      var place = Int(truncatingIfNeeded: mixed(key)) & (size - 1)
      while table[place] >= 0, found[Int(table[place])] != key { place = (place + 1) & (size - 1) }
      if table[place] < 0 {
        table[place] = Int32(found.count)
        found.append(key)
      }
      return table[place]
    }
    return (groups, found.count)
  }

  /// - Parameter levels: how many there may be; -1 is one more.
  private static func number(_ indices: [Int32], levels: Int) -> ([Int32], Int) {
    var places = [Int32](repeating: -1, count: levels + 1)
    var count: Int32 = 0
    let groups = indices.map { index -> Int32 in
      let slot = Int(index) + 1
      if places[slot] < 0 {
        places[slot] = count
        count += 1
      }
      return places[slot]
    }
    return (groups, Int(count))
  }

  /// How many rows are equal to one before them in all of some columns.
  ///
  /// Column by column, groups of rows that are equal so far fall apart; a row that no other is equal to is
  /// looked at no more.
  static func repetitions(_ columns: [TypedTable.Values], rows: Int) -> Int {
    var (open, groups) = (Array(0..<rows), [UInt64](repeating: 0, count: rows))
    for column in columns where !open.isEmpty {
      var places: [Pair: UInt64] = [:]
      var sizes: [Int32] = []
      for (place, row) in open.enumerated() {
        let pair = Pair(group: groups[place], key: key(of: column, row))
        let next = UInt64(sizes.count)
        let group = places[pair, default: next]
        if group == next {
          places[pair] = next
          sizes.append(0)
        }
        sizes[Int(group)] += 1
        groups[place] = group
      }
      let kept = open.indices.filter { sizes[Int(groups[$0])] > 1 }
      (open, groups) = (kept.map { open[$0] }, kept.map { groups[$0] })
    }
    return open.count - Set(groups).count
  }

  private struct Pair: Hashable {
    let group: UInt64
    let key: UInt64
  }

  private static func key(of values: TypedTable.Values, _ row: Int) -> UInt64 {
    switch values {
    case .numbers(let numbers), .times(let numbers): key(numbers[row])
    case .texts(_, let indices): UInt64(truncatingIfNeeded: Int(indices[row]))
    }
  }

  /// The rows, group by group.
  struct Ordered {
    /// Where each group begins, and behind the last the number of rows.
    let starts: [Int]
    let rows: [Int32]
  }

  var ordered: Ordered {
    var starts = [Int](repeating: 0, count: count + 1)
    for group in groups { starts[Int(group) + 1] += 1 }
    for group in 0..<count { starts[group + 1] += starts[group] }
    var next = starts
    var rows = [Int32](repeating: 0, count: groups.count)
    for (row, group) in groups.enumerated() {
      rows[next[Int(group)]] = Int32(row)
      next[Int(group)] += 1
    }
    return Ordered(starts: starts, rows: rows)
  }

  /// Rows of the largest group.
  var commonest: Int {
    var sizes = [Int](repeating: 0, count: count)
    for group in groups { sizes[Int(group)] += 1 }
    return sizes.max() ?? 0
  }

  /// Whether knowing the groups may be of use: see ``OddityFinder/leaks``.
  var varies: Bool {
    let commonest = commonest
    return count > 1 && 10 * commonest <= 9 * groups.count && groups.count - commonest >= 10
  }
}

extension Partition.Ordered {
  /// Whether the groups tell those of another, which varies: see ``OddityFinder/leaks``.
  func tells(_ other: Partition) -> Bool {
    var counts = [Int](repeating: 0, count: other.count)
    var (inLarge, right) = (0, 0)
    for (start, end) in zip(starts, starts.dropFirst()) where end - start >= 5 {
      var best = 0
      for row in rows[start..<end] {
        let group = Int(other.groups[Int(row)])
        counts[group] += 1
        best = max(best, counts[group])
      }
      for row in rows[start..<end] { counts[Int(other.groups[Int(row)])] = 0 }
      inLarge += end - start
      right += best
    }
    return starts.count > 2 && 5 * inLarge >= 4 * rows.count && 100 * right >= 99 * inLarge
  }
}
