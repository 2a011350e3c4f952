public import HourglassTensor

/// A training or a model file at fault.
public typealias TrainingError = Fault<TrainingRoom>

/// What throws ``TrainingError``.
public enum TrainingRoom: FaultRoom {
  public static var verb: String { "expects" }
}
