import Foundation
import HourglassData
import HourglassFormats
import HourglassTensor
import Testing

@Suite("Gaps")
struct GapTests {
  static let gap = Float.nan

  /// Made in numpy with `Tests/Golden/scaling.py`, which has the numbers expected of it.
  private func table(_ element: Element = .float32) throws -> Dataset {
    let gap = Self.gap
    let values: [Float] = [
      gap, -20, 7, 1e6, 2.5, gap, 7, 2e6, 0.25, 35, gap, 4e6, 9, 0.5, gap, 8e6, -3, 12.25, gap, gap,
    ]
    let tensor = Tensor([5, 4], values)
    return try Dataset(element == .float32 ? tensor : Tensor([5, 4], tensor.doubles), origin: "table")
  }

  @Test("are found when a data set is made")
  func found() throws {
    #expect(try table().hasGaps && table(.float64).hasGaps)
    #expect(try table().subset([1, 2]).hasGaps)
    #expect(try !Dataset(Tensor([1, 2], [1, 2] as [Float]), origin: "").hasGaps)
    #expect(try !Dataset(Tensor([1, 2], [1, 2] as [Int64]), origin: "").hasGaps)
    #expect(try Dataset(Tensor([1, 2], [1, 2] as [Float]), hasGaps: true, origin: "").hasGaps)
    let infinite = try Dataset(Tensor([2, 2], [1, .infinity, .nan, 2] as [Float]), origin: "x")
    #expect(message { try infinite.checkFinite(gaps: true) }.contains("row 0 column 1"))
    #expect(message { try infinite.subset([1]).checkFinite() }.contains("or allow gaps (--gaps)"))
    try infinite.subset([1]).checkFinite(gaps: true)
  }

  @Test("a scaling passes over them as numpy does", arguments: [Element.float32, .float64])
  func numpy(element: Element) throws {
    let standard = try Scaling.fitted(.standard, to: table(element))
    expectClose(standard.shift, [2.1875, 6.9375, 7, 3.75e6])
    expectClose(standard.scale, [0.2276672016951007, 0.05027098601839781, 1, 3.7300192329612553e-07])
    let minMax = try Scaling.fitted(.minMax, to: table(element))
    expectClose(minMax.shift, [-3, -20, 7, 1e6])
    expectClose(minMax.scale, [1 / 12, 1 / 55, 1, 1 / 7e6])
    let images = try Dataset(table(element).samples.reshaped([5, 2, 2]), origin: "")
    expectClose(try Scaling.fitted(.standard, to: images).shift, [1071432.1785714286])
    expectClose(try Scaling.fitted(.standard, to: images).scale, [4.5067629974927045e-07])
  }

  @Test("a part is scaled by what is there")
  func part() throws {
    let part = try table().subset([2, 1, 3])
    expectClose(try Scaling.fitted(.minMax, to: part).shift, [0.25, 0.5, 7, 2e6])
    let (training, _) = try table().split(holdingOut: 0.2, seed: 1)
    let copy = try Dataset(training.tensor, origin: "copy")
    for kind in Scaling.Kind.allCases {
      #expect(try Scaling.fitted(kind, to: training) == Scaling.fitted(kind, to: copy))
    }
  }

  @Test("data without gaps are scaled to the same bits whether gaps were expected or not")
  func same() throws {
    let random = Random(seed: 3, stream: 7)
    let tensor = Tensor([100, 7], (0..<700).map { random.normal(position: UInt64($0)) })
    for kind in Scaling.Kind.allCases {
      let with = try Dataset(tensor, hasGaps: true, origin: "")
      #expect(try Scaling.fitted(kind, to: with) == Scaling.fitted(kind, to: Dataset(tensor, origin: "")))
    }
  }

  @Test("scaling and scaling back keep them")
  func kept() throws {
    let table = try table()
    for kind in Scaling.Kind.allCases {
      let scaling = try Scaling.fitted(kind, to: table)
      let scaled = scaling.apply(table.samples)
      let isGap = table.samples.values.map(\.isNaN)
      #expect(scaled.values.map(\.isNaN) == isGap)
      #expect(scaling.undo(scaled).values.map(\.isNaN) == isGap)
      var gathered = [Float](repeating: 0, count: 20)
      [UInt32](0..<5).withUnsafeBufferPointer { positions in
        gathered.withUnsafeMutableBufferPointer { table.gather(positions, scaling: scaling, into: $0) }
      }
      #expect(gathered.map(\.isNaN) == isGap)
    }
  }

  @Test("a column without any number is named")
  func empty() throws {
    let gap = Self.gap
    let values = Tensor([2, 2], [1, gap, 2, gap])
    let table = try Dataset(values, featureNames: ["age", "mass"], origin: "t.csv")
    for kind in Scaling.Kind.allCases {
      let text = message { _ = try Scaling.fitted(kind, to: table) }
      #expect(
        text
          == "t.csv column 'mass': expected at least one number, found nothing but gaps; leave the column out (of a table with --drop)"
      )
    }
    // A point of an image may be missing everywhere, as all its values are scaled alike.
    let images = try Dataset(values.reshaped([2, 1, 2]), origin: "i")
    #expect(try Scaling.fitted(.minMax, to: images).shift == [1])
    let nothing = try Dataset(Tensor([1, 1, 2], [gap, gap]), origin: "i")
    #expect(
      message { _ = try Scaling.fitted(.none, to: nothing) }.hasPrefix("i: expected at least one number"))
  }

  @Test("a model trained without them refuses them, one trained with them does not")
  func preparation() throws {
    let (with, without) = try (table(), Dataset(Tensor([2, 4], (0..<8).map(Float.init)), origin: "w"))
    let allowing = try Preparation.fitted(to: with)
    let refusing = try Preparation.fitted(to: without)
    #expect(allowing.allowsGaps && !refusing.allowsGaps)
    try allowing.check(with)
    try allowing.check(without)
    try refusing.check(without)
    #expect(
      message { try refusing.check(with) }
        == "table row 0 column 0 (counted from 0): expected a number, as everywhere in training, "
        + "found a gap; fill it or leave out the row, train the model on data with gaps, or let them "
        + "count as the model's 0 (--gaps)")
    let named = try Dataset(with.samples, featureNames: ["a", "b", "c", "d"], origin: "t").subset([3])
    #expect(message { try refusing.check(named) }.hasPrefix("t row 3 column 'c' (counted from 0): "))
    let whole = Tensor([2, 4], (0..<7).map(Float.init) + [Self.gap])
    try refusing.check(Dataset(whole, origin: "").subset([0]))
  }

  @Test("are kept in the model's JSON, and models from before them are read")
  func coding() throws {
    let allowing = try Preparation.fitted(to: table())
    let data = try JSONEncoder().encode(allowing)
    #expect(try JSONDecoder().decode(Preparation.self, from: data) == allowing)
    #expect(String(decoding: data, as: UTF8.self).contains(#""gaps":true"#))
    let refusing = try Preparation.fitted(to: Dataset(Tensor([1, 1], [5] as [Float]), origin: ""))
    let old = try JSONEncoder().encode(refusing)
    #expect(!String(decoding: old, as: UTF8.self).contains("gaps"))
    #expect(try !JSONDecoder().decode(Preparation.self, from: old).allowsGaps)
  }

  @Test("are opened where a person allows them")
  func opened() throws {
    let folder = try Folder()
    let csv = folder.write(Array("a,b\n1,\n?,4\n".utf8), "t.csv")
    try NPY.write(Tensor([2, 2], [1, .nan, .nan, 4] as [Double]), to: folder("t.npy"))
    try NPZ.write(
      [NamedTensor(name: "X", tensor: Tensor([2, 2], [1, .nan, .nan, 4] as [Float]))], to: folder("t.npz"))
    for name in [csv, folder("t.npy"), folder("t.npz")] {
      let dataset = try Source.open(name, gaps: true)
      #expect(dataset.hasGaps)
      #expect(dataset.samples.values.map(\.isNaN) == [false, true, true, false])
      #expect(message { _ = try Source.open(name) }.contains("--gaps"))
    }
    try NPY.write(Tensor([2, 2], [1, .nan, .infinity, 4] as [Double]), to: folder("t.npy"))
    #expect(
      message { _ = try Source.open(folder("t.npy"), gaps: true) }.contains("row 1 column 0 (counted from 0)")
    )
    let whole = folder.write(Array("a,b\n1,2\n".utf8), "w.csv")
    #expect(try !Source.open(whole, gaps: true).hasGaps)
  }

  @Test(
    "of a real table are scaled as pandas has them", .enabled(if: realTable != nil, "the data are not here"))
  func real() throws {
    let dataset = try Source.open(try #require(realTable), gaps: true)
    #expect(dataset.samples.shape == [300, 28] && dataset.hasGaps)
    let scaling = try Scaling.fitted(.standard, to: dataset)
    // numpy.nanmean and 1 / numpy.nanstd of columns 2, 3 and 15 as pandas reads them.
    expectClose([2, 3, 15].map { scaling.shift[$0] }, [1085888.833333333, 38.167916584, 4.70754717])
    expectClose(
      [2, 3, 15].map { scaling.scale[$0] }, [6.547720288385697e-07, 1.3684355502148107, 0.5092891808049475])
  }
}

/// Horses with colic, a third of whose measurements are missing.
private let realTable: String? = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  let folder = ProcessInfo.processInfo.environment["HOURGLASS_DATA"] ?? root + "/../shared/data"
  let file = folder + "/tabular/horse_colic/horse-colic.csv"
  return FileManager.default.fileExists(atPath: file) ? file : nil
}()
