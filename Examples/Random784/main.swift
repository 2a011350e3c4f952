// Random vectors of 784 values through 784-64-32-32-64-784, with the mean squared error and Adam.
//
//   swift run -c release example-random-784
//
// What to look at: there is nothing to learn. The values are drawn independently, so 32 numbers cannot
// tell 784. The validation loss stays at the variance of the draw, 1/12 = 0.0833, while the training
// loss falls below it: the network learns its samples by heart. An autoencoder is worth as much as the
// order in its data.
import Hourglass

let random = Random(seed: 1, stream: .data)
let vectors = Tensor([2_000, 784]) { values in
  for index in values.indices { values[index] = random.uniform(position: UInt64(index)) }
}
let (training, held) = try Dataset(vectors, origin: "random").split(holdingOut: 0.2, seed: 1)

let architecture = Architecture(
  input: [784],
  encoder: [.dense(units: 64), .relu, .dense(units: 32), .relu],
  decoder: [.dense(units: 32), .relu, .dense(units: 64), .relu, .dense(units: 784), .sigmoid],
  reconstruction: .gaussian)

let trainer = try Trainer(
  Autoencoder(architecture, seed: 1), Recipe(epochs: 30, batch: 32, optimizer: .adam(), seed: 1),
  on: training,
  validating: held)
while let epoch = try trainer.nextEpoch() { print(epoch) }
