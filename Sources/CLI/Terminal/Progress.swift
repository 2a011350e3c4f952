import Hourglass

/// What a training run says of itself while it goes on, on standard error.
///
/// On a terminal one line that is written over; elsewhere a plain line an epoch, from the hundredth on one of
/// ten, from the thousandth on one of a hundred, and so on, and one for the last; or nothing.
struct Progress {
  enum Manner: Equatable { case silent, lines, live }

  /// Where a run stands.
  struct Moment {
    /// What the loss is called: an objective where something is added to the error.
    var name = "loss"
    /// Counted from 1.
    var epoch: Int
    var epochs: Int
    /// The part of this epoch that is done, 0...1.
    var fraction = 1.0
    var loss: Double
    var validationLoss: Double?
    /// Of an adversarial training.
    var criticAccuracy: Double?
    var samplesPerSecond: Double
    /// Since the run started.
    var seconds: Double

    /// Seconds until the last epoch ends, if the rest goes as fast as what is done; nil before that.
    var secondsLeft: Double? {
      let done = (Double(epoch - 1) + fraction) / Double(epochs)
      return done > 0 && seconds > 0 ? seconds / done * (1 - done) : nil
    }
  }

  /// Seconds between two drawings of the live line: it looks alive and costs nothing.
  static let interval = 0.1

  let manner: Manner
  private let stream: Stream
  private let columns: Int
  private var lastDrawn = 0.0
  private var lineIsOpen = false
  /// The last epoch, where it has had no line.
  private var unsaid: Moment?

  init(stream: Stream, terminal: Terminal, isQuiet: Bool) {
    self.stream = stream
    manner = isQuiet ? .silent : terminal.messagesAreTerminal ? .live : .lines
    columns = terminal.columns
  }

  /// Within an epoch: the live line alone shows it, and not more often than ``interval``.
  mutating func step(_ moment: Moment) {
    guard manner == .live, moment.seconds - lastDrawn >= Progress.interval else { return }
    draw(moment)
  }

  /// At the end of an epoch.
  mutating func epoch(_ moment: Moment) {
    switch manner {
    case .silent: return
    case .lines:
      let isDue = moment.epoch == moment.epochs || TrainingLog.isDue(moment.epoch)
      if isDue { stream.say(Progress.plainLine(moment) + "\n") }
      unsaid = isDue ? nil : moment
    case .live:
      if moment.epoch == moment.epochs || moment.seconds - lastDrawn >= Progress.interval { draw(moment) }
    }
  }

  /// A line beside the progress, above the live line.
  mutating func note(_ text: String) {
    guard manner != .silent else { return }
    stream.say((lineIsOpen ? "\r\u{1B}[K" : "") + text + "\n")
    lineIsOpen = false
  }

  /// Leaves the last line standing and the cursor below it.
  mutating func finish() {
    if lineIsOpen { stream.say("\n") }
    if let unsaid { stream.say(Progress.plainLine(unsaid) + "\n") }
    (lineIsOpen, unsaid) = (false, nil)
  }

  private mutating func draw(_ moment: Moment) {
    lastDrawn = moment.seconds
    lineIsOpen = true
    stream.say("\r" + Progress.liveLine(moment, columns: columns) + "\u{1B}[K")
  }

  /// `epoch  7/50  loss 0.1034  validation 0.0991  412k samples/s  0:12 left`
  static func plainLine(_ moment: Moment) -> String { head(moment) + "  " + tail(moment) }

  /// The plain line with a bar of what is done behind the epoch, where the terminal is wide enough for one;
  /// never longer than the terminal less the cursor.
  static func liveLine(_ moment: Moment, columns: Int) -> String {
    let (head, tail) = (head(moment), tail(moment))
    let room = min(24, columns - 1 - head.count - tail.count - 6)
    guard room >= 6 else { return String(plainLine(moment).prefix(max(0, columns - 1))) }
    let done = (Double(moment.epoch - 1) + moment.fraction) / Double(moment.epochs)
    let filled = Int((Double(room) * min(1, max(0, done))).rounded(.down))
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: room - filled)
    return head + "  [" + bar + "]  " + tail
  }

  private static func head(_ moment: Moment) -> String {
    let total = "\(moment.epochs)"
    return "epoch \(Figures.right("\(moment.epoch)", total.count))/\(total)"
  }

  private static func tail(_ moment: Moment) -> String {
    var parts = ["\(moment.name) " + Figures.significant(moment.loss)]
    if let loss = moment.validationLoss { parts.append("validation " + Figures.significant(loss)) }
    if let accuracy = moment.criticAccuracy {
      parts.append("critic right " + Figures.fixed(100 * accuracy, 1) + " %")
    }
    parts.append(Figures.compact(moment.samplesPerSecond) + " samples/s")
    if let left = moment.secondsLeft { parts.append(Figures.duration(left) + " left") }
    return parts.joined(separator: "  ")
  }
}
