import Testing

@testable import HourglassCLI

@Suite struct JSONTests {
  @Test func keysKeepTheirOrderAndNumbersTheirValue() {
    let line: JSON = [
      "event": "epoch", "epoch": 1, "loss": .number(Float(0.1034)), "rate": .number(0.001), "none": .null,
      "list": [1, true], "inner": [:],
    ]
    #expect(
      line.line
        == #"{"event":"epoch","epoch":1,"loss":0.1034,"rate":0.001,"none":null,"list":[1,true],"inner":{}}"#)
  }

  @Test func whatIsNoNumberIsNull() {
    let values: JSON = [
      .number(Float.nan), .number(-Double.infinity), .number(nil as Float?), .number(nil as Double?),
    ]
    #expect(values.line == "[null,null,null,null]")
  }

  @Test(arguments: [Float(0.1), 1e-7, 16_777_216, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0])
  func floatsComeBackAsTheyWere(value: Float) {
    #expect(Float(JSON.number(value).line)?.bitPattern == value.bitPattern)
  }

  @Test func textIsEscaped() {
    #expect(JSON.text("a\"b\\c\n\t\u{1}\u{7f}é").line == "\"a\\\"b\\\\c\\n\\t\\u0001\u{7f}é\"")
  }
}
