import COneDNN
import HourglassKernels
import Synchronization

/// Work on matrices beside a plan, for optimizers that look at more than one value at a time: stages of tasks
/// that a team shares out.
///
/// A task of a stage reads nothing that another task of it writes, and a stage begins when the one before
/// is done. Products are cut into rows and vectors into stretches of fixed lengths, so that the result does
/// not depend on the number of workers. A run allocates nothing. Confined to one task, as the memory that it
/// works on, which is the caller's.
public final class MatrixWork {
  /// What one worker does without another's help.
  public enum Task {
    case product(Product)
    case rule(Rule)
    /// x /= ‖x‖ + ε, of a stretch of x; ‖x‖² is the sum of the squares of `stretches` stretches.
    case normalise(
      UnsafeMutablePointer<Float>, count: Int, squares: UnsafePointer<Double>, stretches: Int, epsilon: Double
    )
    /// One round of orthogonal iteration of the kernel `hourglass_turn_basis`.
    case turnBasis(
      UnsafeMutablePointer<Float>, image: UnsafePointer<Float>, side: Int, order: UnsafeMutablePointer<Int32>,
      work: UnsafeMutablePointer<Float>)
    /// Puts rows and columns into an order; nil leaves them.
    case reorder(
      UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowOrder: UnsafePointer<Int32>?,
      columnOrder: UnsafePointer<Int32>?, work: UnsafeMutablePointer<Float>)
  }

  /// c = alpha op(a) op(b) + beta d, row-major and without gaps; op may turn a matrix over. d is c itself, or
  /// another matrix of its shape.
  public struct Product {
    public var a: UnsafePointer<Float>
    public var b: UnsafePointer<Float>
    public var c: UnsafeMutablePointer<Float>
    public var d: UnsafePointer<Float>?
    public var rows: Int
    public var columns: Int
    public var inner: Int
    public var turnsA = false
    public var turnsB = false
    public var alpha: Float = 1
    public var beta: Float = 0
    /// Rows of a before it is turned over: the distance of its values is that of the whole matrix.
    fileprivate var aStride: Int

    public init(
      _ a: UnsafePointer<Float>, leftTurned turnsA: Bool = false, by b: UnsafePointer<Float>,
      rightTurned turnsB: Bool = false, to c: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
      inner: Int,
      alpha: Float = 1, beta: Float = 0, adding d: UnsafePointer<Float>? = nil
    ) {
      (self.a, self.b, self.c, self.d) = (a, b, c, d)
      (self.rows, self.columns, self.inner) = (rows, columns, inner)
      (self.turnsA, self.turnsB, self.alpha, self.beta) = (turnsA, turnsB, alpha, beta)
      aStride = turnsA ? rows : inner
    }
  }

  /// A rule of the kernels on a stretch of blocks; see ``Update``.
  public struct Rule {
    public var rule: hourglass_update_rule
    /// Read when the task runs, so that a step may change them.
    public var numbers: UnsafePointer<hourglass_update_numbers>
    public var parameters: UnsafeMutablePointer<Float>
    public var gradient: UnsafePointer<Float>
    public var first: UnsafeMutablePointer<Float>?
    public var second: UnsafeMutablePointer<Float>?
    public var count: Int
    /// Where the sums of squares of the parameters that come of it go, one for each stretch; nil: nowhere.
    public var squares: UnsafeMutablePointer<Double>?

    public init(
      _ rule: @escaping hourglass_update_rule, _ numbers: UnsafePointer<hourglass_update_numbers>,
      _ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, count: Int,
      first: UnsafeMutablePointer<Float>? = nil, second: UnsafeMutablePointer<Float>? = nil,
      squares: UnsafeMutablePointer<Double>? = nil
    ) {
      (self.rule, self.numbers, self.parameters, self.gradient) = (rule, numbers, parameters, gradient)
      (self.count, self.first, self.second, self.squares) = (count, first, second, squares)
    }
  }

  private let team: Team
  private let stages: [UnsafeMutableBufferPointer<Task>]
  /// Tasks of each stage that are handed out, and that are finished.
  private let taken: UnsafeMutablePointer<Atomic<Int>>
  private let finished: UnsafeMutablePointer<Atomic<Int>>
  /// The stage whose tasks can be taken now.
  private let stage = Atomic<Int>(0)

  /// - Parameter stages: in their order; what `cut(_:)` gives, or single tasks. Empty ones are left out.
  public init(_ stages: [[Task]], team: Team) {
    self.team = team
    self.stages = stages.filter { !$0.isEmpty }.map { tasks in
      let buffer = UnsafeMutableBufferPointer<Task>.allocate(capacity: tasks.count)
      _ = buffer.initialize(from: tasks)
      return buffer
    }
    (taken, finished) = (.allocate(capacity: stages.count), .allocate(capacity: stages.count))
    for stage in self.stages.indices {
      (taken + stage).initialize(to: Atomic(0))
      (finished + stage).initialize(to: Atomic(0))
    }
  }

  deinit {
    for counters in [taken, finished] {
      counters.deinitialize(count: stages.count)
      counters.deallocate()
    }
    for stage in stages { stage.deallocate() }
  }

  /// Runs all stages and returns when they are done.
  public func run() {
    for stage in stages.indices {
      taken[stage].store(0, ordering: .relaxed)
      finished[stage].store(0, ordering: .relaxed)
    }
    stage.store(0, ordering: .releasing)
    team.run(Unmanaged.passUnretained(self).toOpaque(), participants: team.count) { context, worker, _ in
      Unmanaged<MatrixWork>.fromOpaque(context).takeUnretainedValue().work(worker)
    }
  }

  /// Takes tasks of the stage that is open until there are none, and opens the next when it has finished the
  /// last. Returns whether all stages are done.
  private func work(_ worker: Int) -> Bool {
    while true {
      let number = stage.load(ordering: .acquiring)
      if number >= stages.count { return true }
      let tasks = stages[number]
      var done = 0
      while !team.isGuest(worker), taken[number].load(ordering: .relaxed) < tasks.count,
        let base = tasks.baseAddress
      {
        let task = taken[number].add(1, ordering: .relaxed).oldValue
        if task >= tasks.count { break }
        MatrixWork.execute(base + task)
        done += 1
      }
      if done == 0 { return false }
      if finished[number].add(done, ordering: .acquiringAndReleasing).newValue == tasks.count {
        stage.store(number + 1, ordering: .releasing)
        team.advance()
      }
    }
  }

  private static func execute(_ task: UnsafePointer<Task>) {
    switch task.pointee {
    case .product(let p):
      let (rows, columns, inner) = (Int64(p.rows), Int64(p.columns), Int64(p.inner))
      if let d = p.d { p.c.update(from: d, count: p.rows * p.columns) }
      onednn_sgemm(
        p.turnsA, p.turnsB, rows, columns, inner, p.alpha, p.a, Int64(p.aStride), p.b,
        p.turnsB ? inner : columns, p.beta, p.c, columns)
    case .rule(let r):
      r.rule(r.numbers, r.parameters, r.gradient, r.first, r.second, nil, Int64(r.count))
      r.squares?.pointee = hourglass_total_of_squares(r.parameters, Int64(r.count))
    case .normalise(let x, let count, let squares, let stretches, let epsilon):
      var sum = 0.0
      for index in 0..<stretches { sum += squares[index] }
      hourglass_scale(x, Float(1 / (sum.squareRoot() + epsilon)), Int64(count))
    case .turnBasis(let basis, let image, let side, let order, let work):
      hourglass_turn_basis(basis, image, Int64(side), order, work)
    case .reorder(let x, let rows, let columns, let rowOrder, let columnOrder, let work):
      hourglass_reorder(x, Int64(rows), Int64(columns), rowOrder, columnOrder, work)
    }
  }
}

extension MatrixWork {
  /// Rows of a product that one task takes.
  static let rowsTogether = 64
  /// Values of a block that one task takes.
  static let stretch = 16_384

  /// Stretches of a block of so many values.
  public static func stretches(of count: Int) -> Int { (count + stretch - 1) / stretch }

  /// The tasks that a product is cut into.
  public static func cut(_ product: Product) -> [Task] {
    stride(from: 0, to: product.rows, by: rowsTogether).map { row in
      var part = product
      part.rows = min(rowsTogether, product.rows - row)
      part.a += product.turnsA ? row : row * product.inner
      part.c += row * product.columns
      part.d = product.d.map { $0 + row * product.columns }
      return .product(part)
    }
  }

  /// The tasks that a rule on a block is cut into.
  public static func cut(_ rule: Rule) -> [Task] {
    (0..<stretches(of: rule.count)).map { number in
      let start = number * stretch
      var part = rule
      part.count = min(stretch, rule.count - start)
      part.parameters += start
      part.gradient += start
      part.first = rule.first.map { $0 + start }
      part.second = rule.second.map { $0 + start }
      part.squares = rule.squares.map { $0 + number }
      return .rule(part)
    }
  }

  /// The tasks that divide a block of so many values by its norm, whose squares its stretches have.
  public static func normalise(
    _ x: UnsafeMutablePointer<Float>, count: Int, squares: UnsafePointer<Double>, epsilon: Double
  ) -> [Task] {
    (0..<stretches(of: count)).map { number in
      let start = number * stretch
      return .normalise(
        x + start, count: min(stretch, count - start), squares: squares, stretches: stretches(of: count),
        epsilon: epsilon)
    }
  }
}
