import Foundation
import HourglassModels
import HourglassTensor

/// An autoencoder in double precision, layer by layer and value by value, as the formulas are written in the
/// papers: the oracle of the fast one. Nothing of the engine is in it. NaN in a sample is a missing value:
/// the network is given 0, and the term is the mean over the others.
public struct SlowAutoencoder {
  public let architecture: Architecture
  public let outline: Outline
  /// The flat block, as in `Autoencoder`.
  public var block: [Double]
  /// What the quantisation of a batch held as it was, while the weights are moved.
  var held: [SlowQuantisation]?

  public init(_ autoencoder: Autoencoder) {
    architecture = autoencoder.architecture
    outline = autoencoder.outline
    block = autoencoder.block.map(Double.init)
  }

  /// The code of a sample; of a law its mean.
  public func encode(_ sample: [Double]) -> [Double] {
    var noise: SlowNoise?
    return self.codes([output(of: sample)], &noise, progress: 1).codes[0]
  }

  /// What the encoder gives.
  public func output(of sample: [Double]) -> [Double] {
    through(outline.encoder, [given(sample)])[0]
  }

  /// What the encoder gives for a batch.
  func outputs(of samples: [[Double]], _ noise: inout SlowNoise?) -> [[Double]] {
    through(outline.encoder, samples.map(given), &noise)
  }

  /// What the network is given of a sample.
  func given(_ sample: [Double]) -> [Double] {
    if let record = architecture.reconstruction.record { return read(sample, record) }
    return sample.map { $0.isNaN ? 0 : $0 }
  }

  /// - Parameter sample: a record whose conditions the decoder is told; nil: it is told none.
  func decoderOutput(_ code: [Double], of sample: [Double]? = nil) -> [Double] {
    var noise: SlowNoise?
    return through(outline.decoder, [code], &noise, told: sample.map { [told($0)] } ?? [])[0]
  }

  /// What a person sees of a code.
  public func decode(_ code: [Double], of sample: [Double]? = nil) -> [Double] {
    readable(decoderOutput(code, of: sample))
  }

  /// What a person sees of a sample that went through the code.
  public func reconstruct(_ sample: [Double]) -> [Double] { decode(encode(sample), of: sample) }

  /// The reconstruction term of one sample, on use.
  public func loss(_ sample: [Double]) -> Double {
    term(decoderOutput(encode(sample), of: sample), sample)
  }

  /// The mean of the reconstruction terms on use.
  public func loss(_ samples: [[Double]]) -> Double {
    samples.map { loss($0) }.reduce(0, +) / Double(samples.count)
  }

  /// What a training step lowers: the mean of the reconstruction terms of a batch, and the penalties.
  ///
  /// - Parameters:
  ///   - noise: what random layers draw from; nil: as on use, without noise and with running statistics.
  ///   - shares: how much each sample counts; nil: all 1.
  public func objective(
    _ samples: [[Double]], noise: SlowNoise? = nil, shares: [Double]? = nil, progress: Double = 1
  ) -> Double {
    let shares = shares ?? samples.map { _ in 1 }
    var noise = noise
    let given = corrupted(samples.map(given), &noise)
    let encoded = through(outline.encoder, given, &noise)
    let (codes, costs) = self.codes(encoded, &noise, progress: progress)
    let outputs = through(outline.decoder, codes, &noise, told: samples.map(told))
    let width = Double(architecture.reconstruction.values(of: architecture.input))
    let weight = Double(architecture.critic?.reconstruction ?? 1)
    var each = samples.indices.map { weight * term(outputs[$0], samples[$0]) + costs[$0] / width }
    if case .gaussian(let numbers) = architecture.code, numbers.draws > 1 {
      each = importanceWeighted(samples, encoded, (codes, outputs), numbers, &noise)
    }
    let mean = zip(shares, each).reduce(0) { $0 + $1.0 * $1.1 } / Double(samples.count)
    return architecture.penalties.reduce(mean) { sum, penalty in
      sum
        + self.penalty(
          penalty, given: given, outputs: encoded, codes: codes, shares: shares, &noise)
    }
  }

  /// -log (1 / k) Σ w of each sample, divided by its values; the first draw is there already.
  private func importanceWeighted(
    _ samples: [[Double]], _ encoded: [[Double]], _ first: (codes: [[Double]], outputs: [[Double]]),
    _ numbers: Code.Gaussian, _ noise: inout SlowNoise?
  ) -> [Double] {
    let values = Double(architecture.reconstruction.values(of: architecture.input))
    var draws = [first]
    for _ in 1..<numbers.draws {
      let codes = self.codes(encoded, &noise, progress: 1).codes
      draws.append((codes, through(outline.decoder, codes, &noise, told: samples.map(told))))
    }
    return samples.indices.map { row in
      let logs = draws.map { draw -> Double in
        let ratio = logRatio(draw.codes[row], encoded[row])
        return -values * term(draw.outputs[row], samples[row]) - Double(numbers.beta) * ratio
      }
      let highest = logs.max() ?? 0
      let mean = logs.reduce(0) { $0 + exp($1 - highest) } / Double(logs.count)
      return -(highest + log(mean)) / values
    }
  }

  /// The derivative of the objective with respect to every trained value of the block, by central differences
  /// of step 1e-5: good to about 1e-9 away from kinks. The rest of the block is 0.
  public func gradient(
    _ samples: [[Double]], noise: SlowNoise? = nil, shares: [Double]? = nil, progress: Double = 1
  ) -> [Double] {
    var gradient = [Double](repeating: 0, count: block.count)
    var moved = self
    moved.held = quantisations(samples, noise: noise)
    for placed in outline.weights where placed.weight.isTrained {
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        moved.block[index] = block[index] + 1e-5
        let above = moved.objective(samples, noise: noise, shares: shares, progress: progress)
        moved.block[index] = block[index] - 1e-5
        let below = moved.objective(samples, noise: noise, shares: shares, progress: progress)
        moved.block[index] = block[index]
        gradient[index] = (above - below) / 2e-5
      }
    }
    return gradient
  }

  /// The values of one weight.
  public func values(_ placed: Outline.Placed) -> ArraySlice<Double> {
    block[placed.offset..<(placed.offset + placed.weight.shape.count)]
  }

  static func norms(_ values: [Double], _ l1: Float, _ l2: Float) -> Double {
    values.reduce(0) { $0 + Double(l1) * abs($1) + Double(l2) * $1 * $1 }
  }

  private var lastAxis: Int { architecture.input.dimensions.last ?? 1 }

  private func term(_ output: [Double], _ sample: [Double]) -> Double {
    if let record = architecture.reconstruction.record { return term(output, sample, record) }
    let present = sample.indices.filter { !sample[$0].isNaN }
    if present.isEmpty { return 0 }
    if architecture.reconstruction == .categorical {
      let shares = readable(output)
      let sum = present.reduce(0) { sum, place in
        let x = max(sample[place], 0)
        return sum - x * log(shares[place]) + 2 * (sample[place] - x) * (sample[place] - x)
      }
      return sum * Double(lastAxis) / Double(present.count)
    }
    if case .tokens(let entries) = architecture.reconstruction {
      let terms = present.map { place in
        let odds = output[(place * entries)..<((place + 1) * entries)]
        let highest = odds.max() ?? 0
        let sum = odds.reduce(0) { $0 + exp($1 - highest) }
        return log(sum) + highest - odds[odds.startIndex + Int(sample[place])]
      }
      return terms.reduce(0, +) / Double(present.count)
    }
    let (output, sample) = (present.map { output[$0] }, present.map { sample[$0] })
    let terms = zip(output, sample).map { y, x in
      switch architecture.reconstruction {
      case .gaussian: return (y - x) * (y - x)
      case .laplace: return abs(y - x)
      case .huber(let delta):
        let (distance, limit) = (abs(y - x), Double(delta))
        return distance <= limit ? distance * distance / 2 : limit * (distance - limit / 2)
      case .bernoulli:
        let inside = min(max(x, 0), 1)
        return max(y, 0) + log1p(exp(-abs(y))) - inside * y + 2 * (x - inside) * (x - inside)
      case .categorical, .tokens, .fields: return 0
      }
    }
    return terms.reduce(0, +) / Double(output.count)
  }

  func readable(_ y: [Double]) -> [Double] {
    switch architecture.reconstruction {
    case .gaussian, .laplace, .huber: return y
    case .fields(let record): return readable(y, record)
    case .bernoulli: return y.map { 1 / (1 + exp(-$0)) }
    case .tokens(let entries):
      return stride(from: 0, to: y.count, by: entries).map { start in
        let odds = Array(y[start..<(start + entries)])
        return Double(odds.indices.max { odds[$0] < odds[$1] } ?? 0)
      }
    case .categorical:
      return stride(from: 0, to: y.count, by: lastAxis).flatMap { start in
        let row = y[start..<(start + lastAxis)]
        let highest = row.max() ?? 0
        let powers = row.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
      }
    }
  }

  private func through(_ entries: [Outline.Entry], _ batch: [[Double]]) -> [[Double]] {
    var noise: SlowNoise?
    return through(entries, batch, &noise)
  }

  /// - Parameter told: what the first layer that computes reads beside each row, if it does.
  func through(
    _ entries: [Outline.Entry], _ batch: [[Double]], _ noise: inout SlowNoise?, told: [[Double]] = []
  ) -> [[Double]] {
    entries.reduce(batch) { batch, entry in
      let batch = entry.isTold ? zip(batch, told).map { $0 + $1 } : batch
      precondition(batch.allSatisfy { $0.count == entry.input.count }, "\(entry.place): \(entry.input)")
      return apply(entry, batch, &noise)
    }
  }
}
