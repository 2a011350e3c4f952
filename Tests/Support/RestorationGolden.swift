import Foundation

/// The numbers of `Tests/Golden/restoration.json`: see the script beside it.
public struct RestorationGolden: Decodable, Sendable {
  public var shape: [Int]
  /// Levels from 0 to 255, `[channels, height, width]`.
  public var picture: [Float]
  public var noisy: [Float]
  public var blur: [Float]
  public var downscale2: [Float]
  public var downscale3: [Float]
  public var jpegColour: [Float]
  public var jpegGrey: [Float]
  public var median3: [Float]
  public var median5: [Float]
  public var wiener5: [Float]
  public var nonLocalMeans: [Float]
  public var psnr: Double
  public var ssim: [Double]

  /// The picture in [0, 1].
  public var unit: [Float] { picture.map { $0 / 255 } }

  public static func load() throws -> RestorationGolden {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      RestorationGolden.self,
      from: Data(contentsOf: folder.appendingPathComponent("Golden/restoration.json")))
  }
}

/// The greatest difference of two lists of values.
public func greatestDifference(_ one: [Float], _ other: [Float]) -> Float {
  guard one.count == other.count else { return .infinity }
  return zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
