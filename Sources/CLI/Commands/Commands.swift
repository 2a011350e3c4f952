extension Command {
  /// Every command there is, in the order of the help.
  static let all: [Command] = [
    describe, train, tune, evaluate, report, compare, doctor, encode, decode, reconstruct, impute, predict,
    denoise, generate, detect, calibrate, watch, drift, cluster,
    interpolate, traverse, fidelity, map, score, inspect, new, help, version, completions,
  ]
}
