import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// Samples that alone decide how large an error is.
@Suite("Heavy samples")
struct HeavySampleTests {
  private func heavy(_ distances: [Double]) -> HeavySamples? {
    HeavySamples(distances) { "sample \($0)" }
  }

  private func even(_ count: Int, _ others: [Int: Double] = [:]) -> [Double] {
    (0..<count).map { others[$0] ?? 1 }
  }

  @Test("one of them carries more than half of the distances")
  func one() throws {
    #expect(heavy(even(100)) == nil)
    #expect(heavy(even(100, [7: 98])) == nil, "less than half")
    let found = try #require(heavy(even(100, [7: 300])))
    #expect(found.positions == [7] && found.names == ["sample 7"])
    #expect(abs(found.share - 300.0 / 399) < 1e-12)
    #expect(heavy(even(19, [7: 1e9])) == nil, "too few to tell")
    #expect(heavy(even(20, [7: 1e9]))?.positions == [7])
    // One of fewer than 200 at most, so two that are as heavy are none each.
    #expect(heavy(even(100, [7: 300, 8: 300])) == nil)
  }

  @Test("or a hundredth of them")
  func several() throws {
    let far = even(400, [3: 5000, 50: 400, 51: 400, 399: 2000])
    let found = try #require(heavy(far))
    // 5000 of 8196, then 2000 of 3196, then 800 of 1196, then 400 of 796.
    #expect(found.positions == [3, 399, 50, 51])
    #expect(heavy(even(400, [9: .nan])) == nil)
    #expect(heavy([Double](repeating: 0, count: 400)) == nil)
  }

  /// A model that is the better one everywhere but in one far-out sample, which the components lie along.
  private func contest() throws -> (model: Model, data: Dataset) {
    let random = Draws.normal(400, seed: 3)
    var values: [Float] = (0..<400).map { $0 % 2 == 0 ? random[$0] : random[$0] / 100 }
    values[2 * 150] = 0
    values[2 * 150 + 1] = 40
    let data = try Dataset(Tensor([200, 2], values), origin: "contest")
    // y = (x, 0): what a linear code of one value can do best without the far-out sample.
    let layer = Architecture(
      input: [2], encoder: [.dense(units: 1, initializer: .zeros)],
      decoder: [.dense(units: 2, initializer: .zeros)])
    var autoencoder = try Autoencoder(layer, seed: 1)
    autoencoder.change("encoder.0.weight") { row, _, _ in row == 0 ? 1 : 0 }
    autoencoder.change("decoder.0.weight") { _, column, _ in column == 0 ? 1 : 0 }
    let preparation = try Preparation.fitted(Scaling.Kind.none, to: data)
    var model = Model(autoencoder, preparation)
    model.control = PrincipalComponents(mean: [0, 0], components: [0, 1], variances: [8])
    return (model, data)
  }

  @Test("the verdict is by the others, and the means and medians stand beside it")
  func verdict() throws {
    let (model, data) = try contest()
    let found = try HourglassTasks.Evaluation(model, on: data)
    let values = data.tensor.doubles
    let own: [Double] = (0..<200).map { row in values[2 * row + 1].squared / 2 }
    let linear: [Double] = (0..<200).map { row in values[2 * row].squared / 2 }
    #expect(abs(found.mse - own.reduce(0, +) / 200) < 1e-6)
    #expect(found.mse > found.pcaMSE ?? 0, "by the mean the components win")
    #expect(found.heavy?.names == [data.sampleName(150)])
    let kept = own.indices.filter { $0 != 150 }
    #expect(abs(found.decisive.model - kept.reduce(0) { $0 + own[$1] } / 199) < 1e-9)
    #expect(abs((found.decisive.pca ?? 0) - kept.reduce(0) { $0 + linear[$1] } / 199) < 1e-6)
    let sorted = own.sorted()
    #expect(abs(found.medians.model - (sorted[99] + sorted[100]) / 2) < 1e-9)
    #expect(!found.unbeaten.contains("PCA of the same width"))
    // Whichever part holds it out, the winner is the same.
    for range in [0..<100, 100..<200] {
      #expect(
        try !HourglassTasks.Evaluation(model, on: data.subset(range)).unbeaten.contains(
          "PCA of the same width"))
    }
  }

  @Test("a sample that the model alone does badly on counts against it")
  func own() throws {
    let (model, contest) = try contest()
    var values = contest.tensor.values
    // Three times as far as others lie in x, so that nothing is heavy: the components miss all of x.
    values[2 * 150 + 1] = 9
    let data = try Dataset(Tensor([200, 2], values), origin: "contest")
    let found = try HourglassTasks.Evaluation(model, on: data)
    let own: [Double] = (0..<200).map { row in Double(values[2 * row + 1]).squared / 2 }
    #expect(own[150] > 0.9 * own.reduce(0, +), "it carries the model's error")
    #expect(found.heavy == nil && found.decisive == found.whole)
  }

  @Test("those of a training are kept in the model, by the rows of the source")
  func kept() throws {
    let (_, data) = try contest()
    let recipe = Recipe(epochs: 1, batch: 32)
    let start = try Autoencoder(.dense(input: [2], layers: [], latent: 1), seed: 1)
    let part = data.subset((20..<200).map(UInt32.init))
    let preparation = try Preparation.fitted(Scaling.Kind.none, to: part)
    let trainer = try Trainer(start, recipe, on: part, preparation: preparation)
    while try trainer.nextEpoch() != nil {}
    let record = try #require(try trainer.finishedModel().provenance?.heavy)
    let values = part.tensor.doubles
    let means = (0..<2).map { column in (0..<180).reduce(0) { $0 + values[2 * $1 + column] } / 180 }
    let distances: [Double] = (0..<180).map { row in
      (values[2 * row] - means[0]).squared + (values[2 * row + 1] - means[1]).squared
    }
    #expect(record.names == ["sample 150"] && record.count == 1)
    #expect(abs(record.share - distances[130] / distances.reduce(0, +)) < 1e-6)
    #expect(record.words.hasPrefix("sample 150 carries "))
  }

  @Test("weights count in what is left")
  func weighted() throws {
    let (model, data) = try contest()
    let weights = (0..<200).map { Float(($0 + 1) % 3) }
    let found = try HourglassTasks.Evaluation(model, on: data.weighted(weights))
    let values = data.tensor.doubles
    let kept = (0..<200).filter { $0 != 150 }
    let terms: [Double] = kept.map { row in Double(weights[row]) * values[2 * row + 1].squared / 2 }
    let weight: Double = kept.reduce(0) { $0 + Double(weights[$1]) }
    #expect(found.heavy?.positions == [150])
    #expect(abs(found.decisive.model - terms.reduce(0, +) / weight) < 1e-9)
  }
}

extension Double {
  fileprivate var squared: Double { self * self }
}
