import HourglassFormats
import HourglassTensor

extension Source {
  /// Cases of a `.ts` file; each a sample where all are of one length and no window is asked for.
  static func series(_ path: String, _ opening: Opening) throws -> Dataset {
    try opening.refuseColumns(place: path)
    try opening.options.check(place: path, as: .series)
    let file = try SeriesFile.read(path, gaps: opening.gaps)
    let lengths = file.cases.map { $0.values.count / file.channels }
    let (shortest, longest) = (lengths.min() ?? 0, lengths.max() ?? 0)
    guard let window = opening.options.window ?? (shortest == longest ? shortest : nil) else {
      throw DataError(
        place: path, expected: "series of one length, or --window",
        found: "\(shortest) to \(longest) values",
        remedy: "give a window that fits into the shortest: --window \(shortest)")
    }
    let form = try seriesForm(file.channels, window, opening.options, path)
    if let index = lengths.firstIndex(where: { $0 < window }) {
      throw DataError(
        place: "\(path) line \(file.cases[index].line)",
        expected: "a series of at least \(window) values, a window",
        found: "\(lengths[index])", remedy: "give a window that fits into the shortest: --window \(shortest)")
    }
    let places = file.cases.indices.flatMap { index in
      form.starts(of: lengths[index]).map { (index: index, start: $0) }
    }
    try checkMemory(places.count, of: form.sampleShape, elementSize: 4, path)
    let samples = Tensor(form.sampleShape.batch(places.count)) { target in
      for (row, place) in places.enumerated() {
        let (values, length) = (file.cases[place.index].values, lengths[place.index])
        for channel in 0..<form.channels {
          let start = (row * form.channels + channel) * window
          let source = channel * length + place.start
          for index in 0..<window { target[start + index] = values[source + index] }
        }
      }
    }
    let labels = file.labels.map { labels in places.map { labels[$0.index] } }
    let dataset = try Dataset(
      samples, labels: labels, classNames: file.classNames, hasGaps: file.hasGaps, origin: path)
    return dataset.with(
      form: .series(form), sampleNames: nil,
      spans: places.map { SampleSpan(start: $0.start, total: lengths[$0.index]) })
  }

  /// A table whose rows are steps in time and whose columns are channels, cut into windows.
  ///
  /// A first column of text is taken for time stamps, which must not go backwards.
  static func windows(
    _ path: String, _ separator: Character?, window: Int, _ opening: Opening
  ) throws -> Dataset {
    try opening.refuseColumns(place: path)
    try opening.options.check(place: path, as: .series)
    var options = opening.table(separator)
    options.findsTimes = true
    let table = try CSV.read(path, options)
    try checkOrder(table.times, path)
    let (length, channels) = (table.tensor.rows, table.tensor.shape.sample.count)
    guard length >= window else {
      throw DataError(
        place: path, expected: "a series of at least \(window) rows, a window", found: "\(length)",
        remedy: "give a shorter one: --window \(max(1, length / 10))")
    }
    let form = try seriesForm(channels, window, opening.options, path)
    let starts = Array(form.starts(of: length))
    try checkMemory(starts.count, of: form.sampleShape, elementSize: 4, path)
    let values = table.tensor.values
    let samples = Tensor(form.sampleShape.batch(starts.count)) { target in
      for (row, start) in starts.enumerated() {
        for channel in 0..<channels {
          for index in 0..<window {
            target[(row * channels + channel) * window + index] = values[(start + index) * channels + channel]
          }
        }
      }
    }
    let dataset = try Dataset(samples, hasGaps: table.hasGaps, origin: path)
    return dataset.with(
      form: .series(form), sampleNames: nil, spans: starts.map { SampleSpan(start: $0, total: length) })
  }

  private static func seriesForm(
    _ channels: Int, _ window: Int, _ options: SourceOptions, _ path: String
  ) throws -> SeriesForm {
    guard max(channels, window) <= SeriesForm.longestWindow else {
      throw DataError(
        place: path, expected: "at most \(SeriesForm.longestWindow) channels and steps of a window",
        found: "\(channels) and \(window)")
    }
    return SeriesForm(channels: channels, window: window, stride: options.stride ?? 1)
  }

  /// Times written with the year first (ISO 8601) are in order when their texts are. Others are taken as they
  /// are.
  private static func checkOrder(_ times: [String]?, _ path: String) throws {
    guard let times else { return }
    func isYearFirst(_ text: String) -> Bool {
      let start = text.utf8.prefix(5)
      return start.count == 5 && start.prefix(4).allSatisfy { (0x30...0x39).contains($0) }
        && start.last == 0x2D
    }
    guard times.allSatisfy(isYearFirst), Set(times.map(\.utf8.count)).count == 1 else { return }
    for (index, (before, after)) in zip(times, times.dropFirst()).enumerated() where after < before {
      throw DataError(
        place: "\(path) row \(index + 1) (counted from 0)", expected: "times in order",
        found: "\(after) after \(before)", remedy: "sort the rows by time")
    }
  }
}
