import HourglassFormats
import HourglassTensor
import Testing

@Suite struct SafeTensorsTests {
  @Test func `Python's file is read, with every type`() throws {
    let file = try SafeTensors.read(golden("types.safetensors"))
    #expect(file.metadata == ["name": "Grüße \"quoted\"\n", "two": "2"])
    #expect(file.tensors.count == 15)
    #expect(file["u8"] == Tensor([0, 1, 2] as [UInt8]))
    #expect(file["i8"] == Tensor([0, 1, 2] as [Int8]))
    #expect(file["u16"] == Tensor([0, 1, 2] as [UInt16]))
    #expect(file["i16"] == Tensor([0, 1, 2] as [Int16]))
    #expect(file["i32"] == Tensor([0, 1, 2] as [Int32]))
    for name in ["i64", "u32", "u64"] { #expect(file[name] == Tensor([0, 1, 2] as [Int64])) }
    for name in ["f16", "bf16"] { #expect(file[name] == Tensor([0, 1, 2] as [Float])) }
    #expect(file["f64"] == Tensor([0, 1, 2] as [Double]))
    #expect(file["f32"] == rampTensor(.float32))
    #expect(file["bool"] == Tensor([0, 0, 1] as [UInt8]))
    #expect(file["scalar"] == Tensor([], [2.5] as [Float]))
    #expect(file["empty"]?.shape == [0, 3])
    #expect(file["none"] == nil)
  }

  @Test func `tensors off their alignment are copied`() throws {
    let file = try SafeTensors.read(golden("unaligned.safetensors"))
    #expect(file.tensors.map(\.name) == ["b", "a"])
    #expect(file["a"] == Tensor([0, 1, 2] as [Float]))
    #expect(file["a"]?.offset == 0)
  }

  static let sample = SafeTensors(
    tensors: Element.allCases.map { NamedTensor(name: "weights/\($0) \"é\"", tensor: rampTensor($0)) },
    metadata: ["z": "last", "a": "{\"nested\": [1, 2]}\n\t\u{1}\\ é 😀", "": ""])

  @Test func `a file written is what is read, aligned and mapped`() throws {
    let folder = try TemporaryFolder()
    try Self.sample.write(to: folder.file("a.safetensors"))
    let read = try SafeTensors.read(folder.file("a.safetensors"))
    #expect(read.metadata == Self.sample.metadata)
    for named in Self.sample.tensors { #expect(read[named.name] == named.tensor) }
    let shared = read.tensors.allSatisfy { $0.tensor.storage === read.tensors[0].tensor.storage }
    #expect(shared)
    let bytes = try contents(folder.file("a.safetensors"))
    #expect(try Self.sample.bytes() == bytes)
    #expect((8 + Int(bytes[0]) + Int(bytes[1]) << 8) % 64 == 0)
    // Written again from what was read: the same file.
    #expect(try SafeTensors(tensors: read.tensors, metadata: read.metadata).bytes() == bytes)
  }

  @Test func `nothing at all is a file`() throws {
    let file = try SafeTensors.read(bytes: SafeTensors(tensors: []).bytes(), name: "x")
    #expect(file.tensors.isEmpty && file.metadata.isEmpty)
  }

  @Test func `names that cannot be told apart are refused`() throws {
    let tensor = rampTensor(.uint8)
    for names in [["a", "a"], ["__metadata__"]] {
      let file = SafeTensors(tensors: names.map { NamedTensor(name: $0, tensor: tensor) })
      #expect(words { _ = try file.bytes() }.contains("names that differ"))
    }
    // Equal as text to a person, two keys to the format.
    let names = ["\u{E9}", "e\u{301}"].map { NamedTensor(name: $0, tensor: tensor) }
    #expect(try SafeTensors.read(bytes: SafeTensors(tensors: names).bytes(), name: "x").tensors.count == 2)
  }

  static func file(_ header: String, values: Int) -> [UInt8] {
    let text = [UInt8](header.utf8)
    return Zip.number(text.count, 8) + text + [UInt8](repeating: 0, count: values)
  }

  static func one(_ fields: String) -> String { "{\"a\":{\(fields)}}" }

  static let faults: [(header: String, values: Int, words: String)] = [
    (one(#""dtype":"F32","shape":[2],"data_offsets":[0,8]"#), 7, "inside the 7 bytes"),
    (one(#""dtype":"F32","shape":[2],"data_offsets":[0,8]"#), 9, "expected 8 bytes of values, found 9"),
    (
      one(#""dtype":"F32","shape":[3],"data_offsets":[0,8]"#), 8, "12 bytes for the shape [3] of F32, found 8"
    ),
    (one(#""dtype":"F32","shape":[2],"data_offsets":[8,0]"#), 8, "inside the 8 bytes"),
    (one(#""dtype":"F32","shape":[2],"data_offsets":[4,12]"#), 12, "a hole"),
    (one(#""dtype":"F99","shape":[2],"data_offsets":[0,8]"#), 8, "found 'F99'"),
    (one(#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]"#), 8, "memory can hold"),
    (one(#""dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]"#), 0, "memory can hold"),
    (one(#""dtype":"F32","shape":[-2],"data_offsets":[0,8]"#), 8, "integer of at least 0, found '-2"),
    (one(#""dtype":"F32","shape":[2.0],"data_offsets":[0,8]"#), 8, "integer of at least 0"),
    (one(#""dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551624]"#), 8, "integer of at least 0"),
    (one(#""dtype":"F32","shape":[2],"data_offsets":[0,8,9]"#), 8, "at most 2 numbers"),
    (one(#""dtype":"F32","shape":[2],"data_offsets":[0]"#), 8, "two data_offsets, found fewer"),
    (one(#""dtype":"F32","shape":[2]"#), 8, "two data_offsets, found fewer"),
    (one(#""dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]"#), 8, "'dtype' twice"),
    (
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
      6, "tensor 'b': expected values from byte 4 on, where the ones before end, found byte 2: an overlap"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
      4, "an overlap"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
      2, "'a' twice"
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, "expected '\"', found '1"),
    (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0, "'a' twice"),
    (#"{"__metadata__":{"a":"\ud800"}}"#, 0, "half of a pair"),
    (#"{"__metadata__":{"a":"\ud800\u0041"}}"#, 0, "second half of a pair"),
    (#"{"__metadata__":{"a":"\q"}}"#, 0, "after \\"),
    (#"{"__metadata__":{"a":"\u00zz"}}"#, 0, "hexadecimal"),
    ("{\"__metadata__\":{\"a\":\"\n\"}}", 0, "control characters"),
    ("{} x", 0, "the end of the JSON text"),
    ("{", 0, "found the end"),
    (" {}", 0, "beginning with '{'"),
    ("", 0, "beginning with '{'"),
    ("[]", 0, "beginning with '{'"),
    (one("\"x\":" + String(repeating: "[", count: 100_000)), 0, "nested at most 64"),
    (one("\"x\":" + String(repeating: "{\"a\":", count: 100_000)), 0, "nested at most 64"),
  ]

  @Test(arguments: faults)
  func `a fault is named`(header: String, values: Int, words expected: String) {
    let message = words { _ = try SafeTensors.read(bytes: Self.file(header, values: values), name: "m") }
    #expect(message.hasPrefix("m"))
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `unknown fields and spaces are passed over`() throws {
    let header =
      #"{ "a" : {"x":[1,-2.5e3,{"y":null}],"dtype":"U8","shape":[2],"z":true,"data_offsets":[0,2]} }  "#
    #expect(try SafeTensors.read(bytes: Self.file(header, values: 2), name: "m")["a"]?.shape == [2])
  }

  @Test func `text that is no UTF-8 is refused`() {
    var bytes = Self.file(#"{"__metadata__":{"a":"bc"}}"#, values: 0)
    bytes[8 + 22] = 0xFF
    #expect(words { _ = try SafeTensors.read(bytes: bytes, name: "m") }.contains("text in UTF-8"))
  }

  @Test func `lengths beyond the file or the limit are refused`() throws {
    for count in 0..<8 {
      let message = words { _ = try SafeTensors.read(bytes: [UInt8](repeating: 1, count: count), name: "m") }
      #expect(message.contains("8 bytes of length"))
    }
    for length in [3, 100_000_001, Int.max, -1] {
      let message = words {
        _ = try SafeTensors.read(bytes: Zip.number(length, 8) + [0x7B, 0x7D], name: "m")
      }
      #expect(message.contains("a header of at most 100000000 bytes inside the file"))
    }
    let whole = try Self.sample.bytes()
    for count in 0..<whole.count {
      #expect(words { _ = try SafeTensors.read(bytes: [UInt8](whole[..<count]), name: "m") } != "no error")
    }
  }
}
