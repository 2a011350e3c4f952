import HourglassTensor

extension Record {
  /// Whether the encoder is told of every slot when it is missing.
  var tellsAllGaps: Bool { slots.allSatisfy { $0.hasGaps || !$0.isRead } }

  func checkInput(_ input: Shape) throws(ModelError) {
    guard input == [count] else {
      throw ModelError(place: "input", expected: "[\(count)], a value a field", found: "\(input)")
    }
  }

  /// - Throws: ``ModelError`` for slots that cannot be, naming the first.
  func check() throws(ModelError) {
    guard slots.contains(where: \.isRead) else {
      throw ModelError(
        place: "fields", expected: "one that the encoder reads", found: "none",
        remedy: "give one of them the role both")
    }
    guard slots.contains(where: \.isGiven) else {
      throw ModelError(
        place: "fields", expected: "one that the decoder gives", found: "none",
        remedy: "give one of them the role both or out")
    }
    try checkLibrary()
    var known: Set<String> = []
    for slot in slots {
      let place = "field '\(slot.name)'"
      guard known.insert(slot.name).inserted else {
        throw ModelError(place: place, expected: "a name of its own", found: "another of that name")
      }
      try slot.check(at: place)
      if let source = slot.source, !slots.contains(where: { $0.name == source }) {
        throw ModelError(place: place, expected: "the field '\(source)' that it is made of", found: "none")
      }
    }
  }
}

extension Record {
  /// A record that is like no other in particular: the means of numbers and counts, 0 of flags, and the first
  /// level of others, which is the most frequent of categories.
  public var typical: [Float] {
    slots.map { slot in
      if case .count(let mean, _) = slot.kind { Float(Double(mean).exponential - 1) } else { 0 }
    }
  }

  private func checkLibrary() throws(ModelError) {
    guard let library else { return }
    let place = "fields, library"
    guard library.typical.isFinite, library.typical > 0 else {
      throw ModelError(place: place, expected: "a typical size above 0", found: "\(library.typical)")
    }
    let parts = libraryGroups
    guard parts.reduce(0, { $0 + $1.count }) > 1 else {
      throw ModelError(
        place: place,
        expected: "two fields of counts or more that are read and given back, by a law of counts",
        found: "fewer", remedy: "leave out the library")
    }
    guard !library.isMultinomial || parts.allSatisfy({ $0.law == .poisson }) else {
      throw ModelError(
        place: place, expected: "poisson for all its counts, as they are held to their total",
        found: parts.first { $0.law != .poisson }?.law.name ?? "", remedy: "give them one law")
    }
  }
}

extension Architecture {
  /// What has no meaning where samples are records.
  func checkRecord() throws(ModelError) {
    guard reconstruction.record != nil else { return }
    if case .gaussian(let numbers) = code, numbers.pseudoInputs > 0 {
      throw ModelError(
        place: "code \(code)", expected: "samples of numbers to learn among", found: "records",
        remedy: "leave out the learned samples")
    }
    if critic?.subject == .outputs {
      throw ModelError(
        place: "critic", expected: "samples of numbers to compare", found: "records",
        remedy: "let the critic compare codes")
    }
  }
}

extension Slot {
  fileprivate func check(at place: String) throws(ModelError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String) throws(ModelError) {
      if !isRight { throw ModelError(place: place, expected: expected, found: found) }
    }
    try require(weight.isFinite && weight >= 0, "a weight of at least 0", "\(weight)")
    try require(marginal.isFinite && marginal > 0, "a marginal above 0", "\(marginal)")
    switch kind {
    case .category(let levels), .ordinal(let levels):
      try require((2...(1 << 20)).contains(levels), "between 2 and \(1 << 20) levels", "\(levels)")
    case .count(let mean, let deviation):
      try require(
        mean.isFinite && deviation.isFinite && deviation >= 0, "finite mean and deviation",
        "\(mean) and \(deviation)")
    case .number, .flag: break
    }
    try law.check()
    try require(law.goes(with: kind), "a law for values of its kind", "\(law.name)")
  }
}

extension Law {
  /// Whether it is a law of values of a kind.
  public func goes(with kind: Slot.Kind) -> Bool {
    switch (self, kind) {
    case (.bernoulli, .flag): true
    case (.categorical(let entries), .category(let levels)): entries == levels + 1
    case (.categorical(let entries), .ordinal(let levels)), (.cumulative(let entries), .ordinal(let levels)):
      entries == levels
    case (.poisson, .count), (.negativeBinomial, .count), (.zeroInflatedNegativeBinomial, .count): true
    case (.bernoulli, _), (.categorical, _), (.cumulative, _), (.poisson, _), (.negativeBinomial, _),
      (.zeroInflatedNegativeBinomial, _):
      false
    case (_, .number), (_, .count): true
    default: false
    }
  }
}
