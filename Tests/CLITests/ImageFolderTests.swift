import Foundation
import Hourglass
import Testing

/// Folders of images from the files to a model and back to files.
@Suite struct ImageFolderTests {
  /// Slanted stripes, another slant each.
  private static func png(_ number: Int, height: Int = 8, width: Int = 8) throws -> [UInt8] {
    let pixels = (0..<(height * width)).map { index in
      UInt8((index / width * (number % 5) + index % width * (number % 3 + 1)) * 16 % 256)
    }
    return try PNG.encode(pixels: pixels, width: width, height: height, channels: 1)
  }

  private static func fill(_ program: BuiltProgram, _ count: Int = 12) throws {
    program.makeFolder("images")
    for number in 0..<count { try program.write("images/\(number).png", png(number)) }
  }

  @Test func aFolderIsTrainedOnAndReconstructedAsAFolder() throws {
    let program = try BuiltProgram()
    try Self.fill(program)
    let words = ["train", "images", "--epochs", "3", "--latent", "4", "-o", "m.st"]
    let training = try program.run(words + ["--size", "6x5"])
    #expect(training.code == 0, "\(training.messages)")
    #expect(training.messages.contains("samples of [1, 6, 5]"))
    // The sizes of the images differ from those of training, and nothing is said of size.
    try program.write("images/3.png", Self.png(3, height: 20, width: 11))
    let use = try program.run("reconstruct", "m.st", "images", "-o", "made")
    #expect(use.code == 0, "\(use.messages)")
    #expect(program.names(in: "made") == program.names(in: "images"))
    let image = try ImageFile.read(bytes: program.bytes("made/3.png"), name: "3.png")
    #expect(image.width == 5 && image.height == 6 && image.channels == 1)
    for command in ["evaluate", "encode", "score", "doctor"] {
      let output = ["encode", "score"].contains(command) ? ["-o", "out.npy"] : []
      let outcome = try program.run([command, "m.st", "images"] + output)
      #expect(outcome.code == 0 || command == "doctor", "\(outcome.messages)")
      #expect(!outcome.messages.contains("expected"), "\(outcome.messages)")
    }
    #expect(try program.run("encode", "m.st", "images", "-o", "codes.npy").code == 0)
    #expect(try program.run("decode", "m.st", "codes.npy", "-o", "drawn/").code == 0)
    #expect(program.names(in: "drawn").first == "000000.png")
    #expect(try program.run("reconstruct", "m.st", "images/7.png", "-o", "one").code == 0)
    #expect(program.bytes("one/7.png") == program.bytes("made/7.png"))
    #expect(try program.run("reconstruct", "m.st", "images", "-o", "images").code == 2)
  }

  @Test func theOrderOfFilesOnDiskDoesNotMatter() throws {
    var models: [[UInt8]] = []
    for order in [Array(0..<12), Array((0..<12).reversed())] {
      let program = try BuiltProgram()
      program.makeFolder("images")
      for number in order { try program.write("images/\(number).png", Self.png(number)) }
      #expect(try program.run("train", "images", "--epochs", "2", "--latent", "4", "-o", "m.st").code == 0)
      models.append(program.bytes("m.st"))
    }
    #expect(models[0] == models[1] && !models[0].isEmpty)
  }

  @Test func aBadFileEndsTheCommandOrIsLeftOut() throws {
    let program = try BuiltProgram()
    try Self.fill(program)
    try program.write("images/5.png", Array(Self.png(5).dropLast(30)))
    let words = ["train", "images", "--epochs", "2", "--latent", "4", "-o", "m.st"]
    let refused = try program.run(words)
    #expect(refused.code == 1 && refused.messages.contains("images/5.png: expected a whole PNG image"))
    #expect(program.names() == ["images"])
    let outcome = try program.run(words + ["--skip-bad"])
    #expect(outcome.code == 0 && outcome.messages.contains("left out 1 of 12 files"), "\(outcome.messages)")
    #expect(try program.run("score", "m.st", "images", "-o", "s.npy").code == 1)
    #expect(try program.run("score", "m.st", "images", "-o", "s.npy", "--skip-bad").code == 0)
  }

  @Test func optionsThatMeanNothingForTheDataAreRefused() throws {
    let program = try BuiltProgram()
    try Self.fill(program, 3)
    for (words, code, reason) in [
      (["builtin:digits:20", "--size", "9"], Int32(1), "leave out --size"),
      (["images", "--size", "0x9"], 2, "a height and a width"),
      (["images", "--gray", "--channels", "3"], 2, "--gray contradicts"),
    ] {
      let outcome = try program.run(["train"] + words + ["--epochs", "1", "-o", "m.st"])
      #expect(outcome.code == code && outcome.messages.contains(reason), "\(outcome.messages)")
    }
    let table = try program.run("train", "builtin:digits:20", "--epochs", "1", "--latent", "2", "-o", "d.st")
    #expect(table.code == 0)
    // Digits are bytes of [28, 28], as grey images are.
    #expect(try program.run("reconstruct", "d.st", "images", "-o", "made").code == 0)
    #expect(program.names(in: "made").count == 3)
  }

  @Test func jpegIsReadSmallerAndATrainingGoesOnAsItBegan() throws {
    let program = try BuiltProgram()
    program.makeFolder("images")
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Golden/images/").path
    for number in 1...8 {
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(path)/turned-\(number).jpg")))
      try program.write("images/\(number).jpg", bytes)
    }
    func train(_ words: String...) throws -> BuiltProgram.Outcome {
      try program.run(["train", "images", "--size", "4x10", "--latent", "2"] + words)
    }
    // One that reads in full stands for a model of a version before.
    #expect(try train("--epochs", "1", "--full-decode", "-o", "full.st").code == 0)
    #expect(try train("--epochs", "1", "-o", "part.st").code == 0)
    let words = "JPEG read at 1/8, 1/4 or 1/2 where that is large enough"
    #expect(try program.run("inspect", "part.st").output.contains(words))
    #expect(try !program.run("inspect", "full.st").output.contains(words))
    for name in ["full", "part"] {
      let longer = try train("--epochs", "2", "--resume", "\(name).st", "-o", "\(name)-2.st")
      #expect(longer.code == 0 && longer.messages.contains("going on from"), "\(longer.messages)")
      #expect(try program.run("encode", "\(name)-2.st", "images", "-o", "\(name).csv").code == 0)
    }
    #expect(try program.run("inspect", "part-2.st").output.contains(words))
    #expect(try !program.run("inspect", "full-2.st").output.contains(words))
    let refused = try train("--epochs", "2", "--full-decode", "--resume", "part.st", "-o", "x.st")
    #expect(refused.code == 2 && refused.messages.contains("the same data"), "\(refused.messages)")
    let alone = try program.run("train", "images", "--full-decode", "-o", "x.st")
    #expect(alone.code == 2 && alone.messages.contains("--full-decode goes with --size"), "\(alone.messages)")
  }
}
