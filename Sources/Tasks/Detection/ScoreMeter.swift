import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Measures samples by a baseline. Confined to one task.
final class ScoreMeter {
  private let baseline: Calibration.Baseline
  private let schema: FieldSchema?
  private let slots: [FieldSlot]
  private let fields: [DetectionField]
  private let scores: Set<Calibration.Score>
  private let reader: RawReader
  private let index: NeighbourIndex?
  /// What keeps reaches of repeated points from being nothing.
  private let floor: Double

  /// - Parameter scores: those that are asked for, and that the baseline can give.
  init(
    _ model: Model, _ baseline: Calibration.Baseline, scores: Set<Calibration.Score>, rows: Int, threads: Int
  ) {
    self.baseline = baseline
    schema = model.preparation.fields
    slots = schema?.slots ?? []
    fields = model.detectionFields
    self.scores = scores
    let needsNeighbours = !scores.isDisjoint(with: [.neighbours, .combined])
    let areCodes = baseline.neighbours?.space == .codes
    let reaches = (baseline.neighbours?.reaches ?? []).sorted()
    floor = 1e-3 * Double(reaches.isEmpty ? 0 : reaches[reaches.count / 2]) + 1e-9
    reader = RawReader(
      model, rows: rows, needsCodes: scores.contains(.codes) || (needsNeighbours && areCodes),
      needsBound: scores.contains(.bound), threads: threads)
    index = baseline.neighbours.flatMap { known in
      needsNeighbours
        ? NeighbourIndex(known.points, width: known.width, rows: rows, threads: threads) : nil
    }
  }

  /// What is known of samples; ``surprises`` is `[n, fields]`.
  func measure(_ dataset: Dataset) throws -> (scores: [Calibration.Score: [Float]], surprises: [Float]) {
    let raw = try reader.read(dataset)
    var found: [Calibration.Score: [Float]] = [:]
    if scores.contains(.error) { found[.error] = raw.errors }
    if scores.contains(.bound) { found[.bound] = raw.bounds }
    if scores.contains(.codes) { found[.codes] = missing(in: raw, codeDistances(raw)) }
    let needsBoth = scores.contains(.combined)
    if scores.contains(.fields) || needsBoth { found[.fields] = meanSurprises(raw) }
    if scores.contains(.neighbours) || needsBoth { found[.neighbours] = missing(in: raw, nearness(raw)) }
    if needsBoth { found[.combined] = combined(found) }
    var surprises = raw.surprises
    raiseUnseen(dataset, &found, &surprises)
    return (found, surprises)
  }

  /// A level that no training row had is as odd as can be, whatever the rest; so it is in calibration.
  private func raiseUnseen(
    _ dataset: Dataset, _ scores: inout [Calibration.Score: [Float]], _ surprises: inout [Float]
  ) {
    guard let schema else { return }
    let unseen = dataset.unseen(by: schema, slots)
    for (place, field) in fields.enumerated() {
      for position in unseen[field.slot] ?? [] {
        for kind in scores.keys { scores[kind]?[position] = .infinity }
        surprises[position * fields.count + place] = .infinity
      }
    }
  }

  /// NaN where a sample has no value at all.
  private func missing(in raw: RawReadings, _ scores: [Float]) -> [Float] {
    zip(scores, raw.errors).map { $1.isNaN ? .nan : $0 }
  }

  /// mean over the fields f that are there of (t_f - c_f) / d_f
  private func meanSurprises(_ raw: RawReadings) -> [Float] {
    let width = baseline.centres.count
    return (0..<raw.count).map { row in
      var (sum, count) = (0.0, 0)
      for field in 0..<width {
        let surprise = raw.surprises[row * width + field]
        guard !surprise.isNaN else { continue }
        sum += Double(baseline.strength(of: surprise, ofField: field))
        count += 1
      }
      return count == 0 ? .nan : Float(sum / Double(count))
    }
  }

  /// (z - μ)ᵀ Σ⁻¹ (z - μ), the mean of all members.
  private func codeDistances(_ raw: RawReadings) -> [Float] {
    var result = [Float](repeating: 0, count: raw.count)
    for (member, codes) in raw.codes.enumerated() {
      let (means, inverse) = (baseline.codeMeans[member], baseline.codeInverses[member])
      let width = means.count
      for row in 0..<raw.count {
        var sum = 0.0
        for left in 0..<width {
          var inner = 0.0
          for right in 0..<width {
            inner += Double(inverse[left * width + right]) * Double(codes[row * width + right] - means[right])
          }
          sum += inner * Double(codes[row * width + left] - means[left])
        }
        result[row] += Float(max(0, sum)) / Float(raw.codes.count)
      }
    }
    return result
  }

  /// d / r^a, where d is the mean distance to the nearest points and r the mean of these points' own reaches:
  /// a far sample is less odd where all are far from each other. With a = 1 it is the local outlier factor's
  /// idea (Breunig et al. 2000), with a = 0 the k-nearest distance.
  private func nearness(_ raw: RawReadings) -> [Float] {
    guard let known = baseline.neighbours, let index else { return [] }
    let coordinates = NeighbourSpace.coordinates(raw, in: known)
    var result = [Float](repeating: 0, count: raw.count)
    index.visit(coordinates, neighbours: known.count) { row, nearest in
      let near = nearest.reduce(0) { $0 + $1.distance } / Double(nearest.count)
      let reach = nearest.reduce(0) { $0 + Double(known.reaches[$1.point]) } / Double(nearest.count)
      result[row] = Float(
        known.power == 0 ? near : near / (reach + floor).raised(to: Double(known.power)))
    }
    return result
  }

  /// The mean of both ranks among the baseline's samples; beyond the last of them a rank grows on with the
  /// logarithm of the score.
  private func combined(_ found: [Calibration.Score: [Float]]) -> [Float] {
    guard let fields = found[.fields], let neighbours = found[.neighbours] else { return [] }
    func rank(_ score: Float, _ kind: Calibration.Score) -> Float {
      guard let known = baseline.ranks[kind], let last = known.last, !score.isNaN else { return .nan }
      let below = Float(known.countBelow(score)) / Float(known.count)
      guard score > last else { return below }
      let (beyond, spread) = (score - last, max(last - known[known.count / 2], .leastNormalMagnitude))
      return 1 + Float((1 + Double(beyond / spread)).logarithm)
    }
    return zip(fields, neighbours).map { (rank($0, .fields) + rank($1, .neighbours)) / 2 }
  }
}
