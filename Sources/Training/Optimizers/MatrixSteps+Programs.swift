import HourglassEngine
import HourglassKernels

/// What the steps are made of.
extension MatrixSteps {
  func programs(of optimizer: Optimizer) -> Programs {
    switch optimizer {
    case .muon: return muon()
    case .soap(_, let beta2, _, _, let side): return soap(beta2: beta2, largest: side)
    default: return Programs()
    }
  }

  // MARK: Muon

  /// The coefficients of the quintic, which brings singular values from 0.01 on to about 1 in five rounds.
  /// Jordan 2024.
  static let quintic: (a: Float, b: Float, c: Float) = (3.4445, -4.7750, 2.0315)
  static let rounds = 5
  private static let smallestNorm = 1e-7

  private func muon() -> Programs {
    var stages = [[MatrixWork.Task]](repeating: [], count: 3 * MatrixSteps.rounds + 3)
    stages[0] = ofRest
    for (index, matrix) in matrices.enumerated() {
      let (x, other) = (memory(matrix.count), memory(matrix.count))
      let squares = UnsafeMutableRawPointer(memory(2 * MatrixWork.stretches(of: matrix.count)))
        .assumingMemoryBound(to: Double.self)
      stages[0] += MatrixWork.cut(
        .init(
          hourglass_update_look_ahead, numbers + 1, x, gradients + matrix.offset, count: matrix.count,
          first: state[0] + matrix.offset, squares: squares))
      stages[1] += MatrixWork.normalise(
        x, count: matrix.count, squares: squares, epsilon: MatrixSteps.smallestNorm)
      let end = orthogonalise(matrix, x, other, in: &stages, from: 2)
      stages[stages.count - 1] += descent(index, along: end)
    }
    return Programs(step: MatrixWork(stages, team: team))
  }

  /// Newton and Schulz's iteration, of the smaller side's square: S = X Xᵀ, X ← a X + (b S + c S²) X, or with
  /// Xᵀ X from the right.
  ///
  /// - Returns: where the result lies.
  private func orthogonalise(
    _ matrix: Matrix, _ x: UnsafeMutablePointer<Float>, _ other: UnsafeMutablePointer<Float>,
    in stages: inout [[MatrixWork.Task]], from first: Int
  ) -> UnsafeMutablePointer<Float> {
    let (rows, columns) = (matrix.rows, matrix.columns)
    let isWide = rows <= columns
    let (side, inner) = (min(rows, columns), max(rows, columns))
    let (square, polynomial) = (memory(side * side), memory(side * side))
    let (a, b, c) = MatrixSteps.quintic
    var (from, to) = (x, other)
    for round in 0..<MatrixSteps.rounds {
      let stage = first + 3 * round
      stages[stage] += MatrixWork.cut(
        .init(
          from, leftTurned: !isWide, by: from, rightTurned: isWide, to: square, rows: side, columns: side,
          inner: inner
        ))
      stages[stage + 1] += MatrixWork.cut(
        .init(
          square, by: square, to: polynomial, rows: side, columns: side, inner: side, alpha: c, beta: b,
          adding: square))
      let (left, right) = isWide ? (polynomial, from) : (from, polynomial)
      stages[stage + 2] += MatrixWork.cut(
        .init(
          left, by: right, to: to, rows: rows, columns: columns, inner: side, alpha: 1, beta: a, adding: from)
      )
      swap(&from, &to)
    }
    return from
  }

  // MARK: SOAP

  /// Rounds of orthogonal iteration that the first gradient's bases come of.
  static let firstRounds = 4

  /// A side of a matrix: the running mean P of its outer products, the basis Q of P's eigenvectors as far as
  /// they are known, and what it takes to turn it.
  private struct Side {
    let count: Int
    let mean: UnsafeMutablePointer<Float>
    let basis: UnsafeMutablePointer<Float>
    let image: UnsafeMutablePointer<Float>
    let order: UnsafeMutablePointer<Int32>
    let work: UnsafeMutablePointer<Float>

    var turning: (image: [MatrixWork.Task], basis: MatrixWork.Task) {
      (
        MatrixWork.cut(.init(mean, by: basis, to: image, rows: count, columns: count, inner: count)),
        .turnBasis(basis, image: image, side: count, order: order, work: work)
      )
    }
  }

  private func side(_ count: Int, at place: inout Int, largest: Int) -> Side? {
    guard count <= largest else { return nil }
    let (mean, basis) = (state[2] + place, state[2] + place + count * count)
    place += 2 * count * count
    for index in 0..<count { basis[index * count + index] = 1 }
    let order = UnsafeMutableRawPointer(memory(count)).assumingMemoryBound(to: Int32.self)
    return Side(
      count: count, mean: mean, basis: basis, image: memory(count * count), order: order,
      work: memory(Optimizer.workCount(count)))
  }

  private func soap(beta2: Float, largest: Int) -> Programs {
    var step = [[MatrixWork.Task]](repeating: [], count: 7)
    var first = [[MatrixWork.Task]](repeating: [], count: 1 + 2 * MatrixSteps.firstRounds)
    var behind = [[MatrixWork.Task]](repeating: [], count: 3)
    step[0] = ofRest
    first[0] = ofRest
    var place = basesStart
    for (index, matrix) in matrices.enumerated() {
      let left = side(matrix.rows, at: &place, largest: largest)
      let right = side(matrix.columns, at: &place, largest: largest)
      let means = means(matrix, left, right, beta2)
      first[0] += means
      step[0] += means
      add(index, left, right, to: &step)
      for side in [left, right].compactMap(\.self) {
        let (image, basis) = side.turning
        for round in 0..<MatrixSteps.firstRounds {
          first[1 + 2 * round] += image
          first[2 + 2 * round].append(basis)
        }
        behind[0] += image
        behind[1].append(basis)
      }
      if left != nil || right != nil {
        behind[2].append(
          .reorder(
            state[1] + matrix.offset, rows: matrix.rows, columns: matrix.columns,
            rowOrder: left.map { UnsafePointer($0.order) },
            columnOrder: right.map { UnsafePointer($0.order) },
            work: memory(matrix.count)))
      }
    }
    let works = [first, step, behind].map { MatrixWork($0, team: team) }
    return Programs(first: works[0], step: works[1], behind: works[2])
  }

  /// P ← β₂ P + (1 - β₂) G Gᵀ, of the right side Gᵀ G.
  private func means(
    _ matrix: Matrix, _ left: Side?, _ right: Side?, _ beta2: Float
  ) -> [MatrixWork.Task] {
    let g = gradients + matrix.offset
    func mean(_ side: Side, isLeft: Bool) -> [MatrixWork.Task] {
      MatrixWork.cut(
        .init(
          g, leftTurned: !isLeft, by: g, rightTurned: isLeft, to: side.mean, rows: side.count,
          columns: side.count,
          inner: matrix.count / side.count, alpha: 1 - beta2, beta: beta2))
    }
    return (left.map { mean($0, isLeft: true) } ?? []) + (right.map { mean($0, isLeft: false) } ?? [])
  }

  /// Adam between the bases: M and G are turned into them, V is of the turned G, and the step is turned back.
  private func add(
    _ index: Int, _ left: Side?, _ right: Side?, to step: inout [[MatrixWork.Task]]
  ) {
    let matrix = matrices[index]
    let (g, m) = (gradients + matrix.offset, state[0] + matrix.offset)
    step[0] += MatrixWork.cut(.init(hourglass_update_blend, numbers + 1, m, g, count: matrix.count))
    func turned(
      _ x: UnsafeMutablePointer<Float>, _ stages: (Int, Int), back: Bool = false
    ) -> UnsafeMutablePointer<Float> {
      var x = x
      if let left {
        let y = memory(matrix.count)
        step[stages.0] += MatrixWork.cut(
          .init(
            left.basis, leftTurned: !back, by: x, to: y, rows: matrix.rows, columns: matrix.columns,
            inner: matrix.rows))
        x = y
      }
      if let right {
        let y = memory(matrix.count)
        step[stages.1] += MatrixWork.cut(
          .init(
            x, by: right.basis, rightTurned: back, to: y, rows: matrix.rows, columns: matrix.columns,
            inner: matrix.columns))
        x = y
      }
      return x
    }
    let (turnedG, turnedM) = (turned(g, (1, 2)), turned(m, (1, 2)))
    let direction = memory(matrix.count)
    step[3] += MatrixWork.cut(
      .init(
        hourglass_update_adam_step, numbers + 1, direction, turnedG, count: matrix.count, first: turnedM,
        second: state[1] + matrix.offset))
    let end = turned(direction, (4, 5), back: true)
    step[6] += descent(index, along: end)
  }
}
