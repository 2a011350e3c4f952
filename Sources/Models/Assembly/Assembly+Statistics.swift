import HourglassEngine
import HourglassTensor

extension Assembly {
  /// Running statistics that a training step must move, each by its rule; of the run the results with the
  /// numbers given are the batch's values.
  public enum Statistic: Sendable {
    case moving(Moving)
    case codebook(Codebook)

    /// running ← running + momentum · (batch's - running)
    public struct Moving: Sendable {
      public let result: Int
      public let offset: Int
      public let count: Int
      public let momentum: Float
      /// Positions a row of a variance; nil for a mean.
      public let positions: Int?
    }

    /// The book of a code, whose entries, counts and sums lie at their offsets.
    public struct Codebook: Sendable {
      public let numbers: Code.Codebook
      /// Vectors of each entry in the batch.
      public let countResult: Int
      /// The sums of those vectors; nil where the entries follow a gradient.
      public let sumResult: Int?
      /// What was quantised, `[vectors, width]` a row; nil where no entry is placed anew.
      public let vectorResult: Int?
      public let entries: Int
      public let counts: Int
      public let sums: Int?
    }
  }

  /// Makes what the statistics are of results of the run.
  mutating func export(_ found: [Setting.Statistic], _ outline: Outline) {
    let offsets = Dictionary(
      outline.weights.map { (graph.parameter($0.weight.shape, offset: $0.offset), $0.offset) }
    ) { first, _ in first }
    for statistic in found {
      switch statistic {
      case .moving(let moving):
        guard let offset = offsets[moving.weight] else { continue }
        statistics.append(
          .moving(
            Statistic.Moving(
              result: results.count, offset: offset, count: graph.shape(of: moving.value).count,
              momentum: moving.momentum, positions: moving.positions)))
        results.append(moving.value)
      case .codebook(let book): export(book, book.weights.compactMap { offsets[$0] })
      }
    }
  }

  private mutating func export(_ book: Setting.Statistic.Codebook, _ offsets: [Int]) {
    guard offsets.count == book.weights.count else { return }
    func result(_ value: Graph.Value) -> Int {
      results.append(value)
      return results.count - 1
    }
    let numbers = book.numbers
    let isAveraged = numbers.decay != nil
    statistics.append(
      .codebook(
        Statistic.Codebook(
          numbers: numbers, countResult: result(book.counts), sumResult: isAveraged ? result(book.sums) : nil,
          vectorResult: numbers.restart != nil ? result(book.vectors) : nil, entries: offsets[0],
          counts: offsets[1], sums: isAveraged ? offsets[2] : nil)))
  }
}
