import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// What is promised, counted: 200 calibrations, each with new rows to judge.
@Suite("Alarm rates")
struct AlarmRateTests {
  private static let trials = 200

  /// P-values of new rows under calibrations of their own.
  private func pValues(
    _ example: DetectionExample, levels: Int? = nil, odd: Int = 0
  ) throws -> [[Double]] {
    try (0..<Self.trials).map { trial in
      var model = example.model
      let clean = try DetectionExample.rows(400, seed: UInt64(10_000 + trial), levels: levels)
      model.calibration = try Calibration(
        model, CalibrationParts(of: clean), source: "", score: .fields, threads: 1)
      var values = DetectionExample.values(100, seed: UInt64(20_000 + trial), levels: levels)
      for row in 0..<odd {
        for column in 0..<4 { values[row * DetectionExample.width + column] += row % 2 == 0 ? 3 : -3 }
      }
      let rows = try Dataset(Tensor([100, DetectionExample.width], values), origin: "new")
      return try Detector(model, needsFields: false, threads: 1).readings(of: rows).pValues
    }
  }

  @Test("are what was asked for where nothing is odd", arguments: [0.01, 0.05, 0.1])
  func alarms(rate: Double) throws {
    let found = try pValues(DetectionExample(200, epochs: 20))
    let rates = found.map { Double($0.count { $0 <= rate }) / 100 }
    let mean = rates.reduce(0, +) / Double(rates.count)
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count - 1)
    let error = (variance / Double(rates.count)).squareRoot()
    // 200 rows are held against: p is a whole number of 1/201, the exact rate the largest such below.
    let exact = (rate * 201).rounded(.down) / 201
    #expect(abs(mean - exact) <= 2 * error, "\(mean) ± \(error)")
  }

  @Test("are not above it where scores are full of ties")
  func ties() throws {
    let found = try pValues(DetectionExample(200, epochs: 20, levels: 1), levels: 1)
    for rate in [0.01, 0.05, 0.1] {
      let rates = found.map { Double($0.count { $0 <= rate }) / 100 }
      let mean = rates.reduce(0, +) / Double(rates.count)
      let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count - 1)
      #expect(mean <= rate + 2 * (variance / Double(rates.count)).squareRoot(), "\(mean)")
    }
  }

  @Test("of false discoveries hold with a twentieth odd", arguments: [0.1, 0.2])
  func discoveries(rate: Double) throws {
    let found = try pValues(DetectionExample(400, epochs: 60), odd: 5)
    var (shares, powers) = ([Double](), [Double]())
    for values in found {
      let flags = FlagRule.discoveries(rate).flags(values, calibrating: 200)
      let (all, right) = (flags.count { $0 }, flags.prefix(5).count { $0 })
      shares.append(all == 0 ? 0 : Double(all - right) / Double(all))
      powers.append(Double(right) / 5)
    }
    let mean = shares.reduce(0, +) / Double(shares.count)
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count - 1)
    #expect(mean <= rate + 2 * (variance / Double(shares.count)).squareRoot(), "\(mean)")
    let power = powers.reduce(0, +) / Double(powers.count)
    #expect(power > 0.3, "\(power)")
  }
}

@Suite("Shifted calibrations")
struct ShiftedCalibrationTests {
  /// The first column is of two kinds of rows, of which the second is noisier; new data have more of them.
  private func rows(_ count: Int, share: Float, seed: UInt64) throws -> Dataset {
    var values = DetectionExample.values(count, seed: seed)
    let draws = Draws.uniform(count, seed: seed + 7)
    let noise = Draws.normal(count * DetectionExample.width, seed: seed + 8)
    for row in 0..<count {
      let isNoisy = draws[row] < share
      for column in 1..<DetectionExample.width where isNoisy {
        values[row * DetectionExample.width + column] += 1.5 * noise[row * DetectionExample.width + column]
      }
      values[row * DetectionExample.width] = isNoisy ? 1 : 0
    }
    return try Dataset(Tensor([count, DetectionExample.width], values), origin: "mixed")
  }

  @Test("keep the rate where a column is spread otherwise, which the calibration alone does not")
  func weighted() throws {
    var model = try DetectionExample(200, epochs: 20).model
    model.calibration = try Calibration(
      model, CalibrationParts(of: rows(600, share: 0.1, seed: 5)), source: "", score: .fields, threads: 1)
    let detector = try Detector(model, needsFields: false, threads: 1)
    var (plain, weighted) = ([Double](), [Double]())
    for trial in 0..<40 {
      let clean = try rows(600, share: 0.1, seed: UInt64(1_000 + 20 * trial))
      let new = try rows(200, share: 0.6, seed: UInt64(50_000 + 20 * trial))
      let shifted = try ShiftedCalibration(detector, clean: clean, shifted: new, slots: [0])
      let readings = try detector.readings(of: new)
      plain.append(Double(readings.pValues.count { $0 <= 0.1 }) / 200)
      weighted.append(Double(shifted.pValues(of: new, readings.scores).count { $0 <= 0.1 }) / 200)
      #expect(shifted.effectiveCount < 600)
    }
    let (without, with) = (plain.reduce(0, +) / 40, weighted.reduce(0, +) / 40)
    #expect(without > 0.2, "\(without)")
    #expect(abs(with - 0.1) < 0.02, "\(with)")
  }
}
