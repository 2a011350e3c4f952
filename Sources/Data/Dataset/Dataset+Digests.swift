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
      guard let sparse else {
        var digesting = Digesting(dataset: self, visit: visit)
        return scan(&digesting)
      }
      for position in 0..<count {
        sparse.tensor([row(position)]).withBytes { bytes in
          guard let start = bytes.baseAddress else { return }
          visit(position, Values<Float>(pointer: start, count: sparse.width).digest)
        }
      }
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
      visit(position, values.row(dataset.row(position), width: width).digest)
    }
  }
}

extension Values {
  /// The mixed bits of all of them.
  fileprivate var digest: UInt64 {
    var hash = UInt64(count)
    for column in 0..<count {
      // The multiplier of splitmix64, Steele et al. 2014.
      hash = (hash ^ UInt64(self[column].canonicalBits)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    return hash.mixed
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
