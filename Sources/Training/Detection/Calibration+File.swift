import HourglassData
import HourglassFormats
import HourglassModels
import HourglassTensor

/// A calibration in a model file: its numbers as tensors under `calibration.`, the rest as JSON in the
/// header.
extension Calibration {
  static let metadata = "hourglass.calibration"
  private static let prefix = "calibration."

  private struct Header: Codable {
    var source: String
    var chosen: String
    var contrasts: [String: Double]
    var members: Int
    var space: String?
    var nearest: Int?
    var power: Float?
    var digest: Int
  }

  var header: String {
    get throws {
      try JSONText.line(
        Header(
          source: source, chosen: chosen.rawValue,
          contrasts: Dictionary(uniqueKeysWithValues: contrasts.map { ($0.key.rawValue, $0.value) }),
          members: baseline.codeMeans.count, space: baseline.neighbours?.space.rawValue,
          nearest: baseline.neighbours?.count, power: baseline.neighbours?.power,
          digest: Dataset.digestVersion))
    }
  }

  /// The numbers; digests apart, which are bytes.
  var tensors: [NamedTensor] {
    var tensors: [NamedTensor] = []
    func add(_ name: String, _ values: [Float], _ shape: Shape? = nil) {
      guard !values.isEmpty else { return }
      tensors.append(
        NamedTensor(name: Calibration.prefix + name, tensor: Tensor(shape ?? [values.count], values)))
    }
    for kind in Score.allCases {
      add("scores.\(kind.rawValue)", scores[kind] ?? [])
      add("ranks.\(kind.rawValue)", baseline.ranks[kind] ?? [])
    }
    let fields = baseline.centres.count
    add("fields.centres", baseline.centres)
    add("fields.spreads", baseline.spreads)
    if fields > 0 {
      add("fields.surprises", baseline.surprises, [fields, baseline.surprises.count / fields])
    }
    for (member, mean) in baseline.codeMeans.enumerated() {
      add("codes.\(member).mean", mean)
      add("codes.\(member).inverse", baseline.codeInverses[member], [mean.count, mean.count])
    }
    if let known = baseline.neighbours {
      add("neighbours.shifts", known.shifts)
      add("neighbours.scales", known.scales)
      add("neighbours.gains", known.gains)
      add("neighbours.points", known.points, [known.reaches.count, known.width])
      add("neighbours.reaches", known.reaches)
    }
    return tensors
  }

  /// `[n, 8]`, the leading byte first.
  var digestTensors: [NamedTensor] {
    guard !digests.isEmpty else { return [] }
    let bytes = digests.flatMap { digest in
      (0..<8).map { UInt8(truncatingIfNeeded: digest >> (56 - 8 * UInt64($0))) }
    }
    return [
      NamedTensor(name: Calibration.prefix + "digests", tensor: Tensor([digests.count, 8], bytes))
    ]
  }

  /// Nil for a file that holds none.
  ///
  /// - Throws: ``TrainingError`` for parts that do not fit together.
  init?(_ tensors: [String: Tensor], header: String?, _ name: String) throws(TrainingError) {
    guard let header else { return nil }
    let place = "\(name), \(Calibration.metadata)"
    let remedy = "the file is damaged: get it again, or calibrate anew"
    let found: Header = try JSONText.decode(
      header, place: place, expecting: "a calibration as JSON", remedy: remedy)
    func values(_ key: String) -> [Float] { Calibration.values(tensors, key) }
    func byScore(_ key: String) -> [Score: [Float]] {
      Score.allCases.reduce(into: [:]) { result, kind in
        let own = values("\(key).\(kind.rawValue)")
        if !own.isEmpty { result[kind] = own }
      }
    }
    let scores = byScore("scores")
    guard let chosen = Score(rawValue: found.chosen), scores[chosen] != nil else {
      throw TrainingError(
        place: place, expected: "a score that the file has numbers of", found: found.chosen, remedy: remedy)
    }
    let baseline = Calibration.baseline(tensors, found, ranks: byScore("ranks"))
    let digests = found.digest == Dataset.digestVersion ? Calibration.digests(tensors) : []
    self.init(
      source: found.source, chosen: chosen,
      contrasts: Dictionary(
        uniqueKeysWithValues: found.contrasts.compactMap { name, value in
          Score(rawValue: name).map { ($0, value) }
        }), scores: scores, baseline: baseline, digests: digests)
  }

  private static func values(_ tensors: [String: Tensor], _ key: String) -> [Float] {
    guard let tensor = tensors[prefix + key], tensor.element == .float32 else { return [] }
    return tensor.values
  }

  private static func baseline(
    _ tensors: [String: Tensor], _ found: Header, ranks: [Score: [Float]]
  ) -> Baseline {
    func values(_ key: String) -> [Float] { Calibration.values(tensors, key) }
    var baseline = Baseline()
    baseline.ranks = ranks
    (baseline.centres, baseline.spreads) = (values("fields.centres"), values("fields.spreads"))
    baseline.surprises = values("fields.surprises")
    for member in 0..<max(0, min(found.members, 10_000)) {
      baseline.codeMeans.append(values("codes.\(member).mean"))
      baseline.codeInverses.append(values("codes.\(member).inverse"))
    }
    if let space = found.space.flatMap(Neighbours.Space.init(rawValue:)) {
      baseline.neighbours = Neighbours(
        space: space, shifts: values("neighbours.shifts"), scales: values("neighbours.scales"),
        gains: values("neighbours.gains"), points: values("neighbours.points"),
        reaches: values("neighbours.reaches"), count: found.nearest ?? 0, power: found.power ?? 0)
    }
    return baseline
  }

  private static func digests(_ tensors: [String: Tensor]) -> [UInt64] {
    guard let tensor = tensors[prefix + "digests"], tensor.element == .uint8, tensor.shape.rank == 2,
      tensor.shape[1] == 8
    else { return [] }
    return tensor.withBytes { bytes in
      stride(from: 0, to: bytes.count, by: 8).map { start in
        bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
      }
    }
  }

  /// - Throws: ``TrainingError`` where the numbers are not of this model.
  func check(fits model: Model, _ name: String) throws(TrainingError) {
    let outlines = ([model.autoencoder] + model.members).map(\.outline.code.count)
    let fields = baseline.centres.count
    let fits =
      baseline.spreads.count == fields && baseline.spreads.allSatisfy { $0 > 0 }
      && (fields == 0
        ? baseline.surprises.isEmpty
        : !baseline.surprises.isEmpty && baseline.surprises.count % fields == 0)
      && (baseline.codeMeans.isEmpty || baseline.codeMeans.map(\.count) == outlines)
      && zip(baseline.codeMeans, baseline.codeInverses).allSatisfy { $0.count * $0.count == $1.count }
      && baseline.neighbours.map(\.isWhole) ?? true && scores.values.allSatisfy { $0.count == count }
    guard !fits else { return }
    throw TrainingError(
      place: "\(name) \(Calibration.prefix)", expected: "a calibration of this model",
      found: "numbers that do not fit it", remedy: "the file is damaged: get it again, or calibrate anew")
  }
}

extension Calibration.Neighbours {
  fileprivate var isWhole: Bool {
    width > 0 && scales.count == width && gains.count == width && count > 0 && reaches.count > count
      && points.count == reaches.count * width && points.allSatisfy(\.isFinite)
      && reaches.allSatisfy { $0.isFinite && $0 >= 0 } && scales.allSatisfy { $0 > 0 }
  }
}
