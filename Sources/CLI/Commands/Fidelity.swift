import Hourglass

extension Command {
  static let fidelity = Command(
    name: "fidelity", abstract: "measures how like generated samples are to real ones",
    operands: [
      Operand(name: "REAL", meaning: "real samples whose classes are known ('hourglass help sources')"),
      Operand(name: "GENERATED", meaning: "generated samples of the same kind"),
    ],
    options: [
      DataOption.label.declaration, FidelityOption.epochs.declaration, SharedOption.seed.declaration,
    ] + SharedOption.ofComputing,
    discussion: """
      A small classifier is trained on REAL, and samples are compared by what its last hidden layer makes of them. The \
      Fréchet distance is that of two normal distributions with the means and covariances of both: 0 for the same. Precision is the \
      share of generated samples that lie where real ones do, recall the share of real ones that lie where generated ones \
      do. These numbers compare models judged by the same REAL and --seed, and nothing else.
      """,
    examples: [
      "hourglass fidelity train-images-idx3-ubyte generated.npy",
      "hourglass fidelity data.csv generated.csv --label kind --json",
    ],
    run: { session in
      let real = try session.open(session.operand(0))
      let generated = try session.open(session.operand(1), like: real, isOther: true)
      let fidelity = try Fidelity(
        real: real, generated: generated, epochs: session.arguments[FidelityOption.epochs],
        seed: session.arguments[SharedOption.seed], threads: session.threads)
      try session.streams.output.writeLine(
        session.isJSON ? JSON.object(fidelity.members).line : fidelity.words)
    })
}

private enum FidelityOption {
  static let epochs = Option(
    "epochs", .integer(1...10_000), default: 10, "passes over the real samples, to train the classifier")
}

extension Fidelity {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("frechet_distance", .number(frechetDistance)), JSON.Member("precision", .number(precision)),
      JSON.Member("recall", .number(recall)),
      JSON.Member("frechet_distance_of_halves", .number(frechetDistanceOfHalves)),
      JSON.Member("accuracy", .number(accuracy)),
    ]
  }

  fileprivate var words: String {
    """
    Fréchet distance  \(Figures.significant(frechetDistance))   \
    (two halves of the real samples: \(Figures.significant(frechetDistanceOfHalves)))
    precision         \(Figures.fixed(precision, 3))
    recall            \(Figures.fixed(recall, 3))

    by the features of a classifier that finds the class of \
    \(Figures.fixed(100 * accuracy, 1)) % of held samples
    """
  }
}
