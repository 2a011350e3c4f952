import HourglassTensor

/// Random changes of samples while training, so that a network sees each of them anew in every epoch. The
/// changed sample is both what goes in and what a reconstruction is held against.
///
/// As text it is a list of words, most with a number: `shift=2,flip,rotate=10`.
///
/// | word | change | of |
/// |---|---|---|
/// | `shift=N` | moves by -N to N pixels along each side, or steps along the time | images, series, sounds |
/// | `flip` | mirrors left and right, every other time | images |
/// | `flip-vertical` | mirrors top and bottom, every other time | images |
/// | `rotate=D` | turns by -D to D degrees about the middle | images |
/// | `crop=S` | cuts up to the share S off each side and stretches the rest | images, series, sounds |
/// | `noise=D` | adds normal noise of the deviation D, in units after scaling | all |
/// | `binarize` | makes each value 1 with the probability that it is, else 0 | values in [0, 1] |
///
/// What comes in from outside the sample repeats its edge. Of spectrograms the frames alone move.
public struct Augmentation: Hashable, Sendable {
  public private(set) var shift = 0
  public private(set) var flips = false
  public private(set) var flipsVertically = false
  /// In degrees.
  public private(set) var rotation = 0.0
  public private(set) var crop = 0.0
  public private(set) var noise = 0.0
  public private(set) var binarizes = false

  /// The words of the text.
  public static let names = Word.allCases.map(\.rawValue)

  enum Word: String, CaseIterable {
    case shift, flip, rotate, crop, noise, binarize
    case flipVertical = "flip-vertical"

    /// What numbers may follow; nil for a word that has none.
    var range: (words: String, contains: @Sendable (Double) -> Bool)? {
      switch self {
      case .flip, .flipVertical, .binarize: nil
      case .shift: ("a whole number from 1 to 4096", { (1...4096).contains($0) && $0 == $0.rounded() })
      case .rotate: ("degrees above 0, at most 180", { $0 > 0 && $0 <= 180 })
      case .crop: ("a share above 0, at most 0.9", { $0 > 0 && $0 <= 0.9 })
      case .noise: ("a deviation above 0, at most 100", { $0 > 0 && $0 <= 100 })
      }
    }

    /// Whether it takes neighbours for granted, which the columns of a table are not.
    var isOfPlaces: Bool { self != .noise && self != .binarize }
    var isOfImages: Bool { self == .flip || self == .flipVertical || self == .rotate }
  }

  /// - Throws: ``DataError`` for a word that is not known, that is given twice, and for a number outside its
  ///   range; for no word.
  public init(text: String) throws(DataError) {
    var given: Set<Word> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let word = Word(rawValue: sides[0]) else {
        throw DataError(
          place: "augmentation", expected: Augmentation.names.joined(separator: ", "), found: "'\(sides[0])'",
          remedy: "write words with commas between, such as shift=2,flip")
      }
      guard given.insert(word).inserted else {
        throw DataError(place: "augmentation", expected: "each word once", found: "\(sides[0]) twice")
      }
      try set(word, sides.count > 1 ? sides[1] : nil)
    }
  }

  private mutating func set(_ word: Word, _ text: String?) throws(DataError) {
    let number = text.flatMap { Double($0) }
    if let range = word.range {
      guard let number, range.contains(number) else {
        throw DataError(
          place: "augmentation \(word.rawValue)", expected: range.words,
          found: text.map { "'\($0)'" } ?? "none",
          remedy: "write \(word.rawValue)=NUMBER")
      }
    } else if let text {
      throw DataError(
        place: "augmentation \(word.rawValue)", expected: "no number", found: "'\(text)'",
        remedy: "write \(word.rawValue) alone")
    }
    switch word {
    case .shift: shift = Int(number ?? 0)
    case .flip: flips = true
    case .flipVertical: flipsVertically = true
    case .rotate: rotation = number ?? 0
    case .crop: crop = number ?? 0
    case .noise: noise = number ?? 0
    case .binarize: binarizes = true
    }
  }

  /// The changes there are, with their numbers.
  var words: [(word: Word, number: Double)] {
    let all: [(Word, Double)] = [
      (.shift, Double(shift)), (.flip, flips ? 1 : 0), (.flipVertical, flipsVertically ? 1 : 0),
      (.rotate, rotation), (.crop, crop), (.noise, noise), (.binarize, binarizes ? 1 : 0),
    ]
    return all.filter { $0.1 > 0 }
  }
}

extension Augmentation: CustomStringConvertible {
  /// The text that it is read from again.
  public var description: String {
    words.map { word, number in
      guard word.range != nil else { return word.rawValue }
      return "\(word.rawValue)=" + (number == number.rounded() ? "\(Int(number))" : "\(number)")
    }.joined(separator: ",")
  }
}

/// Its text.
extension Augmentation: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(text: container.decode(String.self))
    } catch let error as DataError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
