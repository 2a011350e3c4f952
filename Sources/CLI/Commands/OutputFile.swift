import Hourglass

/// A file of numbers that a command writes: its format is told by its name.
struct OutputFile {
  enum Format { case npy, npz, table }

  static let option = Option.required(
    "output", short: "o", .file("OUT"), "the file to write: .npy, .npz or .csv (.tsv, .csv.gz)")

  let path: String
  private let format: Format

  /// - Parameter inputs: files that the command reads, which must not be written over.
  /// - Throws: ``Failure`` for a name that does not tell a format; `FormatError` where no file can be made.
  init(_ path: String, apartFrom inputs: [String]) throws {
    self.path = path
    let name = path.lowercased()
    if name.hasSuffix(".npy") {
      format = .npy
    } else if name.hasSuffix(".npz") {
      format = .npz
    } else if [".csv", ".tsv", ".csv.gz", ".tsv.gz"].contains(where: name.hasSuffix) {
      format = .table
    } else {
      throw Failure.commandLine("-o expects a name that ends in .npy, .npz or .csv, found '\(path)'")
    }
    try OutputFile.check(path, apartFrom: inputs)
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
  ///   - columns: what the columns are called in a table.
  func write(_ tensor: Tensor, name: String, columns: [String]?) throws {
    switch format {
    case .npy: try NPY.write(tensor, to: path)
    case .npz: try NPZ.write([NamedTensor(name: name, tensor: tensor)], to: path)
    case .table: try CSV.write(tensor, columns: columns, to: path)
    }
  }
}
