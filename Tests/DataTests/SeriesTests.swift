import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite("Series")
struct SeriesTests {
  private func options(_ window: Int?, _ stride: Int? = nil) -> SourceOptions {
    var options = SourceOptions()
    (options.window, options.stride) = (window, stride)
    return options
  }

  @Test("windows slide along a table, its columns the channels")
  func table() throws {
    let folder = try Folder()
    let rows = (0..<7).map { "2020-01-0\($0 + 1),\($0),\(10 * $0)\n" }.joined()
    let path = folder.write(Array(("day,a,b\n" + rows).utf8), "t.csv")
    let dataset = try Source.open(path, options: options(3, 2))
    #expect(dataset.samples.shape == [3, 2, 3])
    #expect(dataset.samples.values == [0, 1, 2, 0, 10, 20, 2, 3, 4, 20, 30, 40, 4, 5, 6, 40, 50, 60])
    #expect(dataset.spans?.map(\.start) == [0, 2, 4] && dataset.spans?.map(\.total) == [7, 7, 7])
    #expect(dataset.form == .series(SeriesForm(channels: 2, window: 3, stride: 2)))
    #expect(try Source.open(path, options: options(3)).count == 5)
    #expect(try Source.open(path, options: options(7)).count == 1)
    let long = message { _ = try Source.open(path, options: options(8)) }
    #expect(long.contains("at least 8 rows, a window, found 7"), "\(long)")
    let text = message { _ = try Source.open(path) }
    #expect(text.contains("column 'day'"), "\(text)")
  }

  @Test("times that go backwards are named")
  func order() throws {
    let folder = try Folder()
    let path = folder.write(Array("t,a\n2020-01-02,1\n2020-01-03,2\n2020-01-01,3\n".utf8), "t.csv")
    let refused = message { _ = try Source.open(path, options: options(2)) }
    #expect(refused.contains("row 2") && refused.contains("2020-01-01 after 2020-01-03"), "\(refused)")
    // Times in another form are taken as they stand.
    let other = folder.write(Array("t,a\n31.12.99,1\n1.1.00,2\n2.1.00,3\n".utf8), "u.csv")
    var told: [String] = []
    #expect(try Source.open(other, options: options(2)) { told.append($0) }.count == 2)
    #expect(told.count == 1 && told[0].contains("times such as '31.12.99' are not understood"), "\(told)")
  }

  @Test("cases are samples, or are cut into windows")
  func cases() throws {
    let folder = try Folder()
    let even = folder.write(Array("@classLabel true x y\n@data\n1,2,3:4,5,6:y\n7,8,9:1,2,3:x\n".utf8), "a.ts")
    let whole = try Source.open(even)
    #expect(whole.samples.shape == [2, 2, 3] && whole.labels == [0, 1] && whole.classNames == ["y", "x"])
    #expect(!whole.areWindows)
    let cut = try Source.open(even, options: options(2))
    #expect(cut.samples.values == [1, 2, 4, 5, 2, 3, 5, 6, 7, 8, 1, 2, 8, 9, 2, 3])
    #expect(cut.areWindows && cut.labels == [0, 0, 1, 1] && cut.spans?.map(\.start) == [0, 1, 0, 1])
    let uneven = folder.write(Array("@classLabel false\n@data\n1,2,3\n1,2,3,4,5\n".utf8), "b.ts")
    #expect(try Source.open(uneven, options: options(3)).count == 4)
    let long = message { _ = try Source.open(uneven, options: options(4)) }
    #expect(
      long.contains("b.ts line 3: expected a series of at least 4 values, a window, found 3"), "\(long)")
    let gaps = folder.write(Array("@data\n1,?,3\n".utf8), "c.ts")
    #expect(try Source.open(gaps, gaps: true).hasGaps)
  }

  @Test("shorter cases are filled up to the longest, and to the model's length later")
  func uneven() throws {
    let folder = try Folder()
    let text = "@classLabel true x y\n@data\n1,2:10,20:y\n3,4,5:30,40,50:x\n"
    let path = folder.write(Array(text.utf8), "a.ts")
    let training = try Source.open(path)
    #expect(training.samples.shape == [2, 2, 3] && training.hasGaps && training.labels == [0, 1])
    #expect(shown(training.tensor) == "1.0 2.0 nan 10.0 20.0 nan 3.0 4.0 5.0 30.0 40.0 50.0")
    #expect(training.orderedSpans?.map(\.total) == [2, 3])
    #expect(training.form == .series(SeriesForm(channels: 2, window: 3, stride: 1, isPadded: true)))
    let preparation = try Preparation.fitted(to: training)
    #expect(preparation.allowsGaps)
    let stored = try JSONDecoder().decode(Preparation.self, from: JSONEncoder().encode(preparation))
    #expect(stored == preparation)
    let options = SourceOptions(stored)
    let short = folder.write(Array("@data\n7:8\n".utf8), "short.ts")
    let used = try Source.open(short, options: options)
    #expect(shown(used.tensor) == "7.0 nan nan 8.0 nan nan" && used.hasGaps)
    try preparation.check(used)
    // The longest alone go the same way as among shorter ones.
    let whole = folder.write(Array("@data\n3,4,5:30,40,50\n".utf8), "whole.ts")
    #expect(try Source.open(whole, options: options).hasGaps)
    let long = folder.write(Array("@data\n1,2:3,4\n1,2,3,4:5,6,7,8\n".utf8), "long.ts")
    let refused = message { _ = try Source.open(long, options: options) }
    #expect(refused.contains("long.ts line 3: expected a series of at most 3 values"), "\(refused)")
    #expect(refused.contains("--pad 4"), "\(refused)")
    var wide = SourceOptions()
    wide.length = 4
    #expect(shown(try Source.open(short, options: wide).tensor) == "7.0 nan nan nan 8.0 nan nan nan")
    wide.window = 1
    #expect(message { _ = try Source.open(short, options: wide) }.contains("--window and --pad 4"))
    let lines = folder.write(Array("1 5 6 7 8\n2 5 6 7\n".utf8), "lines_TRAIN.txt")
    #expect(shown(try Source.open(lines).tensor) == "5.0 6.0 7.0 8.0 5.0 6.0 7.0 nan")
    let made = Tensor([2, 2, 3], [Float](repeating: 9, count: 12))
    #expect(shown(training.markingPadding(in: made)) == "9.0 9.0 nan 9.0 9.0 nan 9.0 9.0 9.0 9.0 9.0 9.0")
    let turned = training.subset([1, 0]).markingPadding(in: made)
    #expect(shown(turned) == "9.0 9.0 9.0 9.0 9.0 9.0 9.0 9.0 nan 9.0 9.0 nan")
  }

  private func shown(_ tensor: Tensor) -> String {
    tensor.values.map { "\($0)" }.joined(separator: " ")
  }

  @Test("forms of windows are read and written as before there was filling up")
  func oldForm() throws {
    let form = SeriesForm(channels: 2, window: 3, stride: 1)
    let text = Data("{\"channels\":2,\"window\":3,\"stride\":1}".utf8)
    #expect(try JSONDecoder().decode(SeriesForm.self, from: text) == form)
    #expect(!String(decoding: try JSONEncoder().encode(form), as: UTF8.self).contains("padded"))
  }

  @Test("each channel is scaled by itself, and back")
  func scaling() throws {
    let folder = try Folder()
    let rows = (0..<40).map { "\(Double($0 % 7) * 0.001),\(1000 + 50 * ($0 % 5))\n" }.joined()
    let path = folder.write(Array(rows.utf8), "t.csv")
    let dataset = try Source.open(path, options: options(4))
    for kind in [Scaling.Kind.standard, .minMax] {
      let preparation = try Preparation.fitted(kind, to: dataset)
      let scaled = preparation.scaling.apply(dataset.tensor).doubles
      for channel in 0..<2 {
        let values = scaled.indices.filter { $0 / 4 % 2 == channel }.map { scaled[$0] }
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
        if kind == .standard {
          #expect(abs(mean) < 1e-4 && abs(square - 1) < 1e-4, "\(channel): \(mean), \(square)")
        } else {
          #expect(values.min() == 0 && abs((values.max() ?? 0) - 1) < 1e-6)
        }
      }
      let back = preparation.scaling.undo(preparation.scaling.apply(dataset.tensor))
      #expect(
        Tolerance(absolute: 1e-6, relative: 1e-5).disagreement(back.values, dataset.tensor.doubles) == nil)
      let text = try JSONEncoder().encode(preparation)
      #expect(try JSONDecoder().decode(Preparation.self, from: text) == preparation)
      let again = try Source.open(path, options: SourceOptions(preparation))
      #expect(again.samples == dataset.samples)
    }
    // One channel is scaled as a whole.
    let one = folder.write(Array("1\n2\n5\n4\n".utf8), "u.csv")
    #expect(
      try Preparation.fitted(.standard, to: Source.open(one, options: options(2))).scaling.shift.count == 1)
  }

  @Test(
    "published series", .enabled(if: RealData.folder != nil, "the data sets are not here; set HOURGLASS_DATA")
  )
  func real() throws {
    if let path = RealData.file("timeseries/nab/realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv") {
      #expect(try Source.open(path, options: options(64, 16)).samples.shape == [249, 1, 64])
    }
    if let path = RealData.file("timeseries/airline/monthly-airline-passengers.csv") {
      #expect(try Source.open(path, options: options(12)).samples.shape == [133, 1, 12])
      #expect(
        message { _ = try Source.open(path, options: options(200)) }.contains(
          "at least 200 rows, a window, found 144"))
    }
    if let path = RealData.file("timeseries/ecg5000/ECG5000_TRAIN.txt") {
      let beats = try Source.open(path)
      #expect(beats.samples.shape == [500, 1, 140])
      let counts = (0..<5).map { label in beats.labels?.count { $0 == label } }
      #expect(counts == [292, 177, 10, 19, 2] && beats.classNames == ["1", "2", "3", "4", "5"])
    }
  }
}
