import HourglassFormats
import HourglassTensor
import Testing

@Suite struct SeriesFileTests {
  static let texts = [
    "# words\n@problemName x\n@timeStamps false\n@classLabel true up down\n@data\n1,2,3:down\n4,5,6.5:up\n",
    "@univariate false\n@dimensions 2\n@classLabel true 1 2\r\n@DATA\r\n1,2 : 3,4 : 2\r\n5,-6e1:7,8:1\r\n",
    "@missing true\n@classLabel false\n@data\n1,?,3\n4,NaN,6,7\n",
    "@targetlabel true\n@data\n1,2,3:0.5\n",
    "   1.0000000e+00  -1.1e-01  2\n 2.0 3 4\n 1 5 6\n",
    "@timeStamps true\n@classLabel true a b\n@data\n(2007-01-01 00:00:00,-2.5),(2007-01-01 01:00:00,2.5e1):"
      + "(2007-01-01 00:00:00,3),( 2007-01-01 01:00:00 , ? ) : b\n",
    "@data\n(0.5,1),(1,2)\n(0.25,3)\n",
  ]

  private func read(_ text: String, gaps: Bool = false) throws -> SeriesFile {
    try SeriesFile.read(bytes: [UInt8](text.utf8), name: "x.ts", gaps: gaps)
  }

  @Test func `reads cases, channels and classes`() throws {
    let one = try read(Self.texts[0])
    #expect(one.channels == 1 && one.cases.map(\.values) == [[1, 2, 3], [4, 5, 6.5]])
    #expect(one.labels == [0, 1] && one.classNames == ["down", "up"] && one.cases.map(\.line) == [6, 7])
    let two = try read(Self.texts[1])
    #expect(two.channels == 2 && two.cases.map(\.values) == [[1, 2, 3, 4], [5, -60, 7, 8]])
    #expect(two.labels == [1, 0] && two.classNames == ["1", "2"])
    let target = try read(Self.texts[3])
    #expect(target.labels == nil && target.cases.map(\.values) == [[1, 2, 3]])
    let old = try read(Self.texts[4])
    #expect(old.cases.map(\.values) == [[-0.11, 2], [3, 4], [5, 6]])
    #expect(old.labels == [0, 1, 0] && old.classNames == ["1", "2"])
  }

  @Test func `values with times`() throws {
    let dated = try read(Self.texts[5], gaps: true)
    #expect(dated.channels == 2 && dated.classNames == ["b"] && dated.hasGaps)
    #expect(dated.cases[0].times == ["2007-01-01 00:00:00", "2007-01-01 01:00:00"])
    #expect(dated.cases[0].values[..<3] == [-2.5, 25, 3] && dated.cases[0].values[3].isNaN)
    // The form is told by the first case where the head says nothing.
    let numbered = try read(Self.texts[6])
    #expect(numbered.cases.map(\.times) == [["0.5", "1"], ["0.25"]])
    #expect(numbered.cases.map(\.values) == [[1, 2], [3]] && numbered.labels == nil)
    #expect(try read(Self.texts[0]).cases[0].times == nil)
  }

  @Test func `gaps are kept where they are allowed`() throws {
    let file = try read(Self.texts[2], gaps: true)
    #expect(file.hasGaps && file.labels == nil)
    #expect(file.cases[0].values[1].isNaN && file.cases[1].values.count == 4)
    #expect(
      words { _ = try read(Self.texts[2]) }.contains(
        "x.ts line 4: expected a number, found '?'; fill the gap"))
  }

  @Test func `what is wrong is named with its line`() {
    let head = "@classLabel true a b\n@data\n"
    for (text, reason) in [
      ("", "'@data'"), ("@data\n", "at least one case"),
      ("1,2\n", "line 1: expected a line that begins with @"),
      (head + "1,2:a\n1,x:b\n", "line 4: expected a number, found 'x'"),
      (head + "1,2:c\n", "a class of the head (a, b), found 'c'"), (head + "1,2\n", "a colon and the class"),
      (head + "1,2:a\n1,2:3,4:a\n", "line 4: expected 1 channels"),
      (head + "1,2:3:a\n", "line 3: expected channels of one length, found 2 and 1"),
      (head + "1,inf:a\n", "a number"),
      ("@timeStamps false\n@data\n(0,1),(1,2)\n", "line 3: expected values without times"),
      ("@timeStamps true\n@data\n0,1\n", "line 3: expected values with their times, (time,value)"),
      ("@data\n(0,1)\n1,2\n", "line 3: expected values with their times"),
      (
        "@data\n(0,1),(1,2):(0,1),(2,2)\n",
        "the same times in all channels of a case, found 1 and 2 at step 1"
      ),
      ("@data\n(0,1),(1,2):(0,1)\n", "the same times in all channels of a case, found 2 and 1 times"),
      ("@data\n(0,1),(1,2\n", "a parenthesis that ends"),
      ("@data\n(0,(1,2)\n", "a parenthesis that ends before the next"),
      ("@data\n(0,1)(1,2)\n", "a comma before the next"), ("@data\n(0,1,2)\n", "(time,value)"),
      ("@data\n(0,1),\n", "a comma before the next"), ("@data\n(,1)\n", "(time,value), found '(,1)'"),
      ("@data\n(0,a)\n", "expected a number, found 'a'"), ("@data\n(0,1):\n", "a channel of (time,value)"),
    ] {
      let message = words { _ = try read(text) }
      #expect(message.contains(reason), "\(message)")
    }
  }

  @Test(arguments: [
    ("ArrowHead/ArrowHead_TRAIN.ts", 36, 1, 251...251, 3),
    ("BasicMotions/BasicMotions_TEST.ts", 40, 6, 100...100, 4),
    ("GunPoint/GunPoint_TEST.ts", 150, 1, 150...150, 2),
    ("JapaneseVowels/JapaneseVowels_TRAIN.ts", 270, 12, 7...29, 9),
    ("ItalyPowerDemand/ItalyPowerDemand_TRAIN.ts", 67, 1, 24...24, 2),
  ]) func `published series`(name: String, cases: Int, channels: Int, lengths: ClosedRange<Int>, classes: Int)
    throws
  {
    guard let path = RealData.file("timeseries/ucr/" + name) else {
      return print("skipped: \(RealData.comment)")
    }
    let file = try SeriesFile.read(path)
    #expect(file.cases.count == cases && file.channels == channels)
    #expect(Set(file.cases.map { $0.values.count / channels }).allSatisfy(lengths.contains))
    #expect(Set(file.labels ?? []).count == classes)
  }

  @Test func `times beside a table are taken out`() throws {
    var options = CSV.Options()
    options.findsTimes = true
    func table(_ text: String) throws -> Table { try CSV.read(bytes: [UInt8](text.utf8), name: "x", options) }
    let dated = try table("Month,a,b\n1949-01,1,2\n1949-02,3,4\n")
    #expect(dated.columns == ["a", "b"] && dated.tensor.values == [1, 2, 3, 4])
    let numbered = try table("Timestamp (s),a,b\n10,1,2\n20,3,4\n")
    #expect(numbered.columns == ["a", "b"] && numbered.times == ["10", "20"])
    #expect(try table("level,a,b\n10,1,2\n20,3,4\n").times == nil)
    options.columnsKept = 3
    #expect(try table("time,a,b\n10,1,2\n").columns == ["time", "a", "b"])
    options.columnsKept = 2
    #expect(try table("time,a,b\n10,1,2\n").columns == ["a", "b"])
    #expect(dated.times == ["1949-01", "1949-02"])
    let plain = try table("a,b\n1,2\n3,4\n")
    #expect(plain.times == nil && plain.tensor.shape == [2, 2])
    let single = try table("5\n6\n")
    #expect(single.tensor.values == [5, 6])
    #expect(words { _ = try table("t,a\nx,1\n,2\n") }.contains("the row's time, found an empty cell"))
  }
}
