// Random vectors of 10 values through 10-64-32-64-10.
//
//   swift run -c release example-random-10
//
// What to look at: here the code is wider than the samples, so nothing forces the network to find an
// order, and it may simply pass the values on. The loss falls towards 0, on samples it has never seen
// as well: a low error alone does not say that a model has learned anything about its data. PCA of the
// same width gets 0 exactly.
import Hourglass

let random = Random(seed: 2, stream: .data)
let vectors = Tensor([10_000, 10]) { values in
  for index in values.indices { values[index] = random.uniform(position: UInt64(index)) }
}
let (training, held) = try Dataset(vectors, origin: "random").split(holdingOut: 0.2, seed: 2)

let architecture = Architecture.dense(input: [10], layers: [64], latent: 32, codeActivation: .relu)
let trainer = try Trainer(
  Autoencoder(architecture, seed: 2), Recipe(epochs: 20, batch: 32, seed: 2), on: training, validating: held)
while let epoch = try trainer.nextEpoch() { print(epoch) }

let evaluation = try Evaluation(trainer.finishedModel(), on: held)
print("error \(evaluation.mse), PCA \(evaluation.pcaMSE ?? .nan), untrained \(evaluation.untrainedMSE)")
