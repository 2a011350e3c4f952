import Testing

@testable import HourglassCLI

/// What the pages for newcomers say is what happens.
@Suite struct PageTests {
  private static let package = String(#filePath.split(separator: "/").dropLast(3).joined(separator: "/"))

  private func page(_ name: String) -> String { BuiltProgram.text("/" + PageTests.package + "/" + name) }

  /// The code blocks of a language.
  private func blocks(_ language: String, of page: String) -> [String] {
    page.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  @Test func theLibrarysLinesInTheReadmeAreAnExample() throws {
    let block = try #require(blocks("swift", of: page("README.md")).first)
    let example = page("Examples/Digits/main.swift")
    let code = try #require(example.firstRange(of: "import Hourglass")).lowerBound
    #expect(block == String(example[code...]))
  }

  @Test func everyCommandLineInTheReadmeRuns() throws {
    let program = try BuiltProgram()
    let rows = (0..<100).map { "\($0),\($0 % 7),\(2 * $0),\($0 * $0)" }
    try program.write("data.csv", "a,b,c,d\n" + rows.joined(separator: "\n") + "\n")
    let customers = (0..<100).map { row in
      "\(row % 9 == 0 ? "" : "\(20 + row % 40)"),\(["basic", "plus"][row % 2]),2024-0\(1 + row % 9)-15"
    }
    try program.write("customers.csv", "age,plan,since\n" + customers.joined(separator: "\n") + "\n")
    let lines = blocks("sh", of: page("README.md")).joined().split(separator: "\n")
      .filter { $0.hasPrefix("hourglass ") }.map(String.init)
    #expect(lines.count == 20)
    for line in lines {
      // One epoch is enough to see that it runs.
      let shorter = line.replacing("--epochs 20", with: "--epochs 1")
      let words = shorter.replacing("hourglass ", with: "\"$0\" ", maxReplacements: 1)
      let outcome = try program.start(["/bin/sh", "-c", words, BuiltProgram.path("hourglass")]).end()
      #expect(outcome.code == 0, "\(line): \(outcome.messages)")
    }
    #expect(program.names().count == 18)
    #expect(!program.text("filled.csv").contains("\n,") && program.text("customers.csv").contains("\n,"))
  }

  @Test func examplesThatNeedAFileSaySo() throws {
    let program = try BuiltProgram()
    for name in ["example-mnist", "example-mnist-deep"] {
      let outcome = try program.run([], program: name)
      #expect(outcome.code == 2 && outcome.output.contains("train-images-idx3-ubyte.gz"))
    }
  }

  #if !DEBUG
    @Test(arguments: ["example-digits", "example-random-784", "example-random-10"])
    func examplesRun(name: String) throws {
      let program = try BuiltProgram()
      let outcome = try program.run([], program: name)
      #expect(outcome.code == 0 && outcome.output.contains("epoch 20: loss "), "\(outcome.messages)")
    }
  #endif

  @Test func everyCommandIsInTheHelpWithAnExampleThatIsUnderstood() throws {
    for command in Command.all where !command.examples.isEmpty {
      for example in command.examples where example.hasPrefix("hourglass \(command.name) ") {
        let words = example.split(separator: " ").dropFirst(2).prefix { $0 != ">" && $0 != "<" }
          .map(String.init)
        #expect(throws: Never.self, "\(example)") { try Arguments(words, for: command) }
      }
    }
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
