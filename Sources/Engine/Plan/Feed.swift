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

  /// Whether the rows can be read where they lie.
  var isInPlace: Bool {
    gaps == .kept && element == .float32 && rows == nil && parameters == 0
      && Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0
  }
}
