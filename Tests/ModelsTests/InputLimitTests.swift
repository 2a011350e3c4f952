import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

@Suite("What the encoder is given of values far out")
struct InputLimitTests {
  private func architecture(_ code: Code = .vector, limit: Float? = 2) -> Architecture {
    var architecture = Architecture(
      input: [3], encoder: [.dense(units: 4), .tanh, .dense(units: code.inputs(for: 2))], code: code,
      decoder: [.dense(units: 3)])
    architecture.inputLimit = limit
    return architecture
  }

  private let far = Tensor([2, 3], [5, -7, 1, 0.5, 2, -2] as [Float])
  private let cut = Tensor([2, 3], [2, -2, 1, 0.5, 2, -2] as [Float])

  @Test(
    "codes and reconstructions are those of the values at the limit, and the loss is that of the whole values"
  )
  func use() throws {
    let limited = try Autoencoder(architecture(), seed: 4)
    let free = try Autoencoder(architecture(limit: nil), seed: 4)
    #expect(try limited.encode(far) == free.encode(cut))
    #expect(try limited.encode(far) != free.encode(far))
    let outputs = try free.reconstruct(cut)
    #expect(try limited.reconstruct(far) == outputs)
    let losses = zip(far.doubleRows, outputs.doubleRows).map { row, output -> Double in
      let squares = zip(row, output).map { x, y -> Double in (y - x) * (y - x) }
      return squares.reduce(0, +) / 3
    }
    let run = Run(.reconstruction(limited.outline, limited.architecture), limited.block, far)
    #expect(distance(run.results[1], losses) < 1e-6)
  }

  @Test("gradients are those of the values at the limit where nothing but the encoder reads them")
  func gradients() throws {
    // Beyond the limit the term laplace has the same slope everywhere.
    var (a, b) = (architecture(), architecture(limit: nil))
    (a.reconstruction, b.reconstruction) = (.laplace, .laplace)
    let (limited, free) = (try Autoencoder(a, seed: 4), try Autoencoder(b, seed: 4))
    let found = Run(.training(limited.outline, a), limited.block, far)
    let expected = Run(.training(free.outline, b), free.block, cut)
    #expect(found.gradients == expected.gradients)
    #expect(found.results[0] != expected.results[0])
  }

  @Test("values within the limit give the same bytes as without one")
  func within() throws {
    for code in [Code.vector, .gaussian()] {
      let (a, b) = (architecture(code), architecture(code, limit: nil))
      let (limited, free) = (try Autoencoder(a, seed: 4), try Autoencoder(b, seed: 4))
      let found = Run(.training(limited.outline, a), limited.block, cut)
      let expected = Run(.training(free.outline, b), free.block, cut)
      #expect(found.gradients == expected.gradients && found.results[0] == expected.results[0])
    }
  }

  @Test("it stands in the file where there is one, and must be a number above 0")
  func coding() throws {
    let coder = (JSONEncoder(), JSONDecoder())
    for architecture in [architecture(), architecture(limit: nil)] {
      let data = try coder.0.encode(architecture)
      #expect(try coder.1.decode(Architecture.self, from: data) == architecture)
      #expect(
        String(decoding: data, as: UTF8.self).contains("inputLimit") == (architecture.inputLimit != nil))
    }
    for limit in [0, -1, Float.infinity, .nan] {
      #expect(throws: ModelError.self) { try architecture(limit: limit).outline() }
    }
  }
}
