import Hourglass

/// How far off hidden values are filled in, in words and as JSON.
struct ImputationLines {
  private let test: ImputationTest
  private let seed: UInt64

  init(_ test: ImputationTest, seed: UInt64) { (self.test, self.seed) = (test, seed) }

  var members: [JSON.Member] {
    [
      JSON.Member(
        "imputation",
        .object([
          JSON.Member("rate", .double(test.rate)), JSON.Member("seed", .text("\(seed)")),
          JSON.Member("fitted_samples", .integer(test.fitted)),
          JSON.Member("factors", test.factorCount.map(JSON.integer) ?? .null),
          JSON.Member("numbers", members(of: test.numbers)),
          JSON.Member("levels", members(of: test.levels)),
          JSON.Member(
            "fields",
            .list(
              test.fields.map { field in
                .object([JSON.Member("name", .text(field.name))] + list(of: field.errors))
              })),
        ]))
    ]
  }

  private func members(of errors: ImputationTest.Errors?) -> JSON {
    errors.map { .object(list(of: $0)) } ?? .null
  }

  private func list(of errors: ImputationTest.Errors) -> [JSON.Member] {
    [
      JSON.Member("measure", .text(errors.measure.rawValue)), JSON.Member("values", .integer(errors.count)),
      JSON.Member("error", .number(errors.model)), JSON.Member("constant", .number(errors.constant)),
      JSON.Member("gaussian", .number(errors.normal)),
      JSON.Member("factor_analysis", .number(errors.factors)),
    ]
  }

  /// A table behind the words of an evaluation, and who fills in best.
  var words: String {
    let hidden = [test.numbers, test.levels].compactMap { $0?.count }.reduce(0, +)
    var rows = [
      ["field", "values", "error of", "this model", "a constant", "the normal", "factors"]
    ]
    rows += test.fields.map { row($0.name, $0.errors) }
    if test.fields.count > 1 {
      rows += [("all numbers", test.numbers), ("all levels", test.levels)].compactMap { name, errors in
        errors.map { row(name, $0) }
      }
    }
    let table = Figures.table(rows, numbersFrom: 3)
    return "\n\nimputation: \(Figures.grouped(hidden, "value")) hidden at random, "
      + "\(Figures.percent(Float(test.rate))) of those that are there (seed \(seed))\n\n"
      + (table.prefix(1) + table.dropFirst().map { "  " + $0 }).joined(separator: "\n") + "\n\n" + verdict
  }

  private func row(_ name: String, _ errors: ImputationTest.Errors) -> [String] {
    func cell(_ value: Double?) -> String {
      guard let value else { return "-" }
      return errors.measure == .distance
        ? Figures.fixed(value, 3) : "\(Figures.fixed(100 * value, 1)) %"
    }
    return [
      name, Figures.grouped(errors.count), errors.measure == .distance ? "deviations" : "wrong",
      cell(errors.model), cell(errors.constant), cell(errors.normal), cell(errors.factors),
    ]
  }

  /// What does better than the model, if anything.
  private var verdict: String {
    var better: [String] = []
    if let numbers = test.numbers {
      if numbers.constant <= numbers.model { better.append("the mean of numbers") }
      if let normal = numbers.normal, normal < numbers.model { better.append("a normal distribution") }
      if let factors = numbers.factors, factors < numbers.model { better.append("factor analysis") }
    }
    if let levels = test.levels, levels.constant <= levels.model { better.append("the commonest level") }
    guard !better.isEmpty else { return "It fills in better than each of these." }
    return "Of all values together it does not fill in better than \(Figures.list(better))."
  }
}
