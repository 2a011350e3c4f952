import Hourglass

extension Command {
  static let denoise = Command(
    name: "denoise", abstract: "cleans samples of noise",
    operands: [.model, .source],
    options: [
      GenerateOption.output.declaration, GenerateOption.show.declaration, SampleLines.layout.declaration,
    ] + DataOption.ofOutput + SharedOption.ofUse,
    discussion: """
      Each sample goes through the code and back; a model that learned from corrupted samples gives back what they were \
      before (train --family denoising, or --corruption). Samples are taken as they are: nothing is added to them. Give \
      -o, --show or both. \(SampleLines.words) \(SampleLines.seriesWords)
      """,
    examples: ["hourglass denoise model.safetensors noisy.npy -o clean.npy"],
    run: { session in
      let target = try SampleTarget(session, of: "denoise")
      let model = try session.model()
      try target.output?.check(model)
      let dataset = try session.open(session.operand(1), for: model)
      if model.autoencoder.architecture.corruption.isEmpty {
        session.say(
          "\(session.operand(0)) learned from samples as they are, not to clean them: what comes is its reconstructions; "
            + "train one with --family denoising")
      }
      let samples = try model.reconstruct(dataset, threads: session.threads)
      try target.give(samples, of: model, from: dataset, session)
    })
}
