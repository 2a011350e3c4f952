import HourglassFormats
import HourglassTensor

/// Masks of pictures, in a folder of their own: PNG files that are called as the pictures are, apart from the
/// ending.
public struct MaskFolder: Sendable {
  /// One a picture, in their order; ``PixelLabels/gap`` where nothing is said.
  public let masks: [PixelLabels]
  /// What was taken for what.
  public private(set) var remarks: [String] = []

  /// The level of pixels of which nothing is said, as annotation programs and the VOC challenge write it.
  public static let usualGap = 255

  /// Masks of grey levels 0 and 255 alone, or of these and others where 255 is no gap, hold one class, 255.
  ///
  /// - Parameters:
  ///   - pictures: their names, below a folder of theirs.
  ///   - gap: the level of pixels of which nothing is said; nil: none.
  /// - Throws: ``DataError`` for a picture without a mask; `FormatError` for a file that is no mask.
  public init(_ path: String, of pictures: [String], gap: Int? = MaskFolder.usualGap) throws {
    let folder = try SourceFolder(path)
    let known = Dictionary(
      folder.names(ending: [".png"]).map { (MaskFolder.stem($0), $0) },
      uniquingKeysWith: { first, _ in first })
    let missing = pictures.filter { known[MaskFolder.stem($0)] == nil }
    if let first = missing.first {
      throw DataError(
        place: path,
        expected: "a mask for each of \(pictures.count) pictures: '\(MaskFolder.stem(first)).png'",
        found: missing.count == pictures.count
          ? "none of them, but \(folder.names.count) other files"
          : "no such file, and \(missing.count - 1) more missing",
        remedy: "call masks as their pictures are called, and save them as .png")
    }
    let files = try pictures.map { try MaskFile(folder.file(known[MaskFolder.stem($0)] ?? $0)) }
    let isBinary = files.allSatisfy { $0.numbers.allSatisfy { $0 == 0 || $0 == 255 } }
    if isBinary { remarks.append("\(path): levels of 0 and 255 alone; 255 is taken for the only class") }
    masks = files.map { file in
      PixelLabels(
        width: file.width, height: file.height,
        file.numbers.map { number in
          isBinary ? min(number, 1) : Int(number) == gap ?? -1 ? PixelLabels.gap : number
        })
    }
  }

  /// A name without its ending.
  package static func stem(_ name: String) -> String {
    guard let point = name.lastIndex(of: "."), !name[point...].contains("/") else { return name }
    return String(name[..<point])
  }
}
