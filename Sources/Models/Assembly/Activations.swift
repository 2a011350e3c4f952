import HourglassEngine
import HourglassTensor

/// An autoencoder made ready to show what every layer gives on the way from sample to reconstruction.
/// Confined to one task.
///
/// Layers that pass values on as they are when a model is used, like dropout and flatten, are left out.
public final class Activations {
  /// The layers shown, from the first of the encoder to the last of the decoder.
  public let entries: [Outline.Entry]
  private let session: Session
  private let capacity: Int
  private let hasGaps: Bool

  /// - Parameters:
  ///   - rows: rows that will come, if known; fewer than usual take less memory.
  ///   - gaps: whether values of samples may be missing: the network is given 0 in their place.
  public init(
    _ autoencoder: Autoencoder, rows: Int = Inference.rowsTogether, gaps: Bool = false,
    threads: Int = Team.processors
  ) {
    hasGaps = autoencoder.outline.asksForGaps(gaps)
    let layers = Assembly.layers(autoencoder.outline, gaps: gaps)
    entries = layers.entries
    capacity = max(1, min(rows, Inference.rowsTogether))
    let plan = layers.assembly.plan(capacity: capacity)
    session = Session(
      plan, parameters: autoencoder.block, team: Team(count: plan.isSmall ? 1 : max(1, threads)))
  }

  /// Runs over `count` rows.
  ///
  /// - Parameters:
  ///   - feed: gives the rows from `start` on, on the model's own scale; it is asked once for every chunk.
  ///   - classes: the number of each row's class, of a model with a condition.
  ///   - visit: is given each chunk's first row and the outputs of each of the ``entries``, row by row.
  public func run(
    count: Int, classes: UnsafePointer<Float>? = nil, _ feed: (_ start: Int) -> Feed,
    _ visit: (_ start: Int, _ outputs: [UnsafeBufferPointer<Float>]) throws -> Void
  ) rethrows {
    var start = 0
    while start < count {
      let rows = min(capacity, count - start)
      session.setFeed(samples: feed(start), gaps: hasGaps)
      if let classes { session.setFeed(Assembly.Slot.condition, Feed(floats: classes + start)) }
      session.run(rows: rows)
      try visit(start, entries.indices.map { session.rowsResult($0) })
      start += rows
    }
  }
}
