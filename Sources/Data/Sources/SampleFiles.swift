import HourglassFormats
public import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Samples as files of the kind that they were made of: a folder of `.png` or `.wav`.
public struct SampleFiles: Sendable {
  private let form: SampleForm

  /// - Parameter preparation: of the model that made the samples.
  /// - Throws: ``DataError`` if its samples are neither images of bytes nor sounds.
  public init(_ preparation: Preparation, place: String) throws {
    let known: SampleForm? =
      switch preparation.form {
      case .images, .sounds: preparation.form
      case nil where [.uint8, .uint16].contains(preparation.element):
        ImageForm(
          shape: preparation.sampleShape.dimensions, bits: preparation.element == .uint16 ? 16 : 8
        ).map(SampleForm.images)
      case .series, nil: nil
      }
    guard let known else {
      throw DataError(
        place: place, expected: "a model of images or sounds, since a folder is to be written",
        found: "one of samples \(preparation.sampleShape) of \(preparation.element)",
        remedy: "give a name that ends in .npy, .npz or .csv")
    }
    form = known
  }

  /// Writes images as `FOLDER/NAME.png`, values rounded and cut to the bits that the model's images have, and
  /// sounds as `FOLDER/NAME.wav`,
  /// their windows joined: where several lie over each other, their mean. The folder is made where it is
  /// missing, and those that the names lie in; files that are there are replaced.
  ///
  /// - Parameters:
  ///   - samples: `[n, sample…]`, in the units of the data.
  ///   - dataset: whose samples they stand for, under its names: a known ending is replaced, and two that
  ///     would become one keep theirs; nil: a file a sample, by number, `000000` first.
  /// - Throws: `FormatError` where the folder or the disk refuses.
  public func write(_ samples: Tensor, of dataset: Dataset?, to folder: String) throws {
    try SampleFiles.makeFolder(folder)
    switch form {
    case .images(let form):
      try writeImages(samples, form, names: dataset?.orderedNames, to: folder)
    case .series: return
    case .sounds(let form):
      var depth = form.depth
      if case .sounds(let given)? = dataset?.form { depth = given.depth }
      try writeSounds(
        samples, form, depth: depth, names: dataset?.orderedNames, spans: dataset?.orderedSpans, to: folder)
    }
  }

  private func writeImages(_ samples: Tensor, _ form: ImageForm, names: [String]?, to folder: String) throws {
    let names = SampleFiles.names(names, count: samples.rows, ending: ".png")
    for row in 0..<samples.rows {
      let values = samples[row..<(row + 1)].values
      let (width, height, channels) = (form.width, form.height, form.channels)
      let bytes =
        form.bits == 16
        ? try PNG.encode(
          levels: SampleFiles.levels(values, form), width: width, height: height, channels: channels)
        : try PNG.encode(
          pixels: SampleFiles.levels(values, form), width: width, height: height, channels: channels)
      try SampleFiles.write(bytes, names[row], in: folder)
    }
  }

  /// Writes a file into a folder, and makes the folders that its name lies in.
  package static func write(_ bytes: [UInt8], _ name: String, in folder: String) throws {
    try makeFolders(folder, name)
    try AtomicFile.write(to: folder + "/" + name) { try $0.write(bytes) }
  }

  /// Planes of numbers to pixels.
  private static func levels<Level: PixelLevel>(_ values: [Float], _ form: ImageForm) -> [Level] {
    let (plane, highest) = (form.height * form.width, Float(Level.max))
    var pixels = [Level](repeating: 0, count: values.count)
    for channel in 0..<form.channels {
      for index in 0..<plane {
        let value = values[channel * plane + index] + 0.5
        // A value that is no number is black.
        pixels[index * form.channels + channel] = value > 0 ? Level(min(value, highest)) : 0
      }
    }
    return pixels
  }

  static func names(_ given: [String]?, count: Int, ending: String) -> [String] {
    guard let given else {
      return (0..<count).map { row in
        let digits = String(row)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ending
      }
    }
    func bare(_ name: String) -> String {
      guard let point = name.lastIndex(of: "."), !name[point...].contains("/") else { return name }
      return String(name[..<point])
    }
    let uses = Dictionary(given.map { (bare($0), 1) }, uniquingKeysWith: +)
    return given.map { (uses[bare($0)] == 1 ? bare($0) : $0) + ending }
  }

  /// Makes the folders that a name with slashes lies in.
  private static func makeFolders(_ folder: String, _ name: String) throws {
    var path = folder
    for part in name.split(separator: "/").dropLast() {
      path += "/" + part
      try makeFolder(path)
    }
  }

  package static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 { return }
    let code = errno
    guard code != EEXIST || !SourceFolder.isFolder(path) else { return }
    throw FormatError.writing(path, code == EEXIST ? ENOTDIR : code)
  }
}
