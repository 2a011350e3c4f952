import HourglassModels

/// SciPy's numbers of `Tests/Golden/scipy_laws.json`.
struct LawGolden: Decodable, Sendable {
  struct Case: Decodable, Sendable, CustomStringConvertible {
    var law: String
    var parameters: [Double]
    var values: [Double]
    var logLikelihoods: [Double]
    var mean: Double
    var quantiles: [Double]
    var entropy: Double
    var description: String { "\(law) \(parameters)" }
  }

  struct Fit: Decodable, Sendable, CustomStringConvertible {
    var law: String
    var column: String
    var parameters: [Double]
    var nats: Double
    var description: String { "\(law) of \(column)" }
  }

  var probabilities: [Double]
  var cases: [Case]
  var columns: [String: [Double]]
  var fits: [Fit]

  static let numbers: LawGolden? = TorchGolden.load("scipy_laws")
  /// Those of the laws that there are.
  static let cases = numbers?.cases ?? []
  static let fits = numbers?.fits ?? []
}
