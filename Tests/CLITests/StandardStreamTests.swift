import Testing

/// `-` in the place of a file: data on standard input, and on standard output.
@Suite struct StandardStreamTests {
  /// A program with a table, its twins in other forms, and a model of it.
  private func prepared() throws -> BuiltProgram {
    let program = try BuiltProgram()
    let rows = (0..<40).map { row in
      (0..<4).map { "\(Double((row * 7 + $0 * $0 * 3) % 11) / 4)" }.joined(separator: ",")
    }
    try program.write("t.csv", "a,b,c,d\n" + rows.joined(separator: "\n") + "\n")
    let train = ["train", "t.csv", "--epochs", "3", "--latent", "2", "-o", "m.st", "-q"]
    #expect(try program.run(train).code == 0)
    let text = program.text("t.csv")
    try program.write("x.csv", text)
    try program.write("x.tsv", text.replacing(",", with: "\t"))
    #expect(try program.run(under: ["/bin/sh", "-c", "gzip -c x.csv > x.csv.gz", "sh"], []).code == 0)
    for name in ["x.npy", "x.npz"] {
      #expect(try program.run("reconstruct", "m.st", "t.csv", "-o", name, "-q").code == 0)
    }
    return program
  }

  /// Runs `hourglass` in a shell: "$@" in the script is the program with its words.
  private func shell(
    _ program: BuiltProgram, _ script: String, _ words: String...
  ) throws -> BuiltProgram.Outcome {
    try program.run(under: ["/bin/bash", "-c", script, "bash"], words)
  }

  @Test(arguments: ["x.npy", "x.npz", "x.tsv", "x.csv.gz", "x.csv", "x.npz:reconstructions"])
  func dataComeOnStandardInput(_ name: String) throws {
    let program = try prepared()
    #expect(try program.run("score", "m.st", name, "-o", "file.npy", "-q").code == 0)
    let array = name.split(separator: ":").dropFirst().first.map { ":\($0)" } ?? ""
    let file = name.split(separator: ":")[0]
    let outcome = try shell(
      program, "cat \(file) | \"$@\"", "score", "m.st", "-" + array, "-o", "pipe.npy", "-q")
    #expect(outcome.code == 0 && outcome.messages.isEmpty, "\(outcome.messages)")
    #expect(program.bytes("pipe.npy") == program.bytes("file.npy") && !program.bytes("pipe.npy").isEmpty)
    #expect(
      try shell(program, "\"$@\" < \(file)", "score", "m.st", "-" + array, "-o", "y.npy", "-q").code == 0)
    #expect(program.bytes("y.npy") == program.bytes("file.npy"))
  }

  @Test func otherKindsAreToldByTheirFirstBytes() throws {
    let program = try BuiltProgram()
    // Twelve images of 2 × 3 bytes in MNIST's format.
    try program.write(
      "i", [0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 2, 0, 0, 0, 3] + (0..<72).map { UInt8($0 * 37 % 256) })
    let cases = (0..<12).map { row in "1,\(row % 5),3,\(row % 3):x" }.joined(separator: "\n")
    try program.write("s", "# of no one\n@problemName s\n@classLabel true x\n@data\n" + cases + "\n")
    for (input, shape) in [("cat i", "[2, 3]"), ("gzip -c i", "[2, 3]"), ("cat s", "[1, 4]")] {
      let outcome = try shell(
        program, "\(input) | \"$@\"", "train", "-", "--epochs", "1", "--latent", "2", "-o", "m.st")
      #expect(outcome.code == 0 && outcome.messages.contains("samples of \(shape)"), "\(outcome.messages)")
    }
    #expect(try program.run("inspect", "m.st").output.contains("standard input, "))
  }

  @Test func errorsNameStandardInputAndNothingIsLeftBehind() throws {
    let program = try prepared()
    program.makeFolder("tmp")
    try program.write("bad.csv", "a,b,c,d\n1,2,3,4\n1,2,x,4\n")
    try program.write("empty", "")
    for (input, expected) in [
      ("cat bad.csv", "hourglass: standard input line 3 column 'c'"),
      ("cat empty", "hourglass: standard input: "),
      ("head -c 300 x.npy", "hourglass: standard input: "), ("cat m.st", "hourglass: standard input: "),
    ] {
      let outcome = try shell(
        program, "export TMPDIR=$PWD/tmp; \(input) | \"$@\"", "score", "m.st", "-", "-o", "y.npy")
      #expect(outcome.code == 1 && outcome.messages.hasPrefix(expected), "\(outcome.messages)")
      #expect(!outcome.messages.contains("/tmp"), "\(outcome.messages)")
    }
    #expect(
      try shell(program, "export TMPDIR=$PWD/tmp; cat x.npy | \"$@\"", "evaluate", "m.st", "-").code == 0)
    #expect(program.names(in: "tmp").isEmpty)
  }

  @Test func dataGoToStandardOutputAndMessagesElsewhere() throws {
    let program = try prepared()
    for command in ["score", "encode", "reconstruct", "denoise"] {
      for (name, ending) in [("-", "csv"), ("-.csv", "csv"), ("-.tsv", "tsv"), ("-.npy", "npy")] {
        #expect(try program.run(command, "m.st", "t.csv", "-o", "file.\(ending)", "-q").code == 0)
        let outcome = try shell(program, "\"$@\" > out", command, "m.st", "t.csv", "-o", name)
        #expect(outcome.code == 0 && outcome.messages.contains("standard output: "), "\(outcome.messages)")
        #expect(program.bytes("out") == program.bytes("file.\(ending)"), "\(command) \(name)")
      }
    }
    let sheet = ["train", "builtin:digits:40", "--epochs", "1", "--latent", "2", "-o", "d.st", "-q"]
    #expect(try program.run(sheet).code == 0)
    for words in [
      ["traverse", "d.st"], ["interpolate", "d.st", "builtin:digits:9@1", "builtin:digits:9@2"],
    ] {
      #expect(try program.run(words + ["-o", "file.png", "-q"]).code == 0)
      let outcome = try program.run(
        under: ["/bin/bash", "-c", "\"$@\" > out", "bash"], words + ["-o", "-.png"])
      #expect(outcome.code == 0 && program.bytes("out") == program.bytes("file.png"), "\(outcome.messages)")
    }
    #expect(try program.run("map", "m.st", "t.csv", "--method", "pca", "-o", "map.csv", "-q").code == 0)
    #expect(
      try program.run("map", "m.st", "t.csv", "--method", "pca", "-o", "-").output == program.text("map.csv"))
    let page = try program.run("report", "m.st", "t.csv", "-o", "-", "-q")
    #expect(page.code == 0 && page.output.hasPrefix("<!DOCTYPE html>") && page.messages.isEmpty)
    #expect(!program.names().contains { $0.hasPrefix("-") })
  }

  @Test func pipesCanBeJoined() throws {
    let program = try prepared()
    let own = BuiltProgram.path("hourglass")
    let outcome = try shell(
      program, "cat t.csv | \(own) encode m.st - -o - -q | \"$@\" > out", "decode", "m.st", "-", "-o",
      "-.npy", "-q")
    #expect(outcome.code == 0 && program.bytes("out") == program.bytes("x.npy"), "\(outcome.messages)")
    let trained = try shell(
      program, "\(own) new --input 4 --latent 1 | \"$@\"", "train", "t.csv", "--architecture", "-",
      "--epochs", "1", "-o", "n.st")
    #expect(trained.code == 0 && trained.messages.contains("4-"), "\(trained.messages)")
  }

  @Test func aReaderThatGoesAwayEndsItQuietly() throws {
    let program = try prepared()
    for (words, ending) in [(["generate", "m.st", "-n", "60000"], "-"), (["encode", "d.st", "-"], "-.npy")] {
      if words[0] == "encode" {
        let train = ["train", "builtin:digits:40", "--epochs", "1", "--latent", "64", "-o", "d.st", "-q"]
        #expect(try program.run(train).code == 0)
        #expect(
          try program.run("generate", "d.st", "--fit", "builtin:digits:50", "-n", "900", "-o", "g.npy").code
            == 0)
      }
      let input = words[0] == "encode" ? "cat g.npy | " : ""
      let fit = words[0] == "generate" ? ["--fit", "t.csv"] : []
      let outcome = try program.run(
        under: [
          "/bin/bash", "-c",
          "\(input)\"$@\" | head -c 10 > /dev/null; exit ${PIPESTATUS[\(input.isEmpty ? 0 : 1)]}", "bash",
        ],
        words + fit + ["-o", ending, "-q"])
      #expect(outcome.code == 141 && outcome.messages.isEmpty, "\(outcome.code) \(outcome.messages)")
    }
  }

  @Test(
    arguments: [
      (["score", "-", "t.csv", "-o", "y.npy"], "MODEL names a file"),
      (["train", "-", "--validation", "-", "-o", "n.st"], "SOURCE and --validation"),
      (
        ["interpolate", "m.st", "-@1", "-@2", "-o", "y.npy"],
        "standard input can be read once; it is named for A and B"
      ),
      (["compare", "m.st", "-", "--on", "t.csv", "-o", "y.html"], "MODEL names a file"),
      (["score", "m.st", "t.csv", "-o", "-", "--json"], "--json writes there too"),
      (["reconstruct", "m.st", "t.csv", "-o", "-", "--show", "2"], "--show writes there too"),
      (["train", "t.csv", "-o", "-"], "a model needs a file's name"),
      (["train", "t.csv", "-o", "n.st", "--report", "-.html"], "--report needs a file's name"),
      (["encode", "m.st", "t.csv", "-o", "-.npz"], "choose -.npy or - for CSV"),
    ] as [([String], String)])
  func whatCannotBeIsRefused(_ words: [String], _ expected: String) throws {
    let program = try BuiltProgram()
    let outcome = try program.run(under: ["/bin/sh", "-c", "\"$@\" < /dev/null", "sh"], words)
    #expect(outcome.code == 2 && outcome.messages.contains(expected), "\(outcome.messages)")
    #expect(outcome.output.isEmpty && program.names().isEmpty)
  }
}
