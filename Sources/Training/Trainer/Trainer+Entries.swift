import HourglassData
import HourglassModels
import HourglassTensor

extension Trainer {
  /// An encoder that begins with an embedding, or a term of tokens, reads whole numbers: makes sure that the
  /// samples are such, as it will be given them. Complexity: one pass over the samples of such an
  /// architecture, none else.
  ///
  /// - Throws: ``TrainingError`` naming the first value that is none of its entries.
  static func checkEntries(
    _ architecture: Architecture, _ preparation: Preparation, _ datasets: [Dataset]
  ) throws {
    for dataset in datasets { try checkEntries(architecture, preparation, dataset) }
  }

  private static func checkEntries(
    _ architecture: Architecture, _ preparation: Preparation, _ dataset: Dataset
  ) throws {
    guard let entries = architecture.entriesRead else { return }
    let width = dataset.sampleShape.count
    let rowsTogether = max(1, (1 << 20) / width)
    for start in stride(from: 0, to: dataset.count, by: rowsTogether) {
      let rows = start..<min(dataset.count, start + rowsTogether)
      let values = preparation.scaling.apply(dataset.tensor(rows)).values
      let wrong = values.firstIndex { value in
        !(value.isNaN || value == value.rounded() && value >= 0 && value < Float(entries))
      }
      guard let wrong else { continue }
      let owner = architecture.reconstruction == .tokens(entries: entries) ? "loss" : "embedding"
      let kind = preparation.scaling.kind
      let scaled = kind == .none ? "" : " after scaling \"\(kind.rawValue)\""
      throw TrainingError(
        place: "\(dataset.origin) row \(start + wrong / width) value \(wrong % width) (counted from 0)",
        expected: "a whole number from 0 to \(entries - 1), which the \(owner) has entries for",
        found: "\(values[wrong])\(scaled)",
        remedy: kind == .none
          ? "give the \(owner) more entries, or number the samples' values" : "choose the scaling none")
    }
  }
}
