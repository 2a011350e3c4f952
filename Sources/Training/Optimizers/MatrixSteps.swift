import HourglassEngine
import HourglassKernels
import HourglassModels
import HourglassTensor

/// The steps of an optimizer that takes matrices as a whole; what is no matrix follows Adam. Confined to one
/// task.
///
/// Which parameters are matrices: those that a layer draws at random and that have two axes or more, the
/// first against all others; the entries of embeddings, which are a list of vectors, are none. The first and
/// the last layer count as any other: here they read and write values, not words. Figures:
/// Documentation/optimizers.md.
final class MatrixSteps {
  /// A matrix of the block, row-major.
  struct Matrix: Hashable {
    let offset: Int
    let rows: Int
    let columns: Int
    var count: Int { rows * columns }
    var range: Range<Int> { offset..<(offset + count) }
  }

  let optimizer: Optimizer
  let matrices: [Matrix]
  let parameters: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  let state: [UnsafeMutablePointer<Float>]
  /// Where the bases of this range begin in the third block.
  let basesStart: Int
  /// The numbers of Adam's step; those of the matrices' direction; then one for each matrix, by which it
  /// follows that direction.
  let numbers: UnsafeMutablePointer<hourglass_update_numbers>
  private var memory: [Block] = []
  let team: Team
  private let rest: [Range<Int>]
  private var programs = Programs()

  /// What runs in a step, in the first one, and behind every so many.
  struct Programs {
    var first: MatrixWork?
    var step: MatrixWork?
    var behind: MatrixWork?
  }

  /// - Parameters:
  ///   - entries: the layers whose parameters lie in `range`; the range is a part of the block or all of it.
  ///   - basesStart: see ``Optimizer/basisCount(of:)``.
  init?(
    _ optimizer: Optimizer, _ entries: [Outline.Entry], range: Range<Int>, session: Session, state: [Block],
    basesStart: Int = 0
  ) {
    guard optimizer.takesMatrices, let parameters = session.parameters.baseAddress,
      let gradients = session.gradients.baseAddress
    else { return nil }
    (self.optimizer, team, self.basesStart) = (optimizer, session.team, basesStart)
    (self.parameters, self.gradients) = (parameters, gradients)
    self.state = state.compactMap(\.pointer)
    matrices = MatrixSteps.matrices(of: entries)
    rest = MatrixSteps.rest(of: range, without: matrices)
    numbers = .allocate(capacity: matrices.count + 2)
    numbers.initialize(repeating: hourglass_update_numbers(), count: matrices.count + 2)
    programs = programs(of: optimizer)
  }

  deinit { numbers.deallocate() }

  /// Takes the step of this number, counted from 1, by the gradients of the session.
  func take(rate: Float, decay: Float, number: Int) {
    setNumbers(rate, decay, number)
    guard case .soap(_, _, _, let every, _) = optimizer else {
      programs.step?.run()
      return
    }
    if number == 1 {
      programs.first?.run()
    } else {
      programs.step?.run()
      if (number - 1) % every == 0 { programs.behind?.run() }
    }
  }

  /// Memory that lasts as long as this does.
  func memory(_ count: Int) -> UnsafeMutablePointer<Float> {
    let block = Block(count: count)
    memory.append(block)
    return UnsafeMutablePointer(block.values.baseAddress ?? parameters)
  }

  /// Adam's step of everything that is no matrix.
  var ofRest: [MatrixWork.Task] {
    rest.flatMap { range in
      MatrixWork.cut(
        .init(
          hourglass_update_adam, numbers, parameters + range.lowerBound, gradients + range.lowerBound,
          count: range.count, first: state[0] + range.lowerBound, second: state[1] + range.lowerBound))
    }
  }

  /// p ← (1 - η · decay) p - η' x of one matrix.
  func descent(_ index: Int, along x: UnsafePointer<Float>) -> [MatrixWork.Task] {
    let matrix = matrices[index]
    return MatrixWork.cut(
      .init(hourglass_update_descent, numbers + 2 + index, parameters + matrix.offset, x, count: matrix.count)
    )
  }

  static func matrices(of entries: [Outline.Entry]) -> [Matrix] {
    entries.flatMap { entry -> [Matrix] in
      switch entry.layer {
      case .embedding, .positionEmbedding: return []
      default: break
      }
      return entry.weights.compactMap { placed in
        guard placed.weight.isTrained, placed.weight.shape.rank > 1, case .drawn = placed.weight.start else {
          return nil
        }
        let rows = placed.weight.shape[0]
        return Matrix(offset: placed.offset, rows: rows, columns: placed.weight.shape.count / rows)
      }
    }
  }

  /// What of a range lies in no matrix.
  static func rest(of range: Range<Int>, without matrices: [Matrix]) -> [Range<Int>] {
    var start = range.lowerBound
    var rest: [Range<Int>] = []
    for matrix in matrices.sorted(by: { $0.offset < $1.offset }) {
      if matrix.offset > start { rest.append(start..<matrix.offset) }
      start = matrix.range.upperBound
    }
    if range.upperBound > start { rest.append(start..<range.upperBound) }
    return rest
  }

  private func setNumbers(_ rate: Float, _ decay: Float, _ number: Int) {
    guard let adam = optimizer.ofRest.update(rate: rate, decay: decay, step: number, state: []) else {
      return
    }
    numbers[0] = adam.numbers
    let (direction, scale) = optimizer.direction(number)
    numbers[1] = direction
    numbers[1].keep = 1
    for (index, matrix) in matrices.enumerated() {
      numbers[2 + index].rate = rate * scale(matrix.rows, matrix.columns)
      numbers[2 + index].keep = 1 - rate * decay
    }
  }
}
