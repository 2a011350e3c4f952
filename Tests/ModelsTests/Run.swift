import HourglassEngine
import HourglassModels
import HourglassTensor

/// What an assembly gives for some rows, run once.
struct Run {
  static let seed: UInt64 = 5
  static let step: UInt32 = 3
  /// How far what grows has grown.
  static let progress: Float = 0.375

  let results: [[Float]]
  let gradients: [Float]

  /// Samples in; every result of the assembly out.
  ///
  /// - Parameters:
  ///   - shares: how much each sample counts; nil: all 1.
  ///   - classes: the number of each sample's class, where the assembly asks for it.
  init(
    _ assembly: Assembly, _ block: [Float], _ samples: Tensor, shares: [Float]? = nil, classes: [Float] = [],
    threads: Int = 1
  ) {
    let session = Session(
      assembly.plan(capacity: samples.rows), parameters: block, team: Team(count: threads))
    let rows = samples.rows
    session.setScalar(Assembly.Scalar.inverseRows, 1 / Float(rows))
    let places = (0..<rows).map { Float($0) }
    session.setScalar(Assembly.Scalar.progress, Run.progress)
    var results: [[Float]] = []
    let weights = (shares ?? [Float](repeating: 1, count: rows)).map { $0 / Float(rows) }
    (weights + places + classes).withUnsafeBufferPointer { weights in
      samples.withBytes { bytes in
        guard let base = bytes.baseAddress, let share = weights.baseAddress else { return }
        session.setFeed(Assembly.Slot.places, Feed(floats: share + rows))
        if !classes.isEmpty {
          session.setFeed(Assembly.Slot.condition, Feed(floats: share + 2 * rows))
        }
        session.setFeed(samples: Feed(base: base, element: samples.element), gaps: assembly.hasGaps)
        session.setFeed(Assembly.Slot.sampleWeights, Feed(floats: share))
        session.run(rows: rows, seed: Run.seed, step: Run.step)
        // A result that is the input itself lies in its table.
        results = (0..<session.plan.resultTotal).map { Array(session.rowsResult($0)) }
      }
    }
    self.results = results
    gradients = Array(session.gradients)
  }
}
