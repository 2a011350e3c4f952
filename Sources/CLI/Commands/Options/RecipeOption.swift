import Hourglass

/// The options of `train` that make a training better behaved: schedules, regularisation, and when to stop.
enum RecipeOption {
  static let nesterov = Option.flag("nesterov", "of sgd: look ahead along the momentum")
  static let rho = Option.optional(
    "rho", .number(above: 0, orEqual: true, atMost: 0.999999), shown: "adadelta 0.95, rmsprop 0.9",
    "memory of the gradient's square")
  static let epsilon = Option.optional(
    "epsilon", .number(above: 0, atMost: 1), shown: "by optimizer", "keeps a division from 0")
  static let basisEvery = Option.optional(
    "basis-every", .integer(1...1_000_000), shown: "10",
    "of soap: steps from one look at its bases to the next")
  static let basisSide = Option.optional(
    "basis-side", .integer(1...16_384), shown: "256",
    "of soap: the longest side of a matrix that has a basis; longer ones keep their own axes")
  static let memory = Option.optional(
    "memory", .integer(1...1000), shown: "10", "of lbfgs: steps that are remembered")

  static let schedule = Option.optional(
    "schedule", .text("NAME", "a schedule"),
    shown: "\(Optimizer.adam().usualSchedule.name); of schedule-free constant",
    "of the rate: \(Schedule.names.joined(separator: ", ")); with numbers as in step:every=10,factor=0.5")
  static let warmup = Option.optional(
    "warmup", .number(above: 0, orEqual: true, atMost: 1_000_000),
    shown: "0, beginning at PCA a tenth of all",
    "epochs over which the rate rises from 0")
  static let batchSchedule = Option(
    "batch-schedule", .text("NAME", "a schedule"), default: "constant",
    "of the batch: \(BatchSchedule.names.joined(separator: ", ")); with numbers as above")

  static let decay = Option.optional(
    "weight-decay", .number(above: 0, orEqual: true), shown: "0, adamw 0.01",
    "decoupled: every step takes rate times this off every weight")
  static let clip = Option.optional("clip", .number(above: 0), "cuts the norm of the gradient to this")
  static let clipValue = Option.optional(
    "clip-value", .number(above: 0), "cuts each value of the gradient to this")
  static let maximumNorm = Option.optional(
    "max-norm", .number(above: 0), "cuts the norm of the weights into a unit to this")
  static let average = Option.optional(
    "average", .number(above: 0, atMost: 0.999999),
    "keeps a moving average of the weights with this decay, and saves it")
  static let patience = Option.optional(
    "patience", .integer(1...1_000_000), shown: "without --epochs a tenth of them",
    "epochs without a lower loss after which training stops")
  static let onDivergence = Option(
    "on-divergence", .choice(Recipe.Divergence.allCases.map(\.rawValue)), default: "stop",
    "when a loss is not finite: stop, or go back and reduce the rate")

  static let checkpointEvery = Option.optional(
    "checkpoint-every", .integer(1...1_000_000_000), shown: "each epoch",
    "steps between checkpoints of the file named by -o")
  static let resume = Option.optional(
    "resume", .file(), "goes on from this checkpoint; where there is none yet, starts and says so")

  static let log = Option.optional(
    "log", .file("DIR"), "the folder to write curves, histograms and pictures into, for TensorBoard")

  static let report = Option.optional(
    "report", .file("FILE"), "writes a page about the trained model, as the command report does (.html)")

  static let ofOptimizer: [Declaration] = [
    nesterov.declaration, rho.declaration, epsilon.declaration, basisEvery.declaration,
    basisSide.declaration, memory.declaration,
  ]

  static let ofCourse: [Declaration] = [
    schedule.declaration, warmup.declaration, batchSchedule.declaration, decay.declaration,
    clip.declaration, clipValue.declaration, maximumNorm.declaration, average.declaration,
    patience.declaration, onDivergence.declaration,
  ]

  static let ofFiles: [Declaration] = [
    report.declaration, checkpointEvery.declaration, resume.declaration, log.declaration,
  ]
}

extension Arguments {
  /// Puts what these options say into a recipe.
  func complete(_ recipe: inout Recipe) throws(Failure) {
    do {
      recipe.schedule =
        try self[RecipeOption.schedule].map { try Schedule(text: $0) } ?? recipe.optimizer.usualSchedule
      recipe.batchSchedule = try BatchSchedule(text: try self[RecipeOption.batchSchedule])
      recipe.warmup = try self[RecipeOption.warmup] ?? 0
      if let decay = try self[RecipeOption.decay] { recipe.decay = Float(decay) }
      recipe.clipNorm = try self[RecipeOption.clip].map(Float.init)
      recipe.clipValue = try self[RecipeOption.clipValue].map(Float.init)
      recipe.maximumNorm = try self[RecipeOption.maximumNorm].map(Float.init)
      recipe.average = try self[RecipeOption.average].map(Float.init)
      recipe.patience = try self[RecipeOption.patience]
      recipe.onDivergence = try Recipe.Divergence(rawValue: self[RecipeOption.onDivergence]) ?? .stop
      try recipe.check()
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure.commandLine("\(error)")
    }
  }
}
