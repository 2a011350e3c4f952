import HourglassTensor

/// How a number is written in a file.
enum ValueEncoding: Hashable {
  case element(Element)
  case float16, bfloat16, uint32, uint64

  /// Bytes a value takes in the file.
  var size: Int {
    switch self {
    case .element(let element): element.size
    case .float16, .bfloat16: 2
    case .uint32: 4
    case .uint64: 8
    }
  }

  /// The type it has in a tensor: the nearest that holds every value.
  var element: Element {
    switch self {
    case .element(let element): element
    case .float16, .bfloat16: .float32
    case .uint32, .uint64: .int64
    }
  }
}

/// An array as a file describes it, checked so that no later arithmetic on its shape overflows.
struct StoredArray {
  /// As in NumPy 2.
  static let maximumRank = 64

  let shape: Shape
  let encoding: ValueEncoding
  var bigEndian = false
  /// First axis fastest, as Fortran has it.
  var columnMajor = false
  let place: String

  /// Bytes it takes in the file.
  var byteCount: Int { shape.count * encoding.size }

  /// - Throws: ``FormatError`` if there are more than 64 axes, or more values than memory could number.
  init(_ dimensions: [Int], _ encoding: ValueEncoding, place: String) throws {
    guard dimensions.count <= StoredArray.maximumRank else {
      throw FormatError(
        place: place, expected: "at most \(StoredArray.maximumRank) axes", found: "\(dimensions.count)")
    }
    // An axis of length 0 counts as 1: a shape taken apart later must not overflow either.
    guard dimensions.allSatisfy({ $0 >= 0 }), let count = Shape.count(of: dimensions.map { max($0, 1) }),
      count <= Int.max / 16
    else {
      throw FormatError(
        place: place, expected: "a shape that memory can hold", found: "\(dimensions)",
        remedy: "the file is damaged")
    }
    self.shape = Shape(dimensions)
    self.encoding = encoding
    self.place = place
  }

  /// The array at `offset`: shared with the storage where the bytes are as a tensor has them, converted where
  /// they are not.
  ///
  /// - Precondition: the storage holds `byteCount` bytes from `offset` on.
  /// - Throws: ``FormatError`` if memory for a conversion is refused, or a `uint64` is above 2⁶³ - 1.
  func tensor(in storage: Storage, at offset: Int) throws -> Tensor {
    try storage.withBytes { bytes in
      let source = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + byteCount)])
      let address = UInt(bitPattern: source.baseAddress)
      if case .element(let element) = encoding, !isSwapped, !isPermuted, address % UInt(element.size) == 0 {
        return Tensor(shape, element, in: storage, offset: offset)
      }
      return Tensor(shape, encoding.element, in: try converted(source))
    }
  }

  private var isSwapped: Bool { encoding.size > 1 && bigEndian != StoredArray.hostIsBigEndian }

  private var isPermuted: Bool { columnMajor && shape.dimensions.filter { $0 != 1 }.count > 1 }

  static let hostIsBigEndian = UInt16(bigEndian: 1) == 1

  private func converted(_ source: UnsafeRawBufferPointer) throws -> Storage {
    switch encoding {
    case .element(let element):
      switch element.size {
      case 1: try copied(source) { (word: UInt8) in word }
      case 2: try copied(source) { (word: UInt16) in word }
      case 4: try copied(source) { (word: UInt32) in word }
      default: try copied(source) { (word: UInt64) in word }
      }
    case .float16: try copied(source) { (word: UInt16) in Float(halfBits: word) }
    case .bfloat16: try copied(source) { (word: UInt16) in Float(bitPattern: UInt32(word) << 16) }
    case .uint32: try copied(source) { (word: UInt32) in Int64(word) }
    case .uint64:
      try copied(source) { (word: UInt64) in
        guard let value = Int64(exactly: word) else {
          throw FormatError(
            place: place, expected: "unsigned numbers up to \(Int64.max)", found: "\(word)",
            remedy: "store them as floating point numbers")
        }
        return value
      }
    }
  }

  private func copied<Word: FixedWidthInteger & BitwiseCopyable, Value: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ convert: (Word) throws -> Value
  ) throws -> Storage {
    let size = MemoryLayout<Word>.size
    let total = shape.count * MemoryLayout<Value>.stride
    let block = try Block(capacity: total, place: place)
    var target = block.base
    let isSwapped = self.isSwapped
    try forEachRun { start, stride, count in
      for index in 0..<count {
        let offset = (start + index * stride) * size
        let word = source.loadUnaligned(fromByteOffset: offset, as: Word.self)
        target.storeBytes(of: try convert(isSwapped ? word.byteSwapped : word), as: Value.self)
        target += MemoryLayout<Value>.stride
      }
    }
    block.count = total
    return block.storage()
  }

  /// Where the values lie in the file, in row-major order, as runs of `count` places `stride` apart.
  private func forEachRun(_ body: (_ start: Int, _ stride: Int, _ count: Int) throws -> Void) rethrows {
    guard shape.count > 0 else { return }
    guard isPermuted, let last = shape.dimensions.last else { return try body(0, 1, shape.count) }
    var strides = [1]
    for dimension in shape.dimensions.dropLast() { strides.append(strides[strides.count - 1] * dimension) }
    var index = [Int](repeating: 0, count: shape.rank - 1)
    for _ in 0..<(shape.count / last) {
      let start = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
      try body(start, strides[shape.rank - 1], last)
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
  }
}

extension Float {
  /// The value of 16 bits of IEEE 754 half precision; exact.
  init(halfBits bits: UInt16) {
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    let sign = UInt32(bits & 0x8000) << 16
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      self = Float(bitPattern: magnitude.bitPattern | sign)
    case 31: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self = Float(bitPattern: sign | UInt32(exponent + 112) << 23 | fraction << 13)
    }
  }
}
