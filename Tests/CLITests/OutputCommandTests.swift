import Hourglass
import Testing

/// What files that commands write say of themselves, and whether they are read again.
@Suite struct OutputCommandTests {
  private static let table =
    "id,a,b,c,kind\n"
    + (0..<40).map { "p\($0),\($0 % 7),\(Double($0 % 5) / 2),\($0 * 3 % 11),\($0 % 2 == 0 ? "x" : "y")\n" }
    .joined()

  /// A program with a table of which all but two columns are a model's.
  private func trained() throws -> BuiltProgram {
    let program = try BuiltProgram()
    try program.write("data.csv", Self.table)
    let bare = Self.table.split(separator: "\n").map {
      $0.split(separator: ",").dropFirst().joined(separator: ",")
    }
    try program.write("train.csv", bare.joined(separator: "\n") + "\n")
    let training = try program.run(
      "train", "train.csv", "--label", "kind", "--epochs", "2", "--latent", "2", "-o", "m.st")
    try #require(training.code == 0, "\(training.messages)")
    return program
  }

  private func lines(_ program: BuiltProgram, _ name: String) -> [String] {
    program.text(name).split(separator: "\n").map(String.init)
  }

  @Test func linesSayWhichSampleTheyAreOf() throws {
    let program = try trained()
    let scored = try program.run("score", "m.st", "data.csv", "--keep", "id,a", "-o", "s.csv")
    #expect(scored.code == 0, "\(scored.messages)")
    #expect(!scored.messages.contains("passed over"), "\(scored.messages)")
    #expect(lines(program, "s.csv")[0] == "row,kind,id,a,score")
    #expect(lines(program, "s.csv")[4].hasPrefix("3,y,p3,3,"))
    let passed = try program.run("encode", "m.st", "data.csv", "-o", "c.csv")
    #expect(passed.code == 0 && passed.messages.contains("is passed over: id"), "\(passed.messages)")
    #expect(lines(program, "c.csv")[0] == "row,kind,code_0,code_1")
    let mapped = try program.run(
      "map", "m.st", "data.csv", "--method", "pca", "--keep", "id", "--color", "error", "-o", "map.csv")
    #expect(mapped.code == 0, "\(mapped.messages)")
    #expect(lines(program, "map.csv")[0] == "x,y,row,kind,id,error")
    let array = try program.run("score", "m.st", "data.csv", "--keep", "id", "-o", "s.npy")
    #expect(array.code == 2 && array.messages.contains("--keep"), "\(array.messages)")
    let digits = try program.run("score", "m.st", "builtin:digits:5", "--keep", "id", "-o", "s.csv")
    #expect(digits.code == 1 && digits.messages.contains("a table to keep 'id' of"), "\(digits.messages)")
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let program = try trained()
    #expect(try program.run("encode", "m.st", "data.csv", "--keep", "id", "-o", "c.csv").code == 0)
    #expect(try program.run("encode", "m.st", "data.csv", "-o", "c.npy").code == 0)
    #expect(try program.run("decode", "m.st", "c.csv", "-o", "d.npy").code == 0)
    #expect(try program.run("decode", "m.st", "c.npy", "-o", "e.npy").code == 0)
    #expect(program.bytes("d.npy") == program.bytes("e.npy") && !program.bytes("d.npy").isEmpty)
    // What the codes belong to, their samples do too.
    #expect(try program.run("decode", "m.st", "c.csv", "-o", "d.csv").code == 0)
    #expect(lines(program, "d.csv")[0] == "row,kind,id,a,b,c")
    #expect(lines(program, "d.csv")[4].hasPrefix("3,y,p3,"))
    #expect(try program.run("reconstruct", "m.st", "data.csv", "-o", "r.csv").code == 0)
    #expect(lines(program, "r.csv")[0] == "row,kind,a,b,c")
    let again = try program.run("score", "m.st", "r.csv", "-o", "s.csv")
    #expect(again.code == 0 && !again.messages.contains("passed over"), "\(again.messages)")
    #expect(lines(program, "s.csv")[1].hasPrefix("0,x,"))
    // Values without names get some, under which they are known again.
    #expect(try program.run("reconstruct", "m.st", "data.csv", "-o", "r.npy").code == 0)
    #expect(try program.run("train", "r.npy", "--epochs", "1", "--latent", "1", "-o", "n.st").code == 0)
    #expect(try program.run("reconstruct", "n.st", "r.npy", "-o", "n.csv").code == 0)
    #expect(lines(program, "n.csv")[0] == "row,value_0,value_1,value_2")
    #expect(try program.run("score", "n.st", "n.csv", "-o", "t.csv").code == 0)
  }

  @Test func aSeriesComesBackAsASeries() throws {
    let program = try BuiltProgram()
    let rows = (0..<30).map { "2020-01-01 00:\($0 + 10),\($0 % 6),\($0 % 4),n\($0)\n" }
    try program.write("all.csv", "time,a,b,note\n" + rows.joined())
    try program.write(
      "t.csv", "time,a,b\n" + (0..<30).map { "2020-01-01 00:\($0 + 10),\($0 % 6),\($0 % 4)\n" }.joined())
    let training = try program.run(
      "train", "t.csv", "--window", "8", "--stride", "4", "--epochs", "2", "--latent", "3", "-o", "m.st")
    #expect(training.code == 0, "\(training.messages)")
    let made = try program.run("reconstruct", "m.st", "t.csv", "-o", "r.csv")
    #expect(
      made.code == 0 && made.messages.contains("the series of 30 rows, from 7 windows"), "\(made.messages)")
    let series = lines(program, "r.csv")
    #expect(series.count == 31 && series[0] == "time,a,b" && series[30].hasPrefix("2020-01-01 00:39,"))
    // The first rows are in one window alone.
    #expect(try program.run("reconstruct", "m.st", "t.csv", "-o", "r.npy").code == 0)
    #expect(try program.run("reconstruct", "m.st", "t.csv", "--as", "windows", "-o", "w.csv").code == 0)
    let window = lines(program, "w.csv")
    #expect(window.count == 8 && window[0].hasPrefix("row,start,end,start_time,end_time,value_0,value_1,"))
    #expect(window[7].hasPrefix("6,22,29,2020-01-01 00:32,2020-01-01 00:39,"))
    let first = window[1].split(separator: ",").map(String.init)
    #expect(series[1] == "2020-01-01 00:10,\(first[5]),\(first[13])")
    #expect(try program.run("score", "m.st", "r.csv", "-o", "again.csv").code == 0)
    let kept = try program.run("score", "m.st", "all.csv", "--keep", "note", "-o", "s.csv")
    #expect(kept.code == 0 && kept.messages.contains("highest in rows, counted from 0: "), "\(kept.messages)")
    #expect(lines(program, "s.csv")[0] == "row,start,end,start_time,end_time,note,score")
    #expect(lines(program, "s.csv")[7].hasPrefix("6,22,29,2020-01-01 00:32,2020-01-01 00:39,n22,"))
    let steps = try program.run("score", "m.st", "all.csv", "--per-step", "--keep", "note", "-o", "p.csv")
    #expect(steps.code == 0 && steps.messages.contains("30 scores"), "\(steps.messages)")
    #expect(lines(program, "p.csv")[0] == "row,time,note,score" && lines(program, "p.csv").count == 31)
    #expect(try program.run("score", "m.st", "t.csv", "--per-feature", "-o", "f.csv").code == 0)
    #expect(lines(program, "f.csv")[0] == "row,time,a,b" && lines(program, "f.csv").count == 31)
    try checkSteps(lines(program, "p.csv"), lines(program, "f.csv"))
    let wrong = try program.run("score", "m.st", "t.csv", "--per-step", "--per-feature", "-o", "f.csv")
    #expect(wrong.code == 2 && wrong.messages.contains("contradict"), "\(wrong.messages)")
  }

  /// A step's score is the mean of its channels'.
  private func checkSteps(_ steps: [String], _ channels: [String]) throws {
    for (step, both) in zip(steps, channels).dropFirst() {
      let score = try #require(step.split(separator: ",").last.flatMap { Double($0) })
      let two = both.split(separator: ",").suffix(2).compactMap { Double($0) }
      #expect(two.count == 2 && abs(score - (two[0] + two[1]) / 2) < 1e-5 * max(1, score), "\(step) \(both)")
    }
  }

  @Test func filesAndTheirPartsAreNamed() throws {
    let program = try BuiltProgram()
    program.makeFolder("sounds")
    for number in 0..<6 {
      let values = (0..<250).map { Float(($0 * (number + 3)) % 64) / 128 - 0.25 }
      try program.write("sounds/\(number).wav", SoundFile(rate: 8000, channels: 1, values: values).wav())
    }
    let words = ["train", "sounds", "--epochs", "1", "--latent", "2", "--window", "100", "-o", "m.st"]
    #expect(try program.run(words).code == 0)
    let scored = try program.run("score", "m.st", "sounds", "-o", "s.csv")
    #expect(
      scored.messages.contains("6 of 18 windows go beyond the end of their sound"), "\(scored.messages)")
    #expect(
      scored.messages.contains("highest: ") && scored.messages.contains(".wav from "), "\(scored.messages)")
    #expect(lines(program, "s.csv")[0] == "row,file,start,end,score")
    #expect(lines(program, "s.csv")[3].hasPrefix("2,0.wav,200,249,"))
    let none = try program.run("reconstruct", "m.st", "sounds", "--as", "series", "-o", "r.csv")
    #expect(none.code == 2 && none.messages.contains("--as is for models of series"), "\(none.messages)")
  }

  @Test func picturesOf16BitsComeBackAsSuch() throws {
    let program = try BuiltProgram()
    program.makeFolder("scans")
    for number in 0..<8 {
      let levels = (0..<64).map { UInt16(300 + $0 * 50 + number) }
      try program.write("scans/\(number).png", PNG.encode(levels: levels, width: 8, height: 8, channels: 1))
    }
    let training = try program.run(
      "train", "scans", "--epochs", "60", "--latent", "2", "--rate", "0.01", "-o", "m.st")
    #expect(training.code == 0, "\(training.messages)")
    #expect(try program.run("reconstruct", "m.st", "scans", "-o", "made").code == 0)
    let (image, bits) = try PixelImage<UInt16>.readWithBits(program.folder + "/made/3.png")
    #expect(bits == 16)
    // As bright as the originals, of 303 to 3453: read at 8 bits and written as such they had been 1 to 13.
    let mean = image.pixels.reduce(0) { $0 + Int($1) } / 64
    #expect(abs(mean - 1878) < 300, "\(mean)")
    #expect(Set(image.pixels).count > 40)
    let scored = try program.run("score", "m.st", "scans", "-o", "s.csv")
    #expect(scored.code == 0 && lines(program, "s.csv")[0] == "row,file,score")
  }
}
