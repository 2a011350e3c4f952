import Testing

/// What bad data get: exit code 1, a word that names the place, and nothing written.
@Suite struct BadDataTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// What standard error must contain besides the file's name.
    let words: [String]
    var testDescription: String { "\(name): \(words.joined(separator: ", "))" }

    init(_ name: String, _ bytes: [UInt8], _ words: String...) {
      (self.name, self.bytes, self.words) = (name, bytes, words)
    }

    init(_ name: String, _ text: String, _ words: String...) {
      (self.name, self.bytes, self.words) = (name, Array(text.utf8), words)
    }
  }

  /// A one-dimensional NPY header, padded as NumPy pads it.
  private static func npy(_ header: String, _ values: Int) -> [UInt8] {
    let padding = String(repeating: " ", count: 117 - header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array((header + padding + "\n").utf8)
      + [UInt8](repeating: 1, count: values)
  }

  private static let floats = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }"

  static let cases: [Case] = [
    Case("empty.csv", "", "an empty file"),
    Case("empty.npy", "", "an empty file"),
    Case("empty-idx3-ubyte.gz", "", "an empty file"),
    Case("ragged.csv", "1,2,3\n4,5\n", "line 2", "3 cells", "found 2"),
    Case("slip.csv", "a,b\n1,2\n3,abc\n", "row 2", "column 'b'", "a number", "'abc'", "--field 'b=category'"),
    Case("header.csv", "a,b\n", "only a header"),
    Case("infinity.csv", "a,b\n1,inf\n3,4\n5,6\n", "row 1", "column 'b'", "a finite number", "inf"),
    Case("wide.tsv", "1\t2\n1\t2\t3\n", "line 2"),
    Case("cut.csv.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 75, 212], "cut short"),
    Case("junk.csv.gz", [0x1F, 0x8B, 1, 2, 3, 4], "compressed data"),
    Case("cut.npy", npy(floats, 47), "48 bytes", "found 47", "cut short"),
    Case("long.npy", npy(floats, 49), "48 bytes", "found 49"),
    Case("junk.npy", "this is no array", "NUMPY"),
    Case(
      "objects.npy", npy("{'descr': '|O', 'fortran_order': False, 'shape': (4, 3), }", 96), "Python objects"),
    Case("flat.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (12,), }", 48), "shape [12]"),
    Case("none.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", 0), "sample"),
    Case(
      "huge.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 3), }", 48), "found 48"),
    Case("junk.npz", "PK, they said", "zip"),
    Case("cut.npz", [0x50, 0x4B, 3, 4, 20, 0, 0, 0], "zip"),
    Case("junk-idx3-ubyte", [1, 2, 3, 4, 5], "IDX"),
    Case("cut-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3], "8", "3"),
    Case("model.bin", [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8), "a model, not data"),
    Case("picture.dat", [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10], "PNG"),
    Case("notes.md", "no table by its name\n", "must be named .csv"),
  ]

  @Test(arguments: cases) func isRefused(_ bad: Case) throws {
    let program = try BuiltProgram()
    try program.write(bad.name, bad.bytes)
    let outcome = try program.run("train", bad.name, "-o", "model.safetensors")
    #expect(outcome.code == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.messages.hasPrefix("hourglass: \(bad.name)"))
    for word in bad.words { #expect(outcome.messages.contains(word), "\(outcome.messages)") }
    #expect(program.names() == [bad.name])
  }

  @Test func aMissingFileAndAFolderAreRefused() throws {
    let program = try BuiltProgram()
    program.makeFolder("folder")
    let missing = try program.run("train", "missing.csv", "-o", "model.safetensors")
    #expect(missing.code == 1 && missing.messages.contains("missing.csv: expected a file"))
    let folder = try program.run("train", "folder", "-o", "model.safetensors")
    #expect(
      folder.code == 1
        && folder.messages.contains(
          "expected a folder of images (.png, .jpg) or sounds (.wav, .flac), found an empty one")
    )
    let held = try program.run("train", "builtin:digits:50", "--validation", "missing.csv", "-o", "m")
    #expect(held.code == 1 && held.messages.contains("missing.csv"))
    let unknown = try program.run("train", "builtin:faces", "-o", "m")
    #expect(unknown.code == 1 && unknown.messages.contains("builtin:digits:5000"))
    #expect(program.names() == ["folder"])
  }

  @Test func aByteOrderMarkAndWindowsLineEndsAreAccepted() throws {
    let program = try BuiltProgram()
    try program.write("windows.csv", "\u{FEFF}a,b\r\n1,2\r\n3,5\r\n7,6\r\n")
    let outcome = try program.run("train", "windows.csv", "--epochs", "1", "-o", "model.safetensors")
    #expect(outcome.code == 0)
    let inspection = try program.run("inspect", "model.safetensors")
    #expect(inspection.output.contains("columns      a, b\n"))
  }

  @Test func dataOfAnotherShapeAreRefused() throws {
    let program = try BuiltProgram()
    try program.write("three.csv", "a,b,c\n1,2,3\n4,5,7\n7,8,9\n")
    try program.write("two.csv", "1,2\n3,4\n")
    try program.write("other.csv", "a,x,b\n1,2,3\n4,5,6\n")
    #expect(try program.run("train", "three.csv", "--latent", "2", "--epochs", "1", "-o", "m.st").code == 0)
    for command in ["evaluate", "encode", "reconstruct", "score"] {
      let output = command == "evaluate" ? [] : ["-o", "out.csv"]
      let outcome = try program.run([command, "m.st", "two.csv"] + output)
      #expect(outcome.code == 1)
      #expect(outcome.messages.contains("two.csv: expected samples of shape [3]"), "\(outcome.messages)")
      let renamed = try program.run([command, "m.st", "other.csv"] + output)
      #expect(renamed.code == 1 && renamed.messages.contains("other.csv column 2: expected 'b'"))
    }
    let codes = try program.run("decode", "m.st", "three.csv", "-o", "out.csv")
    #expect(codes.code == 1 && codes.messages.contains("codes of 2 values"))
    let held = try program.run("train", "three.csv", "--validation", "two.csv", "-o", "m2.st")
    #expect(held.code == 1 && held.messages.contains("two.csv: expected samples of shape [3]"))
    #expect(program.names() == ["m.st", "other.csv", "three.csv", "two.csv"])
  }
}
