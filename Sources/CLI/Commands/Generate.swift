import Hourglass

extension Command {
  static let generate = Command(
    name: "generate", abstract: "draws new samples from a trained model",
    operands: [.model],
    options: [
      GenerateOption.count.declaration, GenerateOption.ofClass.declaration, GenerateOption.fit.declaration,
      GenerateOption.components.declaration, GenerateOption.temperature.declaration,
      GenerateOption.output.declaration, GenerateOption.show.declaration,
      SharedOption.seed.declaration,
    ] + SharedOption.ofUse,
    discussion: """
      Codes are drawn and decoded: from the distribution that was fitted to the codes (train --prior), or from the one that \
      training holds codes to, the standard normal (train --family variational, wasserstein) or even odds (--family categorical). With --fit \
      any model will do. Give -o, --show or both; for a model of images or \
      sounds OUT may be a folder, and for images a .png file, which shows all of them.
      """,
    examples: [
      "hourglass generate model.safetensors -n 100 -o digits.png",
      "hourglass generate model.safetensors -n 1000 -o samples.csv --seed 7",
    ],
    run: { session in
      let target = try SampleTarget(session, of: "generate")
      var model = try session.model()
      try target.output?.check(model)
      if let source = try session.arguments[GenerateOption.fit] {
        let codes = try model.encode(session.open(source, for: model), threads: session.threads)
        model.prior = try .mixture(
          GaussianMixture(
            fittedTo: codes, components: session.arguments[GenerateOption.components],
            seed: session.arguments[SharedOption.seed]))
      }
      let samples = try model.generate(
        session.arguments[GenerateOption.count], of: session.arguments[GenerateOption.ofClass],
        temperature: Float(session.arguments[GenerateOption.temperature]),
        seed: session.arguments[SharedOption.seed],
        threads: session.threads)
      try target.give(samples, of: model, session)
    })
}

enum GenerateOption {
  static let count = Option("count", short: "n", .integer(1...10_000_000), default: 16, "how many samples")
  static let ofClass = Option.optional(
    "class", .text("NAME", "the name of a class"), shown: "each in turn",
    "of models trained with --conditional: the class of all samples")
  static let fit = Option.optional(
    "fit", .file("SOURCE"), shown: "none",
    "draws codes from a gaussian mixture fitted to the codes of this source: for any model")
  static let components = Option(
    "components", .integer(1...1000), default: 10, "of --fit: gaussians that the mixture has")
  static let temperature = Option(
    "temperature", .number(above: 0), default: 1,
    "how far codes stray from the likeliest ones: below 1 samples are likelier and more alike"
  )
  static let output = Option.optional(
    "output", short: "o", .file("OUT"),
    "the file to write: .npy, .npz or .csv (.tsv, .csv.gz); for images also .png, for images and sounds a folder; - is standard output"
  )
  static let show = Option.flag("show", "draws the samples in the terminal, where they are pictures")
}
