import Hourglass

/// The options of commands that tell odd samples from normal ones.
enum DetectOption {
  static let alarm = Option.optional(
    "alarm", .number(above: 0, atMost: 0.5), shown: "0.01",
    "flags so many that of normal samples at most this share is: the rate of false alarms")
  static let fdr = Option.optional(
    "fdr", .number(above: 0, atMost: 0.9), shown: "none",
    "flags so many that of the flagged at most this share is normal: the false discovery rate, in place of --alarm"
  )
  static let storey = Option.flag(
    "storey", "of --fdr: the share of normal samples is estimated, which finds more where many are odd")
  static let certain = Option.optional(
    "certain", .number(above: 0, atMost: 0.999), shown: "in the mean",
    "of --alarm: the rate holds for this calibration with this probability, as 0.9, not only in the mean over calibrations"
  )
  static let score = Option(
    "score", .choice(["auto"] + Calibration.Score.allCases.map(\.rawValue)), default: "auto",
    "what samples are scored by; auto: as the calibration chose")
  static let shift = Option(
    "shift", .names, default: [], shown: "none",
    "columns whose values are spread otherwise than among the normal samples of --clean, by name or number from 1, commas "
      + "between: these are weighted to match")
  static let clean = Option.optional(
    "clean", .text("SOURCE", "data"), shown: "none",
    "of --shift: normal samples that the model was not trained on, to hold scores against")
  static let map = Option.optional(
    "where", .file("FILE"), shown: "none",
    "writes how odd every value is by itself, -log10 of its p-value: .npy, .npz, .csv; .png for the 25 oddest pictures"
  )
  static let force = Option.flag(
    "force", "calibrates even on samples that the model was trained on, whose scores are too low")

  static let ofFlags: [Declaration] = [
    alarm.declaration, fdr.declaration, storey.declaration, certain.declaration, score.declaration,
  ]

  /// Of detect alone.
  static let ofShift: [Declaration] = [shift.declaration, clean.declaration, map.declaration]
}

extension Arguments {
  /// The rule by which samples are flagged.
  ///
  /// - Throws: ``Failure`` for options that do not go together.
  var flagRule: FlagRule {
    get throws(Failure) {
      let (alarm, certain) = (try self[DetectOption.alarm], try self[DetectOption.certain])
      guard let fdr = try self[DetectOption.fdr] else {
        if has(DetectOption.storey) {
          throw Failure.commandLine("--storey belongs to --fdr; give that too, or leave it out")
        }
        guard let certain else { return .alarm(alarm ?? 0.01) }
        return .certain(alarm ?? 0.01, risk: 1 - certain)
      }
      if alarm != nil {
        throw Failure.commandLine("--alarm and --fdr contradict each other; give one of them")
      }
      if certain != nil {
        throw Failure.commandLine("--certain belongs to --alarm; leave it out with --fdr")
      }
      return has(DetectOption.storey) ? .storey(fdr) : .discoveries(fdr)
    }
  }

  /// The score that is asked for; nil: the calibration's own.
  var detectionScore: Calibration.Score? {
    get throws(Failure) { Calibration.Score(rawValue: try self[DetectOption.score]) }
  }
}

extension FlagRule {
  /// What is promised: `a false alarm rate of at most 1 %`.
  var promise: String {
    switch self {
    case .alarm(let rate):
      "of normal samples at most \(Figures.percent(Float(rate))) are flagged, in the mean"
    case .certain(let rate, let risk):
      "of normal samples at most \(Figures.percent(Float(rate))) are flagged, with a probability of \(Figures.percent(Float(1 - risk)))"
    case .discoveries(let rate), .storey(let rate):
      "of the flagged at most \(Figures.percent(Float(rate))) are normal, in the mean"
    }
  }

  /// Why nothing can be flagged, or only many at once, with so few calibrating samples; nil where they are
  /// enough.
  func shortage(samples: Int, calibrating: Int) -> String? {
    let needed = needed(samples: samples)
    guard calibrating < needed else { return nil }
    let least = leastTogether(samples: samples, calibrating: calibrating)
    let have = "the calibration has \(Figures.grouped(calibrating, "sample"))"
    if least <= 1 || least > samples {
      return "\(have): nothing can be flagged at this rate; it takes \(Figures.grouped(needed))"
    }
    return
      "\(have): at this rate at least \(Figures.grouped(least)) must be odd together before any is flagged; one alone "
      + "takes \(Figures.grouped(needed))"
  }
}
