import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

@Suite("Autoencoder")
struct AutoencoderTests {
  private static let architecture = Architecture.dense(
    input: [2, 4], layers: [6], latent: 3, activation: .elu(), codeActivation: .tanh,
    reconstruction: .bernoulli)

  @Test("encodes, decodes and reconstructs as the formulas say, in chunks and at once")
  func uses() throws {
    let autoencoder = try Autoencoder(Self.architecture, seed: 8)
    let slow = SlowAutoencoder(autoencoder)
    let rows = 2 * Inference.rowsTogether + 5
    let samples = Tensor([rows, 2, 4], Draws.uniform(rows * 8, seed: 1))
    let codes = try autoencoder.encode(samples)
    #expect(codes.shape == [rows, 3])
    #expect(distance(codes.values, samples.doubleRows.flatMap { slow.encode($0) }) < 1e-6)
    let decoded = try autoencoder.decode(codes)
    #expect(decoded.shape == [rows, 2, 4])
    #expect(distance(decoded.values, codes.doubleRows.flatMap { slow.decode($0) }) < 1e-6)
    #expect(try autoencoder.reconstruct(samples).values == decoded.values)
    #expect(try autoencoder.reconstruct(samples, threads: 3).values == decoded.values)
  }

  @Test("reads samples of any element type")
  func elements() throws {
    let autoencoder = try Autoencoder(Self.architecture, seed: 8)
    let bytes = (0..<24).map { UInt8($0 * 5) }
    let expected = try autoencoder.encode(Tensor([3, 2, 4], bytes.map { Float($0) }))
    #expect(try autoencoder.encode(Tensor([3, 2, 4], bytes)) == expected)
    #expect(try autoencoder.encode(Tensor([3, 2, 4], bytes.map { Double($0) })) == expected)
    #expect(try autoencoder.encode(Tensor([3, 2, 4], bytes.map { Int64($0) })) == expected)
  }

  @Test("no rows give no rows")
  func noRows() throws {
    let autoencoder = try Autoencoder(Self.architecture, seed: 8)
    #expect(try autoencoder.encode(Tensor([0, 2, 4], [Float]())).shape == [0, 3])
  }

  @Test("rows of another shape are refused")
  func shapes() throws {
    let autoencoder = try Autoencoder(Self.architecture, seed: 8)
    for shape in [[8], [3, 8], [3, 4, 2], []] as [Shape] {
      let tensor = Tensor(shape, [Float](repeating: 0, count: shape.count))
      let error = #expect(throws: ModelError.self) { try autoencoder.encode(tensor) }
      #expect(error.map { "\($0)".hasPrefix("encode: expects rows of [2, 4], found \(shape)") } == true)
    }
    #expect(throws: ModelError.self) { try autoencoder.decode(Tensor([1, 4], [0, 0, 0, 0] as [Float])) }
  }

  @Test("is made again from its weights by name")
  func byName() throws {
    var autoencoder = try Autoencoder(Self.architecture, seed: 8)
    for index in autoencoder.block.indices { autoencoder.block[index] += 0.5 }
    let copy = try Autoencoder(Self.architecture) { autoencoder.weight($0) }
    for placed in copy.outline.weights {
      #expect(copy.weight(placed.name) == autoencoder.weight(placed.name))
    }
    #expect(copy.weight("encoder.9.weight") == nil)
  }

  @Test("a missing or misshapen weight is named")
  func misfits() throws {
    let autoencoder = try Autoencoder(Self.architecture, seed: 8)
    let missing = #expect(throws: ModelError.self) {
      try Autoencoder(Self.architecture) { $0 == "decoder.0.bias" ? nil : autoencoder.weight($0) }
    }
    #expect(missing.map { "\($0)" } == "weight decoder.0.bias: expects [6], found nothing")
    let turned = #expect(throws: ModelError.self) {
      try Autoencoder(Self.architecture) { name in
        autoencoder.weight(name).map {
          name == "encoder.1.weight" ? $0.reshaped([6, 8]) : $0
        }
      }
    }
    #expect(turned.map { "\($0)" } == "weight encoder.1.weight: expects [8, 6], found [6, 8]")
  }

  @Test("a block of another length is refused")
  func block() throws {
    let autoencoder = try Autoencoder(Self.architecture, seed: 8)
    #expect(try Autoencoder(Self.architecture, block: autoencoder.block).block == autoencoder.block)
    #expect(throws: ModelError.self) {
      try Autoencoder(Self.architecture, block: Array(autoencoder.block.dropLast()))
    }
  }

  @Test("what does not fit together is refused when it is made")
  func unfit() {
    let unfit = Architecture(input: [4], encoder: [.dense(units: 2)], decoder: [])
    #expect(throws: ModelError.self) { try Autoencoder(unfit, seed: 0) }
  }
}
