import Foundation
import Hourglass
import Testing

@testable import HourglassCLI

/// Masks in files, and objects of pictures on the command line.
@Suite("Segment command")
struct SegmentCommandTests {
  /// `0 1 2 3 / 3 2 1 0`, or of one bit whether that is above 1, written by Pillow 12.
  private static let files = [
    "palette":
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACAgMAAAACxpXwAAAADFBMVEUAAADIAAAAyAAAAMh6LH9eAAAADElEQVR4nGOQZngCAAE5AQBFZJGbAAAAAElFTkSuQmCC",
    "bit": "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACAQAAAABX00DOAAAADElEQVR4nGMwYDgAAAFUAPH9wmU6AAAAAElFTkSuQmCC",
    "deep":
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACEAAAAAAKU/78AAAAGklEQVR4nGNkYGDaw7yHeQ8DhwlrBdMeBgYAIVgDtd5hMFsAAAAASUVORK5CYII=",
    "alike":
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAG0lEQVR4nGNkYGBghAEGZmZmJiYmRkZGBgYGAAF4AB0+cLD7AAAAAElFTkSuQmCC",
    "colour":
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAG0lEQVR4nGNkYGBghAEGZmZmJiYmTkZGBgYGAAGoACUhONwQAAAAAElFTkSuQmCC",
  ]

  @Test("numbers of masks by Pillow: palettes, one bit, sixteen, colours that are grey")
  func reading() throws {
    let desk = try Desk()
    func numbers(_ name: String) throws -> [Int32] {
      let text = try #require(SegmentCommandTests.files[name])
      let path = try desk.write("\(name).png", [UInt8](try #require(Data(base64Encoded: text))))
      return try MaskFile(path).numbers
    }
    let plain: [Int32] = [0, 1, 2, 3, 3, 2, 1, 0]
    #expect(try numbers("palette") == plain && numbers("alike") == plain)
    #expect(try numbers("deep") == plain.map { $0 * 700 })
    #expect(try numbers("bit") == plain.map { $0 > 1 ? 1 : 0 })
    #expect(throws: FormatError.self) { try numbers("colour") }
    #expect(throws: FormatError.self) { try MaskFile(desk.write("a.png", "no picture")) }
  }

  @Test("masks are read again as they were written, of a palette or of sixteen bits")
  func writing() throws {
    let desk = try Desk()
    for most in [Int32(3), 255, 256, 65_535] {
      let mask = MaskFile(width: 3, height: 2, numbers: [0, 1, most, 2, 0, most])
      #expect(try MaskFile(desk.write("m.png", mask.encoded())) == mask)
    }
  }

  @Test("a gap of an annotation, and masks of 0 and 255")
  func folders() throws {
    let desk = try Desk()
    try FileManager.default.createDirectory(atPath: desk("masks/x"), withIntermediateDirectories: true)
    try desk.write("masks/x/a.png", MaskFile(width: 3, height: 1, numbers: [0, 255, 1]).encoded())
    #expect(try MaskFolder(desk("masks"), of: ["x/a.jpg"]).masks[0].values == [0, PixelLabels.gap, 1])
    #expect(try MaskFolder(desk("masks"), of: ["x/a.jpg"], gap: nil).masks[0].values == [0, 255, 1])
    try desk.write("masks/x/a.png", MaskFile(width: 3, height: 1, numbers: [0, 255, 0]).encoded())
    let binary = try MaskFolder(desk("masks"), of: ["x/a.jpg"])
    #expect(binary.masks[0].values == [0, 1, 0] && binary.remarks.count == 1)
    #expect(throws: DataError.self) { try MaskFolder(desk("masks"), of: ["x/a.jpg", "b.jpg"]) }
  }

  /// Two discs that touch, bright on a dark ground.
  private func pictures(_ desk: Desk) throws {
    for folder in ["pictures", "truth"] {
      try FileManager.default.createDirectory(atPath: desk(folder), withIntermediateDirectories: true)
    }
    let (width, height) = (40, 24)
    var (pixels, truth) = ([UInt8](), [Int32]())
    for place in 0..<(width * height) {
      let (x, y) = (place % width, place / width)
      let isLeft = (x - 12) * (x - 12) + (y - 12) * (y - 12) <= 64
      let isRight = (x - 27) * (x - 27) + (y - 12) * (y - 12) <= 64
      pixels.append(isLeft || isRight ? 200 : UInt8(20 + x % 7))
      truth.append(isLeft ? 1 : isRight ? 2 : 0)
    }
    try desk.write("pictures/a.png", PNG.encode(pixels: pixels, width: width, height: height, channels: 1))
    try desk.write("truth/a.png", MaskFile(width: width, height: height, numbers: truth).encoded())
  }

  @Test("objects that touch are told apart, written, boxed and measured")
  func objects() throws {
    let desk = try Desk()
    try pictures(desk)
    let found = run(
      "segment", desk("pictures"), "-o", desk("out"), "--boxes", desk("b.csv"), "--mask", desk("truth"),
      "--objects", "--json")
    #expect(found.code == 0, "\(found.messages)")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])
    #expect(
      object["dice"] as? Double == 1 && object["ap_50"] as? Double == 1 && object["ap_90"] as? Double == 1)
    let (own, truth) = (try MaskFile(desk("out/a.png")), try MaskFile(desk("truth/a.png")))
    // The neck may fall to either side.
    #expect(zip(own.numbers, truth.numbers).count { $0 != $1 } < 8 && own.width == 40)
    let cells = try desk.cells("b.csv", ",")
    #expect(cells[0] == ["file", "class", "x", "y", "w", "h", "score"] && cells.count == 3)
    #expect(Array(cells[1].prefix(6)) == ["a.png", "object", "4", "4", "16", "17"])
    let plain = run(
      "segment", desk("pictures"), "--method", "otsu", "--mask", desk("truth"), "--objects")
    #expect(plain.output.contains("at 0.5: 1 of 2 objects found") || plain.output.contains("at 0.5: 0 of 2"))
    let dice = plain.output.split(separator: "\n").first { $0.hasPrefix("Dice") } ?? ""
    #expect(dice.split(separator: " ") == ["Dice", "1.0000", "1.0000"], "\(plain.output)")
  }

  @Test("what cannot be is refused in a sentence")
  func refusals() throws {
    let desk = try Desk()
    try pictures(desk)
    let nothing = run("segment", desk("pictures"))
    #expect(nothing.code == 2 && nothing.messages.contains("--boxes"))
    let classes = run("segment", desk("pictures"), "--mask", desk("truth"))
    #expect(classes.code == 1 && classes.messages.contains("--objects"), "\(classes.messages)")
    let missing = run("segment", desk("pictures"), "--mask", desk("pictures") + "/none")
    #expect(missing.code == 1, "\(missing.messages)")
    let empty = run("segment", desk("truth") + "/none", "-o", desk("x"))
    #expect(empty.code == 1)
    let own = run("segment", desk("pictures"), "-o", desk("pictures"))
    #expect(own.code == 2 && own.messages.contains("another folder"), "\(own.messages)")
    let gap = run("segment", desk("pictures"), "-o", desk("x"), "--mask-gap", "7")
    #expect(gap.code == 2 && gap.messages.contains("--mask"), "\(gap.messages)")
  }
}
