import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The laws of counts against fits by R: `MASS::glm.nb` and `pscl::zeroinfl` of the articles that biochemists
/// wrote (Long 1990). At the parameters of greatest likelihood the likelihood has no slope.
@Suite(
  "Laws of counts and R's answers", .enabled(if: RealData.file("counts/biochemists/biochemists.tsv") != nil))
struct CountLawTests {
  /// A table of numbers; the last column of those of coefficients is a name.
  private func table(_ name: String) throws -> [[Double]] {
    let path = try #require(RealData.file("counts/biochemists/\(name).tsv"))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
    return lines.map { $0.split(separator: "\t").compactMap { Double($0) } }
  }

  /// The articles, and what each row says of the others: 1 and five columns.
  private func rows() throws -> [(count: Double, others: [Double])] {
    try table("biochemists").map { ($0[0], [1] + $0[1...]) }
  }

  private func sum(_ coefficients: [Double], _ others: [Double]) -> Double {
    zip(coefficients, others).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The slope of a function along each of its arguments.
  private func slopes(at place: [Double], _ function: ([Double]) -> Double) -> [Double] {
    place.indices.map { index in
      var (above, below) = (place, place)
      above[index] += 1e-5
      below[index] -= 1e-5
      return (function(above) - function(below)) / 2e-5
    }
  }

  @Test("the negative binomial fit of R has no slope, and its means are ours")
  func negativeBinomial() throws {
    let rows = try rows()
    let values = try table("biochemists-nb-coef").map { $0[0] }
    let start = Array(values.dropLast()) + [try #require(values.last).logarithm]
    func likelihood(_ place: [Double]) -> Double {
      rows.reduce(0) {
        let logMean = sum(Array(place.dropLast()), $1.others)
        return $0 + Law.negativeBinomial.logLikelihood(of: $1.count, [logMean, place[place.count - 1]])
      }
    }
    // Far from the fit the slopes are hundreds.
    #expect(slopes(at: start, likelihood).allSatisfy { abs($0) < 0.05 }, "\(slopes(at: start, likelihood))")
    #expect(abs(likelihood(start) - -1560.958) < 0.001)
    for (row, predicted) in zip(rows, try table("biochemists-nb-predictions")) {
      let mean = Law.negativeBinomial.mean([sum(Array(start.dropLast()), row.others), start[start.count - 1]])
      #expect(abs(mean - predicted[0]) < 1e-9)
    }
  }

  @Test("the zero-inflated fit of R has no slope, and its means and zeros are ours")
  func zeroInflated() throws {
    let rows = try rows()
    let values = try table("biochemists-zinb-coef")
    let coefficients = values.filter { $0.count == 2 }
    let counts = coefficients.prefix(6).map { $0[0] }
    let zeros = coefficients.prefix(6).map { $0[1] }
    let dispersion = try #require(coefficients.last)[0].logarithm
    let law = Law.zeroInflatedNegativeBinomial
    func likelihood(_ place: [Double]) -> Double {
      rows.reduce(0) {
        let (logMean, logit) = (sum(Array(place[..<6]), $1.others), sum(Array(place[6..<12]), $1.others))
        return $0 + law.logLikelihood(of: $1.count, [logMean, place[12], logit])
      }
    }
    let start = counts + zeros + [dispersion]
    #expect(abs(likelihood(start) - -1549.991) < 0.001, "\(likelihood(start)) \(dispersion)")
    #expect(slopes(at: start, likelihood).allSatisfy { abs($0) < 0.2 }, "\(slopes(at: start, likelihood))")
    for (row, predicted) in zip(rows, try table("biochemists-zinb-predictions")) {
      let logit = sum(zeros, row.others)
      let mean = law.mean([sum(counts, row.others), dispersion, logit])
      #expect(abs(mean - predicted[1] * (1 - predicted[0])) < 1e-9)
    }
  }
}
