import HourglassTensor

/// One thing that a search varies.
struct Parameter: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// One of a list, drawn at random with these weights.
    case words([Word])
    case number(ClosedRange<Double>, isLogarithmic: Bool)
    /// Whole numbers; those above 64 are multiples of 8, which vector units like.
    case whole(ClosedRange<Int>, isLogarithmic: Bool)
  }

  struct Word: Hashable, Sendable {
    let text: String
    /// How often it is drawn while nothing is known; the weights of a list need not add up to 1.
    var weight = 1.0
  }

  let name: String
  let kind: Kind
  /// What stands where nobody chose.
  var usual: Choice
  /// The parameter exists only where another one has one of these words; nil: always.
  var condition: Condition?

  struct Condition: Hashable, Sendable {
    let parameter: String
    let words: Set<String>
  }

  /// Whether it exists beside the other choices of a point.
  func isActive(in point: Point) -> Bool {
    guard let condition else { return true }
    return point[condition.parameter]?.word.map(condition.words.contains) ?? false
  }

  /// A choice of numbers as a place in [0, 1] on the parameter's own scale; nil for a word.
  func place(of choice: Choice) -> Double? {
    guard let number = choice.number, let (low, high) = ends, high > low else {
      return choice.number == nil ? nil : 0.5
    }
    return min(max((scale(number) - low) / (high - low), 0), 1)
  }

  /// The choice at a place in [0, 1].
  func choice(at place: Double) -> Choice {
    guard let (low, high) = ends else { return usual }
    let value = unscale(low + place * (high - low))
    switch kind {
    case .words: return usual
    case .number(let range, _): return .number(min(max(value, range.lowerBound), range.upperBound))
    case .whole(let range, _):
      let rounded = value > 64 ? (value / 8).rounded() * 8 : value.rounded()
      return .number(min(max(rounded, Double(range.lowerBound)), Double(range.upperBound)))
    }
  }

  private var ends: (Double, Double)? {
    switch kind {
    case .words: nil
    case .number(let range, _): (scale(range.lowerBound), scale(range.upperBound))
    case .whole(let range, _): (scale(Double(range.lowerBound)), scale(Double(range.upperBound)))
    }
  }

  private var isLogarithmic: Bool {
    switch kind {
    case .words: false
    case .number(_, let isLogarithmic), .whole(_, let isLogarithmic): isLogarithmic
    }
  }

  private func scale(_ value: Double) -> Double { isLogarithmic ? value.logarithm : value }

  private func unscale(_ value: Double) -> Double { isLogarithmic ? value.exponential : value }
}
