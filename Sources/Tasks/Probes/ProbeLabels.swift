import HourglassData
import HourglassTensor

/// What a probe is to tell: the labels of the samples that are drawn from, and of those to test on.
public struct ProbeLabels: Sendable {
  enum Kind: Sendable {
    /// Of each sample the place of its class among `names`; of test samples -1 for one that is not among
    /// them.
    case classes(training: [Int], test: [Int], names: [String])
    case numbers(training: [Double], test: [Double])
  }

  let kind: Kind

  /// Whether labels are classes or numbers.
  public enum Form: String, Sendable, CaseIterable {
    case classes = "class"
    case numbers = "number"
  }

  /// Labels that are all numbers are numbers where there are more different ones than this, or one that is
  /// not whole.
  public static let mostClasses = 30

  /// - Parameter form: nil: by looking.
  /// - Throws: `DataError` for samples without labels, of one class, or of too few numbers.
  public init(_ training: Dataset, _ test: Dataset, as form: Form? = nil) throws {
    let (own, others) = (try ProbeLabels.texts(training), try ProbeLabels.texts(test))
    let form = form ?? (ProbeLabels.areNumbers(own) ? .numbers : .classes)
    switch form {
    case .classes:
      let names = ProbeLabels.ordered(Set(own))
      let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
      guard names.count > 1 else {
        throw DataError(
          place: training.origin, expected: "two classes or more",
          found: names.first.map { "'\($0)' alone" } ?? "none", remedy: "give samples of several classes")
      }
      kind = .classes(
        training: own.map { places[$0] ?? 0 }, test: others.map { places[$0] ?? -1 }, names: names)
    case .numbers:
      kind = .numbers(
        training: try ProbeLabels.numbers(own, training), test: try ProbeLabels.numbers(others, test))
      guard Set(own).count > 1 else {
        throw DataError(
          place: training.origin, expected: "labels that differ", found: "'\(own.first ?? "")' alone",
          remedy: "give samples of different labels")
      }
    }
  }

  init(_ kind: Kind) { self.kind = kind }

  public var areNumbers: Bool { if case .numbers = kind { true } else { false } }

  /// What the classes are called, in the order of their names; of numbers none.
  public var classNames: [String] {
    if case .classes(_, _, let names) = kind { names } else { [] }
  }

  /// Samples of each class that labels are drawn from.
  public var classSizes: [Int] {
    guard case .classes(let training, _, let names) = kind else { return [] }
    var sizes = [Int](repeating: 0, count: names.count)
    for label in training { sizes[label] += 1 }
    return sizes
  }

  /// Test samples whose class is not among those that labels are drawn from.
  public var unknown: Int {
    if case .classes(_, let test, _) = kind { test.count { $0 < 0 } } else { 0 }
  }

  /// The accuracy of the most frequent class, on the test samples; of numbers nil.
  public var commonest: Double? {
    guard case .classes(_, let test, let names) = kind, !test.isEmpty else { return nil }
    let most = names.indices.map { name in test.count { $0 == name } }.max() ?? 0
    return Double(most) / Double(test.count)
  }

  var groups: [Int] {
    switch kind {
    case .classes(let training, _, _): training
    case .numbers(let training, _): training.map { _ in 0 }
    }
  }

  var groupCount: Int { areNumbers ? 1 : classNames.count }

  var usualSteps: [Int] { areNumbers ? Probe.usualSteps.map { 10 * $0 } : Probe.usualSteps }

  func score(classes found: [Int]) -> Probe.Score {
    guard case .classes(_, let test, _) = kind, !test.isEmpty else {
      return Probe.Score(value: .nan, error: nil)
    }
    let right = zip(found, test).count { $0 == $1 }
    return Probe.Score(value: Double(right) / Double(test.count), error: nil)
  }

  func score(numbers found: [Double]) -> Probe.Score {
    guard case .numbers(_, let test) = kind, let mean = Statistics.mean(test) else {
      return Probe.Score(value: .nan, error: nil)
    }
    let squares = Statistics.sum(zip(found, test).map { ($0 - $1) * ($0 - $1) })
    let total = Statistics.sum(test.map { ($0 - mean) * ($0 - mean) })
    return Probe.Score(
      value: total > 0 ? 1 - squares / total : .nan, error: (squares / Double(test.count)).squareRoot())
  }

  private static func texts(_ dataset: Dataset) throws -> [String] {
    guard let labels = dataset.orderedLabels else {
      throw DataError(
        place: dataset.origin, expected: "samples whose labels are known", found: "no labels",
        remedy: "name them with --label, or put the files of each class into a folder of its own")
    }
    return labels.map(dataset.name(ofClass:))
  }

  /// Whether a label is none: an empty cell, or a word that stands for one.
  public static func isGap(_ text: String) -> Bool {
    text.allSatisfy { $0 == " " } || ["na", "nan", "null", "?"].contains(text.lowercased())
  }

  static func areNumbers(_ texts: [String]) -> Bool {
    let different = Set(texts)
    let values = different.compactMap(Double.init)
    guard values.count == different.count else { return false }
    return different.count > mostClasses || values.contains { $0 != $0.rounded() }
  }

  /// By number where all are numbers, else by name.
  private static func ordered(_ names: Set<String>) -> [String] {
    let numbers = names.compactMap { name in Double(name).map { ($0, name) } }
    guard numbers.count == names.count else { return names.sorted() }
    return numbers.sorted { $0 < $1 }.map(\.1)
  }

  private static func numbers(_ texts: [String], _ dataset: Dataset) throws -> [Double] {
    try texts.enumerated().map { position, text in
      if let number = Double(text), number.isFinite { return number }
      throw DataError(
        place: "\(dataset.origin) row \(dataset.row(position)) (counted from 0)",
        expected: "a number for a label", found: "'\(text)'", remedy: "take labels for classes (--as class)")
    }
  }
}
