/// What the two linear models of a table fill in.
struct LinearFills {
  /// Samples that they were fitted to.
  let rows: Int
  let analysis: FactorAnalysis
  private let gaussian: GaussianImputation
  /// Of each column of the table its place among those that are read as numbers.
  private let order: [Int: Int]
  private let samples: [Int: (normal: [Double], factors: [Double])]

  /// Columns at most, and rows · columns³ at most, so that a fit takes some ten seconds.
  private static let mostColumns = 128
  private static let mostWork = 4e8
  /// Rows a column at least: fewer say nothing of how columns go together.
  private static let leastRows = 2

  /// Nil where there are no two columns, or too many, or too few rows.
  init?(_ cells: HiddenCells, _ columns: [ImputationColumn]) {
    let read = columns.indices.filter { columns[$0].isLinear }
    let count = read.count
    guard (2...LinearFills.mostColumns).contains(count), read.contains(where: { columns[$0].isNumber })
    else { return nil }
    let all = cells.left.count / cells.width
    rows = min(all, Int(LinearFills.mostWork / Double(count * count * count)))
    guard rows >= LinearFills.leastRows * count else { return nil }
    order = Dictionary(uniqueKeysWithValues: read.enumerated().map { ($1, $0) })
    func row(_ number: Int) -> [Double] {
      read.map { columns[$0].standing(Double(cells.left[number * cells.width + $0])) }
    }
    let values = (0..<rows).flatMap(row)
    let (analysis, gaussian) = (
      FactorAnalysis.fitted(to: values, columns: count), GaussianImputation(values, columns: count)
    )
    (self.analysis, self.gaussian) = (analysis, gaussian)
    var samples: [Int: (normal: [Double], factors: [Double])] = [:]
    for number in Set(cells.places.map { $0 / cells.width }) {
      samples[number] = (gaussian.filled(row(number)), analysis.filled(row(number)))
    }
    self.samples = samples
  }

  /// The conditional mean of the normal distribution; NaN of a column that is not read, or a row without a
  /// hidden value.
  func normal(_ row: Int, _ column: Int) -> Double {
    order[column].flatMap { samples[row]?.normal[$0] } ?? .nan
  }

  /// The same of the factor analysis.
  func factors(_ row: Int, _ column: Int) -> Double {
    order[column].flatMap { samples[row]?.factors[$0] } ?? .nan
  }
}
