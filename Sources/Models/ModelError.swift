public import HourglassTensor

/// An architecture that cannot be; its place is as in `encoder[3] .dense(256)`.
public typealias ModelError = Fault<ModelRoom>

/// What throws ``ModelError``.
public enum ModelRoom: FaultRoom {
  public static var verb: String { "expects" }
}
