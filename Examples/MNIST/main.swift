// MNIST through 784-32-784 with the binary cross-entropy, as in the best-known tutorial.
//
//   swift run -c release example-mnist train-images-idx3-ubyte.gz t10k-images-idx3-ubyte.gz
//
// What to look at: the validation loss comes to 0.0915 after 50 epochs; published is 0.0916. Then the
// squared error beside that of 32 principal components, the best any linear network can do: some
// 0.0096 against 0.0168.
import Foundation
import Hourglass

let files = CommandLine.arguments.dropFirst()
guard files.count == 2, let first = files.first, let last = files.last else {
  print("give MNIST's images: example-mnist train-images-idx3-ubyte.gz t10k-images-idx3-ubyte.gz")
  exit(2)
}
let training = try Source.open(first)
let test = try Source.open(last)

let architecture = Architecture.dense(
  input: [28, 28], layers: [], latent: 32, codeActivation: .relu, reconstruction: .bernoulli)
let trainer = try Trainer(
  Autoencoder(architecture, seed: 1), Recipe(epochs: 50, batch: 256, optimizer: .adam(), seed: 1),
  on: training,
  validating: test)
while let epoch = try trainer.nextEpoch() { print(epoch) }

let evaluation = try Evaluation(trainer.finishedModel(), on: test)
print("error \(evaluation.mse), PCA \(evaluation.pcaMSE ?? .nan), the mean \(evaluation.meanMSE ?? .nan)")
