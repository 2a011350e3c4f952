public import HourglassTensor

/// How samples are made of files that leave a choice. A model keeps it, so that its use needs no options.
public enum SampleForm: Hashable, Sendable {
  /// Images brought to one size.
  case images(ImageForm)
}

/// What a person wants where files leave a choice; nil: told by the data.
public struct SourceOptions: Hashable, Sendable {
  /// The sides to which images are brought.
  public var height: Int?
  public var width: Int?
  /// Of images: 1 grey, 3 red, green, blue, 4 with opacity.
  public var channels: Int?
  /// Leaves out files that cannot be read, instead of giving up.
  public var skipsBadFiles = false
  /// Taken from a model, not given by a person: data to which they do not apply are no error.
  var areFromModel = false

  public init() {}

  /// The options with which more data come out as a model's training data did.
  ///
  /// A model that was trained on an array of `[channels, height, width]` takes images of that size.
  public init(_ preparation: Preparation) {
    areFromModel = true
    switch preparation.form {
    case .images(let form):
      (height, width, channels) = (form.height, form.width, form.channels)
    case nil:
      let shape = preparation.sampleShape.dimensions
      guard let form = ImageForm(shape: shape) else { return }
      (height, width, channels) = (form.height, form.width, form.channels)
    }
  }

  /// The first option given by a person that belongs to images alone.
  private var imageOption: String? {
    if areFromModel { return nil }
    return height != nil || width != nil ? "--size" : channels != nil ? "--channels" : nil
  }

  /// Makes sure that no option is given that means nothing for the data.
  ///
  /// - Throws: ``DataError`` naming the option.
  func check(place: String, areImages: Bool = false) throws {
    if !areImages, let option = imageOption {
      throw DataError(
        place: place, expected: "images, since \(option) is given", found: "other data",
        remedy: "leave out \(option)")
    }
  }
}

extension SampleForm: Codable {
  private enum Key: String, CodingKey {
    case images
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .images(let form): try container.encode(form, forKey: .images)
    }
  }

  /// - Throws: `DecodingError` for a form this version does not know and for numbers that none can have.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard container.contains(.images) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath,
          debugDescription: "samples of a form that this version does not know; a newer one may"))
    }
    self = .images(try container.decode(ImageForm.self, forKey: .images))
  }
}

extension SampleForm {
  /// The shape of a sample; nil where it is not the form that says.
  public var sampleShape: Shape? {
    switch self {
    case .images(let form): form.sampleShape
    }
  }
}
