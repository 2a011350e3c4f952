import HourglassFormats
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A run's figures, histograms, images and texts as TensorBoard shows them: `tensorboard --logdir FOLDER`.
///
///     let log = try EventLog(folder: "runs/first")
///     try log.scalar("loss/training", epoch.loss, step: epoch.number)
///     try log.histogram("weights/encoder 0", weights, step: epoch.number)
///     try log.flush()
///
/// Events are gathered and handed to the system by ``flush()``, when 64 KiB have come together, and with the
/// first event ten seconds after the last time. What was handed over outlives the process; a process killed
/// while it writes leaves a file that is read up to the last whole event. Where the disk is full, the events
/// not yet handed over are lost and the log can be written on.
///
/// A tag names a series; TensorBoard groups tags by what stands before the first `/`.
///
/// - Source: TensorFlow's event files, as TensorBoard 2.21 reads them.
public final class EventLog {
  private static let sizeToFlush = 1 << 16
  /// In seconds.
  private static let timeToFlush = 10.0

  private let records: RecordFile
  private var lastFlush: Double

  /// Creates a new file in a folder, and the folder where it does not exist.
  ///
  /// A folder holds one run. Where there are event files of before, TensorBoard shows them up to the step
  /// before `step` and this one from there on, so a run that is taken up again has one curve.
  ///
  /// - Parameter step: the first step that will be logged.
  /// - Throws: ``InterchangeError`` if the folder or the file cannot be made.
  public init(folder: String, from step: Int = 0) throws(InterchangeError) {
    try EventLog.makeFolder(folder)
    let time = EventLog.now
    records = try EventLog.makeFile(in: folder, time)
    lastFlush = time
    records.append(Event.bytes(time: time, step: step, Event.version))
    records.append(Event.bytes(time: time, step: step, Event.start))
    try records.flush()
  }

  /// The file: `FOLDER/events.out.tfevents.SECONDS.MICROSECONDS.HOST.PROCESS.v2`.
  public var path: String { records.path }

  /// Adds a point to a curve. Infinities and NaN are written as they are; other values are rounded to
  /// `Float`.
  ///
  /// - Throws: ``InterchangeError`` if the file cannot be written (full disk).
  public func scalar(_ tag: String, _ value: Double, step: Int) throws(InterchangeError) {
    try add(tag, step) { Event.scalar(Float(value), in: &$0) }
  }

  /// Adds the distribution of values: 30 buckets of equal width, as TensorFlow 2 writes them.
  ///
  /// Values that are infinite or not a number are left out; where there are some, their count is added as the
  /// scalar `tag/not finite`.
  ///
  /// - Returns: how many values are not finite.
  /// - Throws: ``InterchangeError`` if the file cannot be written (full disk).
  @discardableResult
  public func histogram(_ tag: String, _ values: some Sequence<Float>, step: Int) throws(InterchangeError)
    -> Int
  {
    let histogram =
      values.withContiguousStorageIfAvailable { Histogram($0) }
      ?? Array(values).withUnsafeBufferPointer { Histogram($0) }
    try add(tag, step) { Event.histogram(histogram, in: &$0) }
    if histogram.notFinite > 0 {
      try scalar(tag + "/not finite", Double(histogram.notFinite), step: step)
    }
    return histogram.notFinite
  }

  /// Adds a picture, as PNG.
  ///
  /// - Parameters:
  ///   - pixels: row by row from the top, `[height, width, channels]`.
  ///   - channels: 1 for grey (0 is black), 3 for red, green, blue.
  /// - Precondition: sides of at least 1 and below 2³¹, and as many pixels as they say.
  /// - Throws: ``InterchangeError`` if the file cannot be written (full disk).
  public func image(_ tag: String, pixels: [UInt8], width: Int, height: Int, channels: Int, step: Int)
    throws(InterchangeError)
  {
    let png: [UInt8]
    do {
      png = try PNG.encode(pixels: pixels, width: width, height: height, channels: channels)
    } catch {
      throw InterchangeError(error)
    }
    try add(tag, step) { Event.image(png, width: width, height: height, channels: channels, in: &$0) }
  }

  /// Adds a text in Markdown.
  ///
  /// - Throws: ``InterchangeError`` if the file cannot be written (full disk).
  public func text(_ tag: String, _ markdown: String, step: Int) throws(InterchangeError) {
    try add(tag, step) { Event.text(markdown, in: &$0) }
  }

  /// Hands all events to the system.
  ///
  /// - Throws: ``InterchangeError`` if the file cannot be written (full disk).
  public func flush() throws(InterchangeError) {
    lastFlush = EventLog.now
    try records.flush()
  }

  /// Flushes and closes the file. A log that goes away does so by itself, but cannot say where that fails.
  ///
  /// - Precondition: nothing is logged afterwards.
  /// - Throws: ``InterchangeError`` if the file cannot be written (full disk).
  public func close() throws(InterchangeError) {
    try records.close()
  }

  private func add(_ tag: String, _ step: Int, _ content: (inout Message) -> Void) throws(InterchangeError) {
    let time = EventLog.now
    records.append(Event.bytes(time: time, step: step) { Event.value(tag, in: &$0, content) })
    if records.pendingCount >= EventLog.sizeToFlush || time - lastFlush >= EventLog.timeToFlush {
      try flush()
    }
  }
}

extension EventLog {
  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func makeFolder(_ folder: String) throws(InterchangeError) {
    if folder.isEmpty { throw InterchangeError(.writing("''", ENOENT)) }
    for end in folder.indices.dropFirst() where folder[end] == "/" { mkdir(String(folder[..<end]), 0o777) }
    guard mkdir(folder, 0o777) != 0, errno != EEXIST else { return }
    throw InterchangeError(.writing(folder, errno))
  }

  /// TensorBoard reads a folder's files in the order of their names, so the time comes first in them.
  private static func makeFile(in folder: String, _ time: Double) throws(InterchangeError) -> RecordFile {
    let microseconds = Int(time * 1e6)
    for attempt in 0..<100 {
      let stamp = microseconds + attempt
      let seconds = padded(stamp / 1_000_000, 10) + "." + padded(stamp % 1_000_000, 6)
      let path = "\(folder)/events.out.tfevents.\(seconds).\(host).\(getpid()).v2"
      if let file = try RecordFile(creating: path) { return file }
    }
    throw InterchangeError(.writing(folder, EEXIST))
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 257)
    guard gethostname(&name, 256) == 0 else { return "unknown" }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes.filter { $0 != UInt8(ascii: "/") }, as: UTF8.self)
  }
}
