import HourglassData
import HourglassFormats
import HourglassTensor

/// The samples that a model was trained on and judged by on the way, as it remembers them: a few bytes of a
/// digest of each (`Dataset.digests()`).
///
/// So many bytes are kept that a new sample is taken for one of n with a probability of at most 2⁻¹⁶: four up
/// to 65 536 samples, five above. Of more than 1 048 576 every 2nd, 4th, 8th … is remembered, chosen by their
/// digests, so that a model file grows by some 5 MiB at most; of other samples the same share can then be
/// told apart.
public struct KnownSamples: Hashable, Sendable {
  /// Samples remembered at most.
  public static let most = 1 << 20

  /// The leading bytes of digests of training samples, of those that a validation loss was taken of, and of
  /// those that were left out since they share values with the latter; sorted, each once.
  let training: [UInt64]
  let validation: [UInt64]
  let leftOut: [UInt64]
  /// Bytes of a digest that are kept.
  let bytes: Int
  /// Only digests whose last so many bits are 0 are remembered.
  let skippedBits: Int
  /// Validation samples that stand among the training samples too; an estimate where not all are remembered.
  public let copies: Int

  /// - Parameter training: its samples without weight, which train nothing, are left out.
  /// - Throws: `DataError` where no training sample counts.
  public init(_ training: Dataset, validating held: Dataset?) throws {
    try self.init(training, validating: held, most: KnownSamples.most)
  }

  init(_ training: Dataset, validating held: Dataset?, most: Int) throws {
    let shares = try training.shares()
    let count = training.count + (held?.count ?? 0) + (held?.leftOut?.count ?? 0)
    var bits = 0
    // Digests fall evenly: half of them end in a 0.
    while count >> bits > most { bits += 1 }
    func kept(_ dataset: Dataset?, where counts: (Int) -> Bool = { _ in true }) -> [UInt64] {
      var digests: [UInt64] = []
      dataset?.visitDigests { position, digest in
        if KnownSamples.isKept(digest, bits), counts(position) { digests.append(digest) }
      }
      return digests
    }
    let trained = Set(kept(training) { shares?[$0] != 0 })
    let judged = kept(held)
    let leftOut = kept(held?.leftOut)
    let bytes = min(count, most) <= 1 << 16 ? 4 : 5
    func leading(_ digests: some Sequence<UInt64>) -> [UInt64] {
      Set(digests.map { KnownSamples.leading(bytes, of: $0) }).sorted()
    }
    self.training = leading(trained)
    validation = leading(judged)
    self.leftOut = leading(leftOut)
    (skippedBits, self.bytes) = (bits, bytes)
    copies = judged.count { trained.contains($0) } << bits
  }

  /// How many of the training samples that are remembered differ from each other.
  package var distinct: Int { training.count }

  private static func isKept(_ digest: UInt64, _ bits: Int) -> Bool {
    digest & ((1 << bits) - 1) == 0
  }
  private static func leading(_ bytes: Int, of digest: UInt64) -> UInt64 {
    digest >> (64 - 8 * UInt64(bytes))
  }

  /// What is known of each sample of a data set, in its order. Complexity: one pass over the data.
  func use(of dataset: Dataset) -> [Familiarity.Use] {
    let (training, validation, leftOut) = (Set(training), Set(validation), Set(leftOut))
    var uses = [Familiarity.Use](repeating: .unknown, count: dataset.count)
    dataset.visitDigests { position, digest in
      guard KnownSamples.isKept(digest, skippedBits) else { return }
      let key = KnownSamples.leading(bytes, of: digest)
      uses[position] =
        training.contains(key)
        ? .trained : validation.contains(key) ? .judged : leftOut.contains(key) ? .leftOut : .new
    }
    return uses
  }
}

// MARK: - In a model file

extension KnownSamples {
  private enum Key {
    static let training = "samples.training"
    static let validation = "samples.validation"
    static let leftOut = "samples.left_out"
  }
  static let metadata = "hourglass.samples"

  private struct Header: Codable {
    var digest: Int
    var bytes: Int
    var skippedBits: Int
    var copies: Int

    private enum CodingKeys: String, CodingKey {
      case digest, bytes, copies
      case skippedBits = "skipped_bits"
    }
  }

  var header: String {
    get throws {
      try JSONText.line(
        Header(
          digest: Dataset.digestVersion, bytes: bytes, skippedBits: skippedBits, copies: copies))
    }
  }

  /// `[n, bytes]` each, the leading byte first.
  var tensors: [NamedTensor] {
    [(Key.training, training), (Key.validation, validation), (Key.leftOut, leftOut)].filter {
      !$0.1.isEmpty
    }.map { name, keys in
      let values = keys.flatMap { key in
        (0..<bytes).map { UInt8(truncatingIfNeeded: key >> (8 * UInt64(bytes - 1 - $0))) }
      }
      return NamedTensor(name: name, tensor: Tensor([keys.count, bytes], values))
    }
  }

  /// Nil for a file that holds none, or digests of another version.
  ///
  /// - Throws: ``TrainingError`` for tensors that do not fit the header.
  init?(_ tensors: [String: Tensor], header: String?, _ name: String) throws(TrainingError) {
    guard let header else { return nil }
    let found: Header = try JSONText.decode(
      header, place: "\(name), \(KnownSamples.metadata)", expecting: "an account of training samples as JSON")
    guard found.digest == Dataset.digestVersion else { return nil }
    guard (1...8).contains(found.bytes), (0..<64).contains(found.skippedBits) else {
      throw TrainingError(
        place: "\(name), \(KnownSamples.metadata)", expected: "1 to 8 bytes and fewer than 64 bits",
        found: "\(found.bytes) and \(found.skippedBits)")
    }
    func keys(_ key: String) throws(TrainingError) -> [UInt64] {
      guard let tensor = tensors[key] else { return [] }
      guard tensor.element == .uint8, tensor.shape.rank == 2, tensor.shape[1] == found.bytes else {
        throw TrainingError(
          place: "\(name) \(key)", expected: "bytes of shape [samples, \(found.bytes)]",
          found: "\(tensor.element) of shape \(tensor.shape)")
      }
      return tensor.withBytes { bytes in
        stride(from: 0, to: bytes.count, by: found.bytes).map { start in
          bytes[start..<(start + found.bytes)].reduce(0) { $0 << 8 | UInt64($1) }
        }
      }
    }
    training = try keys(Key.training)
    validation = try keys(Key.validation)
    leftOut = try keys(Key.leftOut)
    (bytes, skippedBits, copies) = (found.bytes, found.skippedBits, found.copies)
  }
}
