import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// Schedules against their formulas, and whether a training follows them.
@Suite("Schedules")
struct ScheduleTests {
  @Test("rates are those of the formulas")
  func formulas() {
    for progress in stride(from: 0.0, through: 20, by: 0.37) {
      func check(_ schedule: Schedule, _ expected: Double) {
        #expect(abs(schedule.factor(at: progress, of: 20) - expected) < 1e-12, "\(schedule) at \(progress)")
      }
      let part = progress / 20
      check(.constant, 1)
      check(.step(every: 6, factor: 0.5), pow(0.5, floor(progress / 6)))
      check(.exponential(factor: 0.9), pow(0.9, progress))
      check(.inverseTime(decay: 0.3), 1 / (1 + 0.3 * progress))
      check(.cosine(cycles: 1, floor: 0.1), 0.1 + 0.9 * (1 + cos(.pi * part)) / 2)
      let within = (part * 4).truncatingRemainder(dividingBy: 1)
      check(.cosine(cycles: 4), (1 + cos(.pi * within)) / 2)
      let rising = 0.04 + 0.96 * (1 - cos(.pi * part / 0.3)) / 2
      let falling = 4e-6 + (1 - 4e-6) * (1 + cos(.pi * (part - 0.3) / 0.7)) / 2
      check(.oneCycle(), part < 0.3 ? rising : falling)
      let late = 0.2 + 0.8 * (1 + cos(.pi * (part - 0.75) / 0.25)) / 2
      check(.trapezoid(fall: 0.25, floor: 0.2), part < 0.75 ? 1 : late)
    }
    #expect(abs(Schedule.cosine(floor: 0.2).factor(at: 20, of: 20) - 0.2) < 1e-12)
    #expect(abs(Schedule.cosine(cycles: 2).factor(at: 20, of: 20)) < 1e-12)
    #expect(abs(Schedule.trapezoid().factor(at: 20, of: 20)) < 1e-12)
    #expect(Schedule.trapezoid().factor(at: 16, of: 20) == 1)
    #expect(abs(Schedule.oneCycle().factor(at: 20, of: 20) - 4e-6) < 1e-12)
  }

  @Test("a warm-up rises from 0 to where the shape begins, which then has the epochs that are left")
  func warmup() {
    for schedule in RecipeCodingTests.schedules {
      let start = schedule.factor(at: 0, of: 16)
      for progress in stride(from: 0.0, to: 4, by: 0.5) {
        let found = schedule.factor(at: progress, of: 20, warmup: 4)
        #expect(abs(found - progress / 4 * start) < 1e-12, "\(schedule) at \(progress)")
      }
      for progress in stride(from: 4.0, through: 20, by: 0.5) {
        let found = schedule.factor(at: progress, of: 20, warmup: 4)
        #expect(abs(found - schedule.factor(at: progress - 4, of: 16)) < 1e-12, "\(schedule) at \(progress)")
      }
    }
    #expect(Schedule.constant.factor(at: 1, of: 2, warmup: 5) == 0.2)
  }

  @Test("a plateau is so many epochs without a lower loss")
  func plateau() {
    let schedule = Schedule.plateau(factor: 0.5, patience: 2)
    func factor(_ losses: [Double]) -> Double { schedule.factor(at: 0, of: 10, losses: losses) }
    #expect(factor([]) == 1)
    #expect(factor([3, 2, 1]) == 1)
    #expect(factor([3, 4]) == 1)
    #expect(factor([3, 4, 3]) == 0.5)
    #expect(factor([3, 4, 3, 3]) == 0.5)
    #expect(factor([3, 4, 3, 3, 3]) == 0.25)
    #expect(factor([3, 4, 2, 5, 5, 1, 1, 1]) == 0.25)
  }

  @Test("batches grow by their formula, never beyond the samples")
  func batches() {
    func sizes(_ schedule: BatchSchedule) -> [Int] {
      (0..<6).map { schedule.batch(10, epoch: $0, most: 50) }
    }
    #expect(sizes(.constant) == [10, 10, 10, 10, 10, 10])
    #expect(sizes(.step(every: 2, factor: 2)) == [10, 10, 20, 20, 40, 40])
    #expect(sizes(.exponential(factor: 1.5)) == [10, 15, 23, 34, 50, 50])
    #expect(BatchSchedule.exponential(factor: 10).batch(1, epoch: 400, most: 7) == 7)
  }

  @Test("a training has the rate of each step, and the batches of each epoch")
  func followed() throws {
    var recipe = Recipe(epochs: 6, batch: 10, optimizer: .sgd(), rate: 0.1, seed: 1)
    recipe.schedule = .cosine()
    recipe.warmup = 1
    recipe.batchSchedule = .step(every: 2, factor: 2)
    let dataset = try Samples.flat(40, 4, rank: 2)
    let trainer = try Trainer(
      Autoencoder(.dense(input: [4], layers: [], latent: 2), seed: 1), recipe, on: dataset)
    var steps = 0
    while let epoch = try trainer.nextEpoch({ _, _ in steps += 1 }) {
      let inEpoch = [4, 4, 2, 2, 1, 1][epoch.number - 1]
      let last = Double(epoch.number - 1) + Double(inEpoch - 1) / Double(inEpoch)
      let expected = 0.1 * recipe.schedule.factor(at: last, of: 6, warmup: 1)
      #expect(abs(Double(epoch.rate) - expected) < 1e-7, "epoch \(epoch.number)")
    }
    #expect(steps == 14)
  }
}
