public import HourglassTensor

/// Data at fault.
public typealias DataError = Fault<DataRoom>

/// What throws ``DataError``.
public enum DataRoom: FaultRoom {
  public static var verb: String { "expected" }
}
