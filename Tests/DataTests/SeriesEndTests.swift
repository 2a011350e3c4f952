import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// The last steps of a series, and values of windows put back into time.
@Suite("Ends of series")
struct SeriesEndTests {
  private func options(_ window: Int, _ stride: Int) -> SourceOptions {
    var options = SourceOptions()
    (options.window, options.stride) = (window, stride)
    return options
  }

  @Test("one more window ends with the last step")
  func covered() throws {
    let folder = try Folder()
    let path = folder.write(Array((0..<11).map { "\($0)\n" }.joined().utf8), "t.csv")
    let dataset = try Source.open(path, options: options(4, 3))
    #expect(dataset.spans?.map(\.start) == [0, 3, 6, 7])
    #expect(dataset.samples[3..<4].values == [7, 8, 9, 10])
    // Where the windows come out even there is none more.
    #expect(try Source.open(path, options: options(5, 3)).spans?.map(\.start) == [0, 3, 6])
    let cases = folder.write(Array("@data\n1,2,3,4,5\n1,2,3,4\n".utf8), "c.ts")
    let spans = try Source.open(cases, options: options(2, 2)).spans
    #expect(spans?.map(\.start) == [0, 2, 3, 0, 2] && spans?.map(\.series) == [0, 0, 0, 1, 1])
  }

  @Test("a model of before leaves the last steps out, and says so")
  func old() throws {
    let folder = try Folder()
    let path = folder.write(Array((0..<11).map { "\($0 * 5 % 7)\n" }.joined().utf8), "t.csv")
    let text = Data("{\"channels\":1,\"window\":4,\"stride\":3}".utf8)
    let form = try JSONDecoder().decode(SeriesForm.self, from: text)
    #expect(!form.coversEnd && form.stepsLeft(of: 11) == 1)
    #expect(!String(decoding: try JSONEncoder().encode(form), as: UTF8.self).contains("covers"))
    var notices: [String] = []
    let dataset = try Source.open(path, options: SourceOptions(.series(form))) { notices.append($0) }
    #expect(dataset.spans?.map(\.start) == [0, 3, 6] && dataset.form == .series(form))
    #expect(
      notices == [
        "\(path): the last step fills no window and is left out, as this model learned; one "
          + "trained anew takes them into one more window"
      ])
    let new = SeriesForm(channels: 1, window: 4, stride: 3)
    #expect(new.coversEnd && new.stepsLeft(of: 11) == 0 && new != form)
    #expect(try JSONDecoder().decode(SeriesForm.self, from: JSONEncoder().encode(new)) == new)
    notices = []
    _ = try Source.open(path, options: options(2, 3)) { notices.append($0) }
    #expect(notices.count == 1 && notices[0].contains("the steps between two windows are in none"))
  }

  @Test("overlaps are averaged, and what no window holds is missing")
  func joined() throws {
    let folder = try Folder()
    let rows = (0..<6).map { "2020-01-0\($0 + 1),\($0),\(10 * $0)\n" }.joined()
    let path = folder.write(Array(("day,a,b\n" + rows).utf8), "t.csv")
    let dataset = try Source.open(path, options: options(4, 2))
    let steps = try #require(SeriesSteps(dataset))
    #expect(steps.joined(dataset.tensor).values == [0, 0, 1, 10, 2, 20, 3, 30, 4, 40, 5, 50])
    // Two windows, from rows 0 and 2: rows 2 and 3 are in both.
    let made = Tensor([2, 2, 4], [1, 1, 1, 1, 0, 0, 0, 0, 3, 3, 3, 3, 8, 8, 8, .nan] as [Float])
    let joined = steps.joined(made).values.map { "\($0)" }
    #expect(joined == ["1.0", "0.0", "1.0", "0.0", "2.0", "4.0", "2.0", "4.0", "3.0", "8.0", "3.0", "nan"])
    #expect(
      steps.meansOverChannels(steps.joined(made)).values.map { "\($0)" }
        == ["0.5", "0.5", "3.0", "3.0", "5.5", "3.0"])
    #expect(steps.uncovered == 0 && steps.channelNames == ["a", "b"])
    let texts = steps.identity(isNumbered: true)
    #expect(texts.map(\.name) == ["row", "day"] && texts[1].text(5) == "2020-01-06")
    let part = try #require(SeriesSteps(dataset.subset([1])))
    #expect(part.uncovered == 2 && part.joined(dataset.tensor[1..<2]).values[0].isNaN)
  }

  @Test("lines of windows say their first and last row, also where rows are missing from the times")
  func windows() throws {
    let folder = try Folder()
    let days = [1, 2, 3, 6, 7]
    let rows = days.map { "2020-01-0\($0),\($0),x\($0)\n" }.joined()
    let path = folder.write(Array(("day,a,note\n" + rows).utf8), "t.csv")
    var options = options(3, 1)
    options.kept = ["note"]
    options.remembered.features = 1
    let dataset = try Source.open(path, gaps: true, options: options)
    #expect(dataset.sampleShape == [1, 3] && dataset.count == 5)
    let texts = dataset.identity
    #expect(texts.map(\.name) == ["row", "start", "end", "start_time", "end_time", "note"])
    func line(_ row: Int) -> [String] { texts.map { $0.text(row) } }
    #expect(line(0) == ["0", "0", "2", "2020-01-01", "2020-01-03", "x1"])
    #expect(line(2) == ["2", "2", "2", "2020-01-03", "2020-01-03", "x3"])
    #expect(line(4) == ["4", "3", "4", "2020-01-06", "2020-01-07", "x6"])
    let steps = try #require(SeriesSteps(dataset))
    #expect(steps.count == 5 && steps.joined(dataset.tensor).values == [1, 2, 3, 6, 7])
    #expect(steps.identity(isNumbered: false).map { $0.text(4) } == ["2020-01-07", "x7"])
    #expect(dataset.place(ofSample: 4) == "3-4")
  }

  @Test("targets of a regression are told of, since they are passed over")
  func targets() throws {
    let folder = try Folder()
    let path = folder.write(Array("@targetlabel true\n@data\n1,2,3:0.5\n4,5,6:0.7\n".utf8), "c.ts")
    var notices: [String] = []
    #expect(try Source.open(path) { notices.append($0) }.samples.values == [1, 2, 3, 4, 5, 6])
    #expect(
      notices == [
        "\(path): the last number of each case is its target, as the head says, and is passed over"
      ])
  }

  @Test("windows of cases say their case, and come back as cases")
  func cases() throws {
    let folder = try Folder()
    let text = "@classLabel true x y\n@data\n1,2,3,4,5:y\n6,7,8:x\n"
    let dataset = try Source.open(folder.write(Array(text.utf8), "c.ts"), options: options(3, 2))
    #expect(dataset.areWindows)
    #expect(dataset.identity.map(\.name) == ["row", "case", "start", "end", "class"])
    #expect(dataset.identity.map { $0.text(2) } == ["2", "1", "0", "2", "x"])
    let steps = try #require(SeriesSteps(dataset))
    #expect(steps.joined(dataset.tensor).values == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(steps.identity(isNumbered: true).map(\.name) == ["case", "step", "class"])
    #expect(
      (0..<8).map { line in steps.identity(isNumbered: false).map { $0.text(line) }.joined() }
        == ["00y", "01y", "02y", "03y", "04y", "10x", "11x", "12x"])
    let whole = try Source.open(folder.write(Array("@data\n1,2\n3,4\n".utf8), "w.ts"))
    #expect(!whole.areWindows && whole.identity.map(\.name) == ["row"])
  }
}
