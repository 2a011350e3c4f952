import Hourglass
import Testing

/// Folders of sounds from the files to a model and back to files.
@Suite struct SoundFolderTests {
  private static func tone(_ number: Int, _ count: Int) throws -> [UInt8] {
    let values = (0..<count).map { Float(($0 * (number + 3)) % 64) / 128 - 0.25 }
    return try SoundFile(rate: 8000, channels: 1, values: values).wav()
  }

  @Test(arguments: [[], ["--mel", "10"]]) func aFolderOfSoundsIsTrainedOnAndMadeAgain(more: [String]) throws {
    let program = try BuiltProgram()
    program.makeFolder("sounds")
    for number in 0..<12 { try program.write("sounds/\(number).wav", Self.tone(number, 700 + 50 * number)) }
    let words = ["train", "sounds", "--epochs", "2", "--latent", "4", "-o", "m.st"] + more
    let asked = try program.run(words)
    #expect(asked.code == 1 && asked.messages.contains("--window"), "\(asked.messages)")
    let training = try program.run(words + ["--window", "400"])
    #expect(training.code == 0, "\(training.messages)")
    let use = try program.run("reconstruct", "m.st", "sounds", "-o", "made")
    #expect(use.code == 0, "\(use.messages)")
    #expect(program.names(in: "made") == program.names(in: "sounds"))
    for number in [0, 7] {
      let sound = try SoundFile.read(bytes: program.bytes("made/\(number).wav"), name: "x")
      #expect(sound.rate == 8000 && sound.channels == 1 && sound.frames == 700 + 50 * number)
    }
    #expect(try program.run("encode", "m.st", "sounds/3.wav", "-o", "codes.npy").code == 0)
    #expect(try program.run("decode", "m.st", "codes.npy", "-o", "drawn").code == 0)
    #expect(program.names(in: "drawn") == ["000000.wav", "000001.wav", "000002.wav"])
  }

  @Test func aSoundWithoutAnEndIsNamed() throws {
    let program = try BuiltProgram()
    program.makeFolder("sounds")
    for number in 0..<4 { try program.write("sounds/\(number).wav", Self.tone(number, 500)) }
    try program.write("sounds/2.wav", Array(Self.tone(2, 500).dropLast(100)))
    let words = ["train", "sounds", "--epochs", "1", "--latent", "2", "-o", "m.st"]
    let refused = try program.run(words)
    #expect(refused.code == 1 && refused.messages.contains("sounds/2.wav: expected a whole sound"))
    let outcome = try program.run(words + ["--skip-bad"])
    #expect(outcome.code == 0 && outcome.messages.contains("left out 1 of 4 files"), "\(outcome.messages)")
  }
}
