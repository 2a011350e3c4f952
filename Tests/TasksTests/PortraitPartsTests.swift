import Hourglass
import HourglassTestSupport
import Testing

/// What a portrait says of single values, against numbers worked out by hand and by NumPy.
@Suite("Parts of a portrait")
struct PortraitPartsTests {
  @Test("blame goes to the value that adds most")
  func blame() throws {
    let blame = try #require(Blame([1, 3, .nan, 4] as [Float]))
    #expect(blame.index == 3 && blame.share == 0.5)
    // What is below 0, or no number, adds nothing.
    let odd = try #require(Blame([-1, .infinity, 2, 2] as [Float]))
    #expect(odd.index == 2 && odd.share == 0.5)
    #expect(Blame([0, .nan] as [Float]) == nil && Blame([] as [Float]) == nil)
  }

  @Test("correlations are those of numpy.corrcoef")
  func correlations() {
    let codes = Tensor([4, 2], [1, 7, 2, 7, 3, 7, 4, 7])
    let table = Tensor([4, 3], [2, 5, 2, 4, -1, 4, 6, 0.5, .nan, 9, 2, 9])
    let found = CodeColumns(codes, table)
    let expected = [0.994376712684369, -0.377964473009227, 0.998625428903524]
    #expect(zip(found.correlations[0], expected).allSatisfy { abs($0 - $1) < 1e-12 })
    // A value that does not vary goes with nothing.
    #expect(found.correlations[1].allSatisfy(\.isNaN) && found.samples == 4)
    #expect(CodeColumns(Tensor([2, 1], [1, 2]), Tensor([2, 1], [1, 2])).correlations[0][0].isNaN)
  }

  @Test("principal components give samples back in the units of the data")
  func linear() throws {
    let architecture = Architecture.dense(input: [2], layers: [], latent: 1)
    // Scaled: (x - 10) / 2 and (x - 20) / 4.
    let data = try Dataset(Tensor([2, 2], [8, 16, 12, 24]), origin: "two")
    let preparation = try Preparation.fitted(.standard, to: data)
    var model = try Model(Autoencoder(architecture, seed: 1), preparation)
    let other = try Dataset(Tensor([2, 2], [14, 20, .nan, 24]), origin: "other")
    #expect(try model.allowingGaps().reconstructLinearly(other) == nil)
    model = model.allowingGaps()
    model.control = PrincipalComponents(mean: [0, 0], components: [0.6, 0.8], variances: [1])
    // (2, 0) lies 1.2 along the component: (0.72, 0.96); (missing, 1) 0.8: (0.48, 0.64).
    let found = try #require(try model.reconstructLinearly(other))
    #expect(distance(found.values, [11.44, 23.84, 10.96, 22.56]) < 1e-5)
  }

  @Test("layers and codes have words that are no Swift", arguments: Layer.examples.map(\.layer))
  func words(layer: Layer) {
    #expect(!layer.words.contains(#/\.[a-z]/#) && !layer.words.contains("(to:"), "\(layer.words)")
    #expect(!layer.words.isEmpty && layer.words.first != ".")
  }

  @Test("codes have words")
  func codes() {
    #expect(Code.vector.words == "plain values")
    #expect(Code.gaussian(Code.Gaussian(beta: 2)).words == "normal distribution, beta 2.0")
    #expect(
      Code.codebook(Code.Codebook(entries: 8, width: 4, books: 2)).words
        == "2 codebooks of 8 entries of 4 values")
  }
}
