import HourglassTensor

extension Dataset {
  /// The version of ``digests()``: a change of it makes those that a file holds worthless.
  public static let digestVersion = 1

  /// A number for each sample, in the data set's order, that others hardly share: 64 bits made of its values.
  ///
  /// Values are taken as `float32` whatever they are stored in, so that a table and the array made of it
  /// agree;
  /// -0 is 0, and all that is missing is alike. Labels, weights and names are no part. Complexity: one pass
  /// over the data.
  public func digests() -> [UInt64] {
    var digests: [UInt64] = []
    digests.reserveCapacity(count)
    visitDigests { digests.append($1) }
    return digests
  }

  /// Calls `visit` with each position and its digest, in the data set's order.
  package func visitDigests(_ visit: (_ position: Int, _ digest: UInt64) -> Void) {
    withoutActuallyEscaping(visit) { visit in
      var digesting = Digesting(dataset: self, visit: visit)
      scan(&digesting)
    }
  }
}

/// A pass over the rows that mixes the bits of their values.
private struct Digesting: Reading {
  let dataset: Dataset
  let visit: (Int, UInt64) -> Void

  func read<Value: Readable>(_ values: Values<Value>) {
    let width = dataset.sampleShape.count
    for position in 0..<dataset.count {
      let sample = values.row(dataset.row(position), width: width)
      var hash = UInt64(width)
      for column in 0..<width {
        // The multiplier of splitmix64, Steele et al. 2014.
        hash = (hash ^ UInt64(sample[column].canonicalBits)) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
      }
      visit(position, hash.mixed)
    }
  }
}

extension Readable {
  /// The bits of the value as `float32`; those of 0 for -0, and the same for all that is no number.
  fileprivate var canonicalBits: UInt32 {
    if isGap { return 0x7FC0_0000 }
    // Adding 0 makes 0 of -0.
    return (single + 0).bitPattern
  }
}

extension UInt64 {
  /// Each bit depends on all: the last steps of splitmix64.
  fileprivate var mixed: UInt64 {
    var hash = (self ^ (self >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}
