import HourglassTensor

/// What is known of samples besides their values and classes: numbers, or a picture of classes for each.
///
/// One row of values a row of the data set's samples, NaN where nobody knows.
public struct Target: Sendable {
  public let name: String
  /// `[rows, values…]`, floating point.
  public let values: Tensor

  public init(_ name: String, _ values: Tensor) {
    self.name = name
    self.values = values
  }
}

extension Dataset {
  /// The number of a class that is not known.
  public static let unlabelled = Int32.min

  /// What stands for a class that is not known where classes are texts.
  private static let unknownNames: Set = [
    "", "na", "n/a", "nan", "null", "none", "?", "-", "unlabelled", "unlabeled",
  ]

  /// The same samples where classes that stand for none are none: texts such as `NA`, and -1 among numbers of
  /// which two others are classes.
  public func markingUnlabelled() throws -> Dataset {
    guard let labels else { return self }
    let found = Set(labels).subtracting([Dataset.unlabelled])
    var unknown = found.filter { label in
      guard let classNames, classNames.indices.contains(Int(label)) else { return false }
      return Dataset.unknownNames.contains(classNames[Int(label)].lowercased())
    }
    if let classNames, let minus = classNames.firstIndex(of: "-1").map({ Int32($0) }), found.contains(minus),
      found.count > 2, classNames.allSatisfy({ $0 == "-1" || (Int($0) ?? -1) >= 0 || unknownName($0) })
    {
      unknown.insert(minus)
    }
    if classNames == nil, found.contains(-1), found.count > 2 { unknown.insert(-1) }
    guard !unknown.isEmpty else { return self }
    return try labelled(labels.map { unknown.contains($0) ? Dataset.unlabelled : $0 }, classNames: classNames)
  }

  private func unknownName(_ name: String) -> Bool { Dataset.unknownNames.contains(name.lowercased()) }

  /// How many of the samples have a class.
  public var labelledCount: Int { orderedLabels?.count { $0 != Dataset.unlabelled } ?? 0 }

  /// The target of that name.
  public func target(_ name: String) -> Target? { targets.first { $0.name == name } }

  /// The same samples with a target more, or with another one of its name.
  ///
  /// - Throws: ``DataError`` for a target of another number of rows.
  public func with(target: Target) throws -> Dataset {
    guard target.values.shape.rank > 1, target.values.rows == rowCount else {
      throw DataError(
        place: origin, expected: "\(rowCount) rows of '\(target.name)', one a sample",
        found: "\(target.values.shape)", remedy: "give the targets of these samples")
    }
    return with(targets: targets.filter { $0.name != target.name } + [target])
  }

  /// The same samples of which only so many of each class, drawn at random, still have their class; all
  /// others lose it.
  ///
  /// - Throws: ``DataError`` where labels are not known, or a class has fewer samples.
  public func keepingLabels(of count: Int, seed: UInt64) throws -> Dataset {
    guard let labels = orderedLabels, let all = self.labels else {
      throw DataError(
        place: origin, expected: "the class of each sample", found: "none",
        remedy: "name the column or file of the classes")
    }
    var left: [Int32: Int] = [:]
    var kept = [Int32](repeating: Dataset.unlabelled, count: all.count)
    for position in Random(seed: seed, stream: .sampling).permutation(labels.count, step: 0) {
      let label = labels[Int(position)]
      guard label != Dataset.unlabelled, left[label, default: count] > 0 else { continue }
      left[label, default: count] -= 1
      kept[row(Int(position))] = label
    }
    if let few = left.keys.sorted().first(where: { left[$0] != 0 }) {
      throw DataError(
        place: origin, expected: "\(count) samples of class \(className(ofLabel: few))",
        found: "\(count - (left[few] ?? 0))", remedy: "keep fewer labels")
    }
    return try labelled(kept, classNames: classNames)
  }
}
