import HourglassFormats
import HourglassTensor
import Testing

@testable import HourglassData

@Suite("Arrays of series")
struct ArraySeriesTests {
  private func opened(
    _ arrays: [(name: String, tensor: Tensor)], _ options: SourceOptions, gaps: Bool = false
  ) throws -> (Dataset, [String]) {
    let folder = try Folder()
    var notices: [String] = []
    let path = folder(arrays.count == 1 ? "x.npy" : "x.npz")
    if arrays.count == 1 {
      try NPY.write(arrays[0].tensor, to: path)
    } else {
      try NPZ.write(arrays.map { NamedTensor(name: $0.name, tensor: $0.tensor) }, to: path)
    }
    return (try Source.open(path, gaps: gaps, options: options) { notices.append($0) }, notices)
  }

  private func windows(_ window: Int, _ stride: Int = 1) -> SourceOptions {
    var options = SourceOptions()
    (options.window, options.stride) = (window, stride)
    return options
  }

  private func counting(_ shape: Shape) -> Tensor { Tensor(shape, (0..<shape.count).map { Float($0) }) }

  @Test("one series has its steps first, many their channels")
  func axes() throws {
    let (line, told) = try opened([("x", counting([5]))], windows(3, 2))
    #expect(line.tensor.shape == [2, 1, 3] && line.tensor.values == [0, 1, 2, 2, 3, 4])
    #expect(
      told.count == 1 && told[0].hasSuffix("[5] is taken for one series of 5 steps and 1 channel"), "\(told)")
    let (one, toldOfOne) = try opened([("x", counting([3, 2]))], windows(2))
    #expect(one.tensor.shape == [2, 2, 2] && one.tensor.values == [0, 2, 1, 3, 2, 4, 3, 5])
    #expect(
      toldOfOne[0].contains(
        "one series of 3 steps and 2 channels; for 3 series of 2 steps reshape it to [3, 1, 2]"))
    let (many, toldOfMany) = try opened([("x", counting([2, 1, 3]))], windows(2))
    #expect(
      many.tensor.values == [0, 1, 1, 2, 3, 4, 4, 5]
        && many.form == .series(.init(channels: 1, window: 2, stride: 1)))
    #expect(many.spans?.map(\.start) == [0, 1, 0, 1] && many.spans?.allSatisfy { $0.total == 3 } == true)
    #expect(toldOfMany[0].contains("[2, 1, 3] is taken for 2 series of 1 channel and 3 steps"))
    // The same as the same numbers in a table.
    let folder = try Folder()
    let table = folder.write(Array("0,1\n2,3\n4,5\n".utf8), "t.csv")
    #expect(try Source.open(table, options: windows(2)).tensor.values == one.tensor.values)
  }

  @Test("classes go with every window of their series")
  func labels() throws {
    let classes = Tensor([2], [Int32(4), 7].map { Float($0) })
    let (many, _) = try opened([("X", counting([2, 1, 3])), ("y", classes)], windows(2))
    #expect(many.labels == [4, 4, 7, 7])
    let (padded, _) = try opened(
      [("X", counting([2, 1, 3])), ("y", classes)],
      {
        var options = SourceOptions()
        options.length = 4
        return options
      }())
    #expect(padded.sampleShape == [1, 4] && padded.labels == [4, 7] && padded.hasGaps)
  }

  @Test("classes of single steps are none of windows")
  func labelsOfSteps() throws {
    let classes = Tensor([4], [0, 1, 0, 1])
    let (one, told) = try opened([("X", counting([4, 2])), ("y", classes)], windows(2))
    #expect(
      one.labels == nil && told.contains { $0.hasSuffix("of single steps, and windows have none") }, "\(told)"
    )
    let folder = try Folder()
    let path = folder("x.npz")
    try NPZ.write(
      [NamedTensor(name: "X", tensor: counting([4, 2])), NamedTensor(name: "y", tensor: classes)], to: path)
    let asked = message { _ = try Source.open(path, label: "y", options: windows(2)) }
    #expect(asked.contains("one series, whose rows are steps"), "\(asked)")
  }

  @Test("what does not fit is refused with its axes")
  func refusals() throws {
    let steps = message { _ = try opened([("x", counting([4, 30, 2]))], windows(8)) }
    #expect(steps.contains("at least 8 steps, a window, found 2, of an array [4, 30, 2]"), "\(steps)")
    #expect(steps.contains("x.transpose(0, 2, 1)"), "\(steps)")
    let images = message { _ = try opened([("x", counting([2, 1, 4, 4]))], windows(2)) }
    #expect(images.contains("[steps, channels] or [n, channels, steps]"), "\(images)")
    let gap = message { _ = try opened([("x", Tensor([3], [1, Float.nan, 2]))], windows(2)) }
    #expect(gap.contains("row 1") && gap.contains("--gaps"), "\(gap)")
    #expect(try opened([("x", Tensor([3], [1, Float.nan, 2]))], windows(2), gaps: true).0.hasGaps)
    var sorting = windows(2)
    sorting.sorts = true
    #expect(
      message { _ = try opened([("x", counting([4]))], sorting) }.contains("an array, which has no times"))
    var sized = SourceOptions()
    sized.height = 3
    #expect(message { _ = try opened([("x", counting([4, 2]))], sized) }.contains("since --size is given"))
  }

  @Test("a model's arrays are cut as its series were, and windows that are made stay as they are")
  func use() throws {
    let model = SourceOptions(.series(SeriesForm(channels: 2, window: 2, stride: 1)))
    let (cut, told) = try opened([("x", counting([3, 2]))], model)
    #expect(cut.tensor.shape == [2, 2, 2] && told.isEmpty)
    let (made, _) = try opened([("x", counting([3, 2, 2]))], model)
    #expect(made.tensor == counting([3, 2, 2]) && made.form == nil)
    let other = message { _ = try opened([("x", counting([5]))], model) }
    #expect(other.contains("series of 2 channels, as in training, found 1"), "\(other)")
    // The windows of a model of sounds are none of arrays.
    let sounds = SourceOptions(.sounds(SoundForm(rate: 8000, channel: nil, window: 2, stride: 2)))
    #expect(try opened([("x", counting([3, 2]))], sounds).0.sampleShape == [2])
  }
}
