import Hourglass
import Testing

@testable import HourglassCLI

/// What is wrong with an architecture, in the words of its file.
@Suite struct ModelErrorWordsTests {
  @Test func layersAreAsTheFileHasThem() throws {
    let error = ModelError(
      place: "encoder[1] .dense(3, orthogonal)", expected: "[inputs] of 0.5", found: "[2, 3] of .topK(9)",
      remedy: "add .flatten before it, and end with .dense(4) and .reshape([2, 2]), m.st")
    #expect(
      error.wordsOfFile
        == "encoder[1] {\"dense\": {\"units\": 3}}: expects [inputs] of 0.5, found [2, 3] of \"topK\" (9); add \"flatten\" before it, "
        + "and end with {\"dense\": {\"units\": 4}} and {\"reshape\": {\"shape\": [2, 2]}}, m.st")
  }

  @Test func trainSaysThemSo() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "a,b\n1,2\n2,1\n3,5\n")
    try program.write(
      "a.json",
      #"{"format": 1, "input": [2], "encoder": [{"dense": {"units": 1}}], "decoder": [{"dense": {"units": 3}}]}"#
    )
    let run = try program.run("train", "t.csv", "--architecture", "a.json", "-o", "m.st")
    #expect(run.code == 1 && run.messages.contains("found [3]; end it with {\"dense\": {\"units\": 2}}\n"))
    #expect(!run.messages.contains(".dense("), "\(run.messages)")
  }
}
