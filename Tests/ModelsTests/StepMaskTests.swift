import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassModels

/// Which steps of a sequence are there: followed from the values that are missing through the layers.
@Suite("Steps that are missing")
struct StepMaskTests {
  /// The mask that a layer of sequences is given behind these layers, for one sample; nil: there is none.
  private func mask(
    _ presence: [Double], _ input: Shape, behind layers: [Layer], steps: Int
  ) throws -> [Float]? {
    var setting = Setting(isTraining: false)
    var graph = Graph()
    var value = graph.input(0, input)
    setting.steps.present = .values(graph.input(1, input))
    var shape = input
    for layer in layers {
      let output = try layer.output(of: shape, at: "here")
      var offset = 0
      let weights = layer.weights(for: shape, before: nil).map { weight in
        defer { offset += weight.shape.count }
        return graph.parameter(weight.shape, offset: offset)
      }
      value = layer.append(to: &graph, value, weights, &setting)
      shape = output
    }
    guard let mask = setting.mask(&graph, steps: steps) else { return nil }
    let conditions = Conditions(
      rows: 1, inputs: [presence.map { _ in 1 }, presence], parameters: Array(repeating: 0, count: 999))
    return Evaluation(graph, Plan.Targets(results: [mask]), conditions).results[0]
  }

  /// Steps 0 and 2 of four have a value in one of two channels or the other.
  private let channelsFirst: [Double] = [1, 0, 0, 0, 1, 0, 1, 0]

  @Test func aStepIsThereIfAnyOfItsValuesIs() throws {
    let expected: [Float] = [1, 0, 1, 0]
    #expect(try mask(channelsFirst, [2, 4], behind: [.transpose], steps: 4) == expected)
    #expect(try mask(channelsFirst, [2, 4], behind: [.transpose, .tanh], steps: 4) == expected)
    #expect(
      try mask(channelsFirst, [2, 4], behind: [.transpose, .densePerStep(units: 5)], steps: 4) == expected)
    #expect(try mask([1, 0, 0, 1, 1, 1], [3, 2], behind: [], steps: 3) == [1, 1, 1])
    #expect(try mask([1, 0, 1], [3], behind: [], steps: 3) == [1, 0, 1])
    #expect(try mask([1, 0, 1], [3], behind: [.reshape([3, 1])], steps: 3) == [1, 0, 1])
    #expect(try mask([1, 0, 1], [3], behind: [.reshape([1, 3]), .transpose], steps: 3) == [1, 0, 1])
  }

  @Test func theOtherAxisIsNone() throws {
    #expect(try mask(channelsFirst, [2, 4], behind: [], steps: 4) == nil)
    let turned: [Layer] = [.transpose, .densePerStep(units: 4), .transpose]
    #expect(try mask(channelsFirst, [2, 4], behind: turned, steps: 4) == nil)
    #expect(try mask(channelsFirst, [2, 4], behind: turned + [.transpose], steps: 4) == [1, 0, 1, 0])
  }

  @Test func convolutionsKeepAsManyPositionsOrThinThem() throws {
    let (same, fewer): (Layer, Layer) = (.conv(3), .conv(3, stride: 2))
    #expect(try mask(channelsFirst, [2, 4], behind: [same, .transpose], steps: 4) == [1, 0, 1, 0])
    #expect(try mask(channelsFirst, [2, 4], behind: [fewer, .transpose], steps: 2) == [1, 1])
    #expect(try mask(channelsFirst, [2, 4], behind: [fewer, .upsample(), .transpose], steps: 4) == nil)
    #expect(try mask(channelsFirst, [1, 2, 4], behind: [.conv(3)], steps: 3) == nil)
  }

  @Test func asManyStepsOutOfACodeAreTheSame() throws {
    let code: [Layer] = [.transpose, .densePerStep(units: 3), .flatten, .dense(units: 2)]
    let expected: [Float] = [1, 0, 1, 0]
    #expect(try mask(channelsFirst, [2, 4], behind: code, steps: 2) == nil)
    #expect(try mask(channelsFirst, [2, 4], behind: code + [.repeatSteps(count: 4)], steps: 4) == expected)
    #expect(try mask(channelsFirst, [2, 4], behind: code + [.repeatSteps(count: 5)], steps: 5) == nil)
    let spelt: [Layer] = [.dense(units: 20), .reshape([4, 5])]
    #expect(try mask(channelsFirst, [2, 4], behind: code + spelt, steps: 4) == expected)
    let direct: [Layer] = [.flatten, .dense(units: 4), .repeatSteps(count: 4)]
    #expect(try mask(channelsFirst, [2, 4], behind: direct, steps: 4) == expected)
  }

  @Test func whatAResidualTurnsAroundInsideStays() throws {
    let inside: [Layer] = [.transpose, .densePerStep(units: 4), .transpose]
    #expect(
      try mask(channelsFirst, [2, 4], behind: [.transpose, .residual(inside)], steps: 4) == [1, 0, 1, 0])
  }
}
