public import HourglassTensor

/// What cannot be exchanged with another program; its place is the file or folder.
public typealias InterchangeError = Fault<InterchangeRoom>

/// What throws ``InterchangeError``.
public enum InterchangeRoom: FaultRoom {
  public static var verb: String { "expected" }
}
