import HourglassTensor

/// NumPy's format for several arrays: a zip file of `.npy` files.
///
/// Stored and deflated entries, zip64, checksums compared. A stored entry is mapped, not loaded. Entries that
/// are no `.npy` file are passed over.
///
/// - Source: NumPy, `numpy.savez`; PKWARE, APPNOTE 6.3.10.
public enum NPZ {
  /// Every array, in the order of the file's directory.
  ///
  /// - Throws: ``FormatError`` for a file that is missing, damaged, or holds no array of numbers.
  public static func read(_ path: String) throws -> [NamedTensor] {
    try arrays(MappedFile.storage(path), place: path)
  }

  /// Every array of an archive that this process has just written: what it wrote needs no comparing with the
  /// checksum.
  package static func readUnchecked(_ path: String) throws -> [NamedTensor] {
    try arrays(MappedFile.storage(path), isChecked: false, place: path)
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(bytes: [UInt8], name: String) throws -> [NamedTensor] {
    try arrays(MappedFile.storage(bytes), place: name)
  }

  /// One array; the others are not touched.
  ///
  /// - Parameter name: which one; nil for the only one.
  /// - Throws: ``FormatError``, which lists the names where the one asked for is missing or there are
  ///   several.
  public static func read(_ path: String, name: String?) throws -> NamedTensor {
    let storage = try MappedFile.storage(path)
    let entries = try entries(storage, place: path)
    if let entry = entries.first(where: { $0.name == name }) ?? (name == nil ? entries.first : nil),
      name != nil || entries.count == 1
    {
      return try array(entry, storage, place: path)
    }
    let names = entries.prefix(20).map(\.name).joined(separator: ", ") + (entries.count > 20 ? ", …" : "")
    throw FormatError(
      place: path, expected: name.map { "an array '\($0)'" } ?? "one array", found: names,
      remedy: "name one of them")
  }

  /// Writes a file as `numpy.savez` does: stored, not compressed. The same arrays give the same bytes. The
  /// values of each begin on a multiple of 64, so that reading can map them.
  ///
  /// - Throws: ``FormatError`` if two names are equal or one is above 65 531 bytes, and what ``AtomicFile``
  ///   throws.
  public static func write(_ tensors: [NamedTensor], to path: String) throws {
    var names: Set<[UInt8]> = []
    for tensor in tensors where !names.insert([UInt8](tensor.name.utf8)).inserted {
      throw FormatError(
        place: path, expected: "names that differ", found: "'\(tensor.name)' twice", remedy: "rename one")
    }
    if let long = tensors.first(where: { $0.name.utf8.count > 0xFFFF - 4 }) {
      throw FormatError(
        place: path, expected: "names of at most 65 531 bytes", found: "one of \(long.name.utf8.count)",
        remedy: "shorten it")
    }
    try AtomicFile.write(to: path) { writer in try ZipWriter.write(tensors, &writer) }
  }

  private static func arrays(
    _ storage: Storage, isChecked: Bool = true, place: String
  ) throws -> [NamedTensor] {
    try entries(storage, place: place).map { try array($0, storage, isChecked: isChecked, place: place) }
  }

  /// The entries that are arrays, under their names in Python.
  private static func entries(
    _ storage: Storage, place: String
  ) throws -> [(name: String, entry: ZipDirectory.Entry)] {
    let directory = try storage.withBytes { try ZipDirectory($0, place: place) }
    var names: Set<[UInt8]> = []
    let arrays = directory.entries.filter { $0.name.hasSuffix(".npy") }
    for entry in arrays where !names.insert([UInt8](entry.name.utf8)).inserted {
      throw FormatError(
        place: place, expected: "names that differ", found: "\(FormatError.excerpt(entry.name.utf8)) twice",
        remedy: "write the file again")
    }
    guard !arrays.isEmpty else {
      throw FormatError(
        place: place, expected: "arrays (.npy) in the zip file", found: "none",
        remedy: "write it with numpy.savez")
    }
    return arrays.map { (String($0.name.dropLast(4)), $0) }
  }

  private static func array(
    _ named: (name: String, entry: ZipDirectory.Entry), _ storage: Storage, isChecked: Bool = true,
    place: String
  ) throws -> NamedTensor {
    let entry = named.entry
    let place = "\(place) array \(FormatError.excerpt(named.name.utf8))"
    let tensor = try storage.withBytes { bytes in
      let stored = UnsafeRawBufferPointer(rebasing: bytes[entry.data])
      if entry.method == 8 {
        let inflated = try inflate(stored, entry, place: place)
        return try NPY.read(inflated, 0..<inflated.count, place: place)
      }
      guard stored.count == entry.size else {
        throw FormatError(place: place, expected: "\(entry.size) bytes", found: "\(stored.count)")
      }
      if isChecked {
        storage.advise(.sequential, entry.data)
        defer { storage.advise(.normal, entry.data) }
        try check(stored, entry, place: place)
      }
      return try NPY.read(storage, entry.data, place: place)
    }
    return NamedTensor(name: named.name, tensor: tensor)
  }

  private static func inflate(
    _ stored: UnsafeRawBufferPointer, _ entry: ZipDirectory.Entry, place: String
  ) throws -> Storage {
    guard entry.size / Inflater.greatestRatio <= stored.count else {
      throw FormatError(
        place: place, expected: "\(entry.size) bytes", found: "\(stored.count) compressed, too few for that",
        remedy: "get the file again")
    }
    let inflater = try Inflater(stored, .none, place: place)
    // One byte more than the entry claims, to see the stream end.
    let block = try Block(capacity: entry.size + 1, place: place)
    block.count = try inflater.read(
      into: UnsafeMutableRawBufferPointer(rebasing: block.room[..<(entry.size + 1)]))
    guard block.count == entry.size, inflater.unread == 0 else {
      throw FormatError(
        place: place, expected: "\(entry.size) bytes", found: "another number", remedy: "get the file again")
    }
    let storage = block.storage()
    try storage.withBytes { try check($0, entry, place: place) }
    return storage
  }

  private static func check(
    _ bytes: UnsafeRawBufferPointer, _ entry: ZipDirectory.Entry, place: String
  ) throws {
    guard Checksum.crc32(bytes) == entry.checksum else {
      throw FormatError(
        place: place, expected: "the checksum that was written", found: "another: the file is damaged",
        remedy: "get the file again")
    }
  }
}
