public import HourglassTensor

/// How samples are made of files that leave a choice. A model keeps it, so that its use needs no options.
public enum SampleForm: Hashable, Sendable {
  /// Images brought to one size.
  case images(ImageForm)
  /// Sounds brought to one rate and cut into windows.
  case sounds(SoundForm)
  /// Windows that slide along series.
  case series(SeriesForm)

  /// The shape of a sample.
  public var sampleShape: Shape {
    switch self {
    case .images(let form): form.sampleShape
    case .sounds(let form): form.sampleShape
    case .series(let form): form.sampleShape
    }
  }
}

extension SampleForm: Codable {
  private enum Key: String, CodingKey {
    case images, sounds, series
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .images(let form): try container.encode(form, forKey: .images)
    case .sounds(let form): try container.encode(form, forKey: .sounds)
    case .series(let form): try container.encode(form, forKey: .series)
    }
  }

  /// - Throws: `DecodingError` for a form this version does not know and for numbers that none can have.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch container.allKeys.first {
    case .images: self = .images(try container.decode(ImageForm.self, forKey: .images))
    case .sounds: self = .sounds(try container.decode(SoundForm.self, forKey: .sounds))
    case .series: self = .series(try container.decode(SeriesForm.self, forKey: .series))
    case nil:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath,
          debugDescription: "samples of a form that this version does not know; a newer one may"))
    }
  }
}

/// Which part of its file a sample is.
public struct SampleSpan: Hashable, Sendable {
  /// Where it begins, from 0.
  public let start: Int
  /// How long all of the file is, in the same unit.
  public let total: Int
  /// Which series it is of, from 0, where the source has several.
  public let series: Int

  init(start: Int, total: Int, series: Int = 0) {
    self.start = start
    self.total = total
    self.series = series
  }
}
