import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// What follows the batch by a rule of its own rather than a gradient.
extension Trainer {
  /// Moves running statistics and books after a step of `rows` rows.
  func moveStatistics(rows: Int) {
    var book = 0
    for statistic in assembly.statistics {
      switch statistic {
      case .moving(let moving): move(moving, rows)
      case .codebook(let codebook):
        move(codebook, rows, number: book)
        book += 1
      }
    }
  }

  private func move(_ statistic: Assembly.Statistic.Moving, _ rows: Int) {
    let batch = session.fixedResult(statistic.result)
    let count = Float(rows * (statistic.positions ?? 1))
    let correction = statistic.positions == nil || count < 2 ? 1 : count / (count - 1)
    for index in 0..<statistic.count {
      let running = session.parameters[statistic.offset + index]
      session.parameters[statistic.offset + index] =
        running + statistic.momentum * (batch[index] * correction - running)
    }
  }

  /// Counts below which an entry has no mean to speak of: it stays where it is.
  private static let leastCount: Float = 1e-12

  private func move(_ book: Assembly.Statistic.Codebook, _ rows: Int, number: Int) {
    guard let block = session.parameters.baseAddress else { return }
    let numbers = book.numbers
    let (counts, found) = (block + book.counts, session.fixedResult(book.countResult))
    let isNew = (0..<numbers.entries).allSatisfy { counts[$0] == 0 }
    let kept = numbers.decay ?? Code.Codebook.usualDecay
    for entry in 0..<numbers.entries { counts[entry] = kept * counts[entry] + (1 - kept) * found[entry] }
    bookUse.add(found, to: number)
    if let offset = book.sums, let result = book.sumResult {
      let (sums, added) = (block + offset, session.fixedResult(result))
      for index in 0..<(numbers.entries * numbers.width) {
        sums[index] = kept * sums[index] + (1 - kept) * added[index]
      }
      for entry in 0..<numbers.entries where counts[entry] > Trainer.leastCount {
        let scale = 1 / counts[entry]
        for index in (entry * numbers.width)..<((entry + 1) * numbers.width) {
          block[book.entries + index] = sums[index] * scale
        }
      }
    }
    if let restart = numbers.restart, let result = book.vectorResult {
      let vectors = session.rowsResult(result)
      let even = Float(vectors.count / numbers.width) / Float(numbers.entries)
      let dead = (0..<numbers.entries).filter { isNew || counts[$0] < restart * even }
      if !dead.isEmpty { revive(dead, of: book, among: vectors, count: even, number: number) }
    }
  }

  /// Places dead entries on vectors of the batch, on each vector one at most: where there are fewer vectors,
  /// the others wait for the next step. A revived entry counts as if it had had an even share.
  private func revive(
    _ dead: [Int], of book: Assembly.Statistic.Codebook, among vectors: UnsafeBufferPointer<Float>,
    count: Float, number: Int
  ) {
    guard let block = session.parameters.baseAddress else { return }
    let width = book.numbers.width
    let places = book.sums == nil ? ownPlaces : []
    let random = Random(
      seed: recipe.seed, stream: Random.Stream.codebook.rawValue + UInt32(truncatingIfNeeded: number))
    let order = random.permutation(
      vectors.count / width, step: UInt32(truncatingIfNeeded: course.steps))
    for (entry, vector) in zip(dead, order) {
      block[book.counts + entry] = count
      for index in 0..<width {
        let value = vectors[Int(vector) * width + index]
        block[book.entries + entry * width + index] = value
        for place in places { place[book.entries + entry * width + index] = value }
        if let sums = book.sums { block[sums + entry * width + index] = count * value }
      }
    }
  }

  /// After an epoch: says once where most of a book is not used.
  func noticeBooks() {
    guard let (number, entries, perplexity) = bookUse.finishEpoch(course.epochs.count) else { return }
    notice =
      "codebook \(number) of the code has \(entries) entries and is used as if it had "
      + "\((perplexity * 10).rounded() / 10) (its perplexity): fewer entries, or a smaller learning rate, may "
      + "do as well or better"
  }

  // MARK: What does not fit

  /// - Throws: ``TrainingError`` for a codebook that the samples or the recipe cannot fill.
  static func checkBook(_ outline: Outline, _ recipe: Recipe, _ training: Dataset) throws {
    guard case .codebook(let numbers) = outline.coding else { return }
    // Two entries are the fewest that a book can have.
    let vectors = training.count * (outline.codeNumbers / numbers.books)
    guard numbers.entries <= max(2, vectors) else {
      throw TrainingError(
        place: "code codebook",
        expected: "at most as many entries as the training samples have vectors, \(vectors)",
        found: "\(numbers.entries)", remedy: "use fewer entries, or more samples")
    }
    guard !recipe.optimizer.isFullBatch else {
      throw TrainingError(
        place: "optimizer lbfgs", expected: "a loss that changes smoothly with the weights",
        found: "a codebook, whose entries change hands", remedy: "choose another optimizer")
    }
  }
}

/// How often each entry of the books was used in an epoch.
package struct BookUse {
  /// Where a book is used as if it had less than this part of its entries, a person is told. Images with
  /// empty borders use one entry for most positions, and a sound book of them comes to a tenth.
  package static let least = 0.05
  /// Epochs that a book has to find its vectors.
  private static let patience = 2

  private var counts: [[Double]] = []
  private var isTold = false

  mutating func add(_ found: UnsafeBufferPointer<Float>, to number: Int) {
    while counts.count <= number { counts.append([]) }
    if counts[number].count < found.count { counts[number] = Array(repeating: 0, count: found.count) }
    for entry in found.indices { counts[number][entry] += Double(found[entry]) }
  }

  /// The first book that is hardly used, its entries and its perplexity; once, and not before the epoch that
  /// books are given.
  mutating func finishEpoch(_ epoch: Int) -> (number: Int, entries: Int, perplexity: Double)? {
    defer { for number in counts.indices { counts[number] = counts[number].map { _ in 0 } } }
    guard !isTold, epoch >= BookUse.patience else { return nil }
    for (number, counts) in counts.enumerated() {
      let perplexity = Statistics.perplexity(counts)
      guard perplexity < BookUse.least * Double(counts.count) else { continue }
      isTold = true
      return (number, counts.count, perplexity)
    }
    return nil
  }
}
