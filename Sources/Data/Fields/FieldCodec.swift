public import HourglassFormats

/// What turns the cells of a column into values of samples, and back.
///
/// Which of the parameters count depends on the field's kind; the others have the values of
/// ``init(raw:form:)``.
public struct FieldCodec: Hashable, Sendable {
  /// How the column stands in its file.
  public enum Raw: String, Hashable, Sendable, Codable, CaseIterable { case numbers, times, texts }

  public var raw: Raw
  /// How the cells are written; nil: as numbers, times and texts are by default.
  public var form: CellForm?
  /// Of numbers, positives (of ln(1 + x)) and times (in days): what is taken off, and what the rest is
  /// divided by.
  public var shift = 0.0
  public var scale = 1.0
  /// Of flags first what counts 0, then what counts 1; of categories the most frequent first; of ordinals the
  /// lowest first. Numbers stand as their shortest text.
  public var levels: [String] = []
  /// Of times: the cycles that the network reads beside the days.
  public var cycles: [TimeCycle] = []
  /// Of times: the seconds that all of them are multiples of.
  public var step = 0.0
  /// Of counts: mean and deviation of ln(1 + x).
  public var logMean = 0.0
  public var logDeviation = 1.0
  /// What the best constant law costs a value of the training rows: nats of flags, categories, ordinals and
  /// counts; the variance, which is 1, of what is standardised.
  public var marginal = 0.0

  public init(raw: Raw, form: CellForm? = nil) {
    self.raw = raw
    self.form = form
  }

  /// A number as the text of a level: `3` and not `3.0`.
  static func text(of number: Double) -> String {
    number == number.rounded() && number.magnitude < 0x1p53 ? "\(Int64(number))" : "\(number)"
  }
}

extension TypedTable.Values {
  /// How the column stands in its file.
  public var raw: FieldCodec.Raw {
    switch self {
    case .numbers: .numbers
    case .times: .times
    case .texts: .texts
    }
  }

  /// Whether the row has no value.
  public func isMissing(_ row: Int) -> Bool {
    switch self {
    case .numbers(let values), .times(let values): values[row].isNaN
    case .texts(_, let indices): indices[row] < 0
    }
  }
}
