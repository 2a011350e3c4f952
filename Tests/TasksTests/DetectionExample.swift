import Foundation
import Hourglass
import HourglassTestSupport

/// Rows of eight columns that follow three hidden numbers, with a model that learned them.
struct DetectionExample {
  static let width = 8

  let model: Model

  init(_ rows: Int = 400, epochs: Int = 60, members: Int = 1, levels: Int? = nil) throws {
    let training = try Self.rows(rows, seed: 1, levels: levels)
    func trained(_ member: Int) throws -> Model {
      let architecture = Architecture.dense(
        input: [Self.width], layers: [16], latent: 3, activation: .tanh, reconstruction: .gaussian
      ).member(member)
      let trainer = try Trainer(
        Autoencoder(architecture, seed: UInt64(member)),
        Recipe(epochs: epochs, batch: 32, rate: 0.005, seed: UInt64(member)), on: training,
        preparation: .fitted(.standard, to: training))
      while try trainer.nextEpoch() != nil {}
      return try trainer.finishedModel()
    }
    var model = try trained(0)
    model.members = try (1..<members).map { try trained($0).autoencoder }
    self.model = model
  }

  /// x = A z + e for three normal z, the same A whatever the seed; in whole numbers of `levels` a unit.
  static func values(_ rows: Int, seed: UInt64, levels: Int? = nil) -> [Float] {
    let loads = Draws.normal(3 * width, seed: 99)
    let (hidden, noise) = (
      Draws.normal(3 * rows, seed: 2 * seed), Draws.normal(width * rows, seed: 2 * seed + 1)
    )
    return (0..<rows).flatMap { row in
      (0..<width).map { column in
        let value =
          (0..<3).reduce(Float(0)) { $0 + loads[$1 * width + column] * hidden[row * 3 + $1] }
          + 0.3 * noise[row * width + column]
        return levels.map { (value * Float($0)).rounded() / Float($0) } ?? value
      }
    }
  }

  static func rows(_ rows: Int, seed: UInt64, levels: Int? = nil) throws -> Dataset {
    try Dataset(Tensor([rows, width], values(rows, seed: seed, levels: levels)), origin: "rows \(seed)")
  }

  /// The model calibrated on rows of its own.
  func calibrated(_ rows: Int = 300, seed: UInt64, score: Calibration.Score? = nil) throws -> Model {
    var model = model
    let clean = try Self.rows(rows, seed: seed)
    model.calibration = try Calibration(
      model, CalibrationParts(of: clean), source: "clean", score: score, threads: 1)
    return model
  }
}
