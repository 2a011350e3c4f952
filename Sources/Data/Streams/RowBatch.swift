public import HourglassFormats
public import HourglassTensor

/// Rows that come one after the other, on their way to samples of a model.
///
/// A row is a line of a table or of JSON, of which the cells are found by their names, or stand in the order
/// of training. Of a model of series a row is one step, and makes a sample with those before it: the window
/// that ends with it. So the first steps make none.
public struct RowBatch: Sendable {
  private let preparation: Preparation
  private var columns: [Column]
  /// Cells of a line, where they have names.
  private var width: Int?
  /// Steps of a window; nil: a row is a sample.
  private let window: Int?
  /// Values of numbers, row after row; of series behind the steps before.
  private var values: [Double] = []
  private var singles: [Float] = []
  /// Of fields, column after column.
  private var cells: [[Double]]
  private var texts: [[String]]
  private var isGap: [[Bool]]
  /// Samples that are waiting.
  public private(set) var count = 0
  /// Steps before the first that is waiting; of series.
  private var steps = 0

  /// What is read for one value of a row.
  private struct Column {
    let name: String
    /// Nil where values are numbers as they stand.
    let field: Field?
    /// The cell's place in a line; nil where the lines have none.
    var place: Int?
  }

  /// - Parameter header: what the cells of lines are called; nil: they stand in the order of training.
  /// - Throws: ``DataError`` for samples that are no rows, and for columns that are not there.
  public init(_ preparation: Preparation, header: [String]?, place: String) throws {
    self.preparation = preparation
    window = try RowBatch.window(of: preparation, place)
    let fields = preparation.fields?.fields.filter { $0.role != .aside }
    let names = RowBatch.names(of: preparation)
    columns = names.enumerated().map { Column(name: $1, field: fields?[$0], place: $0) }
    cells = [[Double]](repeating: [], count: fields?.count ?? 0)
    texts = [[String]](repeating: [], count: fields?.count ?? 0)
    isGap = [[Bool]](repeating: [], count: fields?.count ?? 0)
    if let header { try use(header, place: place) }
  }

  /// Finds cells by other names from here on.
  ///
  /// - Throws: ``DataError`` for columns that are not there; nothing is changed then.
  public mutating func use(_ header: [String], place: String) throws(DataError) {
    let places = Dictionary(header.enumerated().map { ($1, $0) }) { first, _ in first }
    // Of records what is missing is a gap.
    let missing = columns.filter { places[$0.name] == nil }
    guard missing.isEmpty || missing.count < columns.count && preparation.fields != nil else {
      let names = missing.prefix(9).map { "'\($0.name)'" }.joined(separator: ", ")
      throw DataError(
        place: place, expected: "the columns of training", found: "none called \(names)",
        remedy: "name the columns as in training, or leave the names out and keep the order")
    }
    width = header.count
    for index in columns.indices { columns[index].place = places[columns[index].name] }
  }

  private static func window(of preparation: Preparation, _ place: String) throws -> Int? {
    switch preparation.form {
    case nil: return nil
    case .series(let form) where !form.isPadded: return form.window
    case .series, .images, .sounds:
      throw DataError(
        place: place, expected: "a model of rows, or of windows of a series",
        found: "one whose samples are no rows: whole series, images or sounds",
        remedy: "'hourglass detect' takes files of these")
    }
  }

  /// What the values of a row are called.
  public static func names(of preparation: Preparation) -> [String] {
    if let fields = preparation.fields { return fields.fields.filter { $0.role != .aside }.map(\.name) }
    if case .series(let form) = preparation.form {
      return preparation.columnNames?.count == form.channels
        ? preparation.columnNames ?? []
        : (0..<form.channels).map { form.channels == 1 ? "value" : "channel_\($0)" }
    }
    return preparation.featureNames ?? Preparation.valueNames(preparation.sampleShape.count)
  }

  /// Names that the columns have and lines do not; their values are gaps.
  public var missing: [String] { columns.filter { $0.place == nil }.map(\.name) }

  /// Takes a row.
  ///
  /// - Returns: whether the row ends a sample.
  /// - Throws: ``DataError`` for a row that cannot be one; nothing of it is kept.
  @discardableResult
  public mutating func append(
    _ line: LineCells, place: @autoclosure () -> String
  ) throws(DataError) -> Bool {
    guard line.count == width ?? columns.count else {
      throw DataError(
        place: place(), expected: "\(width ?? columns.count) cells", found: "\(line.count)",
        remedy: "write every row alike")
    }
    if preparation.fields != nil {
      try appendFields(line, place)
    } else {
      try appendNumbers(line, place)
    }
    guard let window else {
      count += 1
      return true
    }
    steps += 1
    if steps >= window { count += 1 }
    return steps >= window
  }

  /// Of series: forgets the steps so far, as one is missing that cannot be left open. A window begins anew
  /// with the next.
  public mutating func interrupt() {
    guard window != nil, count == 0 else { return }
    (values, singles, steps) = ([], [], 0)
  }

  private var isDouble: Bool { preparation.scaling.isFar }

  private mutating func appendNumbers(_ line: LineCells, _ place: () -> String) throws(DataError) {
    let (before, singlesBefore) = (values.count, singles.count)
    for column in columns {
      guard let cell = column.place else { continue }
      let value = isDouble ? line.double(cell) : line.single(cell).map { Double($0) }
      if let value, value.isFinite {
        if isDouble { values.append(value) } else { singles.append(Float(value)) }
      } else if value == nil, line.isGap(cell), preparation.allowsGaps {
        if isDouble { values.append(.nan) } else { singles.append(.nan) }
      } else {
        values.removeLast(values.count - before)
        singles.removeLast(singles.count - singlesBefore)
        throw fault(column, line, cell, place(), "a number")
      }
    }
  }

  private mutating func appendFields(_ line: LineCells, _ place: () -> String) throws(DataError) {
    for (index, column) in columns.enumerated() {
      guard let field = column.field else { continue }
      guard let cell = column.place, !line.isGap(cell, isText: field.kind.hasLevels) else {
        cells[index].append(.nan)
        texts[index].append("")
        isGap[index].append(true)
        continue
      }
      let value: Double?
      switch field.kind {
      case .flag, .category, .ordinal: value = 0
      case .time: value = line.time(cell, field.codec.form?.pattern)
      case .number, .positive, .count: value = line.double(cell)
      }
      guard let value, field.kind.hasLevels || field.kind == .time || field.kind.complaint(value) == nil
      else {
        for column in cells.indices.prefix(index) {
          cells[column].removeLast()
          texts[column].removeLast()
          isGap[column].removeLast()
        }
        let expected = field.kind == .time ? "a time as in training" : value.flatMap(field.kind.complaint)
        throw fault(column, line, cell, place(), expected ?? "a number")
      }
      cells[index].append(value)
      texts[index].append(field.kind.hasLevels ? line.text(cell) : "")
      isGap[index].append(false)
    }
  }

  private func fault(
    _ column: Column, _ line: LineCells, _ cell: Int, _ place: String, _ expected: String
  ) -> DataError {
    DataError(
      place: "\(place) column '\(column.name)'", expected: expected, found: line.excerpt(cell))
  }

  /// The rows as samples; the batch is empty then, but for the steps of a window that goes on.
  ///
  /// - Precondition: ``count`` is not 0.
  public mutating func take(origin: String) throws -> Dataset {
    defer { clear() }
    if let schema = preparation.fields {
      let table = table()
      return try RecordSource(table, schema).dataset(
        of: schema.read(table, place: origin).tensor, origin: origin)
    }
    let shape = preparation.sampleShape.batch(count)
    let tensor =
      window.map { windows($0, shape) } ?? (isDouble ? Tensor(shape, values) : Tensor(shape, singles))
    let dataset = try Dataset(
      tensor, featureNames: window == nil ? preparation.featureNames : nil,
      hasGaps: preparation.allowsGaps ? nil : false, origin: origin)
    return window == nil ? dataset : dataset.with(form: preparation.form, sampleNames: nil)
  }

  private mutating func clear() {
    // The last steps of a window but one go on in the next.
    let kept = window.map { min(steps, $0 - 1) * columns.count } ?? 0
    values.removeFirst(max(0, values.count - kept))
    singles.removeFirst(max(0, singles.count - kept))
    if let window { steps = min(steps, window - 1) }
    for index in cells.indices {
      cells[index].removeAll(keepingCapacity: true)
      texts[index].removeAll(keepingCapacity: true)
      isGap[index].removeAll(keepingCapacity: true)
    }
    count = 0
  }

  /// `[count, channels, window]`: each window begins a step behind the one before.
  private func windows(_ window: Int, _ shape: Shape) -> Tensor {
    let channels = columns.count
    func place(_ sample: Int, _ channel: Int, _ step: Int) -> Int { (sample + step) * channels + channel }
    if isDouble {
      var turned: [Double] = []
      turned.reserveCapacity(shape.count)
      for sample in 0..<count {
        for channel in 0..<channels {
          for step in 0..<window { turned.append(values[place(sample, channel, step)]) }
        }
      }
      return Tensor(shape, turned)
    }
    return Tensor(shape) { target in
      var index = 0
      for sample in 0..<count {
        for channel in 0..<channels {
          for step in 0..<window {
            target[index] = singles[place(sample, channel, step)]
            index += 1
          }
        }
      }
    }
  }

  private func table() -> TypedTable {
    let made = columns.enumerated().compactMap { index, column -> TypedTable.Column? in
      guard let field = column.field else { return nil }
      let form = field.codec.form ?? CellForm(.text)
      switch field.kind {
      case .number, .positive, .count:
        return TypedTable.Column(name: field.name, values: .numbers(cells[index]), form: form)
      case .time: return TypedTable.Column(name: field.name, values: .times(cells[index]), form: form)
      case .flag, .category, .ordinal:
        var (places, levels, indices) = ([String: Int32](), [String](), [Int32]())
        for (text, isGap) in zip(texts[index], isGap[index]) {
          if isGap {
            indices.append(-1)
          } else if let known = places[text] {
            indices.append(known)
          } else {
            places[text] = Int32(levels.count)
            indices.append(Int32(levels.count))
            levels.append(text)
          }
        }
        return TypedTable.Column(
          name: field.name, values: .texts(levels: levels, indices: indices), form: form)
      }
    }
    return TypedTable(columns: made, rowCount: count)
  }
}
