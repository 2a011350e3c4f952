import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// What is measured of hidden values, against closed forms and against sums worked out here.
@Suite("Imputation of hidden values")
struct ImputationTests {
  /// A network that was never trained, for samples of numbers.
  private static func untrained(_ dataset: Dataset) throws -> Model {
    let architecture = Architecture.dense(input: dataset.sampleShape, layers: [6], latent: 2)
    return try Model(
      Autoencoder(architecture, seed: 4), .fitted(.standard, to: dataset, gaps: true))
  }

  @Test("the normal distribution comes to what a correlation leaves open")
  func closedForm() throws {
    let (rows, correlation, rate) = (12_000, 0.8, 0.3)
    let (x, e) = (Draws.normal(rows, seed: 1), Draws.normal(rows, seed: 2))
    let values = (0..<rows).flatMap { row -> [Float] in
      let y = correlation * Double(x[row]) + (1 - correlation * correlation).squareRoot() * Double(e[row])
      return [50 + 20 * x[row], Float(y) / 100]
    }
    let dataset = try Dataset(Tensor([rows, 2], values), origin: "pairs")
    let test = try ImputationTest(ImputationTests.untrained(dataset), on: dataset, rate: rate, seed: 3)
    let numbers = try #require(test.numbers)
    // The other value of the row is there, or hidden too.
    let expected = ((1 - rate) * (1 - correlation * correlation) + rate).squareRoot()
    #expect(abs(numbers.constant - 1) < 0.02, "\(numbers.constant)")
    #expect(abs((numbers.normal ?? 0) - expected) < 0.02, "\(numbers.normal ?? 0), not \(expected)")
    #expect(abs((numbers.factors ?? 0) - expected) < 0.03, "\(numbers.factors ?? 0), not \(expected)")
    #expect(abs(Double(numbers.count) - rate * 2 * Double(rows)) < 300)
    #expect(test.levels == nil && test.fields.map(\.name) == ["value 0", "value 1"])
  }

  private static let slots = [
    Slot("size", .number, hasGaps: true), Slot("visits", .count(mean: 1, deviation: 0.5), hasGaps: true),
    Slot("member", .flag, hasGaps: true), Slot("plan", .category(levels: 3), hasGaps: true),
    Slot("told", .flag, role: .out),
  ]

  private static func records(_ rows: Int) throws -> Dataset {
    let (x, u) = (Draws.normal(rows, seed: 5), Draws.uniform(rows * 5, seed: 6))
    let values = (0..<rows).flatMap { row -> [Float] in
      let size = x[row]
      let cells = [
        size, max(0, (2 * size + 3).rounded()), size > 0.3 ? 1 : 0, size < -0.5 ? 2 : size < 0.5 ? 0 : 1, 1,
      ]
      return cells.enumerated().map { u[row * 5 + $0] < 0.1 ? .nan : $1 }
    }
    return try Dataset(Tensor([rows, 5], values), hasGaps: true, origin: "records")
  }

  @Test("errors of a field are those of its hidden values alone, on its own scale")
  func sums() throws {
    let dataset = try ImputationTests.records(120)
    let architecture = Architecture.dense(
      input: [5], layers: [9], latent: 3, reconstruction: .fields(Record(ImputationTests.slots)))
    let model = try Model(
      Autoencoder(architecture, seed: 2), .fitted(Scaling.Kind.none, to: dataset, gaps: true))
    let positions = (0..<120).filter { $0 % 3 != 0 }.map { UInt32($0) }
    let test = try ImputationTest(model, on: dataset, positions: positions, rate: 0.4, seed: 9)
    let random = Random(seed: 9, stream: .analysis)
    var holed = dataset.samples.values
    var hidden: [(row: Int, column: Int)] = []
    for row in positions.map(Int.init) {
      for column in 0..<4 where !holed[row * 5 + column].isNaN {
        guard Double(random.uniform(position: UInt64(row * 5 + column))) < 0.4 else { continue }
        holed[row * 5 + column] = .nan
        hidden.append((row, column))
      }
    }
    let made = try model.reconstruct(
      Dataset(Tensor([120, 5], holed), hasGaps: true, origin: "holes")
    ).values
    let truth = dataset.samples.values
    #expect(test.fields.map(\.name) == ["size", "visits", "member", "plan"])
    for (column, field) in test.fields.enumerated() {
      let cells = hidden.filter { $0.column == column }.map { $0.row * 5 + column }
      let left = stride(from: column, to: 600, by: 5).filter { !holed[$0].isNaN }.map { Double(truth[$0]) }
      #expect(field.errors.count == cells.count && cells.count > 15)
      let expected: (model: Double, constant: Double)
      if column < 2 {
        func scale(_ x: Double) -> Double { column == 0 ? x : log(1 + max(0, x)) / 0.5 }
        let mean = left.map(scale).reduce(0, +) / Double(left.count)
        func root(_ filled: (Int) -> Double) -> Double {
          let squares = cells.map { pow(filled($0) - scale(Double(truth[$0])), 2) }
          return (squares.reduce(0, +) / Double(cells.count)).squareRoot()
        }
        expected = (root { scale(Double(made[$0])) }, root { _ in mean })
      } else {
        let counts = Dictionary(grouping: left) { $0 }.mapValues(\.count)
        let commonest = counts.max { $0.value < $1.value }?.key
        func wrong(_ filled: (Int) -> Double?) -> Double {
          Double(cells.count { filled($0) != Double(truth[$0]) }) / Double(cells.count)
        }
        expected = (
          wrong { column == 2 ? (made[$0] > 0.5 ? 1 : 0) : Double(made[$0]) }, wrong { _ in commonest }
        )
      }
      #expect(abs(field.errors.model - expected.model) < 1e-5, "\(field), not \(expected)")
      #expect(abs(field.errors.constant - expected.constant) < 1e-5, "\(field), not \(expected)")
      #expect((field.errors.normal == nil) == (column > 1))
    }
    let numbers = test.fields.prefix(2).map(\.errors)
    let pooled = numbers.reduce(0) { $0 + $1.model * $1.model * Double($1.count) }
    let count = numbers.reduce(0) { $0 + $1.count }
    #expect(abs((test.numbers?.model ?? 0) - (pooled / Double(count)).squareRoot()) < 1e-9)
  }

  @Test("how often a field is missing is told by what is there, and survives the file")
  func missing() throws {
    let rows = 6000
    let (u, v) = (Draws.uniform(rows, seed: 7), Draws.uniform(rows, seed: 8))
    // Missing in 0.8 of the members and 0.1 of the others; the second field with the first.
    let values = (0..<rows).flatMap { row -> [Float] in
      let member: Float = row % 2 == 0 ? 1 : 0
      let isMissing = u[row] < (member == 1 ? 0.8 : 0.1)
      return [isMissing ? .nan : v[row], isMissing ? .nan : 1, member]
    }
    let record = Record([
      Slot("a", .number, hasGaps: true), Slot("b", .flag, hasGaps: true), Slot("member", .flag),
    ])
    let dataset = try Dataset(Tensor([rows, 3], values), origin: "records")
    let gaps = try #require(GapPrior(of: record, fittedTo: dataset))
    var model = Model(
      try Autoencoder(
        .dense(input: [3], layers: [4], latent: 2, reconstruction: .fields(record)), seed: 1),
      try .fitted(Scaling.Kind.none, to: dataset, gaps: true))
    model.gaps = gaps
    #expect(try Model(model.safeTensors(), name: "m").gaps == gaps)
    for (member, expected) in [(Float(1), 0.8), (0, 0.1)] {
      let found = (0..<rows).map { row in
        gaps.missing(of: [0.5, 1, member]) { Double(($0 == 0 ? u : v)[row]) }
      }
      let share = Double(found.count { $0.contains(0) }) / Double(rows)
      #expect(abs(share - expected) < 0.03, "\(share), not \(expected)")
      #expect(found.count { $0.contains(0) == $0.contains(1) } > rows * 98 / 100)
    }
    let whole = try Dataset(Tensor([2, 3], [1, 1, 1, 0, 0, 0]), origin: "whole")
    #expect(GapPrior(of: record, fittedTo: whole) == nil)
  }

  @Test("a model that takes no gaps is refused by name, and so is data without a value to hide")
  func refusals() throws {
    let dataset = try Dataset(Tensor([20, 3], Draws.normal(60, seed: 1)), origin: "whole")
    let model = try ImputationTests.untrained(dataset)
    let strict = Model(model.autoencoder, try .fitted(.standard, to: dataset))
    #expect { try ImputationTest(strict, on: dataset, rate: 0.3) } throws: {
      "\($0)".contains("takes samples with gaps")
    }
    #expect { try ImputationTest(model, on: dataset, positions: [], rate: 0.3) } throws: {
      "\($0)".contains("values to hide")
    }
  }
}
