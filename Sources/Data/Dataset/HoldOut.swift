/// How samples are chosen that are held out of a training to judge it by.
public enum HoldOut: String, Hashable, Sendable, Codable, CaseIterable {
  /// Drawn one by one. Windows that lie over each other come to stand on both sides.
  case random
  /// Of samples cut out of series the last of each in time, of others the last rows. Windows that share a
  /// value with a held one are in neither part.
  case last
  /// Whole series or files, drawn: all samples cut out of one are on one side. Of samples that are no cuts
  /// whole classes, which may be the people or places that they are of.
  case group
}

/// A data set in two parts.
public struct Split: Sendable {
  public let training: Dataset
  public let held: Dataset
  /// Where in the whole the samples of the parts stand.
  public let positions: (training: [UInt32], held: [UInt32])
  /// How the second part was chosen.
  public let manner: HoldOut
  /// Samples in neither part, since they share values with held ones.
  public let leftOut: Int
  /// Whether a sample of one part was cut out of values that a sample of the other has too.
  public let sharesValues: Bool
  /// Series or files that samples were cut out of, and how many have samples in the held part; nil where
  /// every sample is a whole one.
  public let groups: (count: Int, held: Int)?

  /// The same parts of other values of the same samples.
  ///
  /// - Precondition: the dataset has the samples of the one that was split, in its order.
  public func parts(of dataset: Dataset) -> Split {
    let leftOut = held.rowsLeftOut
    return Split(
      training: dataset.subset(positions.training),
      held: dataset.subset(positions.held).with(holdOut: manner, leftOut: leftOut), positions: positions,
      manner: manner, leftOut: leftOut.count, sharesValues: sharesValues, groups: groups)
  }
}
