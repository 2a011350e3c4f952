import Foundation
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Losses and gradients of samples with missing values against their formula in double precision.
@Suite("Missing values")
struct MissingValueTests {
  private struct Trial {
    let autoencoder: Autoencoder
    /// NaN at random places; none in the first row, nothing else in the second.
    let samples: Tensor
    let shares: [Float]

    init(_ term: Reconstruction, _ shape: Shape, rows: Int = 33) throws {
      let architecture = Architecture.dense(
        input: shape, layers: [6], latent: 2, activation: .tanh, reconstruction: term,
        penalties: [.activity(l1: 0.01, l2: 0.02), .weights(l2: 0.01)])
      let (width, last) = (shape.count, shape.dimensions.last ?? 1)
      var values: [Float] =
        switch term {
        case .categorical: Draws.shares(rows * width / last, last, seed: 5)
        case .bernoulli: Draws.uniform(rows * width, seed: 5)
        default: Draws.normal(rows * width, seed: 5)
        }
      let chances = Draws.uniform(rows * width, seed: 6)
      for index in width..<values.count where chances[index] < 0.3 || index < 2 * width {
        values[index] = .nan
      }
      autoencoder = try Autoencoder(architecture, seed: 2)
      samples = Tensor(shape.batch(rows), values)
      shares = Draws.uniform(rows, seed: 7).enumerated().map { $0 == 1 || $0 == 4 ? 0 : 2 * $1 }
    }
  }

  @Test("losses pass over them", arguments: ReconstructionTests.terms, [[12], [3, 4]] as [Shape])
  func losses(_ term: Reconstruction, _ shape: Shape) throws {
    let trial = try Trial(term, shape)
    let (outline, architecture) = (trial.autoencoder.outline, trial.autoencoder.architecture)
    let slow = SlowAutoencoder(trial.autoencoder)
    let run = Run(
      .reconstruction(outline, architecture, gaps: true), trial.autoencoder.block, trial.samples)
    let rows = trial.samples.doubleRows
    #expect(distance(run.results[0], rows.flatMap { slow.reconstruct($0) }) < 1e-6)
    #expect(distance(run.results[1], rows.map { slow.loss($0) }) < 1e-6)
    #expect(run.results[1][1] == 0)
  }

  @Test(
    "surprises are losses above the least there can be", arguments: ReconstructionTests.terms, [false, true])
  func surprises(_ term: Reconstruction, _ hasGaps: Bool) throws {
    let trial = try Trial(term, [3, 4])
    let samples = hasGaps ? trial.samples : trial.samples[0..<1]
    let (outline, architecture) = (trial.autoencoder.outline, trial.autoencoder.architecture)
    let run = Run(.surprises(outline, architecture, gaps: hasGaps), trial.autoencoder.block, samples)
    let slow = SlowAutoencoder(trial.autoencoder)
    let expected = samples.doubleRows.map { row in
      // The entropy of what is there, as the loss of a perfect reconstruction has it.
      let present = row.filter { !$0.isNaN }
      func entropy(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }
      let count = Double(max(1, present.count))
      let least: Double =
        switch term {
        case .bernoulli: present.reduce(0) { $0 + entropy($1) + entropy(1 - $1) } / count
        case .categorical: present.reduce(0) { $0 + entropy($1) } * 4 / count
        default: 0
        }
      return slow.loss(row) - least
    }
    #expect(distance(run.results[0], expected) < 2e-6)
    // Shares of which some are missing are no law: what is left of them may fall below.
    if !hasGaps || term != .categorical { #expect(run.results[0].allSatisfy { $0 > -1e-6 }) }
  }

  @Test("gradients pass over them", arguments: ReconstructionTests.terms, [[12], [3, 4]] as [Shape])
  func gradients(_ term: Reconstruction, _ shape: Shape) throws {
    let trial = try Trial(term, shape)
    let rows = trial.samples.doubleRows
    let shares = trial.shares.map(Double.init)
    let slow = SlowAutoencoder(trial.autoencoder)
    let assembly = Assembly.training(
      trial.autoencoder.outline, trial.autoencoder.architecture, gaps: true)
    let run = Run(assembly, trial.autoencoder.block, trial.samples, shares: trial.shares)
    let expected = slow.gradient(rows, shares: shares)
    #expect(distance(run.gradients, expected) < 1e-6)
    #expect(distance(run.results[0], [slow.objective(rows, shares: shares)]) < 1e-6)
    #expect(expected.contains { abs($0) > 0.001 })
    for threads in 2...4 {
      let other = Run(
        assembly, trial.autoencoder.block, trial.samples, shares: trial.shares, threads: threads)
      #expect(other.gradients == run.gradients && other.results == run.results)
    }
  }

  @Test("samples without any have the loss they always had", arguments: ReconstructionTests.terms)
  func none(_ term: Reconstruction) throws {
    let trial = try Trial(term, [3, 4])
    let (outline, architecture) = (trial.autoencoder.outline, trial.autoencoder.architecture)
    let whole = trial.samples[0..<1]
    let with = Run(.losses(outline, architecture, gaps: true), trial.autoencoder.block, whole)
    let without = Run(.losses(outline, architecture), trial.autoencoder.block, whole)
    #expect(distance(with.results[0], without.results[0].map(Double.init)) < 1e-6)
    let plain = Assembly.training(outline, architecture)
    #expect(
      !plain.hasGaps
        && plain.plan(capacity: 4).summary
          != Assembly.training(
            outline, architecture, gaps: true
          ).plan(capacity: 4).summary
    )
  }
}
