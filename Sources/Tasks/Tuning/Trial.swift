/// One point of a search, and what came of it.
public struct Trial: Hashable, Sendable {
  /// Counted from 0, which is what nobody chose.
  public let number: Int
  public let origin: Origin
  public let parameters: Point
  /// At each rung it has reached, in order.
  public internal(set) var results: [Result] = []
  /// Beyond its last rung, where a signal or the time stopped it. It may be the best result there is, but no
  /// decision of the search looks at it: a search that goes on does as if it had never stopped.
  public internal(set) var unfinished: Result?
  /// What went wrong, if it did: such a trial counts as the worst.
  public internal(set) var fault: String?

  /// Where its choices came from.
  public enum Origin: String, Hashable, Sendable, Codable {
    case usual = "default"
    case random
    case parzen
  }

  /// What a trial had come to.
  public struct Result: Hashable, Sendable {
    public let epochs: Int
    /// The lowest loss so far on the validation samples, by the reconstruction alone; infinite after a fault.
    public let loss: Double
    /// What trials are ranked by: the loss, or the loss with the price of its code.
    public let objective: Double

    public init(epochs: Int, loss: Double, objective: Double? = nil) {
      self.epochs = epochs
      self.loss = loss
      self.objective = objective ?? loss
    }
  }

  init(number: Int, origin: Origin, parameters: Point) {
    self.number = number
    self.origin = origin
    self.parameters = parameters
  }

  /// The last result there is.
  public var latest: Result? { unfinished ?? results.last }

  /// What it is ranked by; infinite before its first result.
  public var objective: Double { latest?.objective ?? .infinity }
}

extension Trial: Codable {
  private enum Key: String, CodingKey {
    case number = "trial"
    case origin, parameters, results, unfinished, fault
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(
      number: try values.decode(Int.self, forKey: .number),
      origin: try values.decode(Origin.self, forKey: .origin),
      parameters: try values.decode(Point.self, forKey: .parameters))
    results = try values.decode([Result].self, forKey: .results)
    unfinished = try values.decodeIfPresent(Result.self, forKey: .unfinished)
    fault = try values.decodeIfPresent(String.self, forKey: .fault)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(number, forKey: .number)
    try values.encode(origin, forKey: .origin)
    try values.encode(parameters, forKey: .parameters)
    try values.encode(results, forKey: .results)
    try values.encodeIfPresent(unfinished, forKey: .unfinished)
    try values.encodeIfPresent(fault, forKey: .fault)
  }
}

/// A loss that is not finite is null.
extension Trial.Result: Codable {
  private enum Key: String, CodingKey { case epochs, loss, objective }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let loss = try values.decodeIfPresent(Double.self, forKey: .loss) ?? .infinity
    self.init(
      epochs: try values.decode(Int.self, forKey: .epochs), loss: loss,
      objective: try values.decodeIfPresent(Double.self, forKey: .objective))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(epochs, forKey: .epochs)
    try values.encode(loss.isFinite ? loss : nil, forKey: .loss)
    if objective != loss, objective.isFinite { try values.encode(objective, forKey: .objective) }
  }
}
