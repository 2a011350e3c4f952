import Foundation
import HourglassModels
import HourglassTensor

/// Numbers of PyTorch from `Tests/Golden`, and the network in which single layers are held against them.
enum TorchGolden {
  /// - Parameter keys: how the names in the file become those of the type.
  static func load<Golden: Decodable>(
    _ name: String, keys: JSONDecoder.KeyDecodingStrategy = .convertFromSnakeCase
  ) -> Golden? {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = keys
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/\(name).json")))
      .flatMap { try? decoder.decode(Golden.self, from: $0) }
  }

  /// The formula that the scripts draw their values from.
  static func values(_ count: Int, from start: Int) -> [Float] {
    (start..<(start + count)).map {
      Float((256 * sin(1.7 * Double($0) + 0.3 * Double($0 % 7))).rounded(.toNearestOrEven) / 256)
    }
  }

  /// A layer behind a first one that passes the sample on, with the penalty Σ y². Each sample brings a
  /// feature of its own, whose weights in the first layer are zero and have the gradient by the sample.
  static func architecture(of layer: Layer, on input: Shape, samples: Int) -> Architecture {
    let count = input.count
    return Architecture(
      input: [count + samples], encoder: [.dense(units: count, bias: false), .reshape(input), layer],
      decoder: [.flatten, .dense(units: count + samples)], penalties: [.activity(l2: 1)])
  }

  /// The first layer's weight, of `size` values: it passes `count` features on.
  static func passing(_ count: Int, size: Int) -> [Float] {
    (0..<size).map { $0 / count == $0 % count ? 1 : 0 }
  }

  /// Samples of `count` values each by the formula, and behind each the features of all samples.
  static func rows(_ samples: Int, of count: Int, from start: Int) -> Tensor {
    let drawn = values(samples * count, from: start)
    var table: [Float] = []
    for sample in 0..<samples {
      table += drawn[(sample * count)..<((sample + 1) * count)]
      for other in 0..<samples { table.append(other == sample ? 1 : 0) }
    }
    return Tensor([samples, count + samples], table)
  }
}

/// What is said of a layer on an input it does not fit; nothing where it fits.
func complaint(_ layer: Layer, _ input: Shape) -> String {
  let architecture = Architecture(
    input: input, encoder: [layer], decoder: [.flatten, .dense(units: input.count), .reshape(input)])
  do {
    _ = try architecture.outline()
    return ""
  } catch {
    return "\(error)"
  }
}
