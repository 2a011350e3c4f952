import HourglassFormats
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The curves of a run, read from the event files that ``EventLog`` or another program wrote.
///
///     let curves = try EventCurves(contentsOf: "runs/first")
///     for point in curves.points["loss/training"] ?? [] { print(point.step, point.value) }
///
/// They are what TensorBoard shows: where a run was taken up again, what the earlier file has from that step
/// on is left out. A file that ends within a record, as of a run that was killed, is read up to there.
///
/// - Source: TensorFlow's event files, as TensorBoard 2.21 reads them.
public struct EventCurves: Sendable {
  public struct Point: Hashable, Sendable {
    public let step: Int
    public let value: Double
  }

  /// By tag, in the order they were written.
  public private(set) var points: [String: [Point]] = [:]

  /// Reads an event file, or all of a folder in the order of their names; folders in it are not looked at.
  ///
  /// - Throws: ``InterchangeError`` where there is none, one cannot be read, a checksum does not fit, or a
  ///   record is no event.
  public init(contentsOf path: String) throws(InterchangeError) {
    var entries: [Entry] = []
    for file in try EventCurves.files(path) {
      try EventCurves.read(RecordReader(file), &entries)
    }
    add(entries)
  }

  /// Reads an event file's bytes.
  ///
  /// - Parameter place: what they are called in errors.
  init(bytes: [UInt8], place: String) throws(InterchangeError) {
    var entries: [Entry] = []
    try EventCurves.read(RecordReader(bytes: bytes, place: place), &entries)
    add(entries)
  }

  private enum Entry {
    case point(tag: String, Point)
    /// A run that starts or goes on at this step.
    case start(Int)
  }

  /// Backwards, so that one pass knows of every point the first step that a later file says anew.
  private mutating func add(_ entries: [Entry]) {
    var first = Int.max
    var kept: [String: [Point]] = [:]
    for entry in entries.reversed() {
      switch entry {
      case .start(let step): first = min(first, step)
      case .point(let tag, let point) where point.step < first || first == .max:
        kept[tag, default: []].append(point)
      case .point: continue
      }
    }
    points = kept.mapValues { $0.reversed() }
  }

  private static func read(_ reader: RecordReader, _ entries: inout [Entry]) throws(InterchangeError) {
    var isFirst = true
    while let record = try reader.next() {
      do throws(MessageReader.Malformed) {
        let event = try EventContent(record)
        guard event.isVersion || !isFirst else { throw MessageReader.Malformed() }
        if event.isStart { entries.append(.start(event.step)) }
        for (tag, value) in event.scalars {
          entries.append(.point(tag: tag, Point(step: event.step, value: value)))
        }
      } catch {
        throw reader.wrong(
          isFirst ? "an event file, which begins with its version" : "an event", record.count + 16)
      }
      isFirst = false
    }
  }

  // MARK: - Files

  /// What TensorBoard takes for an event file.
  private static let sign = "tfevents"

  private static func files(_ path: String) throws(InterchangeError) -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw InterchangeError(.reading(path, errno)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    guard let folder = opendir(path) else { throw InterchangeError(.reading(path, errno)) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      if name.contains(sign) { names.append(name) }
    }
    guard !names.isEmpty else {
      throw InterchangeError(
        place: path, expected: "event files, with \(sign) in their names", found: "none",
        remedy: "name the folder that a log was written to")
    }
    return names.sorted().map { path + "/" + $0 }
  }
}

/// What matters here of one event.
private struct EventContent {
  var step = 0
  var isVersion = false
  var isStart = false
  var scalars: [(tag: String, value: Double)] = []

  /// Field numbers are those of TensorFlow's `event.proto` and `summary.proto`.
  init(_ bytes: [UInt8]) throws(MessageReader.Malformed) {
    var event = MessageReader(bytes[...])
    while let (field, value) = try event.next() {
      switch (field, value) {
      case (2, .varint(let number)): step = Int(Int64(bitPattern: number))
      case (3, .bytes(let version)): isVersion = version.starts(with: "brain.Event:".utf8)
      case (5, .bytes(let summary)): try addValues(of: summary)
      case (7, .bytes(let session)): isStart = try EventContent.isStart(session)
      default: continue
      }
    }
  }

  private mutating func addValues(of summary: ArraySlice<UInt8>) throws(MessageReader.Malformed) {
    var reader = MessageReader(summary)
    while let (field, content) = try reader.next() {
      guard field == 1, case .bytes(let bytes) = content else { continue }
      var value = MessageReader(bytes)
      var tag = ""
      var scalar: Float?
      while let (field, content) = try value.next() {
        switch (field, content) {
        case (1, .bytes(let text)):
          guard let text = String(validating: text, as: UTF8.self) else { throw MessageReader.Malformed() }
          tag = text
        case (2, .fourBytes(let bits)): scalar = Float(bitPattern: bits)
        default: continue
        }
      }
      if let scalar { scalars.append((tag, Double(scalar))) }
    }
  }

  /// Whether a session log says that a run starts.
  private static func isStart(_ bytes: ArraySlice<UInt8>) throws(MessageReader.Malformed) -> Bool {
    var session = MessageReader(bytes)
    var status: UInt64 = 0
    while let (field, value) = try session.next() {
      if field == 1, case .varint(let number) = value { status = number }
    }
    return status == 1
  }
}
