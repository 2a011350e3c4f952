import Foundation
import HourglassFormats
import HourglassTensor
import Testing

/// A file that another program made; see `Tests/Golden/sounds/make.py`.
func goldenSound(_ name: String) -> String { golden("../sounds/" + name) }

@Suite struct SoundFileTests {
  static let files = [
    "mono-8.wav", "mono-16.wav", "stereo-16.wav", "stereo-24.wav", "mono-32.wav", "stereo-float.wav",
    "mono-double.wav", "mono-ulaw.wav", "mono.flac", "stereo.flac",
  ]

  @Test(arguments: files) func `reads sounds as another program does`(name: String) throws {
    let sound = try SoundFile.read(goldenSound(name))
    let expected = try NPY.read(goldenSound(name + ".npy"))
    #expect(sound.rate == 8000 && sound.frames == 700)
    #expect(Tensor([sound.frames, sound.channels], sound.values) == expected)
  }

  @Test func `what is written comes back, cut to 16 bits`() throws {
    let sound = SoundFile(rate: 22050, channels: 2, values: [0, 0.5, -0.25, 1.5, -1, -7])
    let again = try SoundFile.read(bytes: sound.wav(), name: "x")
    let largest: Float = 32767 / 32768
    #expect(again == SoundFile(rate: 22050, channels: 2, values: [0, 0.5, -0.25, largest, -1, -1]))
    // What is 16 bits already is not changed, to the byte.
    let bytes = try contents(goldenSound("mono-16.wav"))
    #expect(try SoundFile.read(bytes: bytes, name: "x").wav() == bytes)
  }

  @Test func `a file cut short is refused`() throws {
    for name in ["mono-16.wav", "stereo-float.wav", "mono.flac", "stereo.flac"] {
      let bytes = try contents(goldenSound(name))
      for count in stride(from: 12, to: bytes.count - 1, by: max(1, bytes.count / 40)) {
        let message = words { _ = try SoundFile.read(bytes: Array(bytes[..<count]), name: name) }
        #expect(message.hasPrefix("\(name): expected a"), "\(count) of \(bytes.count): \(message)")
      }
    }
  }

  @Test func `a length that was not known when the head was written is none`() throws {
    var bytes = try contents(goldenSound("mono-16.wav"))
    bytes.replaceSubrange(40..<44, with: [0xFF, 0xFF, 0xFF, 0xFF])
    let sound = try SoundFile.read(bytes: bytes, name: "x")
    #expect(sound == (try SoundFile.read(goldenSound("mono-16.wav"))))
  }

  @Test func `what is no sound is refused by name`() throws {
    func refusal(_ bytes: [UInt8], limit: Int = 1000) -> String {
      words { _ = try SoundFile.read(bytes: bytes, name: "x", valueLimit: limit) }
    }
    #expect(refusal([]).contains("a WAV or FLAC sound"))
    #expect(refusal(Array("RIFF1234AVI ".utf8)).contains("a WAV or FLAC sound"))
    #expect(refusal(Array("RIFF1234WAVE".utf8)).contains("a whole sound"))
    #expect(refusal(try contents(goldenSound("refused-adpcm.wav"))).contains("another compression"))
    #expect(refusal(try contents(goldenSound("mono-16.wav")), limit: 600).contains("at most 600 values"))
    let none = try SoundFile(rate: 8000, channels: 1, values: []).wav()
    #expect(refusal(none).contains("one without a sample"))
    var infinite = try contents(goldenSound("stereo-float.wav"))
    infinite.replaceSubrange((infinite.count - 4)..., with: [0, 0, 0x80, 0x7F])
    #expect(refusal(infinite, limit: 9999).contains("no finite number"))
    #expect(words { _ = try SoundFile.read("/nowhere/x.wav") }.contains("nothing of that name"))
  }
}
