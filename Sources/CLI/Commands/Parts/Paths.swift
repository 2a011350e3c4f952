import Hourglass

extension Command {
  static let interpolate = Command(
    name: "interpolate", abstract: "shows the samples on the way from one sample's code to another's",
    operands: [
      .model, Operand(name: "A", meaning: "the first sample: a source, or SOURCE@N for its sample N, from 0"),
      Operand(name: "B", meaning: "the last sample, in the same way"),
    ],
    options: [
      PathOption.steps.declaration, PathOption.path.declaration, PathOption.ofClass.declaration,
      GenerateOption.output.declaration,
      GenerateOption.show.declaration,
    ] + DataOption.ofUse + SharedOption.ofUse,
    discussion: """
      Both samples are encoded, and codes between the two are decoded: on a straight line, or on an arc (--path \
      spherical), which suits codes that follow a normal distribution. Give -o, --show or both.
      """,
    examples: [
      "hourglass interpolate model.safetensors digits.npy@3 digits.npy@7 -o between.png",
      "hourglass interpolate model.safetensors a.png b.png --steps 5 --path spherical --show",
    ],
    run: { session in
      let target = try SampleTarget(
        session, of: "interpolate", takingFrom: Array(session.arguments.operands.dropFirst()))
      let model = try session.model()
      try target.output?.check(model)
      let (a, b) = (
        try session.code(of: session.operand(1), model), try session.code(of: session.operand(2), model)
      )
      let path = Path(rawValue: try session.arguments[PathOption.path]) ?? .linear
      let samples = try model.interpolate(
        from: a, to: b, steps: session.arguments[PathOption.steps], along: path,
        class: model.number(ofClass: session.arguments[PathOption.ofClass]), threads: session.threads)
      try target.give(samples, of: model, across: samples.rows, session)
    })

  static let traverse = Command(
    name: "traverse", abstract: "shows what each dimension of the code stands for",
    operands: [.model],
    options: [
      PathOption.dimension.declaration, PathOption.steps.declaration, PathOption.reach.declaration,
      PathOption.start.declaration, PathOption.ofClass.declaration, GenerateOption.output.declaration,
      GenerateOption.show.declaration,
    ] + DataOption.ofUse + SharedOption.ofUse,
    discussion: """
      One dimension of the code goes from -X to X in even steps, the others stay at 0, or at the code of a sample \
      (--start). Pictures stand in a line for each dimension. Give -o, --show or both.
      """,
    examples: [
      "hourglass traverse model.safetensors --dimension 3 --show",
      "hourglass traverse model.safetensors --start digits.npy@0 -o dimensions.png",
    ],
    run: { session in
      let start = try session.arguments[PathOption.start]
      let target = try SampleTarget(session, of: "traverse", takingFrom: start.map { [$0] } ?? [])
      let model = try session.model()
      try target.output?.check(model)
      let width = model.autoencoder.outline.code.count
      let code = try start.map { try session.code(of: $0, model) } ?? Array(repeating: 0, count: width)
      let dimensions = try session.arguments[PathOption.dimension].map { [$0] } ?? Array(0..<width)
      let steps = try session.arguments[PathOption.steps]
      let reach = Float(try session.arguments[PathOption.reach])
      let samples = try model.traverse(
        dimensions, from: code, over: -reach...reach, steps: steps,
        class: model.number(ofClass: session.arguments[PathOption.ofClass]), threads: session.threads)
      try target.give(samples, of: model, across: steps, session)
    })
}

private enum PathOption {
  static let steps = Option("steps", .integer(2...10_000), default: 10, "samples from one end to the other")
  static let path = Option(
    "path", .choice(Path.allCases.map(\.rawValue)), default: "linear", "a straight line or an arc")
  static let ofClass = Option.optional(
    "class", .text("NAME", "the name of a class"), shown: "the first",
    "of models trained with --conditional: the class of all samples")
  static let dimension = Option.optional(
    "dimension", .integer(0...(1 << 20)), shown: "all", "the dimension of the code that changes, from 0")
  static let reach = Option(
    "reach", .number(above: 0), default: 3, "how far it goes to either side: deviations of a standard normal")
  static let start = Option.optional(
    "start", .file("SOURCE@N"), shown: "code 0", "the sample whose code the other dimensions keep")
}
