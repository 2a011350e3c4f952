import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Makes a baseline from normal samples and tries scores on it.
struct CalibrationFitting {
  private let model: Model
  private let parts: CalibrationParts
  private let threads: Int
  private let fields: Int

  init(_ model: Model, _ parts: CalibrationParts, threads: Int) {
    (self.model, self.parts, self.threads) = (model, parts, threads)
    fields = model.detectionFields.count
  }

  private var isTrimmed: Bool { model.provenance?.recipe.trim != nil }

  /// Samples of a data set at random, in its order.
  private func some(_ count: Int, of dataset: Dataset, step: UInt32) -> Dataset {
    guard dataset.count > count else { return dataset }
    let order = Random(seed: 0, stream: .analysis).permutation(dataset.count, step: step)
    return dataset.subset(order.prefix(max(1, count)).sorted())
  }

  /// What is known of normal samples, and the samples that ranks are of.
  func baseline() throws -> (Calibration.Baseline, ranked: Dataset) {
    let width = model.autoencoder.architecture.input.count
    let most = min(
      isTrimmed ? 2_000 : Calibration.points, max(200, Calibration.pointValues / (2 * max(1, width))))
    let references = some(most, of: parts.references, step: 2)
    let ranked = some(2_000, of: parts.choosing ?? parts.references, step: 3)
    let reader = RawReader(model, rows: 1024, needsCodes: true, needsBound: false, threads: threads)
    let raw = try reader.read(references)
    // Of few samples no spread is to be had; those of the references are the better guess.
    let spreads = ranked.count >= 50 ? try reader.read(ranked) : raw
    var baseline = Calibration.Baseline()
    (baseline.centres, baseline.spreads) = centresAndSpreads(spreads)
    for codes in raw.codes {
      let (mean, inverse) = CalibrationFitting.gaussian(codes, count: raw.count)
      baseline.codeMeans.append(mean)
      baseline.codeInverses.append(inverse)
    }
    baseline.neighbours = neighbours(raw, residuals: spreads)
    guard ranked.count > 0 else { return (baseline, ranked) }
    let kinds: Set<Calibration.Score> = Set([.fields, .neighbours]).intersection(self.kinds(of: baseline))
    let meter = ScoreMeter(model, baseline, scores: kinds, rows: 1024, threads: threads)
    baseline.ranks = try meter.measure(ranked).scores.mapValues { $0.filter { !$0.isNaN }.sorted() }
    return (baseline, ranked)
  }

  /// The scores that a model and its baseline can give.
  func kinds(of baseline: Calibration.Baseline) -> Set<Calibration.Score> {
    var kinds: Set<Calibration.Score> = [.error]
    if fields > 0 { kinds.insert(.fields) }
    if model.autoencoder.architecture.code.hasPrior { kinds.insert(.bound) }
    if !baseline.codeMeans.isEmpty { kinds.insert(.codes) }
    if baseline.neighbours != nil { kinds.insert(.neighbours) }
    if kinds.isSuperset(of: [.fields, .neighbours]) { kinds.insert(.combined) }
    return kinds
  }

  /// Of each field's surprise the twentieth part of its distribution, and the mean above it.
  private func centresAndSpreads(_ raw: RawReadings) -> ([Float], [Float]) {
    var (centres, spreads) = ([Float](), [Float]())
    for field in 0..<fields {
      let column = (0..<raw.count).map { raw.surprises[$0 * fields + field] }.filter { !$0.isNaN }.sorted()
      let centre = column.isEmpty ? 0 : column[column.count / 20]
      let above = Statistics.sum(column.map { Double(max(0, $0 - centre)) }) / Double(max(1, column.count))
      centres.append(centre)
      // A field that is always told exactly would otherwise outweigh all others at the first rounding error.
      spreads.append(Float(max(above, 1e-6)))
    }
    return (centres, spreads)
  }

  /// Mean and inverse covariance of codes; a thousandth of the mean variance is added along the diagonal.
  static func gaussian(_ codes: [Float], count: Int) -> ([Float], [Float]) {
    let width = codes.count / max(1, count)
    guard width > 0 else { return ([], []) }
    let means = (0..<width).map { column in
      Statistics.sum((0..<count).map { Double(codes[$0 * width + column]) }) / Double(count)
    }
    var covariance = [Double](repeating: 0, count: width * width)
    for row in 0..<count {
      for left in 0..<width {
        let one = Double(codes[row * width + left]) - means[left]
        for right in 0...left {
          covariance[left * width + right] += one * (Double(codes[row * width + right]) - means[right])
        }
      }
    }
    let trace = (0..<width).reduce(0) { $0 + covariance[$1 * width + $1] } / Double(max(1, count * width))
    for left in 0..<width {
      for right in 0...left { covariance[left * width + right] /= Double(max(1, count)) }
      covariance[left * width + left] += max(1e-3 * trace, 1e-12)
    }
    let inverse = PositiveMatrix(covariance, count: width).inverse
    return (means.map { Float($0) }, inverse.map { Float($0) })
  }

  /// The references as points. Residuals are measured by those of samples that were not trained on.
  private func neighbours(_ raw: RawReadings, residuals: RawReadings) -> Calibration.Neighbours? {
    guard raw.count > 2 else { return nil }
    let width = model.autoencoder.architecture.input.count
    let space: Calibration.Neighbours.Space =
      !raw.residuals.isEmpty && width <= NeighbourSpace.mostValues ? .values : .codes
    var (points, coordinates) = NeighbourSpace.raw(raw, space)
    guard coordinates > 0 else { return nil }
    let (others, _) = NeighbourSpace.raw(residuals, space)
    let own = space == .values ? width : coordinates - fields
    let moments = (0..<coordinates).map { column in
      column < own ? Moments(points, column, coordinates) : Moments(others, column, coordinates)
    }
    // What a reconstruction leaves is measured from 0: a leaning of it is odd too.
    let shifts = moments.indices.map { $0 < own ? Float(moments[$0].mean) : 0 }
    let scales = moments.indices.map { Float(max($0 < own ? moments[$0].deviation : moments[$0].size, 1e-3)) }
    NeighbourSpace.bend(&points, width: coordinates, shifts, scales)
    let gains = (0..<coordinates).map { column in
      column < own ? 1 / Float(max(Moments(points, column, coordinates).deviation, 1e-3)) : 1
    }
    for index in points.indices { points[index] *= gains[index % coordinates] }
    let count = isTrimmed ? max(10, raw.count / 10) : Calibration.nearest
    let each = min(count, raw.count - 1)
    var reaches = [Float](repeating: 0, count: raw.count)
    NeighbourIndex(points, width: coordinates, rows: 256, threads: threads)
      .visit(points, neighbours: each + 1) { row, nearest in
        // The nearest is the point itself.
        reaches[row] = Float(nearest.dropFirst().reduce(0) { $0 + $1.distance } / Double(each))
      }
    return Calibration.Neighbours(
      space: space, shifts: shifts, scales: scales, gains: gains, points: points, reaches: reaches,
      count: each, power: isTrimmed ? 0 : Calibration.power)
  }

  /// How well each score tells samples from such whose fields were exchanged among them, each with a chance
  /// of a third: ROC-AUC. Nothing of a model that is told classes, and of samples of one field.
  func contrasts(
    _ baseline: Calibration.Baseline, _ kinds: Set<Calibration.Score>, _ ranked: Dataset
  ) throws -> [Calibration.Score: Double] {
    guard model.autoencoder.architecture.condition == nil, fields > 1, ranked.count >= 20 else { return [:] }
    let meter = ScoreMeter(model, baseline, scores: kinds, rows: 1024, threads: threads)
    let own = try meter.measure(ranked).scores
    let mixed = try meter.measure(exchanged(ranked)).scores
    return own.reduce(into: [:]) { contrasts, score in
      guard let other = mixed[score.key] else { return }
      let isMixed = score.value.map { _ in false } + other.map { _ in true }
      // None where all of a kind have no score.
      contrasts[score.key] = try? RankMeasures(
        scores: (score.value + other).map(Double.init), isOdd: isMixed, place: ranked.origin
      ).rocAUC
    }
  }

  private func exchanged(_ dataset: Dataset) throws -> Dataset {
    let random = Random(seed: 0, stream: .analysis)
    let (count, width) = (dataset.count, dataset.sampleShape.count)
    let values = dataset.tensor(0..<count).values
    var mixed = values
    for row in 0..<count {
      let sure = random.integer(below: width, step: 5, position: UInt64(row))
      for column in 0..<width {
        let place = UInt64(row * width + column)
        guard column == sure || random.uniform(step: 4, position: place) < 1 / 3 else { continue }
        mixed[row * width + column] =
          values[random.integer(below: count, step: 6, position: place) * width + column]
      }
    }
    return try Dataset(
      Tensor(dataset.sampleShape.batch(count), mixed), featureNames: dataset.featureNames,
      origin: dataset.origin)
  }

  /// The scores of the calibrating samples, and of some of them the surprises of fields, ascending.
  func measured(
    _ baseline: Calibration.Baseline, _ kinds: Set<Calibration.Score>
  ) throws -> (scores: [Calibration.Score: [Float]], surprises: [Float]) {
    let meter = ScoreMeter(model, baseline, scores: kinds, rows: 1024, threads: threads)
    var scores: [Calibration.Score: [Float]] = [:]
    var rows: [Float] = []
    let calibrating = parts.calibrating
    let kept = min(
      calibrating.count, Calibration.fieldSamples, max(1, Calibration.fieldValues / max(1, fields)))
    for start in stride(from: 0, to: calibrating.count, by: 4096) {
      let part = calibrating.subset(start..<min(calibrating.count, start + 4096))
      let found = try meter.measure(part)
      for (kind, values) in found.scores where kinds.contains(kind) { scores[kind, default: []] += values }
      rows += found.surprises.prefix(max(0, kept * fields - rows.count))
    }
    var surprises: [Float] = []
    for field in 0..<fields {
      let column = stride(from: field, to: rows.count, by: fields).map { rows[$0] }
      let known = column.filter { !$0.isNaN }.sorted()
      surprises += known + Array(repeating: .nan, count: column.count - known.count)
    }
    return (scores, surprises)
  }
}

/// The mean and the spread of a column of `[n, width]` values that are there.
private struct Moments {
  let mean: Double
  let deviation: Double
  /// The root of the mean square.
  let size: Double

  init(_ values: [Float], _ column: Int, _ width: Int) {
    let own = stride(from: column, to: values.count, by: width).map { Double(values[$0]) }.filter {
      !$0.isNaN
    }
    mean = Statistics.mean(own) ?? 0
    deviation = (Statistics.variance(own) ?? 0).squareRoot()
    size = ((Statistics.mean(own.map { $0 * $0 })) ?? 0).squareRoot()
  }
}
