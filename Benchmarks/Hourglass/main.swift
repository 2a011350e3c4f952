// One row of the table of speeds, ours: `hourglass-bench deep --threads 2` prints a line of JSON like the
// peers do.
import Hourglass

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct Row {
  let architecture: Architecture
  let batch: Int
  let rows: Int
}

func mirrored(_ widths: [Int], _ reconstruction: Reconstruction, output: Layer?) -> Architecture {
  Architecture.dense(
    input: [widths[0]], layers: Array(widths[1..<(widths.count - 1)]), latent: widths[widths.count - 1],
    codeActivation: .relu, outputActivation: output, reconstruction: reconstruction)
}

/// Convolutions with max pooling, mirrored with up-sampling.
let pooled = Architecture(
  input: [1, 28, 28],
  encoder: [
    .conv(16), .relu, .maxPool(2, padding: .same), .conv(8), .relu, .maxPool(2, padding: .same), .conv(8),
    .relu, .maxPool(2, padding: .same),
  ],
  decoder: [
    .conv(8), .relu, .upsample(), .conv(8), .relu, .upsample(), .conv(16, padding: .valid), .relu,
    .upsample(), .conv(1),
  ], reconstruction: .bernoulli)

/// Strided convolutions around dense layers, mirrored with transposed ones.
let strided = Architecture(
  input: [1, 28, 28],
  encoder: [
    .conv(32, kernel: 4, stride: 2), .relu, .conv(64, kernel: 4, stride: 2), .relu, .flatten,
    .dense(units: 16),
  ],
  decoder: [
    .dense(units: 3136), .relu, .reshape([64, 7, 7]), .deconv(32, kernel: 4, stride: 2), .relu,
    .deconv(1, kernel: 4, stride: 2),
  ], reconstruction: .bernoulli)

/// A recurrent encoder whose last state is repeated for a recurrent decoder.
let recurrent = Architecture(
  input: [140, 1], encoder: [.lstm(64, output: .last)],
  decoder: [.repeatSteps(count: 140), .lstm(64), .densePerStep(units: 1)])

/// A variational autoencoder of dense layers.
let variational = Architecture.dense(
  .init(input: [784], layers: [400], latent: 20, code: .gaussian(), reconstruction: .bernoulli))

let known: [String: Row] = [
  "convpool": Row(architecture: pooled, batch: 128, rows: 6_400),
  "convstride": Row(architecture: strided, batch: 128, rows: 6_400),
  "vae": Row(architecture: variational, batch: 128, rows: 60_000),
  "lstm": Row(architecture: recurrent, batch: 64, rows: 1_280),
  "deep": Row(architecture: mirrored([784, 128, 64], .gaussian, output: .sigmoid), batch: 256, rows: 60_000),
  "shallow": Row(architecture: mirrored([784, 32], .bernoulli, output: nil), batch: 256, rows: 60_000),
  "tiny": Row(architecture: mirrored([10, 64, 32], .gaussian, output: nil), batch: 32, rows: 10_000),
  "table-64": Row(architecture: mirrored([64, 16], .gaussian, output: nil), batch: 32, rows: 10_000),
  "table-30": Row(architecture: mirrored([30, 20, 10], .gaussian, output: nil), batch: 32, rows: 10_000),
  "encode": Row(
    architecture: mirrored([784, 128, 64], .gaussian, output: .sigmoid), batch: 1024, rows: 60_000),
]

/// Random values in [0, 1): speed does not depend on what they are.
func samples(_ row: Row) throws -> Dataset {
  let random = Random(seed: 1, stream: .data)
  let shape = row.architecture.input.batch(row.rows)
  return try Dataset(
    Tensor(shape) { values in
      for index in values.indices { values[index] = random.uniform(position: UInt64(index)) }
    }, origin: "random")
}

func trainingSeconds(_ row: Row, epochs: Int, threads: Int, _ precision: Precision) throws -> [Double] {
  let data = try samples(row)
  var recipe = Recipe(epochs: epochs + 2, batch: row.batch, seed: 1)
  recipe.precision = precision
  let autoencoder = try Autoencoder(row.architecture, seed: 1)
  let trainer = try Trainer(
    autoencoder, recipe, on: data, preparation: Preparation.fitted(Scaling.Kind.none, to: data),
    threads: threads)
  var seconds: [Double] = []
  while let epoch = try trainer.nextEpoch() { seconds.append(epoch.seconds) }
  return Array(seconds.dropFirst(2))
}

func encodingSeconds(_ row: Row, epochs: Int, threads: Int, _ precision: Precision) throws -> [Double] {
  let data = try samples(row)
  let autoencoder = try Autoencoder(row.architecture, seed: 1)
  let inference = Inference(autoencoder, .encode, rows: row.batch, precision: precision, threads: threads)
  let clock = ContinuousClock()
  let codes = UnsafeMutablePointer<Float>.allocate(capacity: row.rows * inference.outputCount)
  defer { codes.deallocate() }
  codes.initialize(repeating: 0, count: row.rows * inference.outputCount)
  var seconds: [Double] = []
  for _ in 0..<(epochs + 2) {
    let start = clock.now
    data.samples.withBytes { bytes in
      guard let base = bytes.bindMemory(to: Float.self).baseAddress else { return }
      inference.run(count: row.rows) {
        Feed(floats: base + $0 * inference.inputCount)
      } _: { start, values, _ in
        (codes + start * inference.outputCount).update(from: values.baseAddress ?? base, count: values.count)
      }
    }
    seconds.append((clock.now - start) / .seconds(1))
  }
  return Array(seconds.dropFirst(2))
}

var arguments = Array(CommandLine.arguments.dropFirst())

/// Takes `--name N` out of the arguments.
func option(_ name: String, _ usual: Int, _ arguments: inout [String]) -> Int {
  guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return usual }
  defer { arguments.removeSubrange(place...(place + 1)) }
  return Int(arguments[place + 1]) ?? usual
}

/// Ends the program with a word.
func stop(_ words: String) -> Never {
  _ = (words + "\n").withCString { write(2, $0, strlen($0)) }
  exit(2)
}

/// Takes `--precision NAME` out of the arguments.
func precision(_ arguments: inout [String]) -> Precision {
  guard let place = arguments.firstIndex(of: "--precision"), place + 1 < arguments.count else {
    return .float32
  }
  defer { arguments.removeSubrange(place...(place + 1)) }
  guard let precision = Precision(rawValue: arguments[place + 1]) else {
    stop("--precision knows \(Precision.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  if let complaint = precision.complaint { stop("--precision \(precision.rawValue): \(complaint)") }
  return precision
}

let factors = precision(&arguments)
let threads = option("--threads", 2, &arguments)
let epochs = option("--epochs", 10, &arguments)
let size = option("--size", 0, &arguments)
if arguments.first == "load", arguments.count == 2 {
  let (seconds, files) = try loadingSeconds(arguments[1], size: size, threads: threads, rounds: epochs)
  let best = seconds.min() ?? 0
  print(
    "{\"peer\":\"hourglass \(hourglassVersion)\",\"row\":\"load\",\"seconds\":\(best),\"files\":\(files),\"files_per_second\":\(Double(files) / best)}"
  )
  exit(0)
}
if let row = arguments.first, ["read", "read-typed"].contains(row), arguments.count == 2 {
  let (seconds, rows) = try readingSeconds(arguments[1], isTyped: row == "read-typed", rounds: epochs)
  print(
    "{\"peer\":\"hourglass \(hourglassVersion)\",\"row\":\"\(row)\",\"seconds\":\(seconds.min() ?? 0),\"rows\":\(rows)}"
  )
  exit(0)
}
if let name = arguments.first, let widths = alone[name] {
  let seconds = try encodingOneSeconds(widths, count: 2000 * epochs)
  let (median, last) = (seconds[seconds.count / 2], seconds[seconds.count * 99 / 100])
  print(
    "{\"peer\":\"hourglass \(hourglassVersion)\",\"row\":\"\(name)\",\"seconds\":\(median),\"slowest_hundredth\":\(last)}"
  )
  exit(0)
}
guard let name = arguments.first, let row = known[name] else {
  let rows = (known.keys.sorted() + alone.keys.sorted()).joined(separator: "|")
  print(
    "usage: hourglass-bench \(rows) [--threads N] [--epochs N] [--precision f32|bf16]\n"
      + "       hourglass-bench load FOLDER [--size N] [--threads N] [--epochs N]\n"
      + "       hourglass-bench read|read-typed FILE [--epochs N]"
  )
  throw TrainingError(
    place: "row", expected: known.keys.sorted().joined(separator: ", "), found: arguments.first ?? "none")
}
let seconds =
  try name == "encode"
  ? encodingSeconds(row, epochs: epochs, threads: threads, factors)
  : trainingSeconds(row, epochs: epochs, threads: threads, factors)
let list = seconds.map { "\($0)" }.joined(separator: ",")
print(
  "{\"peer\":\"hourglass \(hourglassVersion)\",\"row\":\"\(name)\",\"seconds\":\(seconds.min() ?? 0),\"epochs\":[\(list)]}"
)
