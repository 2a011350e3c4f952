import HourglassFormats
import HourglassTensor

extension Source {
  /// Opens data whose classes are in a file of their own, which comes before a column that is called so too.
  static func open(_ name: String, _ opening: Opening, _ cache: Cache, labelFile: String) throws -> Dataset {
    var opening = opening
    opening.label = nil
    let dataset: Dataset
    do {
      dataset = try open(name, opening, cache)
    } catch let fault as FormatError
      where fault.place.hasSuffix("column \(FormatError.excerpt(labelFile.utf8))")
    {
      // A column of classes that stays among the features is mostly text.
      throw fault.told(
        remedy:
          "there is a file of that name too, which holds the classes then; for the column, give its number")
    }
    if dataset.featureNames?.contains(labelFile) == true {
      cache.notice(
        "\(labelFile) is a file and a column of \(name): the classes are those of the file, the column stays; "
          + "give its number as the label to take the column")
    }
    return try label(dataset, from: labelFile, cache.notice)
  }

  /// Data with the classes in a file of their own, in place of those they may have.
  ///
  /// - Parameter notice: is given what was taken for what.
  /// - Throws: ``DataError`` for a file of another kind or number of classes; `FormatError` for one that
  ///   cannot be read.
  public static func labelled(
    _ dataset: Dataset, from path: String, notice: (String) -> Void
  ) throws -> Dataset {
    try label(dataset, from: path, notice)
  }

  /// Gives data the classes in a file of their own: an array of whole numbers in `.npy`, `.npz` or MNIST's
  /// format, or a table of one column.
  ///
  /// - Throws: ``DataError`` for a file of another kind or number of classes; `FormatError` for one that
  ///   cannot be read.
  static func label(
    _ dataset: Dataset, from path: String, _ notice: (String) -> Void
  ) throws -> Dataset {
    let count = dataset.count
    let kind = try FileKind.of(path)
    switch kind {
    case .table(let separator):
      let (labels, names, remarks) = try CSV.readLabels(path, separator: separator, count: count)
      try check(labels.count, of: dataset, path)
      tell(remarks, of: path, notice)
      return try dataset.labelled(labels, classNames: names)
    case .npy: return try dataset.labelled(labels(NPY.read(path), of: dataset, path))
    case .npz: return try dataset.labelled(labels(NPZ.read(path, name: nil).tensor, of: dataset, path))
    case .idx: return try dataset.labelled(labels(IDX.read(path), of: dataset, path))
    case .image, .sound, .series, .sparse: throw unfit(path, "no numbers of classes")
    case .model, .folder, .foreign, .unknown: throw unfit(path, kind.words)
    }
  }

  private static func unfit(_ path: String, _ found: String) -> DataError {
    DataError(
      place: path, expected: "classes in a table (.csv, .tsv), an array (.npy, .npz) or MNIST's format",
      found: found,
      remedy:
        "convert it to one of these; for a column of that name, which a file comes before, give its number")
  }

  private static func labels(_ tensor: Tensor, of dataset: Dataset, _ path: String) throws -> [Int32] {
    try check(tensor.count, of: dataset, path)
    if let labels = labels(tensor, count: dataset.count) { return labels }
    throw DataError(
      place: path, expected: "whole numbers, one a sample",
      found: "\(tensor.element) of shape \(tensor.shape)", remedy: "number the classes")
  }

  private static func check(_ found: Int, of dataset: Dataset, _ path: String) throws {
    guard found != dataset.count else { return }
    let isOff = (found - dataset.count).magnitude == 1
    throw DataError(
      place: path, expected: "\(dataset.count) classes, one for each sample of \(dataset.origin)",
      found: "\(found)",
      remedy: isOff
        ? "one of the two files seems to have a header that was taken for a row, or a row that was taken for a "
          + "header: look at their first lines (--header yes or no says which the samples have)"
        : "give the classes of these samples; for a column of that name, give its number")
  }
}

/// Numbers that belong to samples, in a file of their own.
extension Source {
  /// Whether a name is that of a table, whose columns can be called by name.
  public static func hasColumns(_ name: String) -> Bool {
    if StandardStream.isInput(name) { return true }
    guard FileKind.exists(name), !SourceFolder.isFolder(name), let kind = try? FileKind.of(name) else {
      return false
    }
    switch kind {
    case .table, .sparse: return true
    default: return false
    }
  }

  /// Whether a file holds numbers that are no numbers of classes: some are not whole, or more than fifty
  /// differ and few come again.
  public static func isNumbersFile(_ path: String) -> Bool {
    guard isLabelFile(path), let values = try? numbers(in: path)?.doubles else { return false }
    if values.contains(where: { !$0.isNaN && $0 != $0.rounded() }) { return true }
    let distinct = Set(values.filter { !$0.isNaN }).count
    return distinct > 50 && 5 * distinct > values.count
  }

  /// Data with numbers that belong to them, a row a sample; NaN, or an empty cell, where they are not known.
  ///
  /// - Throws: ``DataError`` for another number of rows; `FormatError` for a file that cannot be read.
  public static func numbered(_ dataset: Dataset, as name: String, from path: String) throws -> Dataset {
    guard let found = try numbers(in: path) else { throw unfit(path, "no numbers") }
    guard found.rows == dataset.count else {
      throw DataError(
        place: path, expected: "\(dataset.count) rows of numbers, one for each sample of \(dataset.origin)",
        found: "\(found.rows)", remedy: "give the numbers of these samples")
    }
    return try dataset.with(target: Target(name, found))
  }

  /// `[rows, values]`; nil of a file of another kind.
  private static func numbers(in path: String) throws -> Tensor? {
    let tensor: Tensor
    switch try FileKind.of(path) {
    case .npy: tensor = try NPY.read(path)
    case .npz: tensor = try NPZ.read(path, name: nil).tensor
    case .table(let separator):
      tensor = try CSV.read(path, CSV.Options(separator: separator, gaps: true)).tensor
    default: return nil
    }
    guard tensor.shape.rank > 0, tensor.rows > 0 else { return nil }
    return tensor.reshaped([tensor.rows, tensor.count / tensor.rows])
  }
}
