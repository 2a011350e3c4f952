import Foundation
import HourglassModels
import HourglassTensor
import Testing

/// Layers of sequences that do not fit are named, with what they expect and what would fit.
@Suite("Outline of sequences")
struct SequenceOutlineTests {
  private func complaint(_ layer: Layer, _ input: Shape) -> String {
    let architecture = Architecture(
      input: input, encoder: [layer], decoder: [.flatten, .dense(units: input.count), .reshape(input)])
    do {
      _ = try architecture.outline()
      return ""
    } catch {
      return "\(error)"
    }
  }

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

  @Test func numbersWithoutSense() {
    for number in [0, -1, 1 << 60] {
      #expect(complaint(.densePerStep(units: number), [4, 3]).contains("between 1 and 16777216 units"))
      #expect(complaint(.repeatSteps(count: number), [4]).contains("between 1 and 16777216 steps"))
    }
    #expect(complaint(.repeatSteps(count: 1 << 24), [1 << 10]).contains("at most 2147483648 values"))
  }

  @Test func misspeltJSON() {
    for text in [
      "{\"densePerStep\": {\"unit\": 3}}", "{\"densePerStep\": {}}", "{\"repeatSteps\": {}}",
      "{\"transpose\": {\"axes\": 2}}", "{\"repeatSteps\": {\"count\": 2, \"steps\": 3}}",
    ] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Layer.self, from: Data(text.utf8)) }
    }
  }
}
