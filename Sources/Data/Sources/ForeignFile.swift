/// Kinds of files that people have and that are no data here, by their first bytes.
struct ForeignFile {
  /// What it is, and what to do with it.
  let words: String
  let remedy: String

  private static let table = "save it as .csv"
  private static let array = "save its array as .npy or .npz"
  private static let image = "convert it to .png or .jpg"
  private static let tiff = "a TIFF image; PNG keeps all of it, 16 bits a channel too"
  private static let sound = "convert it to .wav or .flac"
  private static let archive = "unpack it and name what is inside"

  private static let beginnings: [(bytes: [UInt8], words: String, remedy: String)] = [
    (Array("%PDF".utf8), "a PDF document", "take the table out of it and " + table),
    ([0xD0, 0xCF, 0x11, 0xE0], "an Excel or Office document", table),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", array),
    (Array("CDF".utf8), "a NetCDF file", array),
    (Array("MATLAB 5.0".utf8), "a MATLAB file", array),
    (
      Array("PAR1".utf8), "a Parquet file",
      table + " (in Python: pandas.read_parquet(…).to_csv(…, index=False))"
    ),
    (Array("ARROW1".utf8), "an Arrow file", table),
    (Array("FEA1".utf8), "a Feather file", table),
    (Array("SQLite format 3".utf8), "an SQLite database", "save one of its tables as .csv"),
    ([0x80, 0x02], "a Python pickle", array), ([0x80, 0x03], "a Python pickle", array),
    ([0x80, 0x04], "a Python pickle", array), ([0x80, 0x05], "a Python pickle", array),
    (Array("BZh".utf8), "bzip2 data", archive), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz data", archive),
    ([0x28, 0xB5, 0x2F, 0xFD], "zstd data", archive),
    ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", archive), (Array("Rar!".utf8), "a RAR archive", archive),
    (Array("GIF8".utf8), "a GIF image", image), (Array("BM".utf8), "a BMP image", image),
    ([0x49, 0x49, 0x2A, 0x00], tiff, image), ([0x4D, 0x4D, 0x00, 0x2A], tiff, image),
    (Array("ID3".utf8), "an MP3 sound", sound), ([0xFF, 0xFB], "an MP3 sound", sound),
    (Array("OggS".utf8), "an Ogg sound", sound),
  ]

  /// - Parameter start: the first bytes of the file.
  /// - Returns: nil for what may be one of the kinds that are read.
  static func beginning(_ start: [UInt8]) -> ForeignFile? {
    // A text may begin with letters that mark another kind of file.
    let isBinary = start.contains { $0 < 0x09 }
    let known = beginnings.first { mark, _, _ in
      start.starts(with: mark) && (isBinary || mark[0] > 0x7E || mark[0] == UInt8(ascii: "%"))
    }
    if let known {
      return ForeignFile(words: known.words, remedy: known.remedy)
    }
    if start.starts(with: Array("RIFF".utf8)) {
      return start.dropFirst(8).starts(with: Array("WEBP".utf8))
        ? ForeignFile(words: "a WebP image", remedy: image)
        : ForeignFile(words: "audio (RIFF)", remedy: sound)
    }
    if start.count > 262, start[257..<262].elementsEqual("ustar".utf8) {
      return ForeignFile(words: "a tar archive", remedy: archive)
    }
    return markup(start)
  }

  private static func markup(_ start: [UInt8]) -> ForeignFile? {
    let first = start.drop { $0 <= 0x20 || [0xEF, 0xBB, 0xBF].contains($0) }.prefix(16)
    let text = String(decoding: first, as: UTF8.self).lowercased()
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
      return ForeignFile(
        words: "a web page (HTML)",
        remedy: "get the file itself; a page often comes in its place where a download needs a login")
    }
    if text.hasPrefix("<?xml") { return ForeignFile(words: "an XML file", remedy: table) }
    if text.hasPrefix("{") || text.hasPrefix("[{") || text.hasPrefix("[[") {
      return ForeignFile(words: "JSON", remedy: table)
    }
    return nil
  }

  /// What a zip archive is by the name of its first file; nil for NumPy's arrays.
  static func inZip(_ start: [UInt8]) -> ForeignFile? {
    guard start.count > 30 else { return nil }
    let length = Int(start[26]) | Int(start[27]) << 8
    let name = String(decoding: start.dropFirst(30).prefix(length), as: UTF8.self)
    if name.hasSuffix(".npy") { return nil }
    let isOffice =
      name == "[Content_Types].xml" || ["_rels/", "xl/", "docProps/"].contains(where: name.hasPrefix)
    if isOffice { return ForeignFile(words: "an Excel workbook or Office document", remedy: table) }
    if name == "mimetype" { return ForeignFile(words: "an OpenDocument file", remedy: table) }
    if name.hasSuffix("data.pkl") {
      return ForeignFile(words: "a PyTorch file", remedy: "save its tensors as .npy or .npz")
    }
    return ForeignFile(words: "a zip archive of other files than NumPy's arrays", remedy: archive)
  }
}
