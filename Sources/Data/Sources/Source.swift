import HourglassFormats
import HourglassTensor

/// Where data come from, as a person names it: a file, or `builtin:NAME`.
///
/// | name | data |
/// |---|---|
/// | `builtin:digits[:COUNT[:SEED]]` | ``Digits``; 10 000 of them unless a count is given |
/// | `*.npy` | an array, first axis the samples |
/// | `*.npz`, `FILE.npz:X` | one of its arrays, see `open` |
/// | `*idx3-ubyte`, `*.idx`, also `.gz` | MNIST's format |
/// | `*.csv`, `*.tsv`, `*.txt`, `*.dat` and their kin, also `.gz` | a table of numbers |
/// | `*.mtx`, `*.svm`, `*.libsvm`, also `.gz`; a folder with `matrix.mtx` | see `sparseTable` |
/// | a folder, or one `.png`, `.jpg` | images, see ``ImageForm``; folders in it are classes |
/// | a folder, or one `.wav`, `.flac` | sounds, see ``SoundForm``; folders in it are classes |
/// | `*.ts`; a table or an array, with a window | time series, see ``SeriesForm`` |
/// | `-`, `-:X` | any file of these on standard input; no folder |
///
/// Arrays are known by their first bytes, whatever the name; tables by their name. Lines of numbers in
/// `*.txt` whose first number looks like a class are series as UCR has them, which is told of.
///
/// Data may be larger than memory. `.npy`, plain IDX of bytes and what is stored in `.npz` are mapped: they
/// take address space of their size, and memory only for the pages in use. Tables of more than 64 MiB of text
/// (of a quarter of that when compressed, or as much as the file says it holds) and IDX files whose values
/// take more and cannot be mapped are read once, in blocks, into a copy that is mapped, in
/// `$XDG_CACHE_HOME/hourglass` or `~/.cache/hourglass`. Arrays that are compressed in `.npz`, in the other
/// byte order, in Fortran's order or of half precision are loaded. Images of files that would take more than
/// half of the memory there is are decoded once into such a copy.
public enum Source {
  /// How many digits `builtin:digits` makes.
  public static let digits = 10_000

  /// Opens data, with labels, weights and column names where they are known, and makes sure every value is
  /// finite.
  ///
  /// Of an `.npz` file with several arrays and no name given, `X`, `x`, `X_train`, `x_train`, `data` and
  /// `samples` are tried in this order. Labels come from the array beside it (`y`, `y_train`, `labels`,
  /// `target`), or for a file of MNIST's format named `…images-idx3…` from `…labels-idx1…` in the same
  /// folder; where they are missing or do not fit, there are none.
  ///
  /// - Parameters:
  ///   - gaps: whether values may be missing: in a table an empty cell, `NA`, `N/A`, `NaN`, `nan`, `null`,
  ///     `?` or `-`, in an array NaN. They are NaN in the samples, and ``Dataset/hasGaps`` tells that there
  ///     are some.
  ///   - label: a file of classes, where there is one of this name, even if a column is called so too: a
  ///     table of one column or an array, one class a sample. Else a table's column that holds them, by name
  ///     or by number from 1, which is then no feature; an array of an `.npz` file that holds them.
  ///   - weight: a column or array, as for `label`, that holds the weight of each sample.
  ///   - options: what is wanted where files leave a choice: the size of images, say.
  ///   - notice: told in a sentence what went otherwise than expected and needs no error.
  /// - Throws: ``DataError`` for data that are of no known kind, empty, not finite, or without the label or
  ///   weight asked for; `FormatError` for a file that cannot be read.
  public static func open(
    _ name: String, gaps: Bool = false, label: String? = nil, weight: String? = nil,
    options: SourceOptions = SourceOptions(), notice: (String) -> Void = { _ in }
  ) throws -> Dataset {
    try withoutActuallyEscaping(notice) { notice in
      let cache = Cache(folders: Cache.userFolders, notice: notice)
      return try open(name, Opening(gaps: gaps, label: label, weight: weight, options: options), cache)
    }
  }

  static func open(_ name: String, _ opening: Opening, _ cache: Cache) throws -> Dataset {
    if StandardStream.isInput(name) { return try standardInput(name, opening, cache) }
    if let label = opening.label, isLabelFile(label) {
      return try self.open(name, opening, cache, labelFile: label)
    }
    if name.hasPrefix("builtin:") {
      try opening.refuseColumns(place: name)
      try opening.options.check(place: name)
      return try builtin(name)
    }
    if let path = try sparseFile(name) {
      let table = try sparseTable(path)
      tell(table.remarks, of: name, cache.notice)
      return try table.dataset(FieldSchema.infer(table), origin: name).0
    }
    if SourceFolder.isFolder(name) { return try folder(name, opening, cache) }
    if let (path, array) = try namedArray(name) {
      return try archive(path, array: array, opening, origin: name, cache.notice)
    }
    return try file(name, opening, cache)
  }

  /// Whether a label of this name is a file of classes, and not a column. A folder is neither.
  public static func isLabelFile(_ name: String) -> Bool {
    FileKind.exists(name) && !SourceFolder.isFolder(name)
  }

  /// What can be opened, in a line.
  static let understood =
    "a table (.csv, .tsv, .txt), a sparse table (.mtx, .svm), an array (.npy, .npz), MNIST's format (idx3-ubyte), images (.png, .jpg), sounds (.wav, .flac), series (.ts) or builtin:digits"

  private static func file(_ path: String, _ opening: Opening, _ cache: Cache) throws -> Dataset {
    let kind = try kind(of: path, opening, cache.notice)
    switch kind {
    case .npy, .idx, .image, .sound: try opening.refuseColumns(place: path)
    default: break
    }
    if try isOfSamples(path, kind, opening) { return try samples(path, kind, opening, cache) }
    if case .table(let separator) = kind, let window = opening.options.seriesWindow {
      return try windows(path, separator, window: window, opening, cache.notice)
    }
    if ![.image, .sound, .series, .npy, .npz].contains(kind) { try opening.options.check(place: path) }
    switch kind {
    case .image: return try images(SourceFiles(file: path), opening, cache)
    case .series: return try series(path, opening, cache.notice)
    case .sound: return try sounds(SourceFiles(file: path), opening, cache.notice)
    case .npy: return try array(NPY.read(path), opening, origin: path, cache.notice)
    case .npz: return try archive(path, array: nil, opening, origin: path, cache.notice)
    case .idx:
      let samples = try idx(path, cache, opening.smallest)
      return try Dataset(
        checking: samples, labels: labels(beside: path, count: samples.rows), gaps: opening.gaps, origin: path
      )
    case .table(let separator):
      let table = try table(path, opening.table(separator), cache, opening.smallest)
      tell(table.remarks, of: path, cache.notice)
      sayPassedOver(table, path, cache.notice)
      return try Dataset(
        table.tensor, labels: table.labels, classNames: table.classNames, featureNames: table.columns,
        weights: table.weights, hasGaps: table.hasGaps, origin: path
      ).with(takenColumns: table.taken).with(keptColumns: table.kept)
    case .sparse, .model, .folder, .foreign, .unknown:
      throw DataError(place: path, expected: understood, found: kind.words, remedy: kind.remedy)
    }
  }

  private static func builtin(_ name: String) throws -> Dataset {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false).dropFirst()
    guard parts.first == "digits", parts.count <= 3 else {
      throw DataError(
        place: name, expected: "builtin:digits", found: "'\(parts.joined(separator: ":"))'",
        remedy: "builtin:digits:5000 makes 5000 digits, builtin:digits:5000:7 others by another seed")
    }
    let numbers = parts.dropFirst().map { UInt64($0) }
    guard !numbers.contains(nil) else {
      throw DataError(
        place: name, expected: "builtin:digits:COUNT or builtin:digits:COUNT:SEED",
        found: "'\(parts.dropFirst().joined(separator: ":"))'", remedy: "give whole numbers")
    }
    let count = numbers.first.flatMap(\.self) ?? UInt64(digits)
    let seed = numbers.dropFirst().first.flatMap(\.self) ?? 0
    return try Digits.dataset(count: Int(clamping: count), seed: seed)
  }
}

extension Source {
  /// Takes `FILE.npz:X` apart, unless there is a file of that very name.
  private static func namedArray(_ name: String) throws -> (path: String, array: String)? {
    guard let colon = name.lastIndex(of: ":"), !FileKind.exists(name) else { return nil }
    let path = String(name[..<colon])
    guard FileKind.exists(path) else { return nil }
    let array = String(name[name.index(after: colon)...])
    guard case .npz = try FileKind.of(path) else {
      throw DataError(
        place: name, expected: "an .npz file before ':\(array)'", found: "a file of another kind",
        remedy: "leave out ':\(array)'")
    }
    return (path, array)
  }

  private static let arrayNames = ["X", "x", "X_train", "x_train", "data", "samples"]

  private static func archive(
    _ path: String, array: String?, _ opening: Opening, origin: String, _ notice: (String) -> Void
  ) throws -> Dataset {
    try opening.refuseKept(place: path, holding: "arrays")
    let arrays = try array.map { [try NPZ.read(path, name: $0)] } ?? NPZ.read(path)
    let usual = arrayNames.lazy.compactMap { name in arrays.first { $0.name == name } }.first
    // The message of the last lists the names there are.
    let samples = try arrays.count == 1 ? arrays[0] : usual ?? NPZ.read(path, name: nil)
    let count = samples.tensor.rows
    let beside = (opening.remembered(.label) + labelNames(for: samples.name)).lazy.compactMap { name in
      arrays.first { $0.name == name } ?? (array == nil ? nil : try? NPZ.read(path, name: name))
    }.first { Source.labels($0.tensor, count: count) != nil }
    let labels =
      try opening.label.map { name in
        try column(NPZ.read(path, name: name), of: count, "whole numbers", origin) {
          Source.labels($0, count: count)
        }
      } ?? beside.flatMap { Source.labels($0.tensor, count: count) }
    let weights =
      try opening.weight.map { name in
        try column(NPZ.read(path, name: name), of: count, "numbers", origin) {
          $0.count == count ? $0.values : nil
        }
      }
      ?? opening.remembered(.weight).lazy.compactMap { try? NPZ.read(path, name: $0).tensor }
      .first { $0.count == count }?.values
    if arrays.count > 1 {
      tellTaken(samples.name, opening.label ?? beside?.name, of: arrays, path, notice)
    }
    let dataset = try self.array(
      samples.tensor, labels: labels, weights: weights, opening, origin: origin, notice)
    let taken = [(TakenColumn.Role.label, opening.label), (.weight, opening.weight)]
    return dataset.with(
      takenColumns: taken.compactMap { role, name in
        name.map { TakenColumn(role: role, name: $0, number: nil) }
      })
  }

  /// Says which of several arrays is taken for the samples, where nobody named one, and which for the
  /// classes.
  private static func tellTaken(
    _ name: String, _ label: String?, of arrays: [NamedTensor], _ path: String, _ notice: (String) -> Void
  ) {
    let others = arrays.filter { $0.name != name && $0.name != label }.map { "'\($0.name)'" }
    let shown = others.prefix(9).joined(separator: ", ") + (others.count > 9 ? ", …" : "")
    tell(
      [
        "the array '\(name)' for the samples" + (label.map { " and '\($0)' for the classes" } ?? "")
          + (others.isEmpty ? "" : ", beside \(shown)") + " (\(path):NAME takes another)"
      ], of: path, notice)
  }

  /// The values of an array a person named for the labels or weights.
  private static func column<Value>(
    _ array: NamedTensor, of count: Int, _ kind: String, _ origin: String, _ read: (Tensor) -> [Value]?
  ) throws -> [Value] {
    if let values = read(array.tensor) { return values }
    throw DataError(
      place: "\(origin) array '\(array.name)'", expected: "\(count) \(kind), one a sample",
      found: "\(array.tensor.element) of shape \(array.tensor.shape)", remedy: "name another array")
  }

  /// `X_test` goes with `y_test`, `data` with `labels` and `target`.
  private static func labelNames(for name: String) -> [String] {
    switch name.first {
    case "X", "x":
      let rest = name.dropFirst()
      return ["y\(rest)", "Y\(rest)"] + (rest.isEmpty ? ["labels"] : [])
    default: return ["labels", "target", "y"]
    }
  }

  /// `train-labels-idx1-ubyte` goes with `train-images-idx3-ubyte`, each compressed or not.
  private static func labels(beside path: String, count: Int) -> [Int32]? {
    guard let range = path.firstRange(of: "images-idx3", after: path.lastIndex(of: "/")) else { return nil }
    var sibling = path
    sibling.replaceSubrange(range, with: "labels-idx1")
    let other = sibling.hasSuffix(".gz") ? String(sibling.dropLast(3)) : sibling + ".gz"
    guard let file = [sibling, other].first(where: FileKind.exists) else { return nil }
    return (try? IDX.read(file)).flatMap { labels($0, count: count) }
  }

  /// Labels out of an array: one whole number a sample, or none.
  static func labels(_ tensor: Tensor, count: Int) -> [Int32]? {
    guard tensor.count == count, tensor.rows == count else { return nil }
    let labels = tensor.doubles.compactMap { Int32(exactly: $0) }
    return labels.count == count ? labels : nil
  }
}

extension String {
  /// Where `text` first stands behind `start`.
  fileprivate func firstRange(of text: String, after start: Index?) -> Range<Index>? {
    var place = start ?? startIndex
    while place < endIndex {
      if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
      place = index(after: place)
    }
    return nil
  }
}
