import HourglassTensor

/// A schedule in a word, as the command line takes it: `cosine`, `step:every=10,factor=0.5`.
extension Schedule {
  /// The names of its numbers.
  public var numbers: [String] {
    switch self {
    case .constant: []
    case .step: ["every", "factor"]
    case .exponential: ["factor"]
    case .inverseTime: ["decay"]
    case .cosine: ["cycles", "floor"]
    case .oneCycle: ["divisor", "rise"]
    case .trapezoid: ["fall", "floor"]
    case .plateau: ["factor", "patience"]
    }
  }

  /// As ``init(text:)`` reads it back; the name alone where the numbers are the usual ones.
  public var text: String {
    if self == Schedule(name: name) { return name }
    let values =
      switch self {
      case .constant: []
      case .step(let every, let factor): ["\(every)", "\(factor)"]
      case .exponential(let factor): ["\(factor)"]
      case .inverseTime(let decay): ["\(decay)"]
      case .cosine(let cycles, let floor): ["\(cycles)", "\(floor)"]
      case .oneCycle(let divisor, let rise): ["\(divisor)", "\(rise)"]
      case .trapezoid(let fall, let floor): ["\(fall)", "\(floor)"]
      case .plateau(let factor, let patience): ["\(factor)", "\(patience)"]
      }
    return name + ":" + zip(numbers, values).map { "\($0)=\($1)" }.joined(separator: ",")
  }

  /// - Throws: ``TrainingError`` for a name or number that is not known, or outside its range.
  public init(text: String) throws(TrainingError) {
    let (name, given) = try NamedNumbers.read(text)
    guard let usual = Schedule(name: name) else {
      throw TrainingError(place: "schedule", expected: Schedule.names.joined(separator: ", "), found: name)
    }
    try NamedNumbers.check(given, known: usual.numbers, of: "schedule \(name)")
    switch usual {
    case .constant: self = usual
    case .step(let e, let f):
      self = .step(every: given["every"].map { Int($0) } ?? e, factor: given["factor"] ?? f)
    case .exponential(let f): self = .exponential(factor: given["factor"] ?? f)
    case .inverseTime(let d): self = .inverseTime(decay: given["decay"] ?? d)
    case .cosine(let c, let f):
      self = .cosine(cycles: given["cycles"].map { Int($0) } ?? c, floor: given["floor"] ?? f)
    case .oneCycle(let d, let r):
      self = .oneCycle(divisor: given["divisor"] ?? d, rise: given["rise"] ?? r)
    case .trapezoid(let fall, let floor):
      self = .trapezoid(fall: given["fall"] ?? fall, floor: given["floor"] ?? floor)
    case .plateau(let f, let p):
      self = .plateau(factor: given["factor"] ?? f, patience: given["patience"].map { Int($0) } ?? p)
    }
    try check()
  }
}

/// A batch schedule in a word: `step:every=10,factor=2`.
extension BatchSchedule {
  /// As ``init(text:)`` reads it back.
  public var text: String {
    switch self {
    case .constant: name
    case .step(let every, let factor): "\(name):every=\(every),factor=\(factor)"
    case .exponential(let factor): "\(name):factor=\(factor)"
    }
  }

  /// - Throws: ``TrainingError`` for a name or number that is not known, or outside its range.
  public init(text: String) throws(TrainingError) {
    let (name, given) = try NamedNumbers.read(text)
    guard let usual = BatchSchedule(name: name) else {
      throw TrainingError(
        place: "batch schedule", expected: BatchSchedule.names.joined(separator: ", "), found: name)
    }
    switch usual {
    case .constant:
      try NamedNumbers.check(given, known: [], of: "batch schedule constant")
      self = usual
    case .step(let e, let f):
      try NamedNumbers.check(given, known: ["every", "factor"], of: "batch schedule step")
      self = .step(every: given["every"].map { Int($0) } ?? e, factor: given["factor"] ?? f)
    case .exponential(let f):
      try NamedNumbers.check(given, known: ["factor"], of: "batch schedule exponential")
      self = .exponential(factor: given["factor"] ?? f)
    }
    try check()
  }
}

/// `name:key=number,key=number`
private enum NamedNumbers {
  static func read(_ text: String) throws(TrainingError) -> (name: String, numbers: [String: Double]) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var numbers: [String: Double] = [:]
    for pair in parts.dropFirst().joined().split(separator: ",") {
      let sides = pair.split(separator: "=", omittingEmptySubsequences: false)
      // Whole numbers are read from these too: what an Int cannot hold is no schedule.
      guard sides.count == 2, let number = Double(sides[1]), number.magnitude < 1e9 else {
        throw TrainingError(place: "schedule \(text)", expected: "key=number", found: String(pair))
      }
      numbers[String(sides[0])] = number
    }
    return (String(parts.first ?? ""), numbers)
  }

  static func check(_ given: [String: Double], known: [String], of place: String) throws(TrainingError) {
    for name in given.keys.sorted() where !known.contains(name) {
      let list = known.isEmpty ? "no numbers" : known.joined(separator: ", ")
      throw TrainingError(place: place, expected: list, found: name)
    }
  }
}
