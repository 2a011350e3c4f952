/// Every choice of a training besides the architecture and the data, as a plain value.
///
/// The number of threads is not among them: it changes how long a training takes, never its result.
public struct Recipe: Hashable, Sendable {
  /// Passes over the training samples.
  public var epochs: Int
  /// Samples a step. 256 is the batch of the published runs that the defaults are held against.
  public var batch: Int
  public var optimizer: Optimizer
  /// The learning rate η.
  public var rate: Float
  /// What the first weights and the order of the samples are drawn from.
  public var seed: UInt64

  public init(
    epochs: Int = 50, batch: Int = 256, optimizer: Optimizer = .adam(), rate: Float? = nil, seed: UInt64 = 0
  ) {
    self.epochs = epochs
    self.batch = batch
    self.optimizer = optimizer
    self.rate = rate ?? optimizer.usualRate
    self.seed = seed
  }

  /// - Throws: ``TrainingError`` for a choice outside its range.
  public func check() throws(TrainingError) {
    func positive(_ name: String, _ value: Int, _ most: Int) throws(TrainingError) {
      guard (1...most).contains(value) else {
        throw TrainingError(place: name, expected: "between 1 and \(most)", found: "\(value)")
      }
    }
    try positive("epochs", epochs, 1_000_000)
    try positive("batch", batch, 1 << 20)
    guard rate.isFinite, rate > 0 else {
      throw TrainingError(place: "rate", expected: "a number above 0", found: "\(rate)")
    }
    try optimizer.check()
  }
}

extension Recipe: Codable {
  private enum Key: String, CodingKey { case epochs, batch, optimizer, rate, seed }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let usual = Recipe()
    let optimizer = try values.decodeIfPresent(Optimizer.self, forKey: .optimizer) ?? usual.optimizer
    self.init(
      epochs: try values.decodeIfPresent(Int.self, forKey: .epochs) ?? usual.epochs,
      batch: try values.decodeIfPresent(Int.self, forKey: .batch) ?? usual.batch, optimizer: optimizer,
      rate: try values.decodeIfPresent(Float.self, forKey: .rate),
      seed: try values.decodeIfPresent(UInt64.self, forKey: .seed) ?? usual.seed)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(epochs, forKey: .epochs)
    try values.encode(batch, forKey: .batch)
    try values.encode(optimizer, forKey: .optimizer)
    try values.encode(rate, forKey: .rate)
    try values.encode(seed, forKey: .seed)
  }
}
