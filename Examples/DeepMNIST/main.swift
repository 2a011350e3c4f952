// MNIST through 784-128-64-128-784 with the squared error, and a separate pass over the test images.
//
//   swift run -c release example-mnist-deep train-images-idx3-ubyte.gz t10k-images-idx3-ubyte.gz
//
// What to look at: the loop is yours. Nothing is held out while it trains; afterwards the model is
// saved, read back, and meets the test images for the first time. Their error is close to that of
// training, and some way below the 0.0090 of 64 principal components. The image it finds hardest is
// named at the end.
import Foundation
import Hourglass

let files = CommandLine.arguments.dropFirst()
guard files.count == 2, let first = files.first, let last = files.last else {
  print("give MNIST's images: example-mnist-deep train-images-idx3-ubyte.gz t10k-images-idx3-ubyte.gz")
  exit(2)
}

let architecture = Architecture.dense(
  input: [28, 28], layers: [128], latent: 64, codeActivation: .relu, outputActivation: .sigmoid)
let trainer = try Trainer(
  Autoencoder(architecture, seed: 1), Recipe(epochs: 20, seed: 1), on: Source.open(first))
while let epoch = try trainer.nextEpoch() { print(epoch) }
try trainer.finishedModel().write(to: "mnist-deep.safetensors")

let model = try Model(contentsOf: "mnist-deep.safetensors")
let test = try Source.open(last)
let evaluation = try Evaluation(model, on: test)
let scores = try model.scores(test).values
print("test error \(evaluation.mse), PCA \(evaluation.pcaMSE ?? .nan)")
print("hardest image: \(scores.indices.max { scores[$0] < scores[$1] } ?? 0)")
