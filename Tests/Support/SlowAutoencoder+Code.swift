import Foundation
import HourglassModels
import HourglassTensor

/// Codes that are laws, in double precision.
extension SlowAutoencoder {
  /// KL(N(μ, σ²) ‖ N(0, 1)) for one dimension.
  public static func divergence(_ mean: Double, _ logVariance: Double) -> Double {
    (mean * mean + exp(logVariance) - logVariance - 1) / 2
  }

  /// What the decoder is given for the encoder's outputs of a batch, and what each sample's code costs.
  func codes(
    _ outputs: [[Double]], _ noise: inout SlowNoise?, progress: Double
  ) -> (codes: [[Double]], costs: [Double]) {
    switch architecture.code {
    case .vector: return (outputs, outputs.map { _ in 0 })
    case .gaussian(let numbers): return gaussian(numbers, outputs, &noise, progress)
    case .categorical(let numbers): return categorical(numbers, outputs, &noise, progress)
    case .codebook(let numbers):
      let found = outputs.enumerated().map { row, output in
        codebook(numbers, output, held?[row] ?? quantisation(of: output, numbers))
      }
      return (found.map(\.code), found.map(\.cost))
    }
  }

  private func gaussian(
    _ numbers: Code.Gaussian, _ outputs: [[Double]], _ noise: inout SlowNoise?, _ progress: Double
  ) -> (codes: [[Double]], costs: [Double]) {
    let width = outline.code.count
    let step = noise?.step ?? 0
    let random = noise?.next()
    var (codes, costs): ([[Double]], [Double]) = ([], [])
    for (row, output) in outputs.enumerated() {
      let parts = (0..<width).map { SlowAutoencoder.divergence(output[$0], output[width + $0]) }
      codes.append(
        (0..<width).map { unit in
          let draw = random.map { Double($0.normal(step: step, position: UInt64(row * width + unit))) } ?? 0
          return output[unit] + exp(output[width + unit] / 2) * draw
        })
      let grown = numbers.warmUp > 0 ? progress : 1
      if numbers.pseudoInputs > 0 {
        costs.append(Double(numbers.beta) * grown * logRatio(codes[row], output))
      } else if let capacity = numbers.capacity {
        costs.append(Double(numbers.beta) * abs(parts.reduce(0, +) - Double(capacity) * grown))
      } else {
        let counted = parts.map { max($0, Double(numbers.freeBits)) }.reduce(0, +)
        costs.append(Double(numbers.beta) * grown * counted)
      }
    }
    return (codes, costs)
  }

  /// log q(z | x) - log p(z) of a code z, from the two densities; `h` is what the encoder gave for x.
  func logRatio(_ z: [Double], _ h: [Double]) -> Double {
    func logDensity(_ mean: (Int) -> Double, _ logVariance: (Int) -> Double) -> Double {
      z.indices.reduce(0) { sum, unit in
        let (distance, l) = (z[unit] - mean(unit), logVariance(unit))
        return sum - (distance * distance * exp(-l) + l + log(2 * Double.pi)) / 2
      }
    }
    let own = logDensity({ h[$0] }, { h[z.count + $0] })
    guard architecture.code.pseudoInputs > 0 else { return own - logDensity({ _ in 0 }, { _ in 0 }) }
    let values = Array(self.values(outline.ofCode[0]))
    let densities = (0..<architecture.code.pseudoInputs).map { number in
      let width = architecture.input.count
      let law = output(of: Array(values[(number * width)..<((number + 1) * width)]))
      return exp(logDensity({ law[$0] }, { law[z.count + $0] }))
    }
    return own - log(densities.reduce(0, +) / Double(densities.count))
  }
}

/// Codes of whole numbers, in double precision.
extension SlowAutoencoder {
  private func categorical(
    _ numbers: Code.Categorical, _ outputs: [[Double]], _ noise: inout SlowNoise?, _ progress: Double
  ) -> (codes: [[Double]], costs: [Double]) {
    let step = noise?.step ?? 0
    let random = noise?.next()
    let (first, last) = (Double(numbers.startTemperature), Double(numbers.temperature))
    let temperature = numbers.annealing > 0 ? first * pow(last / first, progress) : last
    var (codes, costs): ([[Double]], [Double]) = ([], [])
    for (row, output) in outputs.enumerated() {
      var (code, divergence): ([Double], Double) = ([], 0)
      for variable in 0..<numbers.variables {
        let places = (variable * numbers.classes)..<((variable + 1) * numbers.classes)
        let odds = Array(output[places])
        let shares = SlowAutoencoder.softmax(odds)
        divergence += shares.reduce(0) { $0 + ($1 > 0 ? $1 * log($1 * Double(numbers.classes)) : 0) }
        if let random {
          let scores = zip(places, odds).map { place, odd in
            let u = random.uniform(step: step, position: UInt64(row * output.count + place))
            return (odd - log(-log(max(Double(u), 0x1p-25)))) / temperature
          }
          code += SlowAutoencoder.softmax(scores)
        } else {
          let greatest = odds.indices.max { odds[$0] < odds[$1] } ?? 0
          code += odds.indices.map { $0 == greatest ? 1 : 0 }
        }
      }
      codes.append(code)
      costs.append(Double(numbers.beta) * divergence)
    }
    return (codes, costs)
  }

  private static func softmax(_ values: [Double]) -> [Double] {
    let highest = values.max() ?? 0
    let powers = values.map { exp($0 - highest) }
    return powers.map { $0 / powers.reduce(0, +) }
  }
}

/// How the books quantised what an encoder gave: values of each book in the order of vectors.
public struct SlowQuantisation: Sendable {
  public var output: [Double]
  /// What was left to each book, and the entries that it found.
  public var rests: [[Double]] = []
  public var entries: [[Double]] = []
  public var places: [[Int]] = []
}

extension SlowAutoencoder {
  /// How the code's books quantise samples; nil for another code.
  public func quantisations(_ samples: [[Double]], noise: SlowNoise? = nil) -> [SlowQuantisation]? {
    guard case .codebook(let numbers) = architecture.code else { return nil }
    var noise = noise
    return outputs(of: samples, &noise).map { quantisation(of: $0, numbers) }
  }

  /// The place of value `index`, counted by vectors, in an encoder's output.
  private func place(of index: Int, _ numbers: Code.Codebook) -> Int {
    let shape = outline.code
    let isFirst = shape.rank == 3 || shape.rank == 2 && shape[1] != numbers.width
    let vectors = shape.count / numbers.width
    return isFirst ? index % numbers.width * vectors + index / numbers.width : index
  }

  private func table(_ book: Int) -> [Double] {
    outline.weights.first { $0.name == "code.\(book).entries" }.map { Array(values($0)) } ?? []
  }

  private func quantisation(of output: [Double], _ numbers: Code.Codebook) -> SlowQuantisation {
    var found = SlowQuantisation(output: output)
    var rest = output.indices.map { output[place(of: $0, numbers)] }
    let width = numbers.width
    for book in 0..<numbers.books {
      let table = table(book)
      var (places, entries): ([Int], [Double]) = ([], [])
      for start in stride(from: 0, to: rest.count, by: width) {
        let distances = (0..<numbers.entries).map { entry in
          (0..<width).reduce(0.0) { $0 + pow(rest[start + $1] - table[entry * width + $1], 2) }
        }
        let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
        places.append(nearest)
        entries += table[(nearest * width)..<((nearest + 1) * width)]
      }
      found.rests.append(rest)
      found.entries.append(entries)
      found.places.append(places)
      rest = zip(rest, entries).map { $0 - $1 }
    }
    return found
  }

  /// z = h + sg(q - h), and β ‖h - sg(q)‖² + ‖sg(h) - q‖² of every book, with what is under sg as it is in
  /// `held`.
  private func codebook(
    _ numbers: Code.Codebook, _ output: [Double], _ held: SlowQuantisation
  ) -> (code: [Double], cost: Double) {
    var rest = output.indices.map { output[place(of: $0, numbers)] }
    var (code, cost) = (output, 0.0)
    for book in 0..<numbers.books {
      let table = table(book)
      for index in rest.indices {
        let entry = held.places[book][index / numbers.width]
        let near = held.entries[book][index]
        cost += Double(numbers.commitment) * pow(rest[index] - near, 2)
        if numbers.decay == nil {
          let moved = table[entry * numbers.width + index % numbers.width]
          cost += pow(held.rests[book][index] - moved, 2)
        }
        rest[index] -= near
      }
    }
    for index in rest.indices {
      let place = place(of: index, numbers)
      let found = held.entries.reduce(0) { $0 + $1[index] }
      code[place] = output[place] + (found - held.output[place])
    }
    return (code, cost)
  }
}
