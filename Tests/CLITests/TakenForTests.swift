import Hourglass
import Testing

/// What was taken for what, or left out, is told in a line; what goes without saying is not.
@Suite("What is taken for what")
struct TakenForTests {
  /// What training says of a source before its first epoch.
  private func said(_ program: BuiltProgram, _ source: String, _ more: String...) throws -> String {
    let outcome = try program.run(
      ["train", source, "--epochs", "1", "--latent", "1", "-o", "m.st"] + more)
    try #require(outcome.code == 0, "\(outcome.messages)")
    return outcome.messages
  }

  @Test func namesOfRowsAreToldBesideOtherColumnsLeftOut() throws {
    let program = try BuiltProgram()
    try program.write("i.csv", ",x,y,z\n0,1,2,3\n1,3,5,1\n2,4,4,2\n3,9,1,7\n")
    let words = "took the first column, which has no name, for names of rows and left it out"
    #expect(try said(program, "i.csv", "--drop", "x").contains(words))
    #expect(try !said(program, "i.csv", "--drop", "1,x").contains(words))
  }

  @Test func classesOfLinesAreTold() throws {
    let program = try BuiltProgram()
    try program.write("s.txt", (0..<8).map { "\($0 % 2) 1.5 \($0) 3 2.5\n" }.joined())
    let words = "took the first number of each line for its class"
    #expect(try said(program, "s.txt", "--read-as", "series").contains(words))
    #expect(try !program.run("score", "m.st", "s.txt", "-o", "s.npy").messages.contains(words))
  }

  @Test func commentsAreCounted() throws {
    let program = try BuiltProgram()
    try program.write("one.csv", "# by hand\na,b\n1,2\n3,4\n5,7\n")
    #expect(
      try said(program, "one.csv").contains(
        "one.csv: took 1 line that begins with # for a comment and left it out\n"))
    try program.write("many.csv", "% by hand\n%\na,b\n1,2\n% here\n3,4\n5,7\n% end\n")
    #expect(
      try said(program, "many.csv").contains(
        "many.csv: took 4 lines that begin with % for comments and left them out\n"))
    // The comment that is the header is one thing, not two.
    try program.write("head.csv", "# a,b\n1,2\n3,4\n5,7\n")
    let header = try said(program, "head.csv")
    #expect(header.contains("took the comment on line 1 for the header\n"), "\(header)")
  }

  @Test func theArrayOfSeveralIsNamed() throws {
    let program = try BuiltProgram()
    func array(_ name: String, _ rows: Int) -> NamedTensor {
      NamedTensor(name: name, tensor: Tensor([rows, 2], (0..<(2 * rows)).map { Float($0 * $0 % 7) }))
    }
    let classes = NamedTensor(name: "y", tensor: Tensor([0, 1, 0, 1] as [Int32]))
    try NPZ.write([array("X", 4), classes], to: program.folder + "/a.npz")
    #expect(
      try said(program, "a.npz").contains(
        "a.npz: took the array 'X' for the samples and 'y' for the classes (a.npz:NAME takes another)\n"))
    try NPZ.write([array("X_train", 4), array("X_test", 3)], to: program.folder + "/b.npz")
    #expect(
      try said(program, "b.npz").contains(
        "took the array 'X_train' for the samples, beside 'X_test' (b.npz:NAME takes another)\n"))
    #expect(try !said(program, "b.npz:X_test").contains("took"))
  }

  @Test(arguments: ["conv1d", "lstm"]) func axesOfAnArrayAreTold(model: String) throws {
    let program = try BuiltProgram()
    let values = (0..<(6 * 20 * 3)).map { Float($0 * $0 % 11) }
    try NPY.write(Tensor([6, 20, 3], values), to: program.folder + "/a.npy")
    #expect(
      try said(program, "a.npy", "--model", model).contains(
        "a.npy: samples of [20, 3] are taken for series of 20 channels and 3 steps; if steps come first, turn "
          + "them (numpy: x.transpose(0, 2, 1))\n"))
  }

  @Test func picturesOfTwoDepthsAreCounted() throws {
    let program = try BuiltProgram()
    program.makeFolder("p")
    for number in 0..<4 {
      let levels = (0..<16).map { UInt16($0 * 4000 + number) }
      let bytes =
        number < 3
        ? try PNG.encode(pixels: levels.map { UInt8($0 >> 8) }, width: 4, height: 4, channels: 1)
        : try PNG.encode(levels: levels, width: 4, height: 4, channels: 1)
      try program.write("p/\(number).png", bytes)
    }
    #expect(
      try said(program, "p").contains(
        "p: 3 of 4 images have 8 bits a channel, which are spread over the 16 of the others\n"))
    let used = try program.run("score", "m.st", "p/1.png", "-o", "s.csv")
    #expect(
      used.messages.contains(
        "p/1.png: the image has 8 bits a channel, which are spread over the 16 that this model learned\n"),
      "\(used.messages)")
  }
}
