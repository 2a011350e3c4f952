import Hourglass

/// What a search says of itself while it goes on: on a terminal one line that is written over, elsewhere a
/// line for each new best trial; with `--json` a line of standard output for each result.
struct TuningLines {
  /// Seconds between two drawings of the live line.
  private static let interval = 0.1

  private let session: Session
  private let loss: String
  private let seconds: Double?
  private let isLive: Bool
  private var drawn = -1.0
  private var lineIsOpen = false
  private var now = 0.0
  private var best: Trial?
  private var first: Trial?
  private var count = 0
  private var open = 0

  init(_ session: Session, _ loss: String, seconds: Double?) {
    self.session = session
    self.loss = loss
    self.seconds = seconds
    isLive = session.terminal.messagesAreTerminal && !session.isQuiet
  }

  mutating func report(_ progress: Tuner.Progress) throws {
    let trials = progress.record.trials
    count = trials.count { $0.latest != nil }
    open = trials.count - count
    first = trials.first
    let trial = progress.trial
    if trial.objective.isFinite, trial.objective < best?.objective ?? .infinity {
      best = trial
      if !isLive { session.say(line(TuningLines.figures(trial, loss))) }
    }
    guard session.isJSON else { return }
    try session.streams.output.writeLine(progress.json.line)
  }

  mutating func note(_ text: String) {
    if lineIsOpen { session.streams.messages.say("\r\u{1B}[K") }
    lineIsOpen = false
    session.say(text)
  }

  mutating func tick(_ seconds: Double) {
    now = seconds
    guard isLive, seconds - drawn >= TuningLines.interval else { return }
    drawn = seconds
    lineIsOpen = true
    let text = line(best.map { "best: " + TuningLines.figures($0, loss) } ?? "the first trials are under way")
    session.streams.messages.say("\r" + text.prefix(max(0, session.terminal.columns - 1)) + "\u{1B}[K")
  }

  mutating func finish() {
    if lineIsOpen { session.streams.messages.say("\n") }
    lineIsOpen = false
  }

  /// `0:41/10:00  23 trials, 16 open  best: trial 17, bce 0.0912 after 6 epochs  default 0.0934 after 17`
  private func line(_ text: String) -> String {
    var parts = [Figures.duration(now) + (seconds.map { "/" + Figures.duration($0) } ?? "")]
    parts += ["\(Figures.grouped(count, "trial")), \(open) open", text]
    if let result = first?.results.last, best?.number != 0 {
      parts.append("default \(Figures.significant(result.loss)) after \(result.epochs)")
    }
    return parts.joined(separator: "  ")
  }

  private static func figures(_ trial: Trial, _ loss: String) -> String {
    guard let result = trial.latest else { return "trial \(trial.number)" }
    return "trial \(trial.number), \(loss) \(Figures.significant(result.loss)) after "
      + Figures.grouped(result.epochs, "epoch")
  }
}

extension Tuner.Progress {
  var json: JSON {
    [
      "event": "trial", "trial": .integer(trial.number), "origin": .text(trial.origin.rawValue),
      "state": .text(record.state(of: trial)), "epochs": .integer(trial.latest?.epochs ?? 0),
      "loss": .number(trial.latest?.loss), "objective": .number(trial.latest?.objective),
      "is_best": .boolean(record.best == trial.number), "seconds": .number(seconds),
    ]
  }
}
