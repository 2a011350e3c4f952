import HourglassTensor

/// How much each step of a window counts where windows lie over each other and are to meet without a seam:
///
///     w(i) = sin²(π (i + ½) / n),   i = 0 … n - 1
///
/// Windows that begin every n / 2 steps add up to 1.
enum Overlap {
  static func weights(_ count: Int) -> [Float] {
    (0..<count).map { index in
      let sine = (Double.pi * (Double(index) + 0.5) / Double(count)).sine
      return Float(sine * sine)
    }
  }
}

extension Preparation {
  /// Whether samples are windows of sounds or of series.
  public var isOfWindows: Bool {
    switch form {
    case .sounds: true
    case .series(let form): !form.isPadded
    case .images, nil: false
    }
  }

  /// The same for windows that lie over each other by half and are joined smoothly.
  public var withWindowsHalfOver: Preparation {
    let other: SampleForm?
    switch form {
    case .sounds(let form):
      var half = SoundForm(
        rate: form.rate, channel: form.channel, window: form.window, stride: max(1, form.window / 2),
        mel: form.mel, depth: form.depth)
      half.joinsSmoothly = true
      other = .sounds(half)
    case .series(let form) where !form.isPadded:
      other = .series(
        SeriesForm(channels: form.channels, window: form.window, stride: max(1, form.window / 2)))
    default: other = form
    }
    return Preparation(
      sampleShape: sampleShape, element: element, scaling: scaling, featureNames: featureNames,
      allowsGaps: allowsGaps, form: other, takenColumns: takenColumns, fields: fields)
  }
}
