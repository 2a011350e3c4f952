// The ten lines of the README: digits that the library draws itself, through a code of 16 numbers.
//
//   swift run -c release example-digits
//
// What to look at: the validation loss falls with the training loss, and the error ends below that of
// PCA.
import Hourglass

let (training, held) = try Source.open("builtin:digits").split(holdingOut: 0.1, seed: 7)
let architecture = Architecture.dense(
  input: [28, 28], layers: [128], latent: 16, reconstruction: .bernoulli)
let trainer = try Trainer(
  Autoencoder(architecture, seed: 7), Recipe(epochs: 20, seed: 7), on: training, validating: held)
while let epoch = try trainer.nextEpoch() { print(epoch) }  // the loop is yours: stop when you like
let model = try trainer.finishedModel()
let result = try Evaluation(model, on: held)
print("error \(result.mse), PCA of the same width \(result.pcaMSE ?? .nan)")
let codes = try model.encode(held)  // a tensor [1000, 16]
let strange = try model.scores(held)  // one error a sample: the largest are the odd ones
try model.write(to: "digits.safetensors")
