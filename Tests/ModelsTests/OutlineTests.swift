import HourglassModels
import HourglassTensor
import Testing

/// Shapes worked out, and what does not fit named in words.
@Suite("Outline")
struct OutlineTests {
  private func complaint(_ architecture: Architecture) -> String {
    do {
      _ = try architecture.outline()
      return ""
    } catch {
      return "\(error)"
    }
  }

  private func complaint(
    _ encoder: [Layer], _ decoder: [Layer] = [], input: Shape = [4],
    _ reconstruction: Reconstruction = .gaussian,
    _ penalties: [Penalty] = []
  ) -> String {
    complaint(
      Architecture(
        input: input, encoder: encoder, decoder: decoder, reconstruction: reconstruction, penalties: penalties
      ))
  }

  @Test("names every layer, its shapes and the place of its weights")
  func places() throws {
    let outline = try Architecture.dense(
      input: [2, 8], layers: [5], latent: 3, normalisation: .batchNorm()
    ).outline()
    #expect(outline.encoder.map(\.place) == (0...4).map { "encoder[\($0)]" })
    #expect(outline.encoder.map(\.output) == [[16], [5], [5], [5], [3]])
    #expect(outline.decoder.map(\.output) == [[5], [5], [5], [16], [2, 8]])
    #expect(outline.code == [3])
    #expect(outline.parameterCount == 16 * 5 + 5 + 20 + 5 * 3 + 3 + 3 * 5 + 5 + 20 + 5 * 16 + 16)
    #expect(outline.weights.first?.name == "encoder.1.weight")
    #expect(outline.weights.last?.name == "decoder.3.bias")
  }

  @Test("weights share no place, and what is not trained lies behind the rest")
  func block() throws {
    let outline = try Architecture.dense(
      input: [7], layers: [9, 5], latent: 3, activation: .prelu, normalisation: .batchNorm()
    ).outline()
    var isTaken = [Bool](repeating: false, count: outline.blockCount)
    for placed in outline.weights {
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        #expect(!isTaken[index])
        isTaken[index] = true
        #expect((index < outline.trainedCount) == placed.weight.isTrained)
      }
    }
    #expect(Set(outline.weights.map(\.name)).count == outline.weights.count)
    #expect(isTaken.filter { $0 }.count == outline.parameterCount)
  }

  @Test("a layer that does not fit is named, with what would")
  func misfits() {
    #expect(
      complaint([.relu, .relu, .relu, .dense(units: 256)], input: [64, 7, 7])
        == "encoder[3] .dense(256): expects [inputs], found [64, 7, 7]; add .flatten before it")
    #expect(
      complaint([.reshape([2, 3])])
        == "encoder[0] .reshape([2, 3]): expects 6 values, found [4], which are 4; give a shape with as many values"
    )
    #expect(
      complaint([.dense(units: 2)], [.dense(units: 3)])
        == "decoder: expects [4], the shape of the input, at its end, found [3]; end it with .dense(4)")
    #expect(
      complaint([.flatten], [.dense(units: 6)], input: [2, 3]).hasSuffix(
        "found [6]; end it with .dense(6) and .reshape([2, 3])"))
    #expect(complaint([.dense(units: 4)]) == "")
    #expect(complaint([], []) == "")
  }

  @Test("numbers without sense are refused at their layer")
  func numbers() {
    #expect(
      complaint([.dense(units: 0)]).hasPrefix("encoder[0] .dense(0): expects between 1 and 16777216 units"))
    #expect(complaint([.relu, .dense(units: -3)]).hasPrefix("encoder[1] .dense(-3): expects between 1 and"))
    #expect(complaint([.dense(units: .max)]).contains("found 9223372036854775807"))
    for number in [-0.1, Float.nan, .infinity] {
      #expect(complaint([.leakyRelu(slope: number)], []).contains("a number of at least 0"))
      #expect(complaint([.elu(alpha: number)], []).contains("a number of at least 0"))
      #expect(complaint([.layerNorm(epsilon: number)], []).contains("an epsilon above 0"))
      #expect(complaint([.batchNorm(epsilon: number)], []).contains("an epsilon above 0"))
      #expect(complaint([.batchNorm(momentum: number)], []).contains("a momentum in (0, 1]"))
      #expect(complaint([.dropout(rate: number)], []).contains("at least 0 and below 1"))
      #expect(complaint([.gaussianDropout(rate: number)], []).contains("at least 0 and below 1"))
      #expect(complaint([], [], .huber(delta: number)).contains("a delta above 0"))
      #expect(complaint([], [], .gaussian, [.weights(l1: number)]).contains("penalty weights: expects l1"))
      #expect(complaint([], [], .gaussian, [.activity(l2: number)]).contains("penalty activity: expects l2"))
    }
    #expect(complaint([.dropout(rate: 1)]).contains("below 1"))
  }

  @Test("an input without values is refused")
  func emptyInput() {
    #expect(complaint([], [], input: [0]) == "input: expects at least one value, found [0]")
    #expect(complaint([], [], input: [3, 0]) == "input: expects at least one value, found [3, 0]")
    #expect(complaint([], [], input: []) == "input: expects at least one value, found []")
  }

  @Test("an architecture of more weights than memory is refused before any is asked for")
  func huge() {
    let wide = 1 << 24
    let found = complaint([.dense(units: wide), .dense(units: wide)], [.dense(units: 4)])
    #expect(found.hasPrefix("encoder[1] .dense(16777216): expects at most 2147483648 weights in all"))
    #expect(found.hasSuffix("found a matrix of [16777216, 16777216]; use fewer units"))
    #expect(complaint([.dense(units: 1)], input: [1 << 40]).contains("at most 2147483648 weights"))
    #expect(complaint([.prelu], input: [1 << 33]).contains("at most 2147483648 weights"))
    let many = complaint(Array(repeating: .dense(units: 1 << 15), count: 4), [.dense(units: 4)])
    #expect(many.hasPrefix("encoder[2]"))
  }

  @Test("the mirror image has the layers it is asked for")
  func dense() throws {
    let all = Architecture.dense(
      input: [2, 3], layers: [5, 4], latent: 2, activation: .tanh, codeActivation: .sigmoid,
      outputActivation: .softplus, reconstruction: .laplace, initializer: .orthogonal,
      normalisation: .layerNorm(), dropout: .dropout(rate: 0.1), penalties: [.weights(l2: 1)])
    func block(_ units: Int) -> [Layer] {
      [.dense(units: units, initializer: .orthogonal), .layerNorm(), .tanh, .dropout(rate: 0.1)]
    }
    #expect(
      all.encoder
        == [.flatten] + block(5) + block(4) + [.dense(units: 2, initializer: .orthogonal), .sigmoid])
    #expect(
      all.decoder
        == block(4) + block(5) + [.dense(units: 6, initializer: .orthogonal), .softplus, .reshape([2, 3])])
    #expect(all.reconstruction == .laplace)
    #expect(all.penalties == [.weights(l2: 1)])
    #expect(try all.codeShape() == [2])
    let plain = Architecture.dense(input: [6], layers: [], latent: 2)
    #expect(plain.encoder == [.dense(units: 2)])
    #expect(plain.decoder == [.dense(units: 6)])
  }
}
