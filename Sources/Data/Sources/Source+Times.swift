import HourglassFormats
import HourglassTensor

extension Source {
  /// A table with its rows in order of time, where it has times that are understood, and these.
  ///
  /// Rows of one time keep the order of the file, and are told of.
  ///
  /// - Parameter sorts: whether rows that come before the one above them may be put where they belong.
  /// - Throws: ``DataError`` where there are such and may not, or nothing to sort by.
  static func ordered(
    _ table: Table, _ path: String, sorts: Bool, _ notice: (String) -> Void
  ) throws -> (table: Table, times: Times?) {
    guard let texts = table.times else {
      if sorts { throw withoutTimes(path, found: "a table without a first column of times") }
      return (table, nil)
    }
    guard let times = Times(texts) else {
      let example = texts.first { Moment($0) == nil } ?? ""
      if sorts { throw withoutTimes(path, found: "times such as '\(example)'") }
      notice(
        "\(path): times such as '\(example)' are not understood; rows are taken as they stand, for evenly "
          + "spaced: times are written 2014-04-01 00:05:00, or as numbers")
      return (table, nil)
    }
    var (ordered, inOrder) = (table, times)
    if let back = times.stepsBack {
      try checkSorts(sorts, times, back, place: "\(path) row \(back.first) (counted from 0)")
      let order = times.sorted
      notice(
        "\(path): \(number(back.count, "row comes", "rows come")) before the one above in time, the first "
          + "\(words(times, back.first)); rows are sorted by time and counted in that order")
      (ordered, inOrder) = (table.rows(order), times.at(order))
    }
    if let doubled = inOrder.doubled {
      notice(
        "\(path): \(number(doubled.count, "row has", "rows have")) the time of the row before, the first "
          + "\(inOrder.texts[doubled.first]); each is taken for a step of its own, in the order of the file")
    }
    return (ordered, inOrder)
  }

  /// - Throws: ``DataError`` where times go back and may not be sorted.
  static func checkSorts(
    _ sorts: Bool, _ times: Times, _ back: (first: Int, count: Int), place: String
  ) throws {
    guard !sorts else { return }
    let others = back.count == 1 ? "" : ", and \(back.count - 1) more such steps back"
    throw DataError(
      place: place, expected: "times in order", found: words(times, back.first) + others,
      remedy: "sort them by time, or let them be sorted (--sort)")
  }

  static func withoutTimes(_ path: String, found: String) -> DataError {
    DataError(
      place: path,
      expected: "times to sort by, such as 2014-04-01 00:05:00 or numbers, since --sort is given",
      found: found, remedy: "leave out --sort")
  }

  static func words(_ times: Times, _ place: Int) -> String {
    "\(times.texts[place]) after \(times.texts[place - 1])"
  }

  static func number(_ count: Int, _ one: String, _ several: String) -> String {
    "\(count) \(count == 1 ? one : several)"
  }

  /// Rows are put in for those that are missing from a grid of times up to so many times as many as there
  /// are.
  private static let sparsest = 100

  /// Where each row of a table lies on the grid of its times, where rows are missing from it and gaps are
  /// allowed; nil: one behind the other.
  ///
  /// - Throws: ``DataError`` where nearly all rows would be missing.
  static func places(
    of times: Times?, _ path: String, _ gaps: Bool, _ notice: (String) -> Void
  ) throws -> [Int]? {
    guard let times, times.texts.count > 2, let step = TimeGrid.usualStep(of: [times]) else { return nil }
    let grid = TimeGrid(times, step: step)
    if let row = grid.firstUneven {
      notice(
        "\(path): the times are not evenly spaced: \(times.texts[row + 1]) follows \(times.texts[row]), where most "
          + "follow after \(grid.stepWords); rows are taken for evenly spaced")
    }
    guard let row = grid.firstHole else { return nil }
    let missing =
      "\(number(grid.missing, "row is", "rows are")) missing from the times, a row every \(grid.stepWords), "
      + "the first after \(times.texts[row])"
    guard gaps else {
      notice(
        "\(path): \(missing); windows pass over them as if there were none: --gaps takes them for missing values"
      )
      return nil
    }
    try checkSparse([grid], at: "\(path) row \(grid.widestHole + 1) (counted from 0)", times, grid)
    notice("\(path): \(missing); they are taken for missing values")
    return grid.places
  }

  /// - Throws: ``DataError`` where nearly all steps of some grids would be missing.
  static func checkSparse(
    _ grids: [TimeGrid], at place: String, _ times: Times, _ widest: TimeGrid
  ) throws {
    let (missing, known) = grids.reduce((0, 0)) { ($0.0 + $1.missing, $0.1 + $1.places.count) }
    guard missing > sparsest * known else { return }
    throw DataError(
      place: place, expected: "times with a step every \(widest.stepWords) and some missing",
      found: "\(words(times, widest.widestHole + 1)), and \(missing) missing in all",
      remedy: "check that time, or leave out --gaps")
  }
}

extension Table {
  /// The same rows in another order, without classes and weights.
  fileprivate func rows(_ order: [Int]) -> Table {
    let size = tensor.shape.sample.count * tensor.element.size
    let storage = Storage(count: tensor.count * tensor.element.size) { target in
      tensor.withBytes { source in
        for (row, place) in order.enumerated() {
          UnsafeMutableRawBufferPointer(rebasing: target[(row * size)..<((row + 1) * size)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[(place * size)..<((place + 1) * size)]))
        }
      }
    }
    let sorted = Tensor(tensor.shape, tensor.element, in: storage)
    return Table(
      columns: columns, tensor: sorted, hasGaps: hasGaps,
      times: times.map { times in order.map { times[$0] } }, timeName: timeName, taken: taken,
      kept: kept.map { column in
        CSV.KeptColumn(name: column.name, texts: order.map { column.texts[$0] })
      }, passedOver: passedOver, remarks: remarks)
  }
}
