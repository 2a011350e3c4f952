import Hourglass

/// A file of numbers that a command writes: its format is told by its name.
struct OutputFile {
  enum Format { case npy, npz, table, folder, picture }

  static let option = Option.required(
    "output", short: "o", .file("OUT"),
    "the file to write: .npy, .npz or .csv (.tsv, .csv.gz); - is standard output")

  let path: String
  private let format: Format

  /// - Parameters:
  ///   - inputs: files that the command reads, which must not be written over.
  ///   - takesFolder: a name without an ending, or of a folder, is one for a file a sample.
  ///   - takesPicture: a name that ends in .png is one for all samples in one picture.
  /// - Throws: ``Failure`` for a name that does not tell a format; `FormatError` where no file can be made.
  init(_ path: String, apartFrom inputs: [String], takesFolder: Bool = false, takesPicture: Bool = false)
    throws
  {
    self.path = path
    let name = path == "-" ? "-.csv" : path.lowercased()
    if StandardStream.isOutput(path), name.hasSuffix(".npz") {
      throw Failure.commandLine("-o \(path): an archive is not written in one go; choose -.npy or - for CSV")
    }
    if name.hasSuffix(".npy") {
      format = .npy
    } else if name.hasSuffix(".npz") {
      format = .npz
    } else if OutputFile.isTable(name) {
      format = .table
    } else if takesPicture, name.hasSuffix(".png") {
      format = .picture
    } else if takesFolder, OutputFile.namesFolder(path) {
      format = .folder
      if let input = inputs.first(where: { System.isSameFile($0, path) }) {
        throw Failure.commandLine("-o \(path) would write into \(input), which is read; choose another name")
      }
      return
    } else {
      throw Failure.commandLine("-o expects a name that ends in .npy, .npz or .csv, found '\(path)'")
    }
    try OutputFile.check(path, apartFrom: inputs)
  }

  /// Whether a file of this name is a table.
  static func isTable(_ path: String) -> Bool {
    let name = path == "-" ? "-.csv" : path.lowercased()
    return [".csv", ".tsv", ".csv.gz", ".tsv.gz"].contains(where: name.hasSuffix)
  }

  /// A name that ends in a slash or has no ending.
  private static func namesFolder(_ path: String) -> Bool {
    path.hasSuffix("/") || path.split(separator: "/").last?.contains(".") == false
  }

  /// Makes sure before any work that samples of the model can be files of a folder, where one is to be
  /// written.
  func check(_ model: Model) throws {
    if format == .folder { _ = try SampleFiles(model.preparation, place: path) }
    guard format == .picture else { return }
    let shape = model.preparation.sampleShape
    let blank = Tensor(shape.batch(1), Array(repeating: 0, count: shape.count))
    if PictureSheet(blank) == nil {
      throw Failure.commandLine("-o \(path): samples of \(shape) are no pictures; choose .npy, .npz or .csv")
    }
  }

  /// Makes sure before any work that a file can be written here and is not one that is read.
  static func check(_ path: String, apartFrom inputs: [String]) throws {
    if let input = inputs.first(where: { System.isSameFile($0, path) }) {
      throw Failure.commandLine("-o \(path) would write over \(input), which is read; choose another name")
    }
    try AtomicFile.check(path)
  }

  /// Writes the tensor, whole or not at all.
  ///
  /// - Parameters:
  ///   - name: what the array is called in an `.npz` file.
  ///   - columns: what the columns are called in a table; nil: `value_0`, `value_1` and so on.
  ///   - texts: columns of a table in front of the numbers, which say what each line is.
  ///   - files: for samples that may be files of a folder how they were prepared and whose they are.
  ///   - count: of pictures in one, those in a line; nil: so many that they make a square.
  func write(
    _ tensor: Tensor, name: String, columns: [String]?, behind texts: [CSV.TextColumn] = [],
    files: (preparation: Preparation, dataset: Dataset?)? = nil, across count: Int? = nil
  ) throws {
    switch format {
    case .npy: try NPY.write(tensor, to: path)
    case .npz: try NPZ.write([NamedTensor(name: name, tensor: tensor)], to: path)
    case .folder:
      guard let files else { return }
      try SampleFiles(files.preparation, place: path).write(tensor, of: files.dataset, to: path)
    case .picture:
      guard let sheet = PictureSheet(tensor)?.pixels(across: count) else { return }
      let bytes = try PNG.encode(
        pixels: sheet.pixels, width: sheet.width, height: sheet.height, channels: sheet.channels)
      try AtomicFile.write(to: path) { try $0.write(bytes) }
    case .table:
      let width = tensor.shape.rank == 0 ? 1 : tensor.shape.sample.count
      let names = columns ?? Preparation.valueNames(width)
      try CSV.write(tensor, columns: names, behind: texts.apart(from: names), to: path)
    }
  }

  /// Whether lines are written that can say what they belong to.
  var isTable: Bool { format == .table }
  /// Whether all samples become one picture.
  var isPicture: Bool { format == .picture }
}
