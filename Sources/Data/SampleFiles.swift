import HourglassFormats
public import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Samples as files of the kind that they were made of: a folder with one a sample.
public struct SampleFiles: Sendable {
  private let image: ImageForm

  /// - Parameter preparation: of the model that made the samples.
  /// - Throws: ``DataError`` if its samples are no images of bytes.
  public init(_ preparation: Preparation, place: String) throws {
    switch preparation.form {
    case .images(let form): image = form
    case nil:
      guard preparation.element == .uint8, let form = ImageForm(shape: preparation.sampleShape.dimensions)
      else {
        throw DataError(
          place: place, expected: "a model of images, since a folder is to be written",
          found: "one of samples \(preparation.sampleShape) of \(preparation.element)",
          remedy: "give a name that ends in .npy, .npz or .csv")
      }
      image = form
    }
  }

  /// Writes each sample as `FOLDER/NAME.png`, values rounded and cut to bytes. The folder is made where it is
  /// missing, and those that the names lie in; files that are there are replaced.
  ///
  /// - Parameters:
  ///   - samples: `[n, sample…]`, in the units of the data.
  ///   - names: what they are called, such as the files they came from: a known ending is replaced, and two
  ///     that would become one keep theirs; nil: by number, `000000` first.
  /// - Throws: `FormatError` where the folder or the disk refuses.
  public func write(_ samples: Tensor, names: [String]?, to folder: String) throws {
    let names = SampleFiles.names(names, count: samples.rows, ending: ".png")
    try SampleFiles.makeFolder(folder)
    for row in 0..<samples.rows {
      let path = folder + "/" + names[row]
      try SampleFiles.makeFolders(folder, names[row])
      let pixels = SampleFiles.pixels(samples[row..<(row + 1)].values, image)
      let bytes = try PNG.encode(
        pixels: pixels, width: image.width, height: image.height, channels: image.channels)
      try AtomicFile.write(to: path) { try $0.write(bytes) }
    }
  }

  /// Planes of numbers to pixels of bytes.
  private static func pixels(_ values: [Float], _ form: ImageForm) -> [UInt8] {
    let plane = form.height * form.width
    var pixels = [UInt8](repeating: 0, count: values.count)
    for channel in 0..<form.channels {
      for index in 0..<plane {
        let value = values[channel * plane + index] + 0.5
        // A value that is no number is black.
        pixels[index * form.channels + channel] = value > 0 ? UInt8(min(value, 255)) : 0
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

  private static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 { return }
    let code = errno
    guard code != EEXIST || !SourceFolder.isFolder(path) else { return }
    throw FormatError.writing(path, code == EEXIST ? ENOTDIR : code)
  }
}
