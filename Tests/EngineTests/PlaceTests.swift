import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// What discrete codes are made of: values without a derivative, places of the greatest, and rows of a one.
@Suite struct PlaceTests {
  static let shapes: [Shape] = [[1], [5], [3, 4], [2, 3, 4], [4, 1], [37], [2, 64]]

  @Test(arguments: shapes)
  func greatestPlaces(_ shape: Shape) {
    var trial = Trial(-1...1)
    for x in [trial.input(shape), trial.parameter(shape)] {
      let place = trial.graph.greatestPlace(x)
      #expect(trial.graph.shape(of: place) == Shape(shape.dimensions.dropLast() + [1]))
      let squared = trial.graph.greatestPlace(trial.graph.unary(.square, x))
      expectAgreement([place, squared, trial.graph.multiply(squared, 0.5)], in: trial)
      let gradient = trial.graph.gradient(of: place, withRespectTo: [x])[0]
      expectAgreement([gradient, trial.graph.multiply(x, 0)], in: trial)
    }
  }

  /// Of equals the first, wherever they lie; NaN anywhere gives the first place.
  @Test(arguments: [3, 16, 17, 40])
  func greatestOfEquals(_ width: Int) {
    var trial = Trial()
    let place = trial.graph.greatestPlace(trial.input([width]))
    for first in 0..<width {
      for second in first..<width {
        var values = [Double](repeating: -1, count: width)
        values[first] = 2
        values[second] = 2
        var broken = values
        broken[second] = .nan
        let conditions = Conditions(rows: 2, inputs: [values + broken])
        let found = Evaluation(trial.graph, Plan.Targets(results: [place]), conditions)
        #expect(found.results[0] == [Float(first), 0])
      }
    }
  }

  @Test(arguments: [[1], [4], [2, 3]] as [Shape])
  func oneHot(_ shape: Shape) {
    for count in [1, 3, 20] {
      var trial = Trial(-2...22)
      for places in [trial.input(shape), trial.parameter(shape)] {
        let rows = trial.graph.oneHot(places, count: count)
        #expect(trial.graph.shape(of: rows) == Shape(shape.dimensions + [count]))
        let sums = trial.graph.sumLast(trial.graph.multiply(rows, 3))
        expectAgreement([rows, sums], in: trial)
        let gradient = trial.graph.gradient(of: rows, withRespectTo: [places])[0]
        #expect(trial.graph.isZero(gradient))
      }
    }
  }

  @Test func oneHotOfWhatIsNoPlace() {
    var trial = Trial()
    let rows = trial.graph.oneHot(trial.input([5]), count: 3)
    let conditions = Conditions(rows: 1, inputs: [[-7, 0.4, 1.6, 99, .nan]])
    let found = Evaluation(trial.graph, Plan.Targets(results: [rows]), conditions).results[0]
    #expect(found == [1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0])
  }

  /// A detached value is the value, wherever it is read, and nothing flows through it.
  @Test(arguments: [[1], [5], [3, 4]] as [Shape])
  func detach(_ shape: Shape) {
    var trial = Trial(-1...1)
    let (x, p) = (trial.input(shape), trial.parameter(shape))
    for source in [x, p] {
      let square = trial.graph.unary(.square, source)
      let kept = trial.graph.detach(square)
      let inside = trial.graph.detach(source)
      let product = trial.graph.multiply(source, trial.graph.multiply(kept, inside))
      expectAgreement(
        [inside, kept, product, trial.graph.softmax(kept), trial.graph.reshape(kept, [shape.count, 1])],
        in: trial)
      let gradient = trial.graph.gradient(of: product, withRespectTo: [source])[0]
      // Of x · [x² · x] with what is in brackets held, x³; without, it were 4 x³.
      let cube = trial.graph.multiply(square, source)
      let difference = trial.graph.subtract(gradient, cube)
      expectAgreement([gradient, difference], in: trial)
      let reference = Reference(trial.graph, trial.conditions(rows: 3, seed: 2))
      #expect(reference.values(of: difference).allSatisfy { abs($0) < 1e-12 })
      let alone = trial.graph.gradient(of: kept, withRespectTo: [source])[0]
      #expect(trial.graph.isZero(alone))
    }
  }

  /// The straight way past what has no derivative: the value of one, the gradient of the other.
  @Test func straightThrough() {
    var trial = Trial(-1...1)
    let (x, p) = (trial.input([4]), trial.parameter([4]))
    let stepped = trial.graph.unary(.step, trial.graph.multiply(x, p))
    let through = trial.graph.add(
      trial.graph.detach(stepped), trial.graph.subtract(x, trial.graph.detach(x)))
    let target = trial.graph.multiply(through, p)
    let gradients = trial.graph.gradient(of: target, withRespectTo: [x, p])
    expectAgreement([through, target] + gradients, in: trial)
    let reference = Reference(trial.graph, trial.conditions(rows: 3, seed: 2))
    let rows = trial.graph.sumBatch(stepped)
    let sums = Reference(trial.graph, trial.conditions(rows: 3, seed: 2)).values(of: rows)
    #expect(reference.values(of: gradients[1]) == sums)
    let conditions = trial.conditions(rows: 3, seed: 2)
    let found = reference.values(of: gradients[0])
    #expect(found.indices.allSatisfy { found[$0] == conditions.parameters[$0 % 4] })
  }

  /// It is a view: no instruction stands for it.
  @Test func detachingCostsNothing() {
    func summary(_ detaches: Bool) -> [Substring] {
      var trial = Trial()
      let x = trial.input([6])
      let square = trial.graph.unary(.square, x)
      let soft = trial.graph.softmax(detaches ? trial.graph.detach(square) : square)
      let found = Evaluation(
        trial.graph, Plan.Targets(results: [soft]), trial.conditions(rows: 2, seed: 1))
      return found.summary.split(separator: "\n")
    }
    #expect(summary(true) == summary(false))
  }
}

extension Graph {
  /// Whether a value is the number 0, repeated or not.
  fileprivate func isZero(_ value: Value) -> Bool {
    let node = nodes[value.index]
    if case .constant(let number) = node.op { return number == 0 }
    if case .expand = node.op { return isZero(node.inputs[0]) }
    if case .broadcast = node.op { return isZero(node.inputs[0]) }
    return false
  }
}
