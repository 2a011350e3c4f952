extension Command {
  /// Every command there is, in the order of the help.
  static let all: [Command] = [
    describe, train, tune, evaluate, report, compare, doctor, encode, decode, reconstruct, impute, predict,
    denoise, restore, generate, detect, calibrate, watch, drift, cluster,
    interpolate, traverse, fidelity, probe, segment, map, score, inspect, new, help, version, completions,
  ]
}
