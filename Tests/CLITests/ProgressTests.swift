import Hourglass
import Testing

@testable import HourglassCLI

@Suite struct ProgressTests {
  private let moment = Progress.Moment(
    epoch: 7, epochs: 50, fraction: 1, loss: 0.103412, validationLoss: 0.099078, samplesPerSecond: 412_345,
    seconds: 2)

  private func progress(_ terminal: Terminal, quiet: Bool = false) -> (Progress, Stream) {
    let stream = Stream(descriptor: nil)
    return (Progress(stream: stream, terminal: terminal, isQuiet: quiet), stream)
  }

  @Test func aPlainLineSaysItAll() {
    #expect(
      Progress.plainLine(moment)
        == "epoch  7/50  loss 0.1034  validation 0.09908  412k samples/s  0:12 left")
  }

  @Test func theLastEpochHasNothingLeft() {
    var last = moment
    (last.epoch, last.validationLoss) = (50, nil)
    #expect(Progress.plainLine(last) == "epoch 50/50  loss 0.1034  412k samples/s  0:00 left")
  }

  @Test func theLiveLineHasABarWhereThereIsRoom() {
    var half = moment
    (half.epoch, half.fraction) = (26, 0)
    let rest = "  loss 0.1034  validation 0.09908  412k samples/s  0:02 left"
    #expect(Progress.liveLine(half, columns: 100) == "epoch 26/50  [============            ]" + rest)
  }

  @Test(arguments: [0, 1, 10, 40, 79, 80, 81, 90, 200]) func theLiveLineNeverReachesTheEdge(columns: Int) {
    #expect(Progress.liveLine(moment, columns: columns).count <= max(0, columns - 1))
  }

  @Test func elsewhereThereIsALineAnEpoch() {
    var (progress, stream) = progress(Terminal())
    progress.step(moment)
    progress.epoch(moment)
    progress.finish()
    #expect(stream.captured == Progress.plainLine(moment) + "\n")
  }

  @Test func aThousandEpochsHaveLessThanTwoHundredLinesAndTheLastHasOne() {
    var (progress, stream) = progress(Terminal())
    var each = moment
    each.epochs = 2000
    for epoch in 1...1007 {
      each.epoch = epoch
      progress.epoch(each)
    }
    progress.finish()
    let lines = stream.captured.split(separator: "\n")
    // 1 to 99, 100 to 990 by ten, 1000, and the one that it ended with.
    #expect(lines.count == 99 + 90 + 1 + 1)
    #expect(lines[98].hasPrefix("epoch   99/2000") && lines[99].hasPrefix("epoch  100/2000"))
    #expect(lines.last?.hasPrefix("epoch 1007/2000") == true)
  }

  @Test func onATerminalOneLineIsWrittenOver() {
    var (progress, stream) = progress(Terminal(messagesAreTerminal: true, columns: 100))
    var later = moment
    progress.step(later)
    later.seconds += Progress.interval / 2
    progress.step(later)
    later.seconds += Progress.interval
    progress.step(later)
    progress.note("saved")
    progress.finish()
    let lines = stream.captured.split(separator: "\r", omittingEmptySubsequences: false)
    #expect(lines.count == 4 && lines[0].isEmpty)
    #expect(lines[1].hasPrefix("epoch  7/50  [") && lines[1].hasSuffix("\u{1B}[K"))
    #expect(lines[3] == "\u{1B}[Ksaved\n")
  }

  @Test func quietIsSilent() {
    var (progress, stream) = progress(Terminal(messagesAreTerminal: true), quiet: true)
    progress.step(moment)
    progress.epoch(moment)
    progress.note("saved")
    progress.finish()
    #expect(stream.captured.isEmpty)
  }

  @Test(arguments: [
    (0.0916349, "0.09163"), (0, "0"), (1234.5678, "1235"), (9.9999, "10.00"), (0.00012344, "0.0001234"),
    (1.2344e-7, "1.234e-07"), (9.9996e-9, "1.000e-08"), (-2.5, "-2.500"), (123_456_789, "1.235e+08"),
    (.nan, "nan"),
    (-.infinity, "-inf"),
  ]) func lossesHaveFourDigits(value: Double, text: String) {
    #expect(Figures.significant(value) == text)
  }

  @Test func countsAreReadable() {
    #expect(Figures.grouped(60_000) == "60 000" && Figures.grouped(-1_234_567) == "-1 234 567")
    #expect(Figures.grouped(0) == "0" && Figures.grouped(999) == "999")
    #expect(
      [0.4, 950, 999.6, 41_234, 1.3e6, 99_960, .nan].map(Figures.compact) == [
        "0", "950", "1.00k", "41.2k", "1.30M", "100k", "?",
      ])
    #expect([7, 59.6, 754, 3723].map(Figures.duration) == ["0:07", "1:00", "12:34", "1:02:03"])
    #expect(
      Figures.fixed(-0.001, 2) == "0.00" && Figures.fixed(2.675, 0) == "3"
        && Figures.fixed(1e300, 2) == "1e+300")
  }
}
