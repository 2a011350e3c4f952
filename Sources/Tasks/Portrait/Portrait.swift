import HourglassData
import HourglassEngine
import HourglassFormats
import HourglassModels
import HourglassTensor
import HourglassTraining

/// All that is worth seeing of a trained model on some data, in numbers: how good it is, which samples it
/// does well and badly, what its codes look like, and what its first layer looks for.
///
/// ```swift
/// let portrait = try Portrait(model, on: dataset, seed: 7)
/// print(portrait.doctor.evaluation.mse, portrait.errors.worst)
/// ```
///
/// The same model, data and seed give the same numbers.
public struct Portrait: Sendable {
  public let model: Model
  /// All samples that were given.
  public let dataset: Dataset
  /// The samples that it is judged by: the part that was held out, where the data are those of its training.
  public let judged: Dataset
  /// The errors beside the controls, and what is wrong.
  public let doctor: Doctor
  /// Of a model whose code has a prior.
  public let bound: EvidenceBound?
  public let kind: SampleKind
  public let errors: ErrorProfile
  /// Drawn by the seed.
  public let random: Examples
  /// Those with the least error, the least first.
  public let best: Examples
  /// Those with the largest error, the largest first.
  public let worst: Examples
  public let map: CodeView
  /// The codes of the same samples laid out in other ways.
  public let furtherMaps: [CodeMap]
  public let activity: CodeActivity
  /// What units of the first layer are sensitive to; nil where that is no picture and no line.
  public let filters: Filters?
  /// The worst rows of a table, more of them than are shown whole; nil where samples are no rows.
  public let blamed: Examples?
  /// How the code goes with the columns of a table; nil where samples are no rows.
  public let columns: CodeColumns?
  /// How odd windows are as time goes by; nil for other samples.
  public let timeCourse: TimeCourse?
  /// New samples; nil for a model whose codes follow no distribution.
  public let walks: Walks?

  /// Samples that are shown, and points of the map.
  public struct Counts: Hashable, Sendable {
    public var random: Int
    public var best: Int
    public var worst: Int
    public var map = 2000

    /// As many as a page has room for.
    public init(_ kind: SampleKind) {
      switch kind {
      case .image: (random, best, worst) = (16, 8, 8)
      case .series: (random, best, worst) = (12, 8, 8)
      case .row: (random, best, worst) = (6, 3, 3)
      case .sound, .spectrogram: (random, best, worst) = (6, 3, 3)
      }
    }
  }

  /// Rows of the table of the worst.
  public static let namedSamples = 12
  /// Samples that the activity of the code is measured on at most.
  static let activitySamples = 20_000

  /// - Parameters:
  ///   - dataset: samples to look at; if they are those that the model was trained and validated with, the
  ///     second part of them.
  ///   - training: the samples it was trained on, where `dataset` holds others.
  ///   - seed: of the samples that are shown.
  ///   - maps: further ways of laying out the codes.
  ///   - counts: of samples that are shown; nil: as many as a page has room for.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init(
    _ model: Model, on dataset: Dataset, training: Dataset? = nil, seed: UInt64 = 1,
    maps: [CodeMap.Method] = [], counts: Counts? = nil, threads: Int = Team.processors
  ) throws {
    (self.model, self.dataset) = (model, dataset)
    doctor = try Doctor(model, on: dataset, training: training, threads: threads)
    let judged = try model.judged(of: dataset).samples
    let errors = try ErrorProfile(model, on: judged, threads: threads)
    (self.judged, self.errors) = (judged, errors)
    bound = try EvidenceBound(model, on: judged, threads: threads)
    kind = SampleKind(model.preparation)
    let counts = counts ?? Counts(kind)
    let order = Random(seed: seed, stream: .analysis).permutation(judged.count)
    func examples(_ positions: some Sequence<UInt32>) throws -> Examples {
      try Examples(model, judged, Array(positions), errors, threads: threads)
    }
    random = try examples(order.prefix(counts.random))
    best = try examples(errors.order.prefix(counts.best))
    worst = try examples(errors.order.reversed().prefix(counts.worst))
    map = try CodeView(model, judged, order.prefix(counts.map).sorted(), errors, threads: threads)
    let codes = map.codes
    furtherMaps = try maps.map { try CodeMap(codes, method: $0, seed: seed, threads: threads) }
    activity = try CodeActivity(
      model, judged.subset(order.prefix(Portrait.activitySamples).sorted()), threads: threads)
    filters = Filters(model, kind)
    let isTable = kind == .row
    blamed = isTable ? try examples(errors.order.reversed().prefix(Portrait.namedSamples)) : nil
    columns = isTable ? CodeColumns(map.codes, map.dataset.tensor.asFloat32) : nil
    timeCourse = try TimeCourse(model, dataset, judged: judged, threads: threads)
    walks = try Walks(model, random, activity, seed: seed, threads: threads)
  }
}

/// What a sample is, for those who look at it.
public enum SampleKind: Hashable, Sendable {
  /// `[height, width]`, or `[channels, height, width]`.
  case image
  /// `[channels, steps]`, or `[steps]`.
  case series
  /// A sound as it is: `[1, samples]`.
  case sound(SoundForm)
  /// Frequencies over time of a sound: `[1, bands, frames]`.
  case spectrogram(SoundForm)
  /// Values, each with a unit of its own.
  case row

  /// Values of the smallest row that may be a picture, 8 by 8, or a series.
  static let smallestPicture = 64
  /// Rows of an array without a form that are taken for channels of a series and not for lines of a picture.
  static let channels = 4

  public init(_ preparation: Preparation) {
    let shape = preparation.sampleShape
    switch preparation.form {
    case .images: self = .image
    case .series: self = .series
    case .sounds(let form): self = form.mel == nil ? .sound(form) : .spectrogram(form)
    case nil where preparation.featureNames != nil: self = .row
    case nil:
      let side = Int(Double(shape.count).squareRoot())
      switch shape.rank {
      case 1 where shape.count < SampleKind.smallestPicture: self = .row
      case 1: self = side * side == shape.count ? .image : .series
      case 2: self = shape[0] <= SampleKind.channels ? .series : .image
      case 3 where shape[0] == 1 || shape[0] == 3: self = .image
      default: self = .row
      }
    }
  }
}
