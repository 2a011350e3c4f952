import HourglassData
import HourglassModels
import HourglassTensor

/// Which samples the epoch under way sees, in which order.
extension Trainer {
  /// Puts the samples in the order of the epoch under way.
  func arrange() -> Sampler {
    let epoch = course.epochs.count
    guard arrangedEpoch != epoch else { return drawn }
    chooseSamples()
    let chosen = kept.map(sampler(of:)) ?? sampler
    drawn = Trainer.cut(chosen, recipe, epoch: epoch)
    if quasiNewton == nil {
      let order = drawn.order(epoch: epoch)
      if let kept {
        rows.arrange(order.map { kept[Int($0)] }, scale: scale(of: kept))
      } else {
        rows.arrange(order)
      }
    }
    arrangedEpoch = epoch
    isFetching = false
    return drawn
  }

  /// Chooses the samples of an epoch that begins. One that goes on in the middle has them from its
  /// checkpoint.
  private func chooseSamples() {
    guard course.stepInEpoch == 0 else { return }
    kept = nil
    guard let trimming, course.epochs.count >= Recipe.epochsBeforeTrim else { return }
    kept = trimming.kept(current)
  }

  /// Draws among some of the positions: numbers of places in `positions`.
  private func sampler(of positions: [UInt32]) -> Sampler {
    var draw = sampler.draw
    if case .balanced(let labels) = draw { draw = .balanced(positions.map { labels[Int($0)] }) }
    return Sampler(
      count: positions.count, batch: sampler.batch, seed: sampler.seed, draw: draw,
      joinsRest: sampler.joinsRest)
  }

  /// What makes the mean share of some of the positions 1.
  private func scale(of positions: [UInt32]) -> Float {
    guard let shares = rows.shares else { return 1 }
    let chosen = positions.map { shares[Int($0)] }
    let mean: Double
    if case .balanced(let labels) = sampler.draw {
      mean = Trainer.meanOfClasses(chosen, positions.map { labels[Int($0)] })
    } else {
      mean = Statistics.mean(chosen.map(Double.init)) ?? 1
    }
    return mean > 0 ? Float(1 / mean) : 1
  }

  /// - Throws: ``TrainingError`` where no sample can be left out, or none is known to be worse than others.
  static func checkTrim(
    _ recipe: Recipe, _ architecture: Architecture, _ training: Dataset
  ) throws(TrainingError) {
    guard let trim = recipe.trim else { return }
    guard architecture.isRankedByLoss else {
      throw TrainingError(
        place: "trim", expected: "a loss that tells how badly a sample is reconstructed",
        found: "a critic of outputs", remedy: "let the critic read codes, or leave nothing out")
    }
    guard Double(trim) * Double(training.count) >= 1 - 1e-6 else {
      throw TrainingError(
        place: "trim", expected: "a share that is at least one of \(training.count) training samples",
        found: "\(trim)", remedy: "leave out a larger share, or nothing")
    }
  }
}
