import HourglassFormats
import HourglassTensor

/// What is odd of two columns.
extension OddityFinder {
  /// Of more columns than this the first are compared with each other.
  private static var most: Int { 300 }

  /// Columns that take part.
  private var compared: [Int] {
    Array(
      columns.indices.filter { columns[$0].guess.aside == nil || columns[$0].field.role != .aside }.prefix(
        Self.most))
  }

  /// The groups of rows of the columns that take part.
  var partitions: [Int: Partition] {
    let compared = compared
    return Dictionary(
      uniqueKeysWithValues: zip(compared, Workers.map(compared) { Partition(traits[$0].values) }))
  }

  /// Columns that are one before them once more: with the same values, with numbers that are those times one
  /// factor plus another, or with other names for the levels; such names only where a level has ten rows or
  /// more on average, as any two columns of values that all differ name each other's.
  func duplicates(_ partitions: [Int: Partition]) -> [TableOddity] {
    var found: [TableOddity] = []
    var byGroups: [Partition: [Int]] = [:]
    for index in compared {
      guard traits[index].distinct > 1, table.rowCount >= 10, let partition = partitions[index] else {
        continue
      }
      for other in byGroups[partition, default: []] {
        guard let words = sameness(other, index, partition.count) else { continue }
        let (first, second) = (traits[other].name, traits[index].name)
        found.append(
          TableOddity(
            kind: .duplicate, columns: [first, second], rows: nil,
            problem: "column '\(second)' is '\(first)' once more\(words)",
            remedy: "set one of them aside: '\(second)=aside'"))
        break
      }
      byGroups[partition, default: []].append(index)
    }
    return found
  }

  /// How two columns of the same groups are the same; nil where they are not.
  private func sameness(_ first: Int, _ second: Int, _ groups: Int) -> String? {
    switch (traits[first].values, traits[second].values) {
    case (.numbers(let left), .numbers(let right)), (.times(let left), .times(let right)):
      if zip(left, right).allSatisfy({ $0 == $1 || $0.isNaN }) { return "" }
      if areProportional(left, right) { return ", in another unit" }
    case (.texts(let left, let some), .texts(let right, let others)):
      if zip(some, others).allSatisfy({ $0 < 0 || left[Int($0)] == right[Int($1)] }) { return "" }
    default: break
    }
    guard 10 * groups <= table.rowCount, groups > 1 else { return nil }
    return ", with other names for its \(Self.counted(traits[second].distinct, "level"))"
  }

  /// Whether right = a + b left to nine digits, for a and b from the lowest and the highest.
  private func areProportional(_ left: [Double], _ right: [Double]) -> Bool {
    let present = left.indices.filter { left[$0].isFinite && right[$0].isFinite }
    guard let low = present.min(by: { left[$0] < left[$1] }),
      let high = present.max(by: { left[$0] < left[$1] }),
      left[low] < left[high], right[low] != right[high], Set(present.map { left[$0] }).count > 2
    else { return false }
    let slope = (right[high] - right[low]) / (left[high] - left[low])
    let limit = 1e-9 * (right[high] - right[low]).magnitude
    return present.allSatisfy {
      (right[low] + slope * (left[$0] - left[low]) - right[$0]).magnitude <= limit
    }
  }

  /// Columns that tell another's level: in 99 of 100 rows, in groups of five rows or more that hold four
  /// fifths of all, where the commonest level alone is right in at most nine tenths and ten rows or more
  /// have another.
  ///
  /// What tells is a column of at most a tenth as many values as rows, whether a column has a value, or of a
  /// flag a threshold of a number.
  ///
  /// - Parameter duplicates: columns that are each other's, which are said already.
  func leaks(_ partitions: [Int: Partition], besides duplicates: [TableOddity]) -> [TableOddity] {
    let compared = compared
    let told = compared.filter { columns[$0].field.kind.hasLevels && traits[$0].distinct > 1 }
    let varying = Set(told.filter { partitions[$0]?.varies == true })
    let known = Set(duplicates.map(\.columns))
    let tellings = Workers.map(compared) { self.tellings(of: $0, among: told, varying, partitions) }
    var found: [TableOddity] = []
    var said: Set<[Int]> = []
    for (teller, telling) in zip(compared, tellings) {
      for (index, words) in telling {
        let names = [traits[teller].name, traits[index].name]
        if known.contains(names) || known.contains(names.reversed()) { continue }
        guard said.insert([min(teller, index), max(teller, index)]).inserted else { continue }
        found.append(
          TableOddity(
            kind: .leak, columns: names, rows: nil,
            problem: "\(words) the \(columns[index].field.kind.rawValue) '\(names[1])' in nearly every row",
            remedy: "if '\(names[1])' is what you want to predict and '\(names[0])' is not known before, set "
              + "'\(names[0])=aside'"))
      }
    }
    return found
  }

  /// The columns that one tells, and in words what of it tells them.
  private func tellings(
    of teller: Int, among told: [Int], _ varying: Set<Int>, _ partitions: [Int: Partition]
  ) -> [(index: Int, words: String)] {
    guard let groups = partitions[teller] else { return [] }
    let name = traits[teller].name
    let presence = traits[teller].gaps > 0 ? Partition(presenceOf: traits[teller].values).ordered : nil
    let ordered = 10 * groups.count <= table.rowCount ? groups.ordered : nil
    return told.compactMap { index in
      guard index != teller, let target = partitions[index] else { return nil }
      if varying.contains(index), let presence, presence.tells(target) {
        return (index, "whether column '\(name)' has a value tells")
      }
      if varying.contains(index), let ordered, ordered.tells(target) {
        return (index, "column '\(name)' tells")
      }
      if columns[index].field.kind == .flag, separates(teller, target) {
        return (index, "a threshold of column '\(name)' tells")
      }
      return nil
    }
  }

  /// Whether all rows of one value of a flag lie below all of the other by a column of many numbers.
  private func separates(_ teller: Int, _ flag: Partition) -> Bool {
    guard case .numbers(let numbers) = traits[teller].values, 10 * traits[teller].distinct > table.rowCount,
      traits[teller].gaps == 0
    else { return false }
    var lowest = [Double.infinity, .infinity]
    var highest = [-Double.infinity, -.infinity]
    var rows = [0, 0]
    for (number, group) in zip(numbers, flag.groups) {
      guard group < 2 else { return false }
      lowest[Int(group)] = min(lowest[Int(group)], number)
      highest[Int(group)] = max(highest[Int(group)], number)
      rows[Int(group)] += 1
    }
    // By chance as many rows as the fewer ones lie at one end about once in 2^rows.
    return (rows.min() ?? 0) >= 20 && (highest[0] < lowest[1] || highest[1] < lowest[0])
  }
}
