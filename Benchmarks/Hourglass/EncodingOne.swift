// How long one sample takes that comes alone, as to a server: `hourglass-bench encode-one`.
import Hourglass

/// Networks of which one sample is encoded.
let alone: [String: [Int]] = ["encode-one": [784, 128, 64], "encode-one-table": [30, 20, 10]]

/// Seconds of so many samples, each by itself, in the order of their lengths.
func encodingOneSeconds(_ widths: [Int], count: Int) throws -> [Double] {
  let architecture = mirrored(widths, .gaussian, output: nil)
  let data = try samples(Row(architecture: architecture, batch: 1, rows: 64))
  let model = Model(
    try Autoencoder(architecture, seed: 1), try Preparation.fitted(Scaling.Kind.standard, to: data))
  let encoder = try SampleEncoder(model)
  let rows = (0..<data.count).map { data.tensor($0..<($0 + 1)).values }
  var code = [Float](repeating: 0, count: encoder.codeCount)
  let clock = ContinuousClock()
  var seconds: [Double] = []
  seconds.reserveCapacity(count)
  for number in 0..<(count + 1000) {
    let start = clock.now
    try encoder.encode(rows[number % rows.count], into: &code)
    let taken = (clock.now - start) / .seconds(1)
    if number >= 1000 { seconds.append(taken) }
  }
  return seconds.sorted()
}
