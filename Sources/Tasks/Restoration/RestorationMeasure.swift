public import HourglassData
import HourglassFormats
import HourglassTensor

/// How near restored pictures are to the clean ones, beside what they were and what classical filters make of
/// them.
///
/// PSNR and SSIM are those of pictures cut to the levels that there are. Of each kind of filter the setting
/// counts whose mean PSNR over all pictures is highest: the filters are told that much, a model is not.
public struct RestorationMeasure: Sendable {
  /// The filters that a restoration is held against.
  public enum Control: String, Sendable, CaseIterable {
    case median, wiener
    case nonLocalMeans = "non-local-means"
  }

  /// One way to restore.
  public struct Row: Sendable {
    /// `degraded`, `model`, or a filter with its setting.
    public let name: String
    /// Decibels and SSIM of each picture, in their order.
    public internal(set) var psnr: [Double]
    public internal(set) var ssim: [Double]

    public var meanPSNR: Double { Statistics.mean(psnr) ?? .nan }
    public var meanSSIM: Double { Statistics.mean(ssim) ?? .nan }
  }

  private var degraded = Row(name: "degraded", psnr: [], ssim: [])
  private var model = Row(name: "model", psnr: [], ssim: [])
  private var controls: [Control: [Row]] = [:]
  private let chosen: [Control]
  /// Of gaussian noise the deviation, as a share of the range, where it is known.
  private let deviation: Float?
  private let threads: Int

  /// - Parameters:
  ///   - controls: the filters to compute.
  ///   - deviation: of gaussian noise, as a share of white; nil where there is none or it is not known.
  ///   - threads: that filters are computed by; they change the time, never the result.
  public init(
    against controls: [Control] = Control.allCases, deviation: Float? = nil, threads: Int = 1
  ) {
    (chosen, self.deviation, self.threads) = (controls, deviation, threads)
  }

  public var count: Int { degraded.psnr.count }

  /// Measures one picture.
  ///
  /// - Parameter missing: the places that alone were restored, `[height, width]`; nil: all. The filters then
  ///   begin from the medians of what is known about them, and nothing else is changed.
  /// - Throws: `DataError` where the clean picture has another size or other channels.
  public mutating func add(
    restored: PicturePlanes, of degraded: PicturePlanes, clean: PicturePlanes, missing: [Bool]? = nil,
    name: String
  ) throws {
    guard clean.shape == degraded.shape, clean.bits == degraded.bits else {
      func words(_ picture: PicturePlanes) -> String {
        "\(picture.height)x\(picture.width) in \(picture.channels == 1 ? "grey" : "colours") of \(picture.bits) bits"
      }
      throw DataError(
        place: name, expected: "a clean picture of \(words(degraded))", found: words(clean),
        remedy: "give the picture that it was made of")
    }
    RestorationMeasure.add(degraded, clean, to: &self.degraded)
    RestorationMeasure.add(restored, clean, to: &model)
    let filled = missing.map { RestorationMeasure.filled(degraded, missing: $0) }
    let jobs = chosen.flatMap { control in settings(of: control).map { (control: control, setting: $0) } }
    let made = made(of: filled ?? degraded, jobs.map(\.setting.filter))
    for (number, job) in jobs.enumerated() {
      var picture = degraded.with(made[number])
      if let missing {
        var values = degraded.values
        for index in values.indices where missing[index % missing.count] {
          values[index] = made[number][index]
        }
        picture = degraded.with(values)
      }
      let name = "\(job.control.rawValue) \(job.setting.words)"
      var rows = controls[job.control] ?? []
      let place = rows.firstIndex { $0.name == name } ?? rows.count
      if place == rows.count { rows.append(Row(name: name, psnr: [], ssim: [])) }
      RestorationMeasure.add(picture, clean, to: &rows[place])
      controls[job.control] = rows
    }
  }

  /// What filters make of a picture, as many at once as there are threads.
  private func made(of picture: PicturePlanes, _ filters: [ClassicalFilter]) -> [[Float]] {
    let (unit, shape, peak) = (picture.values.map { $0 / picture.peak }, picture.shape, picture.peak)
    return [[Float]](unsafeUninitializedCapacity: filters.count) { results, count in
      results.initialize(repeating: [])
      let slots = results
      Workers.forEach(filters.count, threads: threads) { number in
        slots[number] = filters[number].apply(to: unit, shape: shape).map { $0 * peak }
      }
      count = filters.count
    }
  }

  /// `degraded`, the filters with their best settings, and `model`.
  public var rows: [Row] {
    let best = chosen.compactMap { control in controls[control]?.max { $0.meanPSNR < $1.meanPSNR } }
    return [degraded] + best + [model]
  }

  private static func add(_ picture: PicturePlanes, _ clean: PicturePlanes, to row: inout Row) {
    let (made, peak) = (picture.cut.values, Double(clean.peak))
    row.psnr.append(PictureMeasures.peakSignalToNoise(clean.values, made, peak: peak))
    row.ssim.append(
      PictureMeasures.structuralSimilarity(clean.values, made, shape: clean.shape, peak: peak))
  }

  private typealias Setting = (filter: ClassicalFilter, words: String)

  /// The settings of each that are tried, of values in [0, 1].
  private func settings(of control: Control) -> [Setting] {
    let sizes = [3, 5, 7]
    switch control {
    case .median: return sizes.map { size -> Setting in (.median(size: size), "\(size)x\(size)") }
    case .wiener:
      let noise = deviation.map { $0 * $0 }
      return sizes.map { size -> Setting in (.wiener(size: size, noise: noise), "\(size)x\(size)") }
    case .nonLocalMeans: return settingsOfMeans
    }
  }

  private var settingsOfMeans: [Setting] {
    let levels: [Float] = [4, 8, 16]
    let shares: [Float] = [0.4, 0.6, 0.8]
    let sigma: Float = deviation ?? 0
    let widths: [Float] = deviation == nil ? levels.map { $0 / 255 } : shares.map { $0 * sigma }
    var settings: [Setting] = []
    for patch in [3, 5] {
      for h in widths {
        let level = Int((h * 255).rounded())
        settings.append(
          (
            .nonLocalMeans(deviation: sigma, h: h, patch: patch, search: 21),
            "\(patch)x\(patch), h \(level)/255"
          ))
      }
    }
    return settings
  }

  /// The picture with the medians of what is known in place of what is missing, from windows that grow until
  /// they hold something.
  static func filled(_ picture: PicturePlanes, missing: [Bool]) -> PicturePlanes {
    let area = missing.count
    var values = picture.values
    for index in values.indices where missing[index % area] { values[index] = .nan }
    var size = 3
    while values.contains(where: \.isNaN), size < 2 * max(picture.height, picture.width) {
      for channel in 0..<picture.channels {
        let plane = Array(values[(channel * area)..<((channel + 1) * area)])
        let medians = MedianWindow(size).apply(to: plane, picture.height, picture.width)
        for index in 0..<area where plane[index].isNaN { values[channel * area + index] = medians[index] }
      }
      size += 2
    }
    return picture.with(values.map { $0.isNaN ? picture.peak / 2 : $0 })
  }
}
