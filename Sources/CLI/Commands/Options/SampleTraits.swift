import Hourglass

/// What is known of samples when an architecture for them is chosen.
struct SampleTraits {
  let shape: Shape
  /// Values lie in [0, 1] once they are scaled.
  var areUnitInterval = false
  /// Values were bytes, as pixels are.
  var areBytes = false
  /// How they were made of files.
  var form: SampleForm?
  /// They were cut out of longer series.
  var areWindows = false
  /// Those to train on, where there are data.
  var count: Int?
  /// The classes that the samples have, where they are asked for.
  var condition: Condition?
  /// The samples to train on, where they are records.
  var records: Dataset?

  /// Whether bce suits them: rows are tables, of bytes too.
  var arePixels: Bool { areUnitInterval && areBytes && shape.rank > 1 }

  /// The kind of layers that suits the samples, and what it is chosen by.
  ///
  /// Arrays stay dense: their axes may be anything. So do images too small to be halved twice.
  var preset: (model: String, reason: String) {
    switch form {
    case .images where shape.dimensions.suffix(2).allSatisfy { $0 >= 4 }: ("conv", "images that are files")
    case .images: ("dense", "images of few pixels")
    case .series: ("dense", "series")
    case .sounds: ("dense", "sounds")
    case nil: ("dense", shape.rank == 1 ? "rows of values" : "arrays")
    }
  }

  /// Says what --model conv takes samples for that may be images as well as series: those of two sides that
  /// are far longer than high, and rows.
  ///
  /// Of arrays that other kinds take for series it says which axis is which.
  ///
  /// - Parameter isArray: whether nothing but the shape says what the samples are.
  func tellOfSides(_ session: Session, _ name: String, isArray: Bool) throws {
    guard isArray else { return }
    let model = try session.arguments[ShapeOption.model]
    if ["conv1d", "lstm"].contains(model), shape.rank == 2 {
      session.say(
        "\(name): samples of \(shape) are taken for series of \(shape[0]) channels and \(shape[1]) steps; if steps "
          + "come first, turn them (numpy: x.transpose(0, 2, 1))")
    }
    guard model == "conv" else { return }
    if shape.rank == 1 {
      session.say(
        "\(name): rows of \(shape[0]) values are taken for series of one channel; images are [height, width]")
    } else if shape.rank == 2, 2 * shape[0] < shape[1] {
      session.say(
        "\(name): samples of \(shape) are taken for images of one channel; --model conv1d takes them for series "
          + "of \(shape[0]) channels and \(shape[1]) steps")
    }
  }

  /// The kind of layers that a word of --model means for the samples: `conv` of what can only be a series is
  /// `conv1d`.
  func kind(of word: String) -> String {
    switch word {
    case "auto": return preset.model
    case "conv" where shape.rank == 1: return "conv1d"
    case "conv":
      if case .series? = form { return "conv1d" }
      return word
    default: return word
    }
  }
}
