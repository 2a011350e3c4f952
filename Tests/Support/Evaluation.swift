import HourglassEngine
import HourglassTensor

/// What the engine makes of a graph: plan, session and one run under the same conditions as the
/// ``Reference``.
public struct Evaluation {
  /// Values of each result asked for: the rows one after the other where it is batched.
  public let results: [[Float]]
  /// The gradient block.
  public let gradients: [Float]
  /// The plan's summary, for messages.
  public let summary: String

  /// - Parameters:
  ///   - precision: of the factors of large products.
  ///   - capacity: rows the plan has room for; nil: those of the conditions.
  ///   - shardRows: rows of a shard; nil: as the plan likes.
  ///   - threads: workers of the team.
  ///   - byLibrary: whether products of bf16 are oneDNN's although our own loops could take them.
  public init(
    _ graph: Graph, _ targets: Plan.Targets, _ conditions: Conditions, precision: Precision = .float32,
    capacity: Int? = nil, shardRows: Int? = nil, threads: Int = 1, byLibrary: Bool = false
  ) {
    let plan = Plan(
      graph, targets, capacity: capacity ?? conditions.rows, parameterCount: conditions.parameters.count,
      precision: precision, shardRows: shardRows, byLibrary: byLibrary)
    let session = Session(
      plan, parameters: conditions.parameters.map { Float($0) }, team: Team(count: threads))
    for (slot, number) in conditions.scalars.enumerated() { session.setScalar(slot, Float(number)) }
    let tables = conditions.inputs.map { Tensor([$0.count], $0.map { Float($0) }) }
    var results: [[Float]] = []
    // A result that is an input lies in the table it was fed from: it is read while the tables are there.
    Evaluation.feed(tables[...], to: session) {
      session.run(
        rows: conditions.rows, seed: conditions.seed, step: conditions.step, firstRow: conditions.firstRow)
      results = targets.results.indices.map { Array(session.rowsResult($0)) }
    }
    self.results = results
    gradients = Array(session.gradients)
    summary = plan.summary
  }

  /// Opens the tables one inside the other, so that all stay valid during the run.
  private static func feed(_ tables: ArraySlice<Tensor>, to session: Session, _ body: () -> Void) {
    guard let table = tables.first else { return body() }
    table.withBytes { bytes in
      if let base = bytes.baseAddress {
        session.setFeed(tables.startIndex, Feed(base: base, element: .float32))
      }
      feed(tables.dropFirst(), to: session, body)
    }
  }
}
