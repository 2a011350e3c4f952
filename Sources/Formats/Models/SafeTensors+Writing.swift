import HourglassTensor

extension SafeTensors {
  /// The values begin on a multiple of this in the file.
  private static let alignment = 64

  /// Writes a file; equal tensors in the same order, and equal metadata, give equal bytes.
  ///
  /// The values lie in the order of ``tensors``, but the larger element types first, so that each is aligned.
  ///
  /// - Throws: ``FormatError`` for a name that stands twice or is `__metadata__`, a header above 100 MB, and
  ///   what ``AtomicFile`` throws.
  public func write(to path: String) throws {
    try AtomicFile.write(to: path) { writer in try write(&writer, place: path) }
  }

  /// The bytes that ``write(to:)`` puts into a file.
  public func bytes() throws -> [UInt8] {
    try FileWriter.bytes { writer in try write(&writer, place: "safetensors") }
  }

  private func write(_ writer: inout FileWriter, place: String) throws {
    try checkNames(place: place)
    let ordered = [8, 4, 2, 1].flatMap { size in tensors.filter { $0.tensor.element.size == size } }
    let header = try header(of: ordered, place: place)
    try writer.write(UInt64(header.count))
    try writer.write(header)
    for named in ordered { try writer.write(named.tensor, bigEndian: false) }
  }

  private func checkNames(place: String) throws {
    var names: Set<[UInt8]> = [Array("__metadata__".utf8)]
    for named in tensors where !names.insert([UInt8](named.name.utf8)).inserted {
      throw FormatError(
        place: place, expected: "names that differ, none of them '__metadata__'",
        found: FormatError.excerpt(named.name.utf8), remedy: "rename the tensor")
    }
  }

  private func header(of ordered: [NamedTensor], place: String) throws -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
        .map { $0.key.quotedForJSON + ":" + $0.value.quotedForJSON }
      members.append("\"__metadata__\":{" + texts.joined(separator: ",") + "}")
    }
    var end = 0
    for named in ordered {
      let tensor = named.tensor
      let start = end
      end += tensor.count * tensor.element.size
      let type = SafeTensorsHeader.name(of: tensor.element)
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      members.append(
        "\(named.name.quotedForJSON):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}"
      )
    }
    var header = Array(("{" + members.joined(separator: ",") + "}").utf8)
    let padding = SafeTensors.alignment - (8 + header.count) % SafeTensors.alignment
    header.append(contentsOf: repeatElement(0x20, count: padding % SafeTensors.alignment))
    guard header.count <= SafeTensors.longestHeader else {
      throw FormatError(
        place: place, expected: "names and metadata of at most \(SafeTensors.longestHeader) bytes",
        found: "\(header.count)", remedy: "shorten the metadata")
    }
    return header
  }
}
