import HourglassKernels
import HourglassTensor

/// Where the rows of one slot come from in a run.
///
/// The memory must stay valid while the run lasts.
public struct Feed {
  let base: UnsafeRawPointer
  let element: Element
  /// Which row of `base` is row i of the batch; nil: row i.
  let rows: UnsafePointer<UInt32>?
  let shift: UnsafePointer<Float>?
  /// What single precision leaves of the shift: differences are taken in double precision where it is there.
  let remainder: UnsafePointer<Float>?
  let scale: UnsafePointer<Float>?
  /// Values of shift and scale: 0 none, 1 for all columns, else one a column.
  let parameters: Int

  /// What stands for a value that is missing (NaN).
  public enum Gaps: Sendable {
    /// NaN, as it came.
    case kept
    /// 0 after scaling.
    case zero
    /// 0, and 1 in the place of every value that is there: not the rows, but where they have values.
    case presence
  }

  var gaps = Gaps.kept

  /// Rows of which most values are the same in all rows, in place of ``base``.
  struct Sparse {
    let starts: UnsafePointer<Int64>
    let columns: UnsafePointer<Int32>
    let values: UnsafePointer<Float>
    /// What stands where a row names no value; nil: 0.
    let background: UnsafePointer<Float>?
  }

  private(set) var sparse: Sparse?

  /// The same rows with something else for values that are missing.
  public func with(gaps: Gaps) -> Feed {
    var feed = self
    feed.gaps = gaps
    return feed
  }

  /// Consecutive rows of floats: read where they lie, nothing is copied.
  public init(floats base: UnsafePointer<Float>) {
    self.init(base: UnsafeRawPointer(base), element: .float32)
  }

  /// Rows chosen from a table of any element type, scaled on the way: (x - shift) · scale; with a remainder
  /// (x - shift - remainder) · scale, in double precision.
  public init(
    base: UnsafeRawPointer, element: Element, rows: UnsafePointer<UInt32>? = nil,
    shift: UnsafePointer<Float>? = nil, remainder: UnsafePointer<Float>? = nil,
    scale: UnsafePointer<Float>? = nil, parameters: Int = 0
  ) {
    self.base = base
    self.element = element
    self.rows = rows
    self.shift = shift
    self.remainder = remainder
    self.scale = scale
    self.parameters = parameters
  }

  /// Rows of which most values are the same in all rows: compressed sparse rows.
  ///
  /// - Parameters:
  ///   - starts: row r has the values from `starts[r]` to before `starts[r + 1]`.
  ///   - columns: of each value, below the slot's width.
  ///   - background: a value a column that stands where a row names none; nil: 0.
  ///   - rows: which row is row i of the batch; nil: row i.
  public init(
    sparse starts: UnsafePointer<Int64>, columns: UnsafePointer<Int32>, values: UnsafePointer<Float>,
    background: UnsafePointer<Float>? = nil, rows: UnsafePointer<UInt32>? = nil
  ) {
    self.init(base: UnsafeRawPointer(values), element: .float32, rows: rows)
    sparse = Sparse(starts: starts, columns: columns, values: values, background: background)
  }

  /// Whether the rows can be read where they lie.
  var isInPlace: Bool {
    sparse == nil && gaps == .kept && element == .float32 && rows == nil && parameters == 0
      && Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0
  }
}
