import HourglassFormats
import HourglassTensor

/// The pictures of a folder, or one, each of its own size.
public struct PictureFiles: Sendable {
  /// What a person called them.
  public let origin: String
  /// Below the folder, with slashes between.
  public let names: [String]
  private let paths: [String]

  /// - Throws: ``DataError`` where there is no PNG or JPEG file.
  public init(_ source: String) throws {
    origin = source
    if SourceFolder.isFolder(source) {
      let folder = try SourceFolder(source)
      names = folder.names(ending: [".png", ".jpg", ".jpeg"])
      paths = names.map(folder.file)
    } else {
      let file = SourceFiles(file: source)
      (names, paths) = (file.names, file.paths)
    }
    guard !names.isEmpty else {
      throw DataError(
        place: source, expected: "pictures (.png, .jpg) in the folder", found: "none",
        remedy: "name the folder that holds them")
    }
  }

  public var count: Int { names.count }

  /// A picture in levels of 8 or 16 bits.
  ///
  /// - Throws: `FormatError` for a file that is no picture or damaged.
  public func picture(_ number: Int, bits: Int = 8) throws -> PicturePlanes {
    bits == 16
      ? PicturePlanes(try PixelImage<UInt16>.read(paths[number]))
      : PicturePlanes(try ImageFile.read(paths[number]))
  }

  /// Which picture has the name of another, endings apart; nil where none has.
  ///
  /// One file and one file belong together whatever they are called.
  public func number(named name: String, of others: PictureFiles) -> Int? {
    if count == 1, others.count == 1 { return 0 }
    let bare = PictureFiles.bare(name)
    return names.firstIndex { PictureFiles.bare($0) == bare }
  }

  /// A name without its ending.
  public static func bare(_ name: String) -> String {
    guard let point = name.lastIndex(of: "."), !name[point...].contains("/") else { return name }
    return String(name[..<point])
  }

  /// What the pictures are called as PNG files: see `SampleFiles`.
  public var fileNames: [String] { SampleFiles.names(names, count: count, ending: ".png") }

  /// Writes a picture into a folder, which is made where it is missing.
  ///
  /// - Throws: `FormatError` where the folder or the disk refuses.
  public static func write(_ picture: PicturePlanes, _ name: String, in folder: String) throws {
    try SampleFiles.makeFolder(folder)
    try SampleFiles.write(picture.png(), name, in: folder)
  }
}
