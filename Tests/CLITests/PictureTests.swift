import Hourglass
import Testing

@testable import HourglassCLI

@Suite struct PictureTests {
  private let checks = Picture(width: 2, height: 2, pixels: [.one, .zero, .zero, .one])

  private func strip(_ colours: Terminal.Colours, columns: Int = 80) -> PictureStrip {
    PictureStrip(colours: colours, columns: columns)
  }

  @Test func aCellIsTwoPixelsInColour() {
    let white = "255;255;255"
    let black = "0;0;0"
    #expect(
      strip(.full).lines([[checks]]) == [
        "\u{1B}[38;2;\(white);48;2;\(black)m▀\u{1B}[38;2;\(black);48;2;\(white)m▀\u{1B}[0m"
      ])
    #expect(
      strip(.palette256).lines([[checks]]) == ["\u{1B}[38;5;231;48;5;16m▀\u{1B}[38;5;16;48;5;231m▀\u{1B}[0m"])
  }

  @Test func theSameColourIsSaidOnce() {
    let white = Picture(width: 3, height: 2, pixels: Array(repeating: .one, count: 6))
    #expect(strip(.full).lines([[white]]) == ["\u{1B}[38;2;255;255;255;48;2;255;255;255m▀▀▀\u{1B}[0m"])
  }

  @Test func withoutColourBrightnessIsACharacter() {
    let ramp = Picture(width: 10, height: 1, pixels: (0..<10).map { SIMD3(repeating: Float($0) / 9) })
    let tall = Picture(width: 10, height: 2, pixels: ramp.pixels + ramp.pixels)
    #expect(strip(.none).lines([[tall]]) == [" .:-=+*#%@"])
    #expect(strip(.none).lines([[checks, checks], [checks]]) == ["++  ++", "", "++"])
  }

  @Test func picturesThatDoNotFitAreLeftOut() {
    #expect(strip(.none, columns: 7).lines([[checks, checks, checks]]) == ["++  ++"])
    #expect(strip(.none, columns: 10).capacity(width: 2) == 3)
    #expect(strip(.none, columns: 1).lines([[checks, checks]]) == ["+"])
  }

  @Test func shrinkingTakesTheMean() {
    let wide = Picture(
      width: 4, height: 2, pixels: [0, 1, 1, 1, 0, 1, 0, 0].map { SIMD3(repeating: Float($0)) })
    #expect(
      wide.shrunk(toWidth: 2)
        == Picture(width: 2, height: 1, pixels: [.init(repeating: 0.5), .init(repeating: 0.5)]))
    #expect(wide.shrunk(toWidth: 9) == wide)
  }

  @Test func samplesOfPicturesArePictures() throws {
    let grey = try #require(Picture([0, 255, .nan, 300] as [Float], shape: [1, 2, 2], range: 0...255))
    #expect(grey.pixels == [.zero, .one, .zero, .one])
    let colour = try #require(
      Picture([0, 0.25, 0.5, 0.75, 1, 1] as [Float], shape: [3, 1, 2], range: 0...1))
    #expect(colour.pixels == [SIMD3(0, 0.5, 1), SIMD3(0.25, 0.75, 1)])
    #expect(Picture(Array(repeating: Float(0), count: 784), shape: [784], range: 0...1)?.width == 28)
  }

  @Test(arguments: [[9], [17], [4, 4, 4], [2, 2, 2, 2], [0, 4]]) func otherSamplesAreNone(shape: [Int]) {
    #expect(Picture(Array(repeating: Float(0), count: shape.reduce(1, *)), shape: shape, range: 0...1) == nil)
  }

  @Test func paletteHasGreysAndACube() {
    #expect(PictureStrip.paletteIndex(SIMD3(repeating: 0.5)) == 244)
    #expect(PictureStrip.paletteIndex(SIMD3(1, 0, 0)) == 196)
  }

  @Test func coloursFollowTheEnvironment() {
    func colours(_ environment: [String: String], terminal: Bool = true) -> Terminal.Colours {
      Terminal.colours(isTerminal: terminal) { environment[$0] }
    }
    #expect(colours(["COLORTERM": "truecolor"]) == .full)
    #expect(colours(["COLORTERM": "truecolor", "NO_COLOR": "1"]) == .none)
    #expect(colours(["COLORTERM": "truecolor", "NO_COLOR": ""]) == .full)
    #expect(colours(["COLORTERM": "truecolor"], terminal: false) == .none)
    #expect(colours(["TERM": "xterm-256color"]) == .palette256)
    #expect(colours(["TERM": "vt100"]) == .none)
  }
}
