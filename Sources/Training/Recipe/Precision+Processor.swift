import HourglassEngine
import HourglassTensor

extension Precision {
  /// - Throws: ``TrainingError`` if this processor does not multiply such numbers.
  func checkProcessor() throws(TrainingError) {
    guard let complaint else { return }
    throw TrainingError(
      place: "precision \(rawValue)", expected: "a processor with AVX512_BF16 or AMX-BF16", found: complaint,
      remedy: "choose \(Precision.float32.rawValue)")
  }
}
