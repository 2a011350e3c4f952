import CZlib

/// Portable network graphics: pictures as files.
///
/// - Source: ISO/IEC 15948:2004, <https://www.w3.org/TR/png-3/>; compressed by zlib.
public enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A picture as a PNG file of 8 bits a channel, without time stamp: the same pixels give the same bytes.
  ///
  /// - Parameters:
  ///   - pixels: row by row from the top, `[height, width, channels]`.
  ///   - channels: 1 for grey (0 is black), 3 for red, green, blue, 4 for these and opacity.
  /// - Precondition: sides of at least 1 and below 2³¹, and as many pixels as they say.
  /// - Throws: ``FormatError`` if there is not enough memory.
  public static func encode(pixels: [UInt8], width: Int, height: Int, channels: Int) throws(FormatError)
    -> [UInt8]
  {
    try encode(pixels, width: width, height: height, channels: channels, bits: 8)
  }

  /// A picture as a PNG file of 16 bits a channel: see ``encode(pixels:width:height:channels:)``.
  ///
  /// - Precondition: as there.
  /// - Throws: ``FormatError`` if there is not enough memory.
  public static func encode(levels: [UInt16], width: Int, height: Int, channels: Int) throws(FormatError)
    -> [UInt8]
  {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(levels.count * 2)
    for level in levels {
      bytes.append(UInt8(level >> 8))
      bytes.append(UInt8(level & 0xFF))
    }
    return try encode(bytes, width: width, height: height, channels: channels, bits: 16)
  }

  /// Numbers as a PNG file of a palette: pixel p has the colour `palette[p]`, and a program that reads
  /// indices finds p.
  ///
  /// - Parameters:
  ///   - palette: 1 to 256 colours of red, green and blue.
  /// - Precondition: as for ``encode(pixels:width:height:channels:)``, and no number beyond the palette.
  /// - Throws: ``FormatError`` if there is not enough memory.
  public static func encode(
    indices: [UInt8], palette: [SIMD3<UInt8>], width: Int, height: Int
  ) throws(FormatError) -> [UInt8] {
    precondition(
      (1...256).contains(palette.count) && indices.allSatisfy { Int($0) < palette.count },
      "PNG.encode: numbers up to \(indices.max() ?? 0) of \(palette.count) colours")
    return try encode(
      indices, width: width, height: height, channels: 1, bits: 8,
      palette: palette.flatMap { [$0.x, $0.y, $0.z] })
  }

  private static func encode(
    _ pixels: [UInt8], width: Int, height: Int, channels: Int, bits: Int, palette: [UInt8]? = nil
  ) throws(FormatError) -> [UInt8] {
    let pixelSize = channels * bits / 8
    precondition([1, 3, 4].contains(channels), "PNG.encode: \(channels) channels; it writes 1, 3 or 4")
    precondition(
      (1..<(1 << 31)).contains(width) && (1..<(1 << 31)).contains(height),
      "PNG.encode: a picture of \(width) × \(height)")
    precondition(
      pixels.count == width * height * pixelSize,
      "PNG.encode: \(pixels.count) bytes for \(width) × \(height) × \(channels) of \(bits) bits")
    let compressed = try zlib(filtered(pixels, rowSize: width * pixelSize, pixelSize: pixelSize))
    var file = signature
    file.reserveCapacity(compressed.count + 64)
    // Bits a channel, the colours' type, then the only compression, the only set of filters, no interlacing.
    let colours: UInt8 = palette != nil ? 3 : channels == 1 ? 0 : channels == 3 ? 2 : 6
    let form: [UInt8] = [UInt8(bits), colours, 0, 0, 0]
    appendChunk("IHDR", bigEndian(width)[...] + bigEndian(height) + form, to: &file)
    if let palette { appendChunk("PLTE", palette[...], to: &file) }
    for start in stride(from: 0, to: compressed.count, by: 1 << 30) {
      appendChunk("IDAT", compressed[start..<min(start + 1 << 30, compressed.count)], to: &file)
    }
    appendChunk("IEND", [], to: &file)
    return file
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func appendChunk(_ type: String, _ content: ArraySlice<UInt8>, to file: inout [UInt8]) {
    file += bigEndian(content.count)
    let start = file.count
    file += Array(type.utf8)
    file += content
    let checksum = file[start...].withUnsafeBytes { Checksum.crc32($0) }
    file += bigEndian(Int(checksum))
  }

  private static func zlib(_ bytes: [UInt8]) throws(FormatError) -> [UInt8] {
    var count = compressBound(UInt(bytes.count))
    var status = Z_OK
    let compressed = [UInt8](unsafeUninitializedCapacity: Int(count)) { room, initialized in
      status = compress2(room.baseAddress, &count, bytes, UInt(bytes.count), 6)
      initialized = status == Z_OK ? Int(count) : 0
    }
    guard status == Z_OK else { throw FormatError.memory("PNG data", 1 << 18) }
    return compressed
  }
}

/// What makes pictures compress well: every row is written as differences from its neighbours.
extension PNG {
  /// The five ways of the format, by their numbers there.
  private static let filters: ClosedRange<UInt8> = 0...4

  /// Each row behind the number of its filter: the one with the least sum of absolute differences, which the
  /// format's specification recommends (section 12.7).
  private static func filtered(_ pixels: [UInt8], rowSize: Int, pixelSize: Int) -> [UInt8] {
    let height = pixels.count / rowSize
    var output: [UInt8] = []
    output.reserveCapacity(height * (rowSize + 1))
    var candidate = [UInt8](repeating: 0, count: rowSize)
    var best = candidate
    for start in stride(from: 0, to: pixels.count, by: rowSize) {
      var chosen: UInt8 = 0
      var least = Int.max
      for filter in filters {
        let sum = apply(filter, pixels, row: start..<(start + rowSize), pixelSize, into: &candidate)
        if sum < least {
          least = sum
          chosen = filter
          swap(&best, &candidate)
        }
      }
      output.append(chosen)
      output += best
    }
    return output
  }

  /// Writes the row's differences from what the filter foretells and returns their size.
  private static func apply(
    _ filter: UInt8, _ pixels: [UInt8], row: Range<Int>, _ pixelSize: Int, into output: inout [UInt8]
  ) -> Int {
    var sum = 0
    for index in row {
      let column = index - row.lowerBound
      let left = column >= pixelSize ? Int(pixels[index - pixelSize]) : 0
      let up = row.lowerBound > 0 ? Int(pixels[index - row.count]) : 0
      let diagonal =
        column >= pixelSize && row.lowerBound > 0 ? Int(pixels[index - row.count - pixelSize]) : 0
      let foretold =
        switch filter {
        case 0: 0
        case 1: left
        case 2: up
        case 3: (left + up) / 2
        default: nearest(left, up, diagonal)
        }
      let difference = pixels[index] &- UInt8(foretold)
      output[column] = difference
      sum += Int(Int8(bitPattern: difference).magnitude)
    }
    return sum
  }

  /// Of the three neighbours the one nearest to the plane through them (Paeth 1991).
  private static func nearest(_ left: Int, _ up: Int, _ diagonal: Int) -> Int {
    let plane = left + up - diagonal
    let distances = (abs(plane - left), abs(plane - up), abs(plane - diagonal))
    if distances.0 <= distances.1 && distances.0 <= distances.2 { return left }
    return distances.1 <= distances.2 ? up : diagonal
  }
}
