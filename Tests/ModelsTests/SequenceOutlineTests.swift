import Foundation
import HourglassModels
import HourglassTensor
import Testing

/// Layers of sequences that do not fit are named, with what they expect and what would fit.
@Suite("Outline of sequences")
struct SequenceOutlineTests {
  @Test func axes() {
    #expect(
      complaint(.densePerStep(units: 4), [6])
        == "encoder[0] .densePerStep(4): expects [steps, features], found [6]; add .reshape before it")
    #expect(
      complaint(.transpose, [2, 3, 4])
        == "encoder[0] .transpose: expects two axes, found [2, 3, 4]; add .reshape before it")
    #expect(
      complaint(.repeatSteps(count: 4), [2, 3])
        == "encoder[0] .repeatSteps(4): expects [features], found [2, 3]; add .flatten before it")
  }

  @Test func heads() {
    for heads in [0, -1, 4, 7] {
      #expect(
        complaint(.attention(heads: heads), [5, 6])
          == "encoder[0] .attention(heads \(heads)): expects heads that divide 6 features, found \(heads); "
          + "use 1, or a number that divides them")
    }
    #expect(complaint(.attention(heads: 3), [5, 6]) == "")
    #expect(
      complaint(.attention(heads: 2), [6000, 4])
        == "encoder[0] .attention(heads 2): expects at most 5792 steps with 2 heads, found 6000; "
        + "make the sequence shorter before it, with a convolution of stride 2 say")
    #expect(complaint(.attention(heads: 1), [6]).contains("expects [steps, features], found [6]"))
    #expect(complaint(.positionalEncoding, [6]).contains("expects [steps, features], found [6]"))
    #expect(complaint(.positionEmbedding, [1, 2, 3]).contains("found [1, 2, 3]"))
    #expect(complaint(.embedding(entries: 3, features: 2), [4, 2]).contains("expects [steps], found [4, 2]"))
  }

  @Test func numbersWithoutSense() {
    for number in [0, -1, 1 << 60] {
      #expect(complaint(.densePerStep(units: number), [4, 3]).contains("between 1 and 16777216 units"))
      #expect(complaint(.embedding(entries: number, features: 2), [4]).contains("16777216 entries"))
      #expect(complaint(.embedding(entries: 2, features: number), [4]).contains("16777216 features"))
      #expect(complaint(.repeatSteps(count: number), [4]).contains("between 1 and 16777216 steps"))
    }
    #expect(complaint(.repeatSteps(count: 1 << 24), [1 << 10]).contains("at most 2147483648 values"))
  }

  @Test func misspeltJSON() {
    for text in [
      "{\"densePerStep\": {\"unit\": 3}}", "{\"densePerStep\": {}}", "{\"repeatSteps\": {}}",
      "{\"attention\": {}}", "{\"attention\": {\"heads\": 2, \"mask\": 1}}",
      "{\"embedding\": {\"entries\": 2}}", "{\"positionalEncoding\": {\"base\": 100}}",
      "{\"transpose\": {\"axes\": 2}}", "{\"repeatSteps\": {\"count\": 2, \"steps\": 3}}",
    ] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Layer.self, from: Data(text.utf8)) }
    }
  }
}
