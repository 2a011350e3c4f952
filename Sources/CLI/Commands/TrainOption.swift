import Hourglass

/// The options of `train` beside those that describe the architecture.
///
/// A new one is a `static let` here, its declaration in ``all``, and the line that reads it where it matters:
/// ``Arguments/recipe`` for what belongs to the recipe.
enum TrainOption {
  static let output = Option.required(
    "output", short: "o", .file("MODEL"), "the model file to write (.safetensors)")
  static let architecture = Option.optional(
    "architecture", .file(), "the architecture as JSON, as new writes it; excludes the options down to --loss"
  )

  static let scaling = Option.optional(
    "scaling", .choice(Scaling.Kind.allCases.map(\.rawValue)), shown: "by data, see above",
    "how values are scaled before the network sees them")
  static let validation = Option.optional(
    "validation", .text("FRACTION|SOURCE", "a fraction from 0 to 1, or data"), shown: "0.1",
    "samples that are held out to judge by: a part of SOURCE, or other data; 0 for none")

  static let heldOut = Option.optional(
    "held-out", .choice(HoldOut.allCases.map(\.rawValue)),
    shown: "so that nothing is shared, see above",
    "which part of SOURCE is held out: any samples, the last (of series in time), or whole series or files; of others whole classes (--label)"
  )

  static let optimizer = Option(
    "optimizer", .choice(Optimizer.names), default: Optimizer.adam().name, "how weights follow their gradient"
  )
  static let rate = Option.optional(
    "rate", .number(above: 0, atMost: 1000),
    shown: Optimizer.names.compactMap { name in Optimizer(name: name).map { "\(name) \($0.usualRate)" } }
      .joined(separator: ", "),
    "learning rate")
  static let momentum = Option.optional(
    "momentum", .number(above: 0, orEqual: true, atMost: 0.999999), shown: "0", "of sgd")
  static let beta1 = Option.optional(
    "beta1", .number(above: 0, orEqual: true, atMost: 0.999999), shown: "0.9",
    "of adam: memory of the gradient")
  static let beta2 = Option.optional(
    "beta2", .number(above: 0, orEqual: true, atMost: 0.999999), shown: "0.999",
    "of adam: memory of the gradient's square")
  static let batch = Option.optional(
    "batch", .integer(1...(1 << 20)), shown: "\(Recipe().batch), fewer for less than 10 240 samples",
    "samples a step")
  static let epochs = Option.optional(
    "epochs", .integer(1...1_000_000), shown: "by samples, see above", "passes over the training samples")

  static let prior = Option(
    "prior", .choice(["none", "mixture", "autoregressive"]), default: "none",
    "a law fitted to the codes in the end, from which generate draws; mixture: of gaussians; autoregressive: of "
      + "discrete codes, which place follows which")
  static let priorComponents = Option(
    "prior-components", .integer(1...1000), default: 10, "of --prior mixture: laws that it has")

  static let all: [Declaration] =
    [output.declaration, architecture.declaration] + ShapeOption.all + [
      scaling.declaration
    ] + DataOption.ofTraining + [
      DataOption.augment.declaration, validation.declaration, heldOut.declaration, optimizer.declaration,
      rate.declaration,
      momentum.declaration, beta1.declaration, beta2.declaration,
    ] + RecipeOption.ofOptimizer + [
      batch.declaration, epochs.declaration, prior.declaration, priorComponents.declaration,
    ] + PriorOption.ofAutoregressive + RecipeOption.ofCourse + [
      SharedOption.seed.declaration, SharedOption.threads.declaration, SharedOption.precision.declaration,
      SharedOption.json.declaration, SharedOption.quiet.declaration,
    ]

  /// The options that belong to some optimizers only, with the number of the optimizer that each sets.
  static let belonging: [(option: Declaration, number: String)] = [
    (momentum.declaration, "momentum"), (beta1.declaration, "beta1"), (beta2.declaration, "beta2"),
    (RecipeOption.nesterov.declaration, "nesterov"), (RecipeOption.rho.declaration, "rho"),
    (RecipeOption.epsilon.declaration, "epsilon"), (RecipeOption.memory.declaration, "memory"),
  ]
}

extension Arguments {
  /// Everything about the training that the options say. Batch and epochs may have to wait for the data:
  /// ``fitted(_:to:isJudged:)``.
  var recipe: Recipe {
    get throws(Failure) {
      var recipe = Recipe(
        optimizer: try optimizer, rate: try self[TrainOption.rate].map(Float.init),
        seed: try self[SharedOption.seed])
      if let epochs = try self[TrainOption.epochs] { recipe.epochs = epochs }
      recipe.isBalanced = has(DataOption.balanced)
      recipe.augmentation = try augmentation
      recipe.precision = try precision
      try complete(&recipe)
      return recipe
    }
  }

  private var augmentation: Augmentation? {
    get throws(Failure) {
      guard let text = try self[DataOption.augment] else { return nil }
      do {
        return try Augmentation(text: text)
      } catch {
        throw Failure.commandLine("--augment: \(error)")
      }
    }
  }

  /// The recipe with what options leave to the data: the batch, and where no epochs are given as many as the
  /// budget has, with its patience unless one is given.
  ///
  /// - Parameter isJudged: whether samples are held out.
  func fitted(_ recipe: Recipe, to samples: Int, isJudged: Bool) throws(Failure) -> Recipe {
    var recipe = recipe
    recipe.batch = try batch(for: samples)
    guard try self[TrainOption.epochs] == nil else { return recipe }
    let isFullBatch = recipe.optimizer.isFullBatch
    let budget = Budget(
      samples: samples, batch: min(recipe.batch, samples), isFullBatch: isFullBatch, isJudged: isJudged)
    recipe.epochs = budget.epochs
    recipe.patience = recipe.patience ?? budget.patience
    return recipe
  }

  /// Samples a step: the number given, else 256, and of few samples so many that an epoch has some forty
  /// steps, a power of two from 16 on. The weights of a small table would hardly move in a few steps an
  /// epoch.
  func batch(for samples: Int) throws(Failure) -> Int {
    if let batch = try self[TrainOption.batch] { return batch }
    var batch = 16
    while batch < Recipe().batch, 2 * batch * 40 <= samples { batch *= 2 }
    return batch
  }

  private var optimizer: Optimizer {
    get throws(Failure) {
      let name = try self[TrainOption.optimizer]
      guard let usual = Optimizer(name: name) else {
        throw Failure.commandLine("--optimizer knows \(Optimizer.names.joined(separator: ", "))")
      }
      for (option, number) in TrainOption.belonging where !usual.numbers.contains(number) {
        guard firstGiven(of: [option]) != nil else { continue }
        let owners = Optimizer.names.filter { Optimizer(name: $0)?.numbers.contains(number) == true }
        throw Failure.commandLine(
          "\(option.dashed) belongs to --optimizer \(owners.joined(separator: ", ")), not to \(name)")
      }
      do {
        return try usual.changed(
          momentum: try self[TrainOption.momentum].map(Float.init),
          nesterov: try self[RecipeOption.nesterov] ? true : nil,
          rho: try self[RecipeOption.rho].map(Float.init),
          beta1: try self[TrainOption.beta1].map(Float.init),
          beta2: try self[TrainOption.beta2].map(Float.init),
          epsilon: try self[RecipeOption.epsilon].map(Float.init), memory: try self[RecipeOption.memory])
      } catch let failure as Failure {
        throw failure
      } catch {
        throw Failure.commandLine("\(error)")
      }
    }
  }
}
