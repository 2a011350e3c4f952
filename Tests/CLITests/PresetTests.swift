import Hourglass
import Testing

@testable import HourglassCLI

/// `--model auto`: which kind of layers samples get, and that a model says so.
@Suite struct PresetTests {
  @Test func chosenByTheKindOfSamples() {
    let image = SampleForm.images(ImageForm(height: 8, width: 8, channels: 1))
    let small = SampleForm.images(ImageForm(height: 8, width: 3, channels: 1))
    let series = SampleForm.series(SeriesForm(channels: 1, window: 8, stride: 1))
    #expect(SampleTraits(shape: [1, 8, 8], form: image).preset.model == "conv")
    #expect(SampleTraits(shape: [8, 8], form: image).preset.model == "conv")
    #expect(SampleTraits(shape: [1, 8, 3], form: small).preset.model == "dense")
    #expect(SampleTraits(shape: [1, 8], form: series).preset.model == "dense")
    #expect(SampleTraits(shape: [28, 28]).preset == ("dense", "arrays"))
    #expect(SampleTraits(shape: [3, 28, 28]).preset.model == "dense")
    #expect(SampleTraits(shape: [7]).preset == ("dense", "rows of values"))
  }

  @Test func aModelTellsIt() throws {
    let program = try BuiltProgram()
    program.makeFolder("images")
    for number in 0..<8 {
      let pixels = (0..<64).map { UInt8($0 * number % 256) }
      try program.write(
        "images/\(number).png", PNG.encode(pixels: pixels, width: 8, height: 8, channels: 1))
    }
    let words = ["train", "images", "--epochs", "1", "--latent", "4", "-o", "m.st"]
    #expect(try program.run(words).code == 0)
    let inspection = try program.run("inspect", "m.st").output
    #expect(inspection.contains("conv, as --model auto has it for images that are files"), "\(inspection)")
    #expect(inspection.contains("convolution, channels"))
    #expect(try program.run(words + ["--model", "dense"]).code == 0)
    #expect(
      try program.run("inspect", "m.st").output.contains(
        "dense; --model auto has conv for images that are files"))
    let digits = try program.run("train", "builtin:digits:40", "--epochs", "1", "-q", "-o", "d.st")
    #expect(digits.code == 0)
    let dense = try program.run("inspect", "d.st").output
    #expect(dense.contains("dense, as --model auto has it for arrays") && !dense.contains(".conv("))
  }

  @Test func changesAreAskedForInWords() throws {
    let program = try BuiltProgram()
    let words = ["train", "builtin:digits:60", "--epochs", "2", "-o", "m.st", "--augment"]
    let training = try program.run(words + ["shift=2,flip,noise=0.1"])
    #expect(training.code == 0 && training.messages.contains("changed by shift=2,flip,noise=0.1"))
    #expect(try program.run("inspect", "m.st").output.contains("samples changed by shift=2,flip,noise=0.1"))
    let unknown = try program.run(words + ["spin=2"])
    #expect(unknown.code == 2 && unknown.messages.contains("--augment"), "\(unknown.messages)")
    try program.write("t.csv", (0..<40).map { "\($0),\($0 % 7)\n" }.joined())
    let table = try program.run("train", "t.csv", "-o", "t.st", "--augment", "flip")
    #expect(table.code == 1 && table.messages.contains("expected images for flip"), "\(table.messages)")
  }
}
