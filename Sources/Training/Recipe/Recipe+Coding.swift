import HourglassData
import HourglassEngine

/// A flat object; what is left out has its default.
extension Recipe: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case epochs, batch, optimizer, rate, schedule, warmup, decay, average, patience, seed, precision
    case augmentation, trim
    case isBalanced = "balanced"
    case batchSchedule = "batch_schedule"
    case clipNorm = "clip_norm"
    case clipValue = "clip_value"
    case maximumNorm = "maximum_norm"
    case onDivergence = "on_divergence"
    case firstWeights = "first_weights"
    case encoderRate = "encoder_rate"
    case labelledShare = "labelled_share"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    try decoder.allow(Key.allCases.map(\.rawValue), in: "a recipe")
    let usual = Recipe()
    self.init(
      epochs: try values.decodeIfPresent(Int.self, forKey: .epochs) ?? usual.epochs,
      batch: try values.decodeIfPresent(Int.self, forKey: .batch) ?? usual.batch,
      optimizer: try values.decodeIfPresent(Optimizer.self, forKey: .optimizer) ?? usual.optimizer,
      rate: try values.decodeIfPresent(Float.self, forKey: .rate),
      seed: try values.decodeIfPresent(UInt64.self, forKey: .seed) ?? usual.seed)
    isBalanced = try values.decodeIfPresent(Bool.self, forKey: .isBalanced) ?? false
    augmentation = try values.decodeIfPresent(Augmentation.self, forKey: .augmentation)
    trim = try values.decodeIfPresent(Float.self, forKey: .trim)
    schedule = try values.decodeIfPresent(Schedule.self, forKey: .schedule) ?? .constant
    batchSchedule = try values.decodeIfPresent(BatchSchedule.self, forKey: .batchSchedule) ?? .constant
    warmup = try values.decodeIfPresent(Double.self, forKey: .warmup) ?? 0
    decay = try values.decodeIfPresent(Float.self, forKey: .decay) ?? decay
    clipNorm = try values.decodeIfPresent(Float.self, forKey: .clipNorm)
    clipValue = try values.decodeIfPresent(Float.self, forKey: .clipValue)
    maximumNorm = try values.decodeIfPresent(Float.self, forKey: .maximumNorm)
    average = try values.decodeIfPresent(Float.self, forKey: .average)
    encoderRate = try values.decodeIfPresent(Float.self, forKey: .encoderRate) ?? 1
    labelledShare = try values.decodeIfPresent(Float.self, forKey: .labelledShare)
    patience = try values.decodeIfPresent(Int.self, forKey: .patience)
    onDivergence = try values.decodeIfPresent(Divergence.self, forKey: .onDivergence) ?? .stop
    precision = try values.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32
    firstWeights = try values.decodeIfPresent(FirstWeights.self, forKey: .firstWeights) ?? .drawn
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(epochs, forKey: .epochs)
    try values.encode(batch, forKey: .batch)
    try values.encode(optimizer, forKey: .optimizer)
    try values.encode(rate, forKey: .rate)
    try values.encode(decay, forKey: .decay)
    try values.encode(seed, forKey: .seed)
    if isBalanced { try values.encode(true, forKey: .isBalanced) }
    try values.encodeIfPresent(augmentation, forKey: .augmentation)
    try values.encodeIfPresent(trim, forKey: .trim)
    if schedule != .constant { try values.encode(schedule, forKey: .schedule) }
    if batchSchedule != .constant { try values.encode(batchSchedule, forKey: .batchSchedule) }
    if warmup != 0 { try values.encode(warmup, forKey: .warmup) }
    try values.encodeIfPresent(clipNorm, forKey: .clipNorm)
    try values.encodeIfPresent(clipValue, forKey: .clipValue)
    try values.encodeIfPresent(maximumNorm, forKey: .maximumNorm)
    try values.encodeIfPresent(average, forKey: .average)
    if encoderRate != 1 { try values.encode(encoderRate, forKey: .encoderRate) }
    try values.encodeIfPresent(labelledShare, forKey: .labelledShare)
    try values.encodeIfPresent(patience, forKey: .patience)
    if onDivergence != .stop { try values.encode(onDivergence, forKey: .onDivergence) }
    if precision != .float32 { try values.encode(precision, forKey: .precision) }
    if firstWeights != .drawn { try values.encode(firstWeights, forKey: .firstWeights) }
  }
}

/// A flat object: `{"name": "cosine", "cycles": 1, "floor": 0}`.
extension Schedule: Codable {
  private enum Key: String, CodingKey {
    case name, every, factor, decay, cycles, floor, divisor, rise, fall, patience
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let name = try values.decode(String.self, forKey: .name)
    guard let usual = Schedule(name: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values,
        debugDescription: "\"\(name)\" is not a schedule; known are \(Schedule.names.joined(separator: ", "))"
      )
    }
    try decoder.allow(["name"] + usual.numbers, in: "a schedule \"\(name)\"")
    func number(_ key: Key, _ usual: Double) throws -> Double {
      try values.decodeIfPresent(Double.self, forKey: key) ?? usual
    }
    func whole(_ key: Key, _ usual: Int) throws -> Int {
      try values.decodeIfPresent(Int.self, forKey: key) ?? usual
    }
    switch usual {
    case .constant: self = usual
    case .step(let e, let f): self = .step(every: try whole(.every, e), factor: try number(.factor, f))
    case .exponential(let f): self = .exponential(factor: try number(.factor, f))
    case .inverseTime(let d): self = .inverseTime(decay: try number(.decay, d))
    case .cosine(let c, let f): self = .cosine(cycles: try whole(.cycles, c), floor: try number(.floor, f))
    case .oneCycle(let d, let r):
      self = .oneCycle(divisor: try number(.divisor, d), rise: try number(.rise, r))
    case .trapezoid(let fall, let f):
      self = .trapezoid(fall: try number(.fall, fall), floor: try number(.floor, f))
    case .plateau(let f, let p):
      self = .plateau(factor: try number(.factor, f), patience: try whole(.patience, p))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(name, forKey: .name)
    switch self {
    case .constant: break
    case .step(let every, let factor):
      try values.encode(every, forKey: .every)
      try values.encode(factor, forKey: .factor)
    case .exponential(let factor): try values.encode(factor, forKey: .factor)
    case .inverseTime(let decay): try values.encode(decay, forKey: .decay)
    case .cosine(let cycles, let floor):
      try values.encode(cycles, forKey: .cycles)
      try values.encode(floor, forKey: .floor)
    case .oneCycle(let divisor, let rise):
      try values.encode(divisor, forKey: .divisor)
      try values.encode(rise, forKey: .rise)
    case .trapezoid(let fall, let floor):
      try values.encode(fall, forKey: .fall)
      try values.encode(floor, forKey: .floor)
    case .plateau(let factor, let patience):
      try values.encode(factor, forKey: .factor)
      try values.encode(patience, forKey: .patience)
    }
  }
}

/// A flat object: `{"name": "step", "every": 10, "factor": 2}`.
extension BatchSchedule: Codable {
  private enum Key: String, CodingKey { case name, every, factor }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let name = try values.decode(String.self, forKey: .name)
    let factor = try values.decodeIfPresent(Double.self, forKey: .factor)
    let numbers = ["constant": [], "step": ["every", "factor"], "exponential": ["factor"]]
    try decoder.allow(["name"] + (numbers[name] ?? ["every", "factor"]), in: "a batch schedule \"\(name)\"")
    switch name {
    case "constant": self = .constant
    case "step":
      self = .step(every: try values.decodeIfPresent(Int.self, forKey: .every) ?? 10, factor: factor ?? 2)
    case "exponential": self = .exponential(factor: factor ?? 1.1)
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values,
        debugDescription: "\"\(name)\" is not a batch schedule; known are "
          + BatchSchedule.names.joined(separator: ", "))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(name, forKey: .name)
    switch self {
    case .constant: break
    case .step(let every, let factor):
      try values.encode(every, forKey: .every)
      try values.encode(factor, forKey: .factor)
    case .exponential(let factor): try values.encode(factor, forKey: .factor)
    }
  }
}
