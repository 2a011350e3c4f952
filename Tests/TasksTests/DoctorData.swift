import Foundation
import Hourglass

/// Small data of known making for the doctor's patients.
enum DoctorData {
  /// Points around a few centres: a sample is a centre and a little noise. Principal components do badly on
  /// many centres, an autoencoder does well.
  static func clusters(
    _ count: Int, width: Int, centres: Int, noise: Float = 0.05, seed: UInt64 = 1, shift: Float = 0,
    scale: Float = 1
  ) throws -> Dataset {
    let random = Normals(seed: seed)
    let places = random.next(centres * width)
    let noises = random.next(count * width)
    let values = (0..<(count * width)).map { index in
      let centre = (index / width) % centres
      return shift + scale * (places[centre * width + index % width] + noise * noises[index])
    }
    return try Dataset(Tensor([count, width], values), origin: "clusters")
  }

  /// A curve that winds through space: x_j = sin(a_j t + b_j), with one hidden factor t.
  static func curve(
    _ count: Int, width: Int, turns: Float = 2, noise: Float = 0.02, seed: UInt64 = 1
  ) throws -> Dataset {
    let random = Normals(seed: seed)
    let (speeds, phases) = (random.next(width), random.next(width))
    let noises = random.next(count * width)
    let uniforms = random.uniform(count)
    let values = (0..<(count * width)).map { index in
      let (row, column) = (index / width, index % width)
      let angle = turns * (1 + speeds[column].magnitude) * (2 * uniforms[row] - 1) + 3 * phases[column]
      return sin(angle) + noise * noises[index]
    }
    return try Dataset(Tensor([count, width], values), origin: "curve")
  }

  /// Numbers drawn one after the other.
  final class Normals {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    func uniform(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        // SplitMix64, Steele et al. 2014.
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Float((z ^ (z >> 31)) >> 40) / Float(1 << 24)
      }
    }

    /// By the transform of Box and Muller 1958.
    func next(_ count: Int) -> [Float] {
      let (radii, angles) = (uniform(count), uniform(count))
      return zip(radii, angles).map { (-2 * log(max($0, 1e-12))).squareRoot() * cos(2 * .pi * $1) }
    }
  }
}
