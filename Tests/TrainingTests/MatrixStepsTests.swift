import Hourglass
import Testing

@testable import HourglassTraining

/// Optimizers that take matrices as a whole: which parameters these are, and what becomes of them.
@Suite("Matrix steps") struct MatrixStepsTests {
  private func matrices(_ architecture: Architecture) throws -> [String: [Int]] {
    let outline = try architecture.outline()
    let found = MatrixSteps.matrices(of: outline.encoder + outline.decoder)
    return Dictionary(
      uniqueKeysWithValues: found.map { matrix in
        (outline.weights.first { $0.offset == matrix.offset }?.name ?? "", [matrix.rows, matrix.columns])
      })
  }

  @Test(
    "matrices are what layers draw; convolutions by their channels; slopes, biases and embeddings are none")
  func which() throws {
    let images = Architecture(
      input: [2, 8, 8], encoder: [.conv(3, kernel: 3, stride: 2), .prelu, .flatten, .dense(units: 4)],
      decoder: [.dense(units: 48), .reshape([3, 4, 4]), .deconv(2, kernel: 3, stride: 2)],
      reconstruction: .gaussian)
    #expect(
      try matrices(images) == [
        "encoder.0.weight": [3, 18], "encoder.3.weight": [48, 4], "decoder.0.weight": [4, 48],
        "decoder.2.weight": [3, 18],
      ])
    let words = Architecture(
      input: [6],
      encoder: [
        .embedding(entries: 9, features: 4), .positionEmbedding, .lstm(Recurrent(units: 5, output: .last)),
      ],
      decoder: [.dense(units: 54), .reshape([6, 9])], reconstruction: .tokens(entries: 9))
    #expect(
      try matrices(words) == [
        "encoder.2.weight": [4, 20], "encoder.2.recurrentWeight": [5, 20], "decoder.0.weight": [5, 54],
      ])
  }

  @Test("what is left is everything else, once")
  func rest() {
    let matrices = [
      MatrixSteps.Matrix(offset: 32, rows: 2, columns: 3), MatrixSteps.Matrix(offset: 0, rows: 4, columns: 4),
    ]
    #expect(MatrixSteps.rest(of: 0..<64, without: matrices) == [16..<32, 38..<64])
    #expect(MatrixSteps.rest(of: 0..<38, without: matrices) == [16..<32])
    #expect(MatrixSteps.rest(of: 5..<7, without: []) == [5..<7])
  }

  private func trainer(_ recipe: Recipe, threads: Int = 1) throws -> Trainer {
    var architecture = Architecture(
      input: [2, 8, 8],
      encoder: [.conv(3, kernel: 3, stride: 2), .batchNorm(), .relu, .flatten, .dense(units: 4)],
      decoder: [.dense(units: 48), .reshape([3, 4, 4]), .deconv(2, kernel: 3, stride: 2)],
      reconstruction: .gaussian)
    architecture.critic = Critic(of: .codes, layers: Critic.dense([70]))
    let flat = try Samples.unit(48, 128)
    let samples = try Dataset(
      Tensor([48, 2, 8, 8], flat.tensor(0..<48).values), origin: "unit")
    return try Trainer(Autoencoder(architecture, seed: 1), recipe, on: samples, threads: threads)
  }

  @Test("a step of muon is orthogonal, and as long as its side says; a gradient of any length gives the same")
  func muon() throws {
    var recipe = Recipe(epochs: 1, batch: 48, optimizer: .muon(), rate: 0.01, seed: 2)
    let trainer = try trainer(recipe)
    let before = trainer.autoencoder
    _ = try trainer.nextStep()
    let outline = before.outline
    for matrix in MatrixSteps.matrices(of: outline.encoder + outline.decoder + outline.critic) {
      let scale = 0.01 * 0.2 * Double(max(matrix.rows, matrix.columns)).squareRoot()
      let change = matrix.range.map {
        Double(before.block[$0] - trainer.autoencoder.block[$0]) / scale
      }
      // Singular values come to between 0.68 and 1.13, so that Σ σ² of k of them is about k.
      let side = Double(min(matrix.rows, matrix.columns))
      let squares = change.reduce(0) { $0 + $1 * $1 }
      #expect(squares > 0.4 * side && squares < 1.3 * side, "\(matrix): \(squares) of \(side)")
    }
    recipe.clipNorm = 0.01
    let clipped = try self.trainer(recipe)
    _ = try clipped.nextStep()
    for matrix in MatrixSteps.matrices(of: outline.encoder + outline.decoder) {
      for index in matrix.range {
        #expect(abs(clipped.autoencoder.block[index] - trainer.autoencoder.block[index]) < 1e-3)
      }
    }
  }

  @Test("the first step of soap moves no matrix, and what is none as Adam does")
  func firstOfSoap() throws {
    let trainer = try trainer(Recipe(epochs: 2, batch: 48, optimizer: .soap(), rate: 0.01, seed: 2))
    let before = trainer.autoencoder
    _ = try trainer.nextStep()
    let outline = before.outline
    let matrices = MatrixSteps.matrices(of: outline.encoder + outline.decoder + outline.critic)
    func changes() -> [Int: Float] {
      let now = trainer.autoencoder.block
      return Dictionary(
        uniqueKeysWithValues: now.indices.lazy.filter { now[$0] != before.block[$0] }.map {
          ($0, abs(now[$0] - before.block[$0]))
        })
    }
    let first = changes()
    #expect(!first.isEmpty && matrices.allSatisfy { matrix in matrix.range.allSatisfy { first[$0] == nil } })
    let bias = try #require(outline.ofLayers.last { $0.weight.name == "bias" })
    let range = bias.offset..<(bias.offset + bias.weight.shape.count)
    #expect(range.allSatisfy { abs((first[$0] ?? 0) - 0.01) < 1e-4 })
    _ = try trainer.nextStep()
    let second = changes()
    #expect(matrices.allSatisfy { matrix in matrix.range.contains { second[$0] != nil } })
  }

  @Test("with convolutions and a critic: the same bytes on any number of threads and after a stop")
  func bytes() throws {
    for optimizer in [Optimizer.muon(), .soap(every: 2), .soap(every: 2, side: 20)] {
      var recipe = Recipe(epochs: 2, batch: 16, optimizer: optimizer, seed: 3)
      recipe.clipNorm = 1
      let folder = try Folder()
      let first = try trainer(recipe)
      for _ in 0..<3 { _ = try first.nextStep() }
      try first.checkpoint(to: folder.file("half"))
      let second = try trainer(recipe)
      #expect(try second.resume(from: folder.file("half")))
      while try second.nextStep() != nil {}
      let whole = try trainer(recipe)
      while try whole.nextStep() != nil {}
      #expect(second.state.map(\.array) == whole.state.map(\.array), "\(optimizer)")
      #expect(second.autoencoder.block == whole.autoencoder.block, "\(optimizer)")
      let three = try trainer(recipe, threads: 3)
      while try three.nextStep() != nil {}
      #expect(three.state.map(\.array) == whole.state.map(\.array), "\(optimizer)")
      #expect(three.autoencoder.block == whole.autoencoder.block, "\(optimizer)")
    }
  }
}
