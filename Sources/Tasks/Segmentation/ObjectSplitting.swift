import HourglassData

/// The objects of a mask, those that touch told apart by their shape.
///
/// The distance to the background has a top in the middle of each object; waters that rise from the tops meet
/// at the necks between them.
public struct ObjectSplitting: Hashable, Sendable {
  /// How far a top must rise above the neck between it and a higher one, in pixels of distance.
  public var rise = 0.5
  /// Deviation of the normal kernel that distances are smoothed with first, in pixels.
  public var smoothing = 1.0
  /// Objects of fewer pixels are left out.
  public var smallest = 20
  /// Whether background that is enclosed by objects is theirs.
  public var fillsHoles = true

  public init() {}

  /// Each piece an object.
  public func pieces(of mask: [Bool], width: Int, height: Int) -> PixelLabels {
    let whole = filled(mask, width, height)
    return PixelLabels.components(of: whole, width: width, height: height).keeping(area: smallest)
  }

  /// Pieces cut at their necks.
  public func objects(of mask: [Bool], width: Int, height: Int) -> PixelLabels {
    let whole = filled(mask, width, height)
    let distances = DistanceTransform.smoothed(of: whole, width: width, height: height, by: smoothing)
    let markers = Peaks.maxima(of: distances, rise: rise, width: width, height: height, within: whole)
    return Watershed.flood(distances.map { -$0 }, from: markers, within: whole).keeping(area: smallest)
  }

  private func filled(_ mask: [Bool], _ width: Int, _ height: Int) -> [Bool] {
    fillsHoles ? PixelLabels.filledHoles(of: mask, width: width, height: height) : mask
  }
}
