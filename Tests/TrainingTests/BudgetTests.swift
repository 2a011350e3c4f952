import Foundation
import Hourglass
import Testing

/// How long a training lasts where nobody says so.
@Suite("Budget")
struct BudgetTests {
  /// Rows to train on, the batch that train takes for so many, and what that comes to.
  static let budgets: [(rows: Int, batch: Int, epochs: Int, steps: Int, patience: Int)] = [
    // 2 rows, one of them held out.
    (1, 1, 2000, 2000, 200),
    // 60 rows: 54 in 4 steps, which would take 2500 epochs.
    (54, 16, 2000, 8000, 200),
    // 400 rows: 360 in 23 steps; 10 000 / 23 = 434.8.
    (360, 16, 435, 10_005, 43),
    // 10 000 rows: 9000 in 71 steps; 140.8.
    (9000, 128, 141, 10_011, 20),
    // MNIST: 54 000 in 211 steps; 47.4.
    (54_000, 256, 47, 9917, 20),
    // A million rows: 900 000 in 3516 steps; 2.8.
    (900_000, 256, 3, 10_548, 20),
    (90_000_000, 256, 1, 351_563, 20),
  ]

  @Test("is some ten thousand steps", arguments: budgets)
  func steps(_ row: (rows: Int, batch: Int, epochs: Int, steps: Int, patience: Int)) {
    let budget = Budget(samples: row.rows, batch: row.batch, isJudged: true)
    #expect(budget.epochs == row.epochs && budget.steps == row.steps && budget.patience == row.patience)
  }

  @Test("is a quarter of them where no held-out samples could end it")
  func unjudged() {
    let budget = Budget(samples: 400, batch: 16, isJudged: false)
    #expect(budget.epochs == 100 && budget.steps == 2500 && budget.patience == nil)
  }

  @Test("counts passes where every step takes all samples")
  func fullBatch() {
    let budget = Budget(samples: 360, batch: 16, isFullBatch: true, isJudged: true)
    #expect(budget.epochs == 435 && budget.steps == 435 && budget.patience == 43)
  }

  @Test("a training by it that is stopped goes on to the same bytes, and stops where patience ends")
  func resume() throws {
    let samples = try Samples.unit(40, 5)
    let (training, held) = try samples.split(holdingOut: 0.1, seed: 1)
    let budget = Budget(samples: training.count, batch: 16, isJudged: true)
    var recipe = Recipe(epochs: budget.epochs, batch: 16, seed: 3)
    (recipe.patience, recipe.schedule) = (budget.patience, recipe.optimizer.usualSchedule)
    let architecture = Architecture.dense(input: [5], layers: [8], latent: 2)
    func trainer() throws -> Trainer {
      try Trainer(Autoencoder(architecture, seed: 3), recipe, on: training, validating: held, threads: 1)
    }
    let whole = try trainer()
    var steps = 0
    while try whole.nextStep() != nil { steps += 1 }
    // Noise is learned by heart before the end.
    #expect(whole.isOutOfPatience && whole.epochs.count < budget.epochs)
    let expected = try whole.finishedModel().safeTensors().bytes()
    let file = FileManager.default.temporaryDirectory
      .appending(path: "budget-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    for stop in [1, steps / 2, steps - 1] {
      let (first, second) = (try trainer(), try trainer())
      for _ in 0..<stop { _ = try first.nextStep() }
      try first.checkpoint(to: file)
      #expect(try second.resume(from: file))
      while try second.nextStep() != nil {}
      #expect(try second.finishedModel().safeTensors().bytes() == expected)
    }
  }

  @Test("where fields are hidden a training is longer, and few samples have fewer passes")
  func hidden() {
    let many = Budget(samples: 60_000, batch: 256, isJudged: true, hidesFields: true)
    // 235 steps an epoch: 30 000 / 235 = 127.66
    #expect(many.epochs == 128 && many.steps == 30_080 && many.patience == 20)
    let few = Budget(samples: 150, batch: 16, isJudged: false, hidesFields: true)
    #expect(few.epochs == 1000 && few.steps == 10_000 && few.patience == nil)
    #expect(Budget.average(steps: 399) == nil)
    #expect(Budget.average(steps: 2000) == 0.99 && Budget.average(steps: 1_000_000) == 0.999)
  }
}
