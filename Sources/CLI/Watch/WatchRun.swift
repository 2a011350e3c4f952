import Hourglass

/// One run of `watch`: lines in, answers out, row by row or as many together as are there.
final class WatchRun {
  /// What a line became, in its turn.
  private enum Entry {
    case sample, early
    case fault(String)
  }

  struct Options {
    var form = AnswerLines.Form.json
    var hasHeader: Bool?
    var decimal = CSV.DecimalMark.point
    var statePath: String?
    /// Rows after which the state is saved.
    var saveEvery = 16_384
    var seed: UInt64 = 1
  }

  private let session: Session
  private let options: Options
  private let scorer: RowScorer
  private let feed: LineFeed
  private let preparation: Preparation
  private let window: Int?
  private var batch: RowBatch
  private var cells = LineCells()
  private var form: StreamForm?
  private var entries: [Entry] = []
  private var answers: AnswerLines
  private var martingale: TestMartingale
  private var pool: ScorePool
  /// The number of the next row that is answered.
  private(set) var row: Int
  private var header: [String]?
  private var saved: Int

  init(_ session: Session, _ model: Model, _ scorer: RowScorer, _ state: WatchState, _ options: Options)
    throws
  {
    (self.session, self.scorer, self.options) = (session, scorer, options)
    preparation = model.preparation
    if case .series(let form) = preparation.form { window = form.window } else { window = nil }
    batch = try RowBatch(preparation, header: nil, place: session.operand(0))
    cells.decimal = options.decimal
    feed = LineFeed(descriptor: System.standardInput)
    answers = AnswerLines(options.form, fields: scorer.fields)
    martingale = state.martingale
    pool = ScorePool(restoring: state.scores, seed: options.seed)
    (row, saved, header) = (state.next, state.next, state.header)
  }

  /// Answers until the stream ends, or a signal asks to stop.
  ///
  /// - Returns: the signal, if one did.
  func run() throws -> Int32? {
    if options.form == .csv, row == 0 { try session.streams.output.write(Array(AnswerLines.header.utf8)) }
    while true {
      switch feed.next() {
      case .line(let line): try take(line)
      case .tooLong:
        try addFault("expected a line of at most \(LineFeed.longest >> 20) MB, found a longer one")
      case .rest(let line):
        session.say(
          "the stream ended in the middle of a line; row \(row + entries.count) is answered as it stands")
        try take(line)
      case .end:
        try answer()
        try save()
        return nil
      case .none:
        // More that is there already is scored with the rest.
        if !entries.isEmpty, !feed.waits(0) { try answer() }
        while !feed.waits(200) {
          if let signal = try stopped() { return signal }
        }
        try feed.read()
        if let signal = try stopped() { return signal }
      }
      if entries.count >= RowScorer.most { try answer() }
    }
  }

  private func stopped() throws -> Int32? {
    guard let signal = System.pendingStop() else { return nil }
    try answer()
    try save()
    return signal
  }

  /// A line that is no row ends the window that it would be in.
  private func addFault(_ message: String) throws {
    if window != nil, batch.count > 0 { try answer() }
    batch.interrupt()
    entries.append(.fault(message))
  }

  private func take(_ line: UnsafeBufferPointer<UInt8>) throws {
    guard line.contains(where: { $0 > 0x20 }) else { return }
    if form == nil {
      let names = RowBatch.names(of: preparation)
      let kinds = preparation.fields?.fields.filter { $0.role != .aside }.map(\.kind) ?? [.number]
      let found = try StreamForm(
        line, names: names, rowsHaveNumbers: kinds.contains { !$0.hasLevels }, hasHeader: options.hasHeader,
        known: header, decimal: options.decimal)
      form = found
      header = found.header
      if let header = found.header { try use(header) }
      if found.beginsWithHeader { return }
    }
    do {
      try read(line)
      entries.append(try batch.append(cells, place: "") ? .sample : .early)
    } catch let fault as DataError {
      try addFault(words(of: fault))
    } catch let fault as FormatError {
      try addFault(words(of: fault))
    }
  }

  /// Without a place that says nothing beside the row's number.
  private func words<Room>(of fault: Fault<Room>) -> String {
    let text = "\(fault)"
    return String(text.drop { $0 == " " || $0 == ":" })
  }

  private func use(_ names: [String]) throws {
    try batch.use(names, place: "the header")
    if !batch.missing.isEmpty {
      let names = batch.missing.map { "'\($0)'" }
      session.sayOnce(
        "the stream has no \(Figures.list(names)): every value of \(names.count == 1 ? "it" : "them") is taken for a gap"
      )
    }
  }

  private func read(_ line: UnsafeBufferPointer<UInt8>) throws {
    guard case .table(let separator) = form?.kind else {
      try cells.read(json: line, place: "")
      guard let names = cells.names, names != header else { return }
      // Cells that wait were found by other names.
      if batch.count > 0 { try answer() }
      try use(names)
      header = names
      return
    }
    try cells.read(table: line, separator: separator, place: "")
  }

  /// Scores what waits, and writes an answer a row.
  private func answer() throws {
    guard !entries.isEmpty else { return }
    var verdicts: [RowScorer.Verdict] = []
    if batch.count > 0 {
      verdicts.reserveCapacity(batch.count)
      try scorer.visit(batch.take(origin: "row \(row)")) { verdicts.append($0) }
    }
    var next = 0
    for entry in entries {
      switch entry {
      case .fault(let message): answers.fault(row, message)
      case .early: answers.row(row, score: .nan, pValue: .nan, isOdd: false, because: nil)
      case .sample:
        let verdict = verdicts[next]
        next += 1
        answers.row(
          row, score: verdict.score, pValue: verdict.pValue, isOdd: verdict.isOdd, because: verdict.because)
        look(verdict.score)
      }
      row += 1
    }
    entries.removeAll(keepingCapacity: true)
    try session.streams.output.write(answers.bytes)
    answers.clear()
    if row - saved >= options.saveEvery { try save() }
  }

  /// Lets the martingale see a score; of series of windows that do not overlap.
  private func look(_ score: Float) {
    if let window, (row + 1) % window != 0 { return }
    guard let logOdds = martingale.take(pool.take(score, position: row)) else { return }
    let odds = logOdds.exponential
    answers.drift(row, odds: odds)
    session.say(
      "row \(row): what comes is no longer like what was before (odds of \(Figures.significant(odds, 3)) to 1); "
        + "the rows from here on are held against each other")
    pool = ScorePool([], seed: options.seed)
  }

  private func save() throws {
    saved = row
    guard let path = options.statePath else { return }
    try WatchState(
      next: row, header: header, martingale: martingale, scores: pool.scores, calibration: scorer.mark
    ).write(to: path)
  }
}
