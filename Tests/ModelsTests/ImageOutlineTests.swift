import Foundation
import HourglassModels
import HourglassTensor
import Testing

/// Layers of images that do not fit are named, with their sizes and what would fit.
@Suite("Outline of images")
struct ImageOutlineTests {
  @Test func kernelsAndStridesThatLeaveNothing() {
    #expect(
      complaint(.conv(4, kernel: 5, padding: .valid), [1, 4, 9])
        == "encoder[0] .conv(4, kernel 5, padding valid): expects at least 5 positions for a kernel that reaches "
        + "over 5, found 4 with 0 of padding; use a smaller kernel, or the padding same")
    #expect(
      complaint(.conv(4, kernel: 3, padding: .explicit(1), dilation: 4), [1, 6, 6]).contains("reaches over 9")
    )
    #expect(complaint(.maxPool(3), [2, 2, 2]).contains("at least 3 positions"))
    #expect(complaint(.averagePool([1, 5]), [2, 8, 4]).contains("found 4 with 0 of padding"))
    #expect(complaint(.conv(4, stride: 100), [1, 4, 4]) == "")
    #expect(
      complaint(.deconv(2, kernel: 3, padding: .explicit(2)), [1, 2, 2])
        .hasSuffix(
          "expects a padding that leaves something of 4 positions, found 2 on both sides; use less padding"))
  }

  @Test func groupsAndChannels() {
    #expect(
      complaint(.conv(4, groups: 3), [6, 4, 4])
        == "encoder[0] .conv(4, kernel 3, groups 3): expects groups that divide 6 and 4 channels, found 3; "
        + "use 1, or a number that divides both")
    #expect(complaint(.deconv(6, groups: 4), [8, 4, 4]).contains("divide 8 and 6 channels, found 4"))
    #expect(complaint(.conv(4, groups: 0), [8, 4, 4]).contains("found 0"))
    #expect(complaint(.conv(0), [8, 4, 4]).contains("between 1 and 16777216 channels"))
    #expect(complaint(.conv(1 << 40), [8, 4, 4]).contains("between 1 and"))
  }

  @Test func numbersWithoutSense() {
    for number in [0, -1, 1 << 60] {
      #expect(complaint(.conv(4, kernel: Sides([number])), [1, 4, 4]).contains("a kernel of at least 1"))
      #expect(complaint(.conv(4, stride: Sides([1, number])), [1, 4, 4]).contains("a stride of at least 1"))
      #expect(
        complaint(.deconv(4, dilation: Sides([number])), [1, 4, 4]).contains("a dilation of at least 1"))
      #expect(complaint(.maxPool(2, stride: Sides([number])), [1, 4, 4]).contains("a stride of at least 1"))
      #expect(complaint(.upsample(factor: Sides([number])), [1, 4, 4]).contains("one factor"))
    }
    #expect(
      complaint(.conv(4, kernel: [3, 3, 3]), [1, 4, 4]).contains("one kernel, or one for each of 2 axes"))
    #expect(complaint(.conv(4, kernel: [3, 3]), [1, 9]).contains("one for each of 1 axes, found [3, 3]"))
    #expect(complaint(.conv(4, padding: .explicit(-1)), [1, 4, 4]).contains("a padding of at least 0"))
    #expect(
      complaint(.conv(4, padding: .explicit(3)), [1, 4, 4]).contains("a padding below the 3 positions"))
    #expect(complaint(.maxPool(2, padding: .explicit(2)), [1, 4, 4]).contains("padding below"))
    #expect(
      complaint(.deconv(4, stride: 2, outputPadding: 2), [1, 4, 4]).contains(
        "output padding below the stride"))
    #expect(complaint(.upsample(factor: [2, 2, 2]), [1, 4, 4]).contains("one for each of 2 axes"))
    #expect(complaint(.upsample(factor: 5000), [1, 4, 4]).contains("from 1 to 4096"))
  }

  @Test func imagesThatAreNone() {
    let layers: [Layer] = [
      .conv(4), .deconv(4), .maxPool(2), .averagePool(2), .upsample(), .globalMaxPool, .globalAveragePool,
    ]
    for layer in layers {
      for input in [[16], [2, 2, 2, 2]] as [Shape] {
        let found = complaint(layer, input)
        #expect(found.contains("expects [channels, height, width] or [channels, length], found \(input)"))
        #expect(found.contains("add .reshape"))
      }
    }
  }

  /// A few numbers in a file may ask for more than there is.
  @Test func imagesBeyondMeasure() {
    let factors = Array(repeating: Layer.upsample(factor: 4096), count: 5)
    #expect(
      complaint(.residual(factors), [1, 4, 4]).contains("sides of 1 to 16777216 when 4096 times as long"))
    #expect(complaint(.upsample(factor: 4096), [64, 1000, 1000]).contains("at most 2147483648 values"))
    #expect(complaint(.conv(1 << 24), [1, 4096, 4096]).contains("at most 2147483648 "))
    #expect(
      complaint(.deconv(1, kernel: 16_777_216, stride: 16_777_216), [1, 1, 1 << 20]).contains("at most"))
    #expect(complaint(.conv(1), [1, 1, 1 << 30]).contains("expects sides of 1 to 16777216"))
  }

  @Test func residuals() {
    #expect(
      complaint(.residual([.conv(3)]), [2, 4, 4])
        == "encoder[0] .residual([.conv(3, kernel 3)]): expects layers that end in [2, 4, 4], the shape they begin "
        + "with, found [3, 4, 4]")
    #expect(complaint(.residual([]), [2]).hasSuffix("found none"))
    #expect(
      complaint(.residual([.relu, .dense(units: 3)]), [2, 2]).contains("its [1] .dense(3): expects [inputs]"))
  }

  @Test func readsWhatPeopleWrite() throws {
    func layer(_ text: String) throws -> Layer {
      try JSONDecoder().decode(Layer.self, from: Data(text.utf8))
    }
    #expect(try layer(#"{"conv": {"channels": 8}}"#) == .conv(8))
    #expect(
      try layer(#"{"conv": {"channels": 8, "kernel": [1, 5], "stride": 2, "padding": "valid"}}"#)
        == .conv(8, kernel: [1, 5], stride: 2, padding: .valid))
    #expect(
      try layer(#"{"deconv": {"channels": 8, "padding": [1, 0]}}"#) == .deconv(8, padding: .explicit([1, 0])))
    #expect(try layer(#"{"maxPool": {}}"#) == .maxPool(2))
    #expect(try layer(#"{"upsample": {"by": "bilinear"}}"#) == .upsample(by: .bilinear))
    for wrong in [
      #"{"conv": {}}"#, #"{"conv": {"channels": 8, "padding": "some"}}"#,
      #"{"conv": {"channels": 8, "widow": 1}}"#,
      #"{"conv": {"channels": 8, "outputPadding": 1}}"#, #"{"maxPool": {"kernel": 2}}"#,
      #"{"upsample": {"by": "cubic"}}"#, #"{"residual": {}}"#,
      #"{"conv": {"channels": 8, "kernel": "three"}}"#,
    ] {
      #expect(throws: DecodingError.self) { try layer(wrong) }
    }
  }

  @Test(
    "what is halved is doubled again, odd sides too",
    arguments: [[28, 28], [3, 27, 14], [1, 7, 5], [2, 2]])
  func pattern(_ sides: [Int]) throws {
    let pattern = Architecture.Pattern(
      input: Shape(sides), layers: [4, 6], latent: 3, outputActivation: .sigmoid, normalisation: .batchNorm())
    let outline = try Architecture.convolutional(pattern).outline()
    #expect(outline.code == [3])
    #expect(outline.decoder.last?.output == Shape(sides))
    #expect(outline.encoder.contains { $0.output[0] == 6 && $0.output.rank == 3 })
  }
}
