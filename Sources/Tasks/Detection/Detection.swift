import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Which samples are odd, how sure that is, and because of what.
public struct Detection: Sendable {
  /// What of a sample is to blame.
  public struct Cause: Hashable, Sendable {
    /// Its place among ``Detector/fields``.
    public let field: Int
    /// Of the field by itself.
    public let pValue: Double
    /// By how much the sample's surprise falls where the value is what it would have to be.
    public let relief: Double
    /// What the value would have to be, in the units of the data; of records as samples hold it.
    public let rather: Float
  }

  public let readings: Detector.Readings
  /// Whether each sample is called odd.
  public let flags: [Bool]
  /// The causes of the samples that were asked for, the first to blame first.
  public let causes: [Int: [Cause]]

  /// How odd each value is by itself, `[n, fields]`: -log₁₀ of its p-value; NaN where it is missing.
  ///
  /// - Parameter calibration: that the readings are of.
  public func strangeness(by calibration: Calibration) -> [Float] {
    let width = calibration.baseline.centres.count
    return readings.surprises.enumerated().map { index, surprise in
      Float(-calibration.pValue(of: surprise, ofField: index % width).logarithm / 10.0.logarithm)
    }
  }

  /// The positions of samples with a score, the oddest first.
  public var order: [Int] {
    readings.scores.indices.filter { !readings.scores[$0].isNaN }
      .sorted { (readings.scores[$0], $1) > (readings.scores[$1], $0) }
  }
}

extension Detector {
  /// Fields that are tried for blame, of those that are oddest by themselves.
  static let tried = 12
  /// What the mending of a value must take off to be told beside the first.
  static let leastRelief = 0.01

  /// Scores samples, flags them by a rule, and finds what is to blame in those that are flagged and in the
  /// oddest others.
  ///
  /// - Parameters:
  ///   - oddest: samples whose causes are found though they may not be flagged.
  ///   - shifted: what p-values are held against in place of the model's own calibration.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func detection(
    of dataset: Dataset, _ rule: FlagRule, oddest: Int = 0, shifted: ShiftedCalibration? = nil
  ) throws -> Detection {
    var readings = try readings(of: dataset)
    if let shifted { readings.pValues = shifted.pValues(of: dataset, readings.scores) }
    let flags = rule.flags(readings.pValues, calibrating: calibration.count)
    let found = Detection(readings: readings, flags: flags, causes: [:])
    let asked = Set(found.order.prefix(oddest)).union(flags.indices.filter { flags[$0] })
    guard !readings.surprises.isEmpty else { return found }
    return Detection(
      readings: readings, flags: flags, causes: try causes(of: asked.sorted(), readings, dataset))
  }

  /// What is to blame in samples: of the fields that are oddest by themselves the one without whose value the
  /// rest is least surprising. A value that belongs to no other makes its neighbours look odd too; put in
  /// order, it leaves them at peace, while to put one of them in order leaves it.
  public func causes(
    of positions: [Int], _ readings: Readings, _ dataset: Dataset
  ) throws -> [Int: [Detection.Cause]] {
    var result: [Int: [Detection.Cause]] = [:]
    // Some hundreds of samples at a time: each is tried as often as it has fields in question.
    for start in stride(from: 0, to: positions.count, by: 256) {
      let part = Array(positions[start..<min(positions.count, start + 256)])
      let suspects = part.flatMap { position in
        FieldShare.shares(of: readings, row: position, calibration).prefix(Detector.tried).map {
          (position: position, share: $0)
        }
      }
      let cells = suspects.map { (position: $0.position, slot: fields[$0.share.field].slot) }
      let rather = try model.counterfactuals(cells, of: dataset, threads: threads)
      let after = try totals(cells, rather, dataset)
      for (place, suspect) in suspects.enumerated() {
        let (row, share) = suspect
        let before = total(readings.surprises, row: row)
        // What was never seen stays so until it is what is put in order.
        let left = unseen(readings.surprises, row: row, apartFrom: share.field)
        result[row, default: []].append(
          Detection.Cause(
            field: share.field, pValue: share.pValue, relief: before - after[place] - left,
            rather: rather[place]))
      }
    }
    return result.mapValues { causes in
      let sorted = causes.sorted { ($0.relief, -$0.pValue, $1.field) > ($1.relief, -$1.pValue, $0.field) }
      // A value that is as it would have to be is to blame for nothing.
      return sorted.enumerated().filter { $0.offset == 0 || $0.element.relief > Detector.leastRelief }
        .map(\.element)
    }
  }

  /// What the surprise of each sample comes to with one of its values put in order.
  private func totals(
    _ cells: [(position: Int, slot: Int)], _ rather: [Float], _ dataset: Dataset
  ) throws -> [Double] {
    guard !cells.isEmpty else { return [] }
    let surprises = try surprises(of: dataset.replacing(cells, by: rather))
    return cells.indices.map { total(surprises, row: $0) }
  }

  /// The sum over a sample's fields of their surprises in units of their usual, each as its logarithm, so
  /// that one that is beyond all bounds does not hide the others.
  private func total(_ surprises: [Float], row: Int) -> Double {
    let baseline = calibration.baseline
    let width = baseline.centres.count
    return (0..<width).reduce(0) { sum, place in
      let surprise = surprises[row * width + place]
      guard !surprise.isNaN else { return sum }
      guard surprise.isFinite else { return sum + Detector.unseen }
      return sum + (1 + max(0, Double(baseline.strength(of: surprise, ofField: place)))).logarithm
    }
  }

  /// What a level that was never seen counts, in the same units: more than anything else.
  private static let unseen = 1000.0

  private func unseen(_ surprises: [Float], row: Int, apartFrom field: Int) -> Double {
    let width = calibration.baseline.centres.count
    return Detector.unseen
      * Double((0..<width).count { $0 != field && surprises[row * width + $0] == .infinity })
  }
}
