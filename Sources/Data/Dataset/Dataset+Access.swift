public import HourglassTensor

/// Data larger than memory: what tells the system which bytes will be needed.
///
/// A data set in a mapped file (`.npy`, plain IDX of bytes, stored `.npz`, the cached copy of a large table)
/// takes address space of the file's size, and memory only for the pages in use. Where the file is larger
/// than half of the memory there is, training in a random order gains from these calls; elsewhere they do
/// nothing.
///
/// ```swift
/// dataset.expect(.random)
/// for step in 0..<sampler.batches {
///   dataset.prefetch(order[sampler.range(step: step + 16)])  // fetched while the steps between run
///   …
/// }
/// ```
extension Dataset {
  /// Whether samples are fetched from a disk as they are read, for want of memory that holds them all.
  public var isOnDisk: Bool {
    if case .dense(let samples) = content { samples.storage.isAdvisable } else { false }
  }

  /// Tells in which order the samples are going to be read from now on: `.random` for shuffled training,
  /// `.sequential` for one pass in order, `.normal` where it is not known.
  public func expect(_ access: Storage.Access) {
    if case .dense(let samples) = content { samples.storage.advise(access, samples.bytes) }
  }

  /// Begins to fetch the samples at some positions, without waiting for them. Allocates nothing; may run on
  /// any thread. A disk has its full speed when a thousand samples or more are on their way.
  ///
  /// - Precondition: every position is in `0..<count`.
  public func prefetch(_ positions: some Sequence<UInt32>) {
    guard isOnDisk else { return }
    if let rows {
      fetch(positions.lazy.map { rows[Int($0)] })
    } else {
      fetch(positions)
    }
  }

  /// Begins to fetch some rows of ``samples``, as ``prefetch(_:)`` does.
  ///
  /// - Precondition: every row is in `0..<samples.rows`.
  public func prefetch(rows: UnsafeBufferPointer<UInt32>) {
    if isOnDisk { fetch(rows) }
  }

  /// One call to the system for rows that lie side by side.
  private func fetch(_ rows: some Sequence<UInt32>) {
    guard case .dense(let samples) = content else { return }
    let size = sampleShape.count * samples.element.size
    var run = 0..<0
    for row in rows {
      let start = samples.offset + Int(row) * size
      if start == run.upperBound {
        run = run.lowerBound..<(start + size)
      } else {
        samples.storage.advise(.soon, run)
        run = start..<(start + size)
      }
    }
    samples.storage.advise(.soon, run)
  }

  /// Hands the values to a pass from the first sample to the last.
  func scan(_ reading: inout some Reading) {
    expect(.sequential)
    samples.read(&reading)
    expect(.normal)
  }
}

extension Tensor {
  /// Where the values lie in their storage.
  fileprivate var bytes: Range<Int> { offset..<(offset + count * element.size) }
}
