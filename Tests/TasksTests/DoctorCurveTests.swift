import Foundation
import Hourglass
import Testing

@testable import HourglassTasks

/// Findings of curves that are written down, not trained.
@Suite struct DoctorCurveTests {
  /// What is found in a curve, as `kind measure`.
  private func findings(
    _ losses: [Double], validation: [Double]? = nil, rates: [Double]? = nil, pca: Double? = nil,
    share: Double? = nil, recipe: Recipe = Recipe(), isTuned: Bool = false
  ) throws -> [String] {
    let records = losses.indices.map { epoch in
      "{\"loss\":\(losses[epoch]),\"rate\":\(rates?[epoch] ?? Double(recipe.rate))"
        + (validation.map { ",\"validation_loss\":\($0[epoch])" } ?? "") + "}"
    }
    let text = """
      {"version": "0", "source": "curve", "samples": 100, "best_epoch": \(losses.count),
       "recipe": \(try JSONText.line(recipe)), "history": [\(records.joined(separator: ","))]}
      """
    let provenance: Provenance = try JSONText.decode(text, place: "curve")
    return Curve(provenance.history, provenance.recipe, linearLoss: pca, isTuned: isTuned).findings(
      share: share
    ).map {
      "\($0.kind) \($0.measure.name)"
    }
  }

  private func curve(_ epochs: Int, _ loss: (Double) -> Double) -> [Double] {
    (0..<epochs).map { loss(Double($0)) }
  }

  private func power(_ epochs: Int, _ exponent: Double) -> [Double] {
    (1...epochs).map { pow(Double($0), -exponent) }
  }

  @Test func learningCurvesAsTheyShouldBeHaveNoFindings() throws {
    #expect(try findings(curve(50) { 0.1 + pow(0.8, $0) }) == [])
    #expect(try findings(power(50, 0.2)) == [])
    #expect(try findings(power(10, 0.2)) == [])
    #expect(try findings(power(10, 0.01)) == [])
    #expect(try findings(Array(repeating: 0.3, count: 20)) == [])
    #expect(try findings(curve(40) { 0.5 + 0.005 * sin($0) }) == [])
    #expect(try findings([1, 0.5]) == [], "two epochs are no curve")
  }

  @Test func undertrainingIsAFallOfTheLastFifth() throws {
    #expect(try findings([1, 0.7, 0.5]) == ["undertraining late_fall"])
    #expect(try findings(power(50, 0.5)) == ["undertraining late_fall"])
    // 1 % an epoch, all the time.
    #expect(try findings(curve(100) { pow(0.99, $0) }) == ["undertraining late_fall"])
    // Small beside what the principal components leave.
    #expect(try findings(power(50, 0.5), pca: 1) == [])
    // A jump that is over is no fall.
    var losses = curve(50) { 0.1 + pow(0.8, $0) }
    losses[41] = 0.14
    #expect(try findings(losses) == [])
  }

  @Test func rateIsTooHighWhereTheLossJumpsOrShakes() throws {
    let shaking = (0..<40).map { $0 % 2 == 0 ? 0.52 : 0.48 }
    #expect(try findings(shaking) == ["rateTooHigh mean_rise"])
    #expect(try findings(shaking, pca: 2) == [])
    var jump = curve(40) { 0.1 + pow(0.8, $0) }
    jump[20] = 0.5
    #expect(try findings(jump) == ["rateTooHigh setback"])
    #expect(try findings(jump.map { 0.9 + $0 / 10 }) == [])
    // A restart of the schedule, which raises the rate, may raise the loss.
    let rates = (0..<40).map { $0 == 20 ? 0.01 : 0.001 }
    #expect(try findings(jump, rates: rates) == [])
  }

  @Test func rateIsTooHighWhereValidationShakes() throws {
    let training = curve(40) { 0.1 + pow(0.8, $0) }
    let shaking = (0..<40).map { training[$0] + ($0 % 4 == 0 ? 0.02 : 0) }
    #expect(try findings(training, validation: shaking) == ["rateTooHigh validation_peaks"])
    #expect(try findings(training, validation: shaking, pca: 2) == [])
    // A rise that stays is over-fitting.
    let rising = (0..<40).map { training[$0] + ($0 < 20 ? 0 : 0.05) }
    #expect(!(try findings(training, validation: rising).contains { $0.hasPrefix("rateTooHigh") }))
  }

  @Test func halvedRatesTellOfDivergence() throws {
    let losses = curve(40) { 0.1 + pow(0.8, $0) }
    let halved = (0..<40).map { $0 < 5 ? 0.001 : 0.00025 }
    #expect(try findings(losses, rates: halved) == ["rateTooHigh rate_halvings"])
    var recipe = Recipe()
    recipe.schedule = .step()
    #expect(try findings(losses, rates: halved, recipe: recipe) == [])
  }

  @Test func rateIsTooLowWhereTheLossCreeps() throws {
    let creeping = curve(30) { 1 - 0.01 * $0 }
    #expect(try findings(creeping) == ["rateTooLow steadiness"])
    #expect(try findings(creeping, share: 0.9) == ["rateTooLow steadiness"])
    #expect(try findings(creeping, share: 0.1, recipe: Recipe()) == ["undertraining late_fall"])
    #expect(try findings(curve(30) { 1 - 0.03 * $0 }) == ["undertraining late_fall"])
    #expect(try findings(Array(creeping.prefix(9)), pca: 2) == [], "nine epochs are too few to tell")
  }

  @Test func aRateThatASearchFoundIsNoCause() throws {
    let shaking = (0..<40).map { $0 % 2 == 0 ? 0.52 : 0.48 }
    #expect(try findings(shaking, isTuned: true) == [])
    let creeping = curve(30) { 1 - 0.01 * $0 }
    #expect(try findings(creeping, isTuned: true) == ["undertraining late_fall"])
  }

  @Test func aRiseThatPatienceEndedIsNoFault() throws {
    // The lowest is at epoch 10 of 30; from there on training falls and validation rises.
    let training = curve(30) { 0.1 + pow(0.9, $0) }
    let validation = curve(30) { 0.5 + 0.02 * abs($0 - 9) }
    var recipe = Recipe(epochs: 100)
    #expect(
      try findings(training, validation: validation, recipe: recipe).contains("overfitting validation_rise"))
    recipe.patience = 20
    #expect(
      !(try findings(training, validation: validation, recipe: recipe)).contains(
        "overfitting validation_rise"))
    // All epochs there were: patience ended nothing.
    recipe.epochs = 30
    #expect(
      try findings(training, validation: validation, recipe: recipe).contains("overfitting validation_rise"))
  }

  @Test func overfittingIsARiseOrAGap() throws {
    let training = curve(50) { 0.05 + pow(0.85, $0) }
    let parting = curve(50) { $0 < 20 ? 0.1 + pow(0.9, $0) : 0.22 + 0.002 * ($0 - 20) }
    #expect(try findings(training, validation: parting) == ["overfitting validation_rise"])
    #expect(try findings(training, validation: training.map { 0.15 + $0 }) == ["overfitting validation_gap"])
    #expect(try findings(training, validation: training.map { 1.3 * $0 }) == [])
    // Nothing beside what the principal components leave.
    #expect(try findings(training, validation: training.map { 0.15 + $0 }, pca: 10) == [])
    // Both rise: that is no over-fitting.
    let rising = curve(50) { 0.3 + abs($0 - 30) / 200 }
    #expect(try findings(rising, validation: rising) == [])
  }
}
