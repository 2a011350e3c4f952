/// Where the program writes: data to `output`, everything else to `messages`.
struct Streams {
  let output: Stream
  let messages: Stream

  static var standard: Streams {
    System.writeWithoutSignals()
    return Streams(output: Stream(descriptor: 1), messages: Stream(descriptor: 2))
  }

  /// Streams that keep what is written, for tests.
  static func captured() -> Streams {
    Streams(output: Stream(descriptor: nil), messages: Stream(descriptor: nil))
  }
}

/// A file descriptor to write text to, or memory in its place.
final class Stream {
  private let descriptor: Int32?
  /// What was written where there is no descriptor.
  private(set) var captured = ""

  init(descriptor: Int32?) {
    self.descriptor = descriptor
  }

  /// - Throws: ``Failure`` where the text cannot be written: nothing to say if the reader went away.
  func write(_ text: String) throws(Failure) {
    guard let descriptor else {
      captured += text
      return
    }
    var text = text
    switch text.withUTF8({ System.write(UnsafeRawBufferPointer($0), to: descriptor) }) {
    case .done: return
    case .brokenPipe: throw Failure.brokenPipe
    case .failed(let reason): throw Failure.data("cannot write to standard output: \(reason)")
    }
  }

  /// As text in UTF-8.
  func write(_ bytes: [UInt8]) throws(Failure) {
    guard let descriptor else {
      captured += String(decoding: bytes, as: UTF8.self)
      return
    }
    switch bytes.withUnsafeBytes({ System.write($0, to: descriptor) }) {
    case .done: return
    case .brokenPipe: throw Failure.brokenPipe
    case .failed(let reason): throw Failure.data("cannot write to standard output: \(reason)")
    }
  }

  func writeLine(_ text: String) throws(Failure) { try write(text + "\n") }

  /// Writes what nobody must read: a failure is passed over.
  func say(_ text: String) {
    do { try write(text) } catch { return }
  }
}
