import Testing

/// What damaged model files get, and architectures that are none.
@Suite struct BadModelTests {
  private static let header = #"{"__metadata__":{"hourglass.format":"1"},"x":"#

  private static func safetensors(_ header: String, _ values: Int = 8, count: Int? = nil) -> [UInt8] {
    let bytes = Array(header.utf8)
    let length = UInt64(count ?? bytes.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + bytes
      + [UInt8](repeating: 0, count: values)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let words: [String]
    var testDescription: String { words.joined(separator: ", ") }

    init(_ bytes: [UInt8], _ words: String...) { (self.bytes, self.words) = (bytes, words) }
  }

  static let cases: [Case] = [
    Case([], "empty"),
    Case([1, 2, 3], "3"),
    Case(safetensors("{}", count: 1 << 40), "header"),
    Case(safetensors("{", count: 300), "header"),
    Case(safetensors("{\"x\":"), "JSON text"),
    Case(safetensors(String(repeating: "[", count: 100_000)), "beginning with '{'"),
    Case(safetensors("{\"x\":" + String(repeating: "{\"x\":", count: 50_000)), "deep"),
    Case(safetensors(header + #"{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#), "'x'"),
    Case(safetensors(header + #"{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#), "'x'"),
    Case(safetensors(header + #"{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#), "'x'"),
    Case(safetensors(header + #"{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#), "F33"),
    Case(
      safetensors(
        header + #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
          + #""y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12), "y"),
    Case(safetensors(#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#), "hourglass"),
    Case(safetensors(#"{"__metadata__":{"hourglass.format":"99"}}"#, 0), "format 99"),
    Case(safetensors(#"{"__metadata__":{"hourglass.format":"1"}}"#, 0), "hourglass.architecture"),
    Case(
      safetensors(
        #"{"__metadata__":{"hourglass.format":"1","hourglass.architecture":"{\"input\":[3]}"}}"#, 0),
      "encoder"),
  ]

  @Test(arguments: cases) func isRefused(_ bad: Case) throws {
    let program = try BuiltProgram()
    try program.write("model.safetensors", bad.bytes)
    try program.write("data.csv", "1,2,3\n4,5,6\n")
    for words in [
      ["inspect", "model.safetensors"], ["encode", "model.safetensors", "data.csv", "-o", "c.npy"],
    ] {
      let outcome = try program.run(words)
      #expect(outcome.code == 1)
      #expect(outcome.output.isEmpty)
      #expect(outcome.messages.hasPrefix("hourglass: model.safetensors"), "\(outcome.messages)")
      #expect(outcome.messages.utf8.count < 1000)
      for word in bad.words { #expect(outcome.messages.contains(word), "\(outcome.messages)") }
    }
    #expect(program.names() == ["data.csv", "model.safetensors"])
  }

  @Test func weightsOfAnotherTypeOrShapeAreRefused() throws {
    let program = try BuiltProgram()
    try program.write("data.csv", "1,2,3\n4,5,7\n7,8,9\n")
    #expect(try program.run("train", "data.csv", "--epochs", "1", "--latent", "1", "-o", "m.st").code == 0)
    let bytes = program.bytes("m.st")
    let count = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let header = String(decoding: bytes[8..<(8 + count)], as: UTF8.self)
    let renamed = header.replacing("encoder.0.weight", with: "encoder.0.weihgt")
    try program.write("renamed.st", bytes[..<8] + Array(renamed.utf8) + bytes[(8 + count)...])
    let outcome = try program.run("inspect", "renamed.st")
    #expect(outcome.code == 1 && outcome.messages.contains("weight encoder.0.weight"), "\(outcome.messages)")
    try program.write("cut.st", Array(bytes.dropLast(5)))
    #expect(try program.run("inspect", "cut.st").code == 1)
  }

  @Test(arguments: [
    ("", "something other"), ("{", "expects"), ("[1, 2]", "expects"),
    (#"{"input": [3], "encoder": [{"dense": {"units": 0}}], "decoder": [{"dense": {"units": 3}}]}"#, "units"),
    (#"{"input": [3], "encoder": [{"dense": {"unit": 2}}], "decoder": []}"#, "units"),
    (#"{"input": [3], "encoder": [{"dens": {"units": 2}}], "decoder": []}"#, "dens"),
    (#"{"input": [-3], "encoder": [], "decoder": []}"#, "-3"),
    (#"{"input": [3], "encoder": [{"dense": {"units": 2}}], "decoder": []}"#, #"{"dense": {"units": 3}}"#),
    (#"{"input": [4], "encoder": [], "decoder": []}"#, "data.csv"),
    (#"{"format": 99, "input": [3], "encoder": [], "decoder": []}"#, "99"),
    (String(repeating: "[", count: 200_000), "expects"),
    (String(repeating: #"{"input":"#, count: 20_000), "expects"),
  ]) func architecturesThatAreNoneAreRefused(text: String, word: String) throws {
    let program = try BuiltProgram()
    try program.write("data.csv", "1,2,3\n4,5,6\n")
    try program.write("net.json", text)
    let outcome = try program.run("train", "data.csv", "--architecture", "net.json", "-o", "m.st")
    #expect(outcome.code == 1)
    #expect(outcome.messages.contains(word) || word == "something other", "\(outcome.messages)")
    #expect(outcome.messages.utf8.count < 1000)
    #expect(program.names() == ["data.csv", "net.json"])
  }
}
