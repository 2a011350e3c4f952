import CSndfile
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A sound: samples from -1 to 1, those of all channels at one time side by side.
///
/// Reads WAV (whole numbers of 8 to 32 bits, floating point, μ-law, A-law) and FLAC by libsndfile, told apart
/// by their first bytes; writes WAV of 16 or 24 bits or floating point. Samples are of single precision:
/// whole numbers of 32 bits and double precision are rounded.
///
/// A file that ends before its head says so is an error.
public struct SoundFile: Hashable, Sendable {
  /// Sounds of more values are refused: 500 million, an hour and a half of stereo at 48 kHz.
  public static let valueLimit = 500_000_000

  /// Samples a second, of each channel.
  public let rate: Int
  public let channels: Int
  /// `[frames, channels]`
  public let values: [Float]
  /// How finely samples are stored: what writing keeps.
  public let depth: SoundDepth
  /// Whether the file has them finer than single precision.
  public let isRounded: Bool

  /// Samples of each channel.
  public var frames: Int { values.count / channels }

  /// - Precondition: a rate and channels of at least 1, and as many values for every channel.
  public init(
    rate: Int, channels: Int, values: [Float], depth: SoundDepth = .bits16, isRounded: Bool = false
  ) {
    precondition(
      rate > 0 && channels > 0 && values.count % channels == 0,
      "SoundFile: \(values.count) values of \(channels) channels at \(rate) a second")
    self.rate = rate
    self.channels = channels
    self.values = values
    self.depth = depth
    self.isRounded = isRounded
  }

  /// Reads a file.
  ///
  /// - Throws: ``FormatError`` for a file that cannot be read, is no WAV or FLAC, is damaged, holds no
  ///   sample, one that is no finite number, or more than ``valueLimit``.
  public static func read(_ path: String) throws -> SoundFile {
    try MappedFile.storage(path).withBytes { try decode($0, path, valueLimit) }
  }

  /// Reads a file's bytes, called `name` in errors.
  public static func read(
    bytes: [UInt8], name: String, valueLimit: Int = SoundFile.valueLimit
  ) throws -> SoundFile {
    try bytes.withUnsafeBytes { try decode($0, name, valueLimit) }
  }

  /// Whether a file begins as WAV or FLAC does.
  public static func begins(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: flacStart) || isWAV(start)
  }

  private static let flacStart = Array("fLaC".utf8)

  private static func isWAV(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: Array("RIFF".utf8)) && start.dropFirst(8).starts(with: Array("WAVE".utf8))
  }
}

// MARK: - Reading

extension SoundFile {
  private static func decode(
    _ bytes: UnsafeRawBufferPointer, _ name: String, _ valueLimit: Int
  ) throws(FormatError) -> SoundFile {
    guard begins(bytes) else {
      throw FormatError(place: name, expected: "a WAV or FLAC sound", found: "a file of another kind")
    }
    if isWAV(bytes) { try checkWhole(bytes, name) }
    var memory = SoundMemory(bytes: bytes)
    return try withUnsafeMutablePointer(to: &memory) { memory throws(FormatError) in
      var calls = SoundMemory.calls
      var info = SF_INFO()
      guard let file = sf_open_virtual(&calls, Int32(SFM_READ), &info, memory) else {
        throw damaged(name, String(cString: sf_strerror(nil)))
      }
      defer { sf_close(file) }
      try check(info, name)
      let values = try values(of: file, Int(info.channels), name, valueLimit)
      guard values.count / Int(info.channels) >= Int(info.frames) else {
        throw damaged(name, "it ends too early")
      }
      let stored = Int(info.format & Int32(SF_FORMAT_SUBMASK))
      return SoundFile(
        rate: Int(info.samplerate), channels: Int(info.channels), values: values,
        depth: SoundDepth(stored: stored),
        isRounded: [Int(SF_FORMAT_PCM_32), Int(SF_FORMAT_DOUBLE)].contains(stored))
    }
  }

  private static func check(_ info: SF_INFO, _ name: String) throws(FormatError) {
    let known = [
      SF_FORMAT_PCM_U8, SF_FORMAT_PCM_S8, SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_PCM_32,
      SF_FORMAT_FLOAT, SF_FORMAT_DOUBLE, SF_FORMAT_ULAW, SF_FORMAT_ALAW,
    ].map { Int32($0) }
    guard known.contains(info.format & Int32(SF_FORMAT_SUBMASK)) else {
      throw FormatError(
        place: name, expected: "samples stored as numbers, or FLAC", found: "another compression",
        remedy: "convert it to WAV of 16 bits")
    }
    guard info.channels > 0, info.samplerate > 0 else {
      throw damaged(name, "\(info.channels) channels at \(info.samplerate) samples a second")
    }
  }

  private static func values(
    of file: OpaquePointer, _ channels: Int, _ name: String, _ valueLimit: Int
  ) throws(FormatError) -> [Float] {
    var values: [Float] = []
    // What the head says of the length is not believed: room is taken as samples come.
    var block = [Float](repeating: 0, count: max(1, 16384 / channels) * channels)
    while true {
      let frames = Int(sf_readf_float(file, &block, sf_count_t(block.count / channels)))
      let count = frames * channels
      guard count > 0 else { break }
      guard values.count + count <= valueLimit else {
        throw FormatError(
          place: name, expected: "a sound of at most \(valueLimit) values", found: "more",
          remedy: "cut it into parts")
      }
      guard block[..<count].allSatisfy(\.isFinite) else {
        throw damaged(name, "a value that is no finite number")
      }
      values += block[..<count]
    }
    guard sf_error(file) == 0 else { throw damaged(name, String(cString: sf_strerror(file))) }
    guard !values.isEmpty else {
      throw FormatError(place: name, expected: "a sound", found: "one without a sample")
    }
    return values
  }

  private static func damaged(_ name: String, _ reason: String) -> FormatError {
    let text = reason.split(whereSeparator: \.isNewline).joined(separator: " ")
    return FormatError(place: name, expected: "a whole sound", found: "a damaged one (\(text))")
  }

  /// libsndfile takes a file that ends early for a shorter one. Lengths that programs write when they do not
  /// know the length yet, 0 and those near 2³¹ and 2³², are no lengths.
  private static func checkWhole(_ bytes: UnsafeRawBufferPointer, _ name: String) throws(FormatError) {
    var position = 12
    while let length = bytes.integer(at: position + 4, as: UInt32.self) {
      let rest = bytes.count - position - 8
      if bytes[position..<(position + 4)].elementsEqual("data".utf8) {
        guard Int(length) > rest, length < 0x7FFF_0000 else { return }
        throw damaged(name, "it ends too early: \(rest) of \(length) bytes are there")
      }
      position += 8 + Int(length) + Int(length & 1)
    }
  }
}

// MARK: - Writing

extension SoundFile {
  /// The sound as a WAV file of its depth; in whole numbers values beyond -1 and 1 are cut. The same sound
  /// gives the same bytes.
  ///
  /// - Throws: ``FormatError`` if there is not enough memory.
  public func wav() throws(FormatError) -> [UInt8] {
    var memory = SoundMemory()
    return try withUnsafeMutablePointer(to: &memory) { memory throws(FormatError) in
      var calls = SoundMemory.calls
      var info = SF_INFO()
      info.samplerate = Int32(clamping: rate)
      info.channels = Int32(clamping: channels)
      info.format = Int32(SF_FORMAT_WAV) | Int32(depth.subtype)
      guard let file = sf_open_virtual(&calls, Int32(SFM_WRITE), &info, memory) else {
        throw FormatError(
          place: "WAV", expected: "a sound that can be written", found: String(cString: sf_strerror(nil)))
      }
      // It would hold the time of writing.
      sf_command(file, Int32(SFC_SET_ADD_PEAK_CHUNK), nil, 0)
      let written = depth.write(values, frames: frames, to: file)
      sf_close(file)
      guard written == frames else { throw FormatError.memory("WAV", values.count * 4) }
      return memory.pointee.written
    }
  }
}

/// A file in memory, as libsndfile asks for it: bytes to read, or room that grows as it is written.
private struct SoundMemory {
  var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  var written: [UInt8] = []
  var position = 0
  var isWritten = false

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  init() { isWritten = true }

  var count: Int { isWritten ? written.count : bytes.count }

  static func of(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SoundMemory>? {
    pointer?.assumingMemoryBound(to: SoundMemory.self)
  }

  static var calls: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(SoundMemory.of($0)?.pointee.count ?? 0) },
      seek: { offset, origin, pointer in
        guard let memory = SoundMemory.of(pointer) else { return -1 }
        let start =
          origin == SEEK_SET ? 0 : origin == SEEK_CUR ? memory.pointee.position : memory.pointee.count
        let (place, overflow) = start.addingReportingOverflow(Int(offset))
        guard !overflow, place >= 0, memory.pointee.isWritten || place <= memory.pointee.count else {
          return -1
        }
        memory.pointee.position = place
        return sf_count_t(place)
      },
      read: { target, count, pointer in
        guard let memory = SoundMemory.of(pointer), let target, count > 0, !memory.pointee.isWritten else {
          return 0
        }
        let rest = memory.pointee.bytes[memory.pointee.position...].prefix(Int(count))
        UnsafeMutableRawBufferPointer(start: target, count: rest.count)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest))
        memory.pointee.position += rest.count
        return sf_count_t(rest.count)
      },
      write: { source, count, pointer in
        guard let memory = SoundMemory.of(pointer), let source, count > 0 else { return 0 }
        let bytes = UnsafeRawBufferPointer(start: source, count: Int(count))
        let (start, end) = (memory.pointee.position, memory.pointee.position + bytes.count)
        if end > memory.pointee.written.count {
          memory.pointee.written += [UInt8](repeating: 0, count: end - memory.pointee.written.count)
        }
        memory.pointee.written.replaceSubrange(start..<end, with: bytes)
        memory.pointee.position = end
        return count
      },
      tell: { sf_count_t(SoundMemory.of($0)?.pointee.position ?? 0) })
  }
}
