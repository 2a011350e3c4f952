import Foundation
import Hourglass
import Testing

@testable import HourglassTraining

/// The JSON form of a recipe, which provenance and checkpoints hold.
@Suite("Recipe as JSON")
struct RecipeCodingTests {
  private func read<Value: Decodable>(_ text: String, as: Value.Type = Value.self) throws -> Value {
    try JSONText.decode(text, place: "here")
  }

  static let optimizers: [Optimizer] = [
    .sgd(), .sgd(momentum: 0.9, nesterov: true), .adagrad(epsilon: 0.1), .adadelta(rho: 0.8, epsilon: 0.2),
    .rmsprop(rho: 0.7, momentum: 0.6, epsilon: 0.3), .adam(beta1: 0.5, beta2: 0.6, epsilon: 0.7), .adamw(),
    .nadam(beta1: 0.1), .lion(beta1: 0.2, beta2: 0.3),
    .scheduleFree(beta1: 0.4, beta2: 0.5, epsilon: 0.6),
    .muon(momentum: 0.1, beta1: 0.2, beta2: 0.3, epsilon: 0.4),
    .soap(beta1: 0.1, beta2: 0.2, epsilon: 0.3, every: 4, side: 5), .lbfgs(memory: 3),
  ]
  static let schedules: [Schedule] = [
    .constant, .step(every: 3, factor: 0.2), .exponential(factor: 0.5), .inverseTime(decay: 2),
    .cosine(cycles: 3, floor: 0.1), .oneCycle(divisor: 5, rise: 0.2), .trapezoid(fall: 0.4, floor: 0.01),
    .plateau(factor: 0.3, patience: 7),
  ]
  static let batchSchedules: [BatchSchedule] = [
    .constant, .step(every: 3, factor: 4), .exponential(factor: 1.5),
  ]

  @Test("every choice is the same after JSON")
  func roundTrip() throws {
    #expect(Set(Self.optimizers.map(\.name)) == Set(Optimizer.names))
    #expect(Set(Self.schedules.map(\.name)) == Set(Schedule.names))
    #expect(Set(Self.batchSchedules.map(\.name)) == Set(BatchSchedule.names))
    for (number, optimizer) in Self.optimizers.enumerated() {
      var recipe = Recipe(epochs: 7, batch: 9, optimizer: optimizer, rate: 0.3, seed: .max)
      recipe.schedule = Self.schedules[number % Self.schedules.count]
      recipe.batchSchedule = Self.batchSchedules[number % 3]
      recipe.warmup = 0.5
      recipe.decay = 0.25
      recipe.average = 0.75
      recipe.patience = 3
      recipe.trim = number % 2 == 0 ? 0.125 : nil
      recipe.clipNorm = number % 2 == 0 ? 2 : nil
      recipe.clipValue = number % 2 == 0 ? nil : 3
      recipe.maximumNorm = 4
      recipe.onDivergence = .reduce
      recipe.firstWeights = number % 2 == 0 ? .principal : .drawn
      recipe.precision = number % 2 == 0 ? .bfloat16 : .float32
      #expect(try read(JSONText.line(recipe)) == recipe)
      #expect(try read(JSONText.encode(recipe)) == recipe)
    }
  }

  @Test("a schedule is the same after its words")
  func words() throws {
    for schedule in Self.schedules {
      #expect(try Schedule(text: schedule.text) == schedule)
      let usual = try #require(Schedule(name: schedule.name))
      #expect(usual.text == schedule.name)
    }
    #expect(Schedule.trapezoid(fall: 0.5, floor: 0).text == "trapezoid:fall=0.5,floor=0.0")
  }

  @Test("what is left out has its default")
  func defaults() throws {
    #expect(try read("{}") == Recipe())
    #expect(try read("{}", as: Recipe.self).firstWeights == .drawn)
    #expect(try read(#"{"optimizer": {"name": "sgd"}}"#) == Recipe(optimizer: .sgd()))
    #expect(try read(#"{"optimizer": {"name": "adamw"}}"#, as: Recipe.self).decay == 0.01)
    for name in Optimizer.names {
      #expect(try read(#"{"name": "\#(name)"}"#) == #require(Optimizer(name: name)))
      #expect(Recipe(optimizer: try #require(Optimizer(name: name))).rate > 0)
    }
    for name in Schedule.names {
      #expect(try read(#"{"name": "\#(name)"}"#) == #require(Schedule(name: name)))
    }
    for name in BatchSchedule.names {
      #expect(try read(#"{"name": "\#(name)"}"#) == #require(BatchSchedule(name: name)))
    }
  }

  @Test(
    "what is not known is refused by name",
    arguments: [
      (#"{"epoch": 3}"#, #"a recipe has no "epoch"; it has epochs, batch, optimizer"#),
      (#"{"optimizer": {"name": "adan"}}"#, #""adan" is not an optimizer; known are sgd, adagrad"#),
      (#"{"optimizer": {"name": "adam", "beta3": 1}}"#, #"an optimizer has no "beta3""#),
      (
        #"{"optimizer": {"name": "sgd", "beta1": 1}}"#,
        "optimizer sgd: expects momentum, nesterov, found beta1"
      ),
      (#"{"optimizer": {}}"#, #"no "name" at optimizer"#),
      (#"{"schedule": {"name": "cosinus"}}"#, #""cosinus" is not a schedule; known are constant, step"#),
      (
        #"{"schedule": {"name": "cosine", "cycle": 2}}"#,
        #"a schedule "cosine" has no "cycle"; it has name, cycles, floor"#
      ),
      (
        #"{"schedule": {"name": "cosine", "every": 2}}"#,
        #"schedule "cosine" has no "every"; it has name, cycles, floor"#
      ),
      (#"{"batch_schedule": {"name": "no"}}"#, #""no" is not a batch schedule; known are constant"#),
      (
        #"{"batch_schedule": {"name": "exponential", "every": 2}}"#,
        #"batch schedule "exponential" has no "every""#
      ),
      (#"{"epochs": "many"}"#, "something other than a whole number at epochs"),
      (#"{"on_divergence": "panic"}"#, "panic"),
      ("[", "JSON"),
    ])
  func unknown(_ text: String, _ expected: String) {
    let found = complaint { let _: Recipe = try read(text) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test("an optimizer changes only the numbers it has")
  func changed() throws {
    #expect(try Optimizer.adam().changed(beta2: 0.5) == .adam(beta2: 0.5))
    #expect(try Optimizer.lbfgs().changed(memory: 4) == .lbfgs(memory: 4))
    #expect(throws: TrainingError.self) { try Optimizer.adam().changed(momentum: 0.5) }
    for optimizer in Self.optimizers { #expect(try optimizer.changed() == optimizer) }
  }
}
