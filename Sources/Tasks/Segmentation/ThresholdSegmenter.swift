import HourglassData

/// Objects of pictures by their brightness alone: what a learned mask is held against.
public struct ThresholdSegmenter: Sendable {
  public enum Method: String, Sendable, CaseIterable {
    /// ``Otsu``: one threshold a picture.
    case otsu
    /// The same, and objects that touch told apart: ``ObjectSplitting``.
    case otsuWatershed = "otsu-watershed"
  }

  public var method: Method
  public var side: Otsu.Side
  public var splitting: ObjectSplitting

  public init(
    _ method: Method, objects side: Otsu.Side = .auto, splitting: ObjectSplitting = ObjectSplitting()
  ) {
    (self.method, self.side, self.splitting) = (method, side, splitting)
  }

  /// Objects, numbered from 1.
  ///
  /// - Parameter levels: `width · height` from 0 to 255, row by row.
  public func objects(_ levels: [UInt8], width: Int, height: Int) -> PixelLabels {
    let mask = Otsu.mask(levels, width: width, height: height, objects: side)
    switch method {
    case .otsu: return splitting.pieces(of: mask, width: width, height: height)
    case .otsuWatershed: return splitting.objects(of: mask, width: width, height: height)
    }
  }
}
