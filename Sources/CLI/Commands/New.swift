import Hourglass

extension Command {
  static let new = Command(
    name: "new", abstract: "writes an architecture as JSON, to edit and give to train",
    operands: [],
    options: [NewOption.input.declaration] + ShapeOption.all,
    common: [NewOption.input.declaration] + ShapeOption.common,
    notes: ShapeOption.notes(" The loss is mse."),
    examples: [
      "hourglass new --family plain --input 28x28 --latent 32 > network.json",
      "hourglass new --input 10 --layers 64,32 --latent 4 --activation tanh",
    ],
    run: { session in
      guard let dimensions = try session.arguments[NewOption.input] else {
        throw Failure.commandLine("new needs --input SHAPE: the shape of one sample, such as 784 or 28x28")
      }
      if try session.arguments[FamilyOption.conditional] {
        throw Failure.commandLine(
          "new has no data to find classes in; leave --conditional out and write "
            + #""condition": {"classes": ["a", "b"]} into the JSON"#)
      }
      guard let count = Shape.count(of: dimensions), count <= 1 << 32 else {
        throw Failure.commandLine("--input expects at most \(1 << 32) values in all, found more")
      }
      let traits = SampleTraits(shape: Shape(dimensions))
      let architecture = try session.arguments.architecture(for: traits)
      try traits.tellOfSides(session, "--input", isArray: true)
      try session.streams.output.writeLine(JSONText.encode(architecture))
    })
}

private enum NewOption {
  static let input = Option.optional("input", .shape, "shape of one sample: 784, 28x28 or 3x32x32 (required)")
}
