import HourglassData
import HourglassEngine
import HourglassKernels
import HourglassModels
import HourglassTensor

/// The memory that a data set's rows are gathered from, kept alive as long as this is.
final class TrainingRows {
  let count: Int
  private let dataset: Dataset
  /// Where the values lie, all of them or those that differ from the background.
  private enum Memory {
    case dense(UnsafeRawPointer, Element, keeping: Tensor)
    case sparse(SparseRows.Pointers)
  }

  private let memory: Memory
  private let chosen: [UInt32]?
  private let parameters: Int
  /// Whether differences from the shift are taken in double precision.
  private let isFar: Bool
  /// Shifts, what is left of them, and scales.
  private let scales: UnsafeMutablePointer<Float>
  private let order: UnsafeMutablePointer<UInt32>
  /// Samples in the order: all, or those that were arranged.
  private var arranged: Int
  /// How much each sample counts, by position; nil where all count alike.
  let shares: [Float]?
  /// The same in the order of the rows.
  private let arrangedShares: UnsafeMutablePointer<Float>?
  /// The number of each sample's class, by position; nil where nobody asks for it.
  private let classes: [Float]?
  private let arrangedClasses: UnsafeMutablePointer<Float>?
  /// What heads are to tell of the samples; nil where there are none.
  let targets: TargetRows?

  /// - Parameters:
  ///   - shares: how much each sample counts, as ``Dataset/shares()`` has it.
  ///   - condition: what the model is told of the samples' classes; nil: nothing.
  ///   - heads: that are to tell something of the samples.
  /// - Throws: ``TrainingError`` for a class that the condition or a head does not know, or none.
  convenience init(
    _ dataset: Dataset, _ scaling: Scaling, shares: [Float]? = nil, condition: Condition? = nil,
    heads: [Head] = [], areTargetsOptional: Bool = false
  ) throws(TrainingError) {
    let isScaled = scaling.kind != .none
    try self.init(
      dataset, shift: isScaled ? scaling.shift : [], remainder: isScaled ? scaling.shiftRemainder : [],
      scale: isScaled ? scaling.scale : [], shares: shares,
      classes: condition.map { condition throws(TrainingError) in try condition.numbers(of: dataset) },
      targets: heads.isEmpty ? nil : try TargetRows(heads, dataset, isOptional: areTargetsOptional))
  }

  /// - Parameters:
  ///   - shift, scale: none, one for all columns, or one a column.
  ///   - remainder: what is left of the shifts, as many, where differences need double precision; else none.
  init(
    _ dataset: Dataset, shift: [Float], remainder: [Float] = [], scale: [Float], shares: [Float]? = nil,
    classes: [Float]? = nil, targets: TargetRows? = nil
  ) throws(TrainingError) {
    self.dataset = dataset
    self.targets = targets
    count = dataset.count
    chosen = dataset.rows
    // The storage never moves; the data set and the tensor keep it.
    if let pointers = dataset.sparse?.pointers {
      precondition(shift.isEmpty && remainder.isEmpty, "TrainingRows: sparse rows are not scaled")
      memory = .sparse(pointers)
    } else {
      let samples = dataset.samples
      guard let base = samples.withBytes({ $0.baseAddress }) else {
        throw TrainingError(place: dataset.origin, expected: "at least one sample", found: "none")
      }
      memory = .dense(base, samples.element, keeping: samples)
    }
    parameters = shift.count
    isFar = !remainder.isEmpty
    scales = .allocate(capacity: max(1, 3 * parameters))
    scales.initialize(repeating: 0, count: max(1, 3 * parameters))
    for index in 0..<parameters {
      scales[index] = shift[index]
      scales[parameters + index] = scale[index]
      if isFar { scales[2 * parameters + index] = remainder[index] }
    }
    order = .allocate(capacity: count)
    arranged = count
    for index in 0..<count { order[index] = chosen?[index] ?? UInt32(index) }
    self.shares = shares
    arrangedShares = shares.map(TrainingRows.copy)
    self.classes = classes
    arrangedClasses = classes.map(TrainingRows.copy)
  }

  private static func copy(_ values: [Float]) -> UnsafeMutablePointer<Float> {
    let copy = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
    copy.initialize(from: values, count: values.count)
    return copy
  }

  deinit {
    scales.deallocate()
    order.deallocate()
    arrangedShares?.deallocate()
    arrangedClasses?.deallocate()
  }

  /// Puts samples in the order given, positions within the data set, at most as many as it has.
  ///
  /// - Parameter scale: of their shares, whose mean is to be 1 where some samples are left out.
  func arrange(_ positions: [UInt32], scale: Float = 1) {
    arranged = positions.count
    for (index, position) in positions.enumerated() {
      order[index] = chosen?[Int(position)] ?? position
    }
    for (values, arranged, scale) in [(shares, arrangedShares, scale), (classes, arrangedClasses, 1)] {
      guard let values, let arranged else { continue }
      for (index, position) in positions.enumerated() { arranged[index] = values[Int(position)] * scale }
    }
  }

  /// The numbers of the classes from place `start` of the order on; nil where nobody asks for them.
  func classFeed(from start: Int) -> Feed? { arrangedClasses.map { Feed(floats: $0 + start) } }

  /// What the heads are to tell from place `start` of the order on; nil where there are none.
  func targetFeed(from start: Int) -> Feed? { targets?.feed(rows: order + start) }

  /// The targets of the sample at a place of the order.
  func targets(at place: Int) -> UnsafePointer<Float>? { targets?.row(Int(order[place])) }

  /// The same for an ``Inference``, all of them.
  var classNumbers: UnsafePointer<Float>? { arrangedClasses.map { UnsafePointer($0) } }

  /// How much the samples from place `start` of the order on count, one after the other; nil where all count
  /// alike.
  func shares(from start: Int) -> UnsafeMutablePointer<Float>? { arrangedShares.map { $0 + start } }

  /// Bytes of samples that are on their way from a disk at most, and samples that are: a disk needs many at
  /// once to reach its speed, and memory is short where it is asked.
  private static let bytesAhead = 32 << 20
  private static let samplesAhead = 4096

  /// Begins to fetch samples that will be needed, where they lie on a disk for want of memory.
  ///
  /// - Parameters:
  ///   - places: where in the order the step is that runs next. Those before were asked for by earlier calls.
  ///   - isFirst: whether nothing was asked for yet: the first step of a pass.
  func prefetch(after places: Range<Int>, isFirst: Bool) {
    guard dataset.isOnDisk else { return }
    let size = max(1, dataset.sampleShape.count * dataset.element.size)
    let ahead = max(places.count, min(TrainingRows.samplesAhead, TrainingRows.bytesAhead / size))
    let start = isFirst ? places.lowerBound : min(arranged, places.lowerBound + ahead)
    let end = min(arranged, places.upperBound + ahead)
    if start < end {
      dataset.prefetch(rows: UnsafeBufferPointer(start: order + start, count: end - start))
    }
  }

  /// The rows from place `start` of the order on, in a pass over all of them by an ``Inference``.
  func nextFeed(from start: Int) -> Feed {
    prefetch(after: start..<min(count, start + Inference.rowsTogether), isFirst: start == 0)
    return feed(from: start)
  }

  /// The row of the data set's samples at a place of the order.
  func row(at place: Int) -> Int { Int(order[place]) }

  /// Writes the scaled values of the sample at a place of an order, this or that of like rows.
  func read(
    _ place: Int, in other: TrainingRows, width: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let order = other.order
    switch memory {
    case .dense(let base, let element, _):
      hourglass_gather(
        base, Int32(element.rawValue), Int64(width), order + place, 1,
        shifts, remainders, parameters > 0 ? UnsafePointer(scales + parameters) : nil, Int64(parameters),
        target)
    case .sparse(let rows):
      hourglass_gather_sparse(
        rows.starts, rows.columns, rows.values, rows.background, Int64(width), order + place, 1, target)
    }
  }

  /// The rows from place `start` of the order on.
  func feed(from start: Int) -> Feed {
    switch memory {
    case .dense(let base, let element, _):
      Feed(
        base: base, element: element, rows: order + start, shift: shifts, remainder: remainders,
        scale: parameters > 0 ? UnsafePointer(scales + parameters) : nil, parameters: parameters)
    case .sparse(let rows):
      Feed(
        sparse: rows.starts, columns: rows.columns, values: rows.values, background: rows.background,
        rows: order + start)
    }
  }

  private var shifts: UnsafePointer<Float>? { parameters > 0 ? UnsafePointer(scales) : nil }

  private var remainders: UnsafePointer<Float>? {
    isFar && parameters > 0 ? UnsafePointer(scales + 2 * parameters) : nil
  }
}
