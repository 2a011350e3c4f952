import Foundation
import HourglassData
import HourglassTensor
import Testing

@Suite("Scaling")
struct ScalingTests {
  /// Made in numpy; see `Tests/Golden/scaling.py` for the numbers expected of it.
  private func table() throws -> Dataset {
    let values: [Float] = [
      1.5, -20, 7, 1e6, 2.5, -10, 7, 2e6, 0.25, 35, 7, 4e6, 9, 0.5, 7, 8e6, -3, 12.25, 7, 1.5e6,
    ]
    return try Dataset(Tensor([5, 4], values), origin: "table")
  }

  @Test("fits the numbers numpy gives", arguments: [Element.float32, .float64])
  func numpy(element: Element) throws {
    var table = try table()
    if element == .float64 { table = try Dataset(Tensor([5, 4], table.samples.doubles), origin: "table") }
    let standard = try Scaling.fitted(.standard, to: table)
    expectClose(standard.shift, [2.05, 3.55, 7, 3.3e6])
    expectClose(standard.scale, [0.2539183580595128, 0.05252547118086774, 1, 3.9043440472151513e-07])
    let minMax = try Scaling.fitted(.minMax, to: table)
    expectClose(minMax.shift, [-3, -20, 7, 1e6])
    expectClose(minMax.scale, [0.08333333333333333, 0.01818181818181818, 1, 1.4285714285714285e-07])
    #expect(minMax.isUnitInterval && !standard.isUnitInterval)
  }

  @Test("images are scaled as a whole, tables feature by feature")
  func whole() throws {
    let values = try table().samples.values
    let images = try Dataset(Tensor([5, 2, 2], values), origin: "images")
    let standard = try Scaling.fitted(.standard, to: images)
    expectClose(standard.shift, [825003.15])
    expectClose(standard.scale, [5.211536532529993e-07])
    #expect(try Scaling.fitted(.minMax, to: images).shift == [-20])
  }

  @Test("is fitted to the rows of the part, not to the whole")
  func trainingPartOnly() throws {
    let part = try table().subset([0, 1, 4])
    let scaling = try Scaling.fitted(.minMax, to: part)
    expectClose(scaling.shift, [-3, -20, 7, 1e6])
    expectClose(scaling.scale, [1 / 5.5, 1 / 32.25, 1, 1e-6])
    let whole = try table()
    let (training, _) = try whole.split(holdingOut: 0.4, seed: 2)
    let copy = try Dataset(training.tensor, origin: "copy")
    for kind in Scaling.Kind.allCases {
      #expect(try Scaling.fitted(kind, to: training) == Scaling.fitted(kind, to: copy))
    }
  }

  @Test("undo gives back what apply was given", arguments: Scaling.Kind.allCases)
  func roundTrip(kind: Scaling.Kind) throws {
    let table = try table()
    let scaling = try Scaling.fitted(kind, to: table)
    let scaled = scaling.apply(table.samples)
    let back = scaling.undo(scaled)
    #expect(scaled.shape == table.samples.shape && scaled.element == .float32 && back.shape == scaled.shape)
    let spread: [Float] = [12, 55, 0, 7e6]
    for (index, (found, expected)) in zip(back.values, table.samples.values).enumerated() {
      let tolerance = 1e-6 * (spread[index % 4] + abs(expected))
      #expect(abs(found - expected) <= tolerance)
    }
  }

  @Test("standard scaling gives mean 0 and deviation 1, min-max gives 0 and 1 at the ends")
  func effect() throws {
    let table = try table()
    let standard = try Scaling.fitted(.standard, to: table).apply(table.samples).doubles
    let minMax = try Scaling.fitted(.minMax, to: table).apply(table.samples).values
    for column in 0..<4 {
      let values = (0..<5).map { standard[$0 * 4 + column] }
      #expect(abs(values.reduce(0, +) / 5) < 1e-6)
      let variance = values.reduce(0) { $0 + $1 * $1 } / 5
      #expect(abs(variance - (column == 2 ? 0 : 1)) < 1e-6)
      let ends = (0..<5).map { minMax[$0 * 4 + column] }
      #expect(ends.min() == 0)
      #expect(try abs(#require(ends.max()) - (column == 2 ? 0 : 1)) < 1e-6)
    }
  }

  @Test("bytes divided by 255 end at exactly 1")
  func bytes() throws {
    let dataset = try Dataset(Tensor([1, 2, 128], [UInt8](0...255)), origin: "bytes")
    let scaling = try Scaling.fitted(.by255, to: dataset)
    let scaled = scaling.apply(dataset.samples).values
    #expect(scaling.isUnitInterval && scaled.first == 0 && scaled.last == 1)
    for byte in 0...255 { #expect(abs(scaled[byte] - Float(byte) / 255) <= 6e-8) }
    let back: [Int] = scaling.undo(Tensor(scaled)).values.map { Int($0.rounded()) }
    #expect(back == [Int](0...255))
  }

  @Test("large integers keep their differences")
  func wide() throws {
    let values: [Int64] = [1_700_000_000, 1_700_100_000, 1_700_050_000]
    let dataset = try Dataset(Tensor([3, 1], values), origin: "times")
    let scaled = try Scaling.fitted(.minMax, to: dataset).apply(dataset.samples).values
    for (found, expected) in zip(scaled, [0, 1, 0.5] as [Float]) { #expect(abs(found - expected) < 1e-3) }
  }

  @Test("what single precision cannot hold is refused, by the column's name")
  func unholdable() throws {
    let all = Scaling.Kind.allCases
    // Differences are taken in double precision; what takes none is left with two numbers that are one.
    let far = ([1e12, 1e12 + 1000], all.filter { $0 == .none || $0 == .by255 })
    for (values, kinds) in [([1e300, 0], all), ([-3e38, 3e38], all), far] {
      let dataset = try Dataset(Tensor([2, 1], values), featureNames: ["mass"], origin: "d.npy")
      for kind in kinds {
        #expect(message { _ = try Scaling.fitted(kind, to: dataset) }.hasPrefix("d.npy column 'mass': "))
      }
    }
  }

  @Test("is the same after JSON, and refuses what it does not know")
  func coding() throws {
    for kind in Scaling.Kind.allCases {
      let scaling = try Scaling.fitted(kind, to: table())
      #expect(try JSONDecoder().decode(Scaling.self, from: JSONEncoder().encode(scaling)) == scaling)
    }
    for (json, expected) in [
      (#"{"kind":"robust","shift":[0],"scale":[1],"unit_interval":true}"#, "robust"),
      (#"{"kind":"none","shift":[0],"scale":[0],"unit_interval":true}"#, "no scale 0"),
      (#"{"kind":"none","shift":[0,1],"scale":[1],"unit_interval":true}"#, "as many shifts as scales"),
      (#"{"kind":"none","shift":[],"scale":[],"unit_interval":true}"#, "as many shifts as scales"),
      (#"{"kind":"none","shift":[0],"scale":[1]}"#, "unit_interval"),
    ] {
      let text = message { _ = try JSONDecoder().decode(Scaling.self, from: Data(json.utf8)) }
      #expect(text.contains(expected), "\(text)")
    }
  }
}

func expectClose(
  _ found: [Float], _ expected: [Double], tolerance: Double = 1e-6,
  location: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: location)
  for (found, expected) in zip(found, expected) {
    let difference = abs(Double(found) - expected)
    #expect(
      difference <= tolerance * abs(expected) || found == Float(expected), "\(found) against \(expected)",
      sourceLocation: location)
  }
}
