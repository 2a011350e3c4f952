import HourglassEngine
import HourglassModels
import HourglassTensor

/// Objectives that look at the samples of a batch together.
extension Trainer {
  /// - Throws: ``TrainingError`` for an objective that needs a batch as a whole under an optimizer that reads
  ///   all samples in parts.
  static func check(_ recipe: Recipe, _ architecture: Architecture) throws(TrainingError) {
    try checkCritic(architecture, recipe)
    if recipe.optimizer.isFullBatch, architecture.corruption.areMadeOutside {
      throw TrainingError(
        place: "optimizer \(recipe.optimizer.name)", expected: "the same samples in every step",
        found: "samples degraded anew (\(architecture.corruption.map(\.name).joined(separator: ", ")))",
        remedy: "use adam, or leave the corruption out")
    }
    guard recipe.optimizer.isFullBatch, let penalty = architecture.penalties.first(where: \.comparesSamples)
    else { return }
    throw TrainingError(
      place: "optimizer \(recipe.optimizer.name)",
      expected: "an objective that is a sum over samples", found: "the penalty \(penalty.name)",
      remedy: "use adam, or leave the penalty out")
  }
}

extension Assembly {
  /// Tells a session the places of the samples in their batch, where the graph asks for them.
  ///
  /// - Returns: the memory that the session reads from now on.
  func setPlaces(of session: Session) -> Block {
    guard session.plan.reads(slot: Slot.places) else { return Block(count: 0) }
    let block = Block(count: session.plan.capacity)
    for index in block.values.indices { block.values[index] = Float(index) }
    if let pointer = block.pointer { session.setFeed(Slot.places, Feed(floats: pointer)) }
    return block
  }
}
