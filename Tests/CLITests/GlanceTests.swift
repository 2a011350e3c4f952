import Hourglass
import Testing

@testable import HourglassCLI

/// What a terminal shows when a training has ended.
@Suite struct GlanceTests {
  @Test func sparklinesGoFromLowToHigh() {
    #expect(Sparkline.text([1, 2, 3, 4, 5, 6, 7, 8], width: 20) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([1, 1, 5, 5], width: 2) == "▁█")
    #expect(Sparkline.text([3, 3, 3], width: 9) == "▁▁▁")
    #expect(Sparkline.text([1, .nan, 2], width: 9) == "▁ █")
    #expect(Sparkline.text([.nan], width: 9) == " " && Sparkline.text([], width: 9).isEmpty)
    // Far apart: by orders of magnitude, so that the end of a curve is no flat line.
    #expect(Sparkline.text([1000, 100, 10, 1], width: 9) == "█▆▃▁")
  }

  @Test func curvesKeepToTheWidth() {
    let history = (1...500).map {
      Provenance.Record(loss: 1 / Double($0), validationLoss: 2 / Double($0), rate: 0.1)
    }
    for columns in [40, 80, 200] {
      let lines = TrainingGlance.curves(history, columns: columns)
      #expect(lines.count == 2 && lines.allSatisfy { $0.count < columns })
      #expect(lines[1].hasPrefix("validation") && lines[1].hasSuffix("2.000 to 0.004000"))
    }
    #expect(TrainingGlance.curves(history, columns: 20).isEmpty)
    #expect(TrainingGlance.curves(Array(history.prefix(1)), columns: 80).isEmpty)
  }

  @Test func picturesGoWhereTheTerminalSaysItTakesThem() {
    func graphics(_ variables: [String: String], isTerminal: Bool = true) -> Terminal.Graphics {
      Terminal.graphics(isTerminal: isTerminal) { variables[$0] }
    }
    #expect(graphics(["TERM": "xterm-kitty"]) == .kitty && graphics(["TERM_PROGRAM": "iTerm.app"]) == .iterm)
    #expect(graphics(["TERM": "xterm-kitty"], isTerminal: false) == .none)
    #expect(graphics(["TERM": "xterm-kitty", "NO_COLOR": "1"]) == .none)
    #expect(graphics(["TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"]) == .none)
    #expect(graphics(["TERM": "xterm-256color"]) == .none)
    #expect(graphics(["TERM": "dumb", "TERM_PROGRAM": "WezTerm"]) == .none)
  }

  @Test func picturesAreWrittenAsTheProtocolsHaveThem() throws {
    let kitty = try #require(InlinePicture(Terminal(columns: 80, graphics: .kitty)))
    let sequence = kitty.sequence([UInt8](repeating: 7, count: 6000))
    let pieces = sequence.split(separator: "\u{1B}\\")
    #expect(
      pieces.count == 2 && pieces[0].hasPrefix("\u{1B}_Ga=T,f=100,m=1;")
        && pieces[1].hasPrefix("\u{1B}_Gm=0;"))
    #expect(pieces.allSatisfy { $0.count < 4096 + 30 })
    let iterm = try #require(InlinePicture(Terminal(columns: 80, graphics: .iterm)))
    #expect(iterm.sequence([1, 2, 3]) == "\u{1B}]1337;File=inline=1;size=3;preserveAspectRatio=1:AQID\u{07}")
    #expect(InlinePicture(Terminal()) == nil)
    let picture = Picture(width: 28, height: 28, pixels: Array(repeating: .zero, count: 784))
    let lines = try #require(
      kitty.lines(Array(repeating: picture, count: 30), Array(repeating: picture, count: 30)))
    #expect(lines.count == 3)
  }

  @Test func nothingIsDrawnWhereNobodyLooks() throws {
    let program = try BuiltProgram()
    let outcome = try program.run("train", "builtin:digits:100", "--epochs", "3", "-o", "m.st")
    #expect(outcome.code == 0 && outcome.lines.count == 1 && !outcome.output.contains("\u{1B}"))
  }
}
