import Hourglass

/// The options of `train` beside those that describe the architecture.
///
/// A new one is a `static let` here, its declaration in ``all``, and the line that reads it where it matters:
/// ``Arguments/recipe`` for what belongs to the recipe.
enum TrainOption {
  static let output = Option.required(
    "output", short: "o", .file("MODEL"), "the model file to write (.safetensors)")
  static let architecture = Option.optional(
    "architecture", .file(),
    "the architecture as JSON, as new writes it, in place of all options of network, family and critic"
  )

  static let scaling = Option.optional(
    "scaling", .choice(Scaling.Kind.allCases.map(\.rawValue)), shown: "by data",
    "how values are scaled before the network sees them")
  static let validation = Option.optional(
    "validation", .text("FRACTION|SOURCE", "a fraction from 0 to 1, or data"), shown: "0.1",
    "samples that are held out to judge by: a part of SOURCE, or other data; 0 for none")

  static let heldOut = Option.optional(
    "held-out", .choice(HoldOut.allCases.map(\.rawValue)),
    shown: "so that nothing is shared",
    "which part of SOURCE is held out: any samples, the last (of series in time), or whole series or files; of others whole classes (--label)"
  )
  static let calibrate = Option.optional(
    "calibrate", .number(above: 0, atMost: 0.9), shown: "none",
    "keeps this share of the samples from the training and calibrates the model on them, so that 'hourglass detect' tells odd "
      + "samples at a rate")
  static let members = Option(
    "members", .integer(1...100), default: 1,
    "networks of other seeds and widths that are trained beside each other; detect takes their answers together"
  )

  static let optimizer = Option(
    "optimizer", .choice(Optimizer.names), default: Optimizer.adam().name, "how weights follow their gradient"
  )
  static let rate = Option.optional(
    "rate", .number(above: 0, atMost: 1000),
    shown: "by optimizer; \(Optimizer.adam().name) \(Optimizer.adam().usualRate)", "learning rate")
  static let momentum = Option.optional(
    "momentum", .number(above: 0, orEqual: true, atMost: 0.999999), shown: "0, muon 0.95",
    "of sgd, rmsprop and muon")
  static let beta1 = Option.optional(
    "beta1", .number(above: 0, orEqual: true, atMost: 0.999999), shown: "0.9, soap 0.95",
    "of adam and its kin: memory of the gradient")
  static let beta2 = Option.optional(
    "beta2", .number(above: 0, orEqual: true, atMost: 0.999999),
    shown: "0.999, lion 0.99, soap 0.95", "of adam and its kin: memory of the gradient's square")
  static let batch = Option.optional(
    "batch", .integer(1...(1 << 20)), shown: "\(Recipe().batch), fewer for less than 10 240 samples",
    "samples a step")
  static let firstWeights = Option(
    "first-weights", .choice(["auto"] + Recipe.FirstWeights.allCases.map(\.rawValue)), default: "auto",
    "where weights begin: drawn as --initializer says, or such that the network begins as PCA of the training samples"
  )
  static let epochs = Option.optional(
    "epochs", .integer(1...1_000_000), shown: "by samples", "passes over the training samples")

  static let prior = Option(
    "prior", .choice(["none", "mixture", "autoregressive"]), default: "none",
    "a distribution fitted to the codes in the end, for generate to draw codes from; mixture: of gaussians; "
      + "autoregressive: of discrete codes, which entry follows which")
  static let priorComponents = Option(
    "prior-components", .integer(1...1000), default: 10, "of --prior mixture: gaussians that it has")

  /// What neither the recipe, nor the architecture, nor the preparation of a model tells of its making.
  static let reading: [Declaration] =
    DataOption.ofReading
    + [
      validation.declaration, heldOut.declaration, calibrate.declaration, members.declaration,
      prior.declaration,
    ]
    + [priorComponents.declaration] + PriorOption.ofAutoregressive

  /// Under their headings, in the order in which the help shows these.
  static let all: [Declaration] =
    (DataOption.ofTraining + [
      validation.declaration, heldOut.declaration, calibrate.declaration, scaling.declaration,
      DataOption.augment.declaration, DataOption.inputField.declaration,
    ])
    .under(.data)
    + ShapeOption.all + LawOption.all + [architecture.declaration].under(.network)
    + HeadOption.all
    + ([
      epochs.declaration, batch.declaration, rate.declaration, firstWeights.declaration, members.declaration,
    ]
    + RecipeOption.ofCourse).under(.training)
    + ([optimizer.declaration, momentum.declaration, beta1.declaration, beta2.declaration]
    + RecipeOption.ofOptimizer).under(.optimizer)
    + ([prior.declaration, priorComponents.declaration] + PriorOption.ofAutoregressive).under(.prior)
    + ([output.declaration] + RecipeOption.ofFiles).under(.files)
    + [
      SharedOption.seed.declaration, SharedOption.threads.declaration, SharedOption.precision.declaration,
      SharedOption.json.declaration, SharedOption.quiet.declaration,
    ].under(.running)

  /// What most people want to know of, by heading.
  static let common: [Declaration] = [
    validation.declaration, DataOption.label.declaration, DataOption.gaps.declaration,
    SourceOption.size.declaration, SourceOption.window.declaration, FieldOption.target.declaration,
    ShapeOption.model.declaration,
    ShapeOption.layers.declaration, ShapeOption.latent.declaration, ShapeOption.loss.declaration,
    FamilyOption.family.declaration, epochs.declaration, rate.declaration, output.declaration,
    RecipeOption.report.declaration, SharedOption.seed.declaration,
  ]

  /// What the headings say before their options.
  static let notes: [HeadingNote] =
    [
      HeadingNote(
        heading: .data,
        text: """
          Pixels over their whole range are divided by 255, pictures in [0, 1] stay as they are, other values, \
          rows of bytes too, are brought to mean 0 and standard deviation 1, or for bce to [0, 1], each column by \
          itself.
          Samples are held out at random. Windows of several series or files are held out by whole ones; of a \
          single series, or of few, the last in time, and those before them that share values with them are left \
          out. --held-out says otherwise.
          With --gaps values that are missing neither pull nor count: the loss of a sample is its mean over the \
          values that are there, the network is given 0 for the others (the mean, after standard scaling), and the \
          model takes such data from then on. Weights are relative: those that are all alike change nothing, 0 \
          leaves a sample out; the validation loss is weighted too.
          --calibrate 0.2 keeps a fifth of the samples from training and validation; they must be normal ones for the rate of \
          false alarms that 'hourglass detect' then keeps.
          --augment changes samples on their way into the network, which is to give back what it was given: shift=2 \
          moves images by up to 2 pixels along each side and series by up to 2 steps, flip and flip-vertical mirror \
          images every other time, rotate=10 turns them by up to 10 degrees, crop=0.1 cuts up to a tenth off each \
          side and stretches the rest, noise=0.05 adds noise of that deviation to any values after scaling. \
          Validation samples stay as they are.
          With --input-field SOURCE the network reads the samples of that source and is to give back those of the \
          first: blurred pictures and sharp ones, for example, in two folders under the same names.
          With --trim 0.1 every epoch but the first leaves out the tenth of the training samples that it finds \
          reconstructed worst, so that odd ones among them are not learned by heart; with weights a tenth by \
          weight, with --balanced a tenth of each class. The validation loss, which says which epoch is best, \
          leaves out as large a share. Choose a share that is at least that of the odd samples. It helps where \
          these lie far off one by one; many that are alike are not told from the others, and are learned all \
          the same.
          """),
      HeadingNote(
        heading: .training,
        text: """
          Without --epochs a training has some 10 000 steps: as many epochs as come to that, at most 2 000, and it \
          stops when a tenth of them, but at least 20, bring no lower validation loss. With --validation 0 it has a \
          quarter of the steps. Where fields of a table are hidden (--corruption fields) it has 30 000, at most 1 000 \
          epochs, and keeps a moving average of the weights over a twentieth of them (--average). The rate falls to 0 over the last fifth of all steps (--schedule trapezoid); \
          --schedule constant leaves it as it is, and so does --optimizer schedule-free of itself.
          Dense layers with relu or its kind, a linear code and a linear output begin as PCA with a code of the same \
          width: two units of each hidden layer carry one value of the code, the others begin as drawn and add \
          nothing yet. The rate then rises over a tenth of the epochs. The start counts as epoch 0: where no epoch has \
          a lower validation loss, it is what is saved. With --initializer, or a penalty on the code, weights are \
          drawn, unless --first-weights pca asks for PCA; --first-weights drawn never begins there.
          """),
      HeadingNote(
        heading: .training,
        text: """
          With --members 5 four more networks are trained after the first on the same samples, with hidden layers and a code of \
          0.75, 1.25, 0.5 and 1.5 times the width and seeds of their own, and kept in the same file.
          """),
      HeadOption.note,
      HeadingNote(
        heading: .optimizer,
        text: "The usual rate of each: "
          + Optimizer.names.compactMap { name in Optimizer(name: name).map { "\(name) \($0.usualRate)" } }
          .joined(separator: ", ") + "."),
      HeadingNote(
        heading: .files,
        text: """
          With --log DIR, 'tensorboard --logdir DIR' shows the curves, the weights, the codes and reconstructions \
          while the training goes on.
          """),
    ]
    + ShapeOption.notes(
      " The loss is mse, and bce for pixels: bytes of pictures, samples of two axes or more.")

  /// The options that belong to some optimizers only, with the number of the optimizer that each sets.
  static let belonging: [(option: Declaration, number: String)] = [
    (momentum.declaration, "momentum"), (beta1.declaration, "beta1"), (beta2.declaration, "beta2"),
    (RecipeOption.nesterov.declaration, "nesterov"), (RecipeOption.rho.declaration, "rho"),
    (RecipeOption.epsilon.declaration, "epsilon"), (RecipeOption.basisEvery.declaration, "every"),
    (RecipeOption.basisSide.declaration, "side"), (RecipeOption.memory.declaration, "memory"),
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
      recipe.trim = try self[DataOption.trim].map(Float.init)
      recipe.precision = try precision ?? .float32
      if has(HeadOption.freeze) { recipe.encoderRate = 0 }
      if let rate = try self[HeadOption.encoderRate] { recipe.encoderRate = Float(rate) }
      recipe.labelledShare = try self[HeadOption.labelledShare].map(Float.init)
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
          epsilon: try self[RecipeOption.epsilon].map(Float.init), every: try self[RecipeOption.basisEvery],
          side: try self[RecipeOption.basisSide], memory: try self[RecipeOption.memory])
      } catch let failure as Failure {
        throw failure
      } catch {
        throw Failure.commandLine("\(error)")
      }
    }
  }
}
