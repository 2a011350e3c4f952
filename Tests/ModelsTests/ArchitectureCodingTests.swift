import Foundation
import HourglassModels
import HourglassTensor
import Testing

/// The JSON form of an architecture: what a person may leave out, and what is refused and how.
@Suite("Architecture as JSON")
struct ArchitectureCodingTests {
  private func read(_ text: String) throws -> Architecture {
    try JSONDecoder().decode(Architecture.self, from: Data(text.utf8))
  }

  /// What reading complains about; "" where it does not.
  private func complaint(_ text: String) -> String {
    do {
      _ = try read(text)
      return ""
    } catch DecodingError.dataCorrupted(let context) {
      return context.debugDescription
    } catch {
      return "\(error)"
    }
  }

  /// An architecture around one layer.
  private func around(_ layer: String) -> String {
    #"{"input": [4], "encoder": [\#(layer)], "decoder": []}"#
  }

  @Test("every choice is the same after JSON")
  func roundTrip() throws {
    let architecture = Architecture(
      input: [2, 3], encoder: Layer.examples.map(\.layer), code: .vector,
      decoder: [.dense(units: 6, initializer: .heNormal, bias: false), .reshape([2, 3])],
      reconstruction: .huber(delta: 0.3),
      penalties: [.weights(l1: 0.1, l2: 0.2), .activity(l1: 1e-4), .activity(l2: 3)])
    let data = try JSONEncoder().encode(architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == architecture)
    for name in Reconstruction.names {
      let term = try #require(Reconstruction(name: name))
      let data = try JSONEncoder().encode(term)
      #expect(try JSONDecoder().decode(Reconstruction.self, from: data) == term)
    }
    for initializer in Initializer.allCases {
      let layer = Layer.dense(units: 3, initializer: initializer)
      #expect(try JSONDecoder().decode(Layer.self, from: JSONEncoder().encode(layer)) == layer)
    }
  }

  @Test("is written as the documentation shows it")
  func text() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let architecture = Architecture.dense(
      input: [4], layers: [], latent: 2, codeActivation: .leakyRelu(), reconstruction: .bernoulli)
    #expect(
      String(decoding: try encoder.encode(architecture), as: UTF8.self)
        == #"{"code":{"vector":{}},"decoder":[{"dense":{"units":4}}],"#
        + #""encoder":[{"dense":{"units":2}},"#
        + #"{"leakyRelu":{"slope":0.01}}],"format":1,"input":[4],"reconstruction":{"bernoulli":{}}}"#)
  }

  @Test("what is left out has its default")
  func defaults() throws {
    let text = """
      {"input": [4], "encoder": [{"dense": {"units": 2}}, {"leakyRelu": {}}, {"elu": {}}, {"batchNorm": {}},
      {"layerNorm": {}}], "decoder": [{"dense": {"units": 4}}]}
      """
    #expect(
      try read(text)
        == Architecture(
          input: [4],
          encoder: [
            .dense(units: 2, initializer: nil, bias: true), .leakyRelu(slope: 0.01), .elu(alpha: 1),
            .batchNorm(momentum: 0.1, epsilon: 1e-5), .layerNorm(epsilon: 1e-5),
          ], code: .vector, decoder: [.dense(units: 4)], reconstruction: .gaussian, penalties: []))
    let huber = #"{"input": [4], "encoder": [], "decoder": [], "reconstruction": {"huber": {}}}"#
    #expect(try read(huber).reconstruction == .huber(delta: 1))
  }

  @Test(
    "names and numbers that are not known are refused by name",
    arguments: [
      (#"{"dence": {"units": 2}}"#, #""dence" is not a layer; known are dense, relu, leakyRelu"#),
      (#"{"dense": {"unit": 2}}"#, #"a layer "dense" has no "unit"; it has units, initializer, bias"#),
      (#"{"dense": {}}"#, #"a layer "dense" needs "units""#),
      (#"{"dropout": {}}"#, #"a layer "dropout" needs "rate""#),
      (#"{"relu": {"slope": 1}}"#, #"a layer "relu" has no "slope"; it has nothing"#),
      (#"{"leakyRelu": {"alpha": 1}}"#, #"a layer "leakyRelu" has no "alpha"; it has slope"#),
      (#"{"reshape": {}}"#, #"a layer "reshape" needs "shape""#),
      (#"{"relu": {}, "tanh": {}}"#, #"one name over an object, like {"relu": {}}; found {relu, tanh}"#),
      (#"{}"#, #"one name over an object, like {"relu": {}}; found {}"#),
    ])
  func unknownInLayer(_ layer: String, _ expected: String) {
    #expect(complaint(around(layer)).contains(expected), "\(complaint(around(layer)))")
  }

  @Test(
    "other choices that are not known are refused by name",
    arguments: [
      (
        #""reconstruction": {"mse": {}}"#, #""mse" is not a reconstruction term; known are gaussian, laplace"#
      ),
      (#""reconstruction": {"huber": {"d": 1}}"#, #"a reconstruction term "huber" has no "d"; it has delta"#),
      (#""code": {"spline": {}}"#, #""spline" is not a code; known are vector"#),
      (#""penalties": [{"weight": {}}]"#, #""weight" is not a penalty; known are weights, activity"#),
      (#""penalties": [{"weights": {"l3": 1}}]"#, #"a penalty "weights" has no "l3"; it has l1, l2"#),
      (#""encode": []"#, #"an architecture has no "encode"; it has format, input, encoder"#),
      (#""format": 3"#, "format 3 is not known to this version, which reads 1 and 2"),
    ])
  func unknownBeside(_ part: String, _ expected: String) {
    let text = #"{"input": [4], "encoder": [], "decoder": [], \#(part)}"#
    #expect(complaint(text).contains(expected), "\(complaint(text))")
  }

  @Test(
    "values of another kind are refused",
    arguments: [
      "", "{", "[]", "3", "null", #"{"encoder": [], "decoder": []}"#, #"{"input": [4], "decoder": []}"#,
      #"{"input": 4, "encoder": [], "decoder": []}"#, #"{"input": ["4"], "encoder": [], "decoder": []}"#,
      #"{"input": [-4], "encoder": [], "decoder": []}"#, #"{"input": [4.5], "encoder": [], "decoder": []}"#,
      #"{"input": [4294967296, 4294967296], "encoder": [], "decoder": []}"#,
      #"{"input": [1e40], "encoder": [], "decoder": []}"#, #"{"input": [4], "encoder": {}, "decoder": []}"#,
      #"{"input": [4], "encoder": [], "decoder": [], "format": "1"}"#,
    ])
  func wrongKinds(_ text: String) {
    #expect(throws: DecodingError.self) { try read(text) }
  }

  @Test(
    "layers of another kind are refused",
    arguments: [
      "3", #""relu""#, "null", "[]", #"{"relu": null}"#, #"{"relu": 3}"#, #"{"relu": []}"#,
      #"{"dense": {"units": "2"}}"#, #"{"dense": {"units": 2.5}}"#, #"{"dense": {"units": 1e30}}"#,
      #"{"dense": {"units": null}}"#, #"{"dense": {"units": true}}"#,
      #"{"dense": {"units": 99999999999999999999}}"#,
      #"{"dense": {"units": 2, "bias": 1}}"#, #"{"dense": {"units": 2, "initializer": "he"}}"#,
      #"{"leakyRelu": {"slope": "x"}}"#, #"{"leakyRelu": {"slope": 1e60}}"#, #"{"reshape": {"shape": [-1]}}"#,
    ])
  func wrongLayers(_ layer: String) {
    #expect(throws: DecodingError.self) { try read(around(layer)) }
  }

  @Test("nesting without end is refused, not a crash")
  func nesting() {
    let deep = String(repeating: "[", count: 200_000)
    #expect(throws: DecodingError.self) { try read(deep) }
    #expect(throws: DecodingError.self) { try read(around(deep + String(repeating: "]", count: 200_000))) }
    let objects =
      String(repeating: #"{"relu":"#, count: 50_000) + "{}" + String(repeating: "}", count: 50_000)
    #expect(throws: DecodingError.self) { try read(around(objects)) }
  }
}
