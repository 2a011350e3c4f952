import HourglassFormats
import HourglassTensor

/// What the values of a column, on some rows, tell of it.
struct ColumnTraits {
  let name: String
  let values: TypedTable.Values
  /// The rows that count.
  let rows: [Int]
  /// The rows among them that have a value.
  let present: Int
  /// Of numbers and times: those that are there, sorted; and each that differs, sorted, with its rows.
  private(set) var sorted: [Double] = []
  private(set) var numbers: [(value: Double, rows: Int)] = []
  /// Of texts: each that there is, the most frequent first, equals by their text, with its rows.
  private(set) var texts: [(value: String, rows: Int)] = []

  init(_ column: TypedTable.Column, rows: [Int]) {
    (name, values, self.rows) = (column.name, column.values, rows)
    switch column.values {
    case .numbers(let all), .times(let all):
      sorted = rows.map { all[$0] }.filter { !$0.isNaN }.sorted()
      present = sorted.count
      numbers = Statistics.repetitions(ofSorted: sorted).map { ($0.value, $0.count) }
    case .texts(let levels, let indices):
      var counts = [Int](repeating: 0, count: levels.count)
      for row in rows where indices[row] >= 0 { counts[Int(indices[row])] += 1 }
      present = counts.reduce(0, +)
      texts = zip(levels, counts).filter { $0.1 > 0 }.map { (value: $0, rows: $1) }
        .sorted { $0.rows == $1.rows ? $0.value < $1.value : $0.rows > $1.rows }
    }
  }

  var gaps: Int { rows.count - present }

  /// How many values differ.
  var distinct: Int { numbers.count + texts.count }

  var isWhole: Bool {
    numbers.allSatisfy { $0.value == $0.value.rounded() && $0.value.magnitude < 0x1p53 }
  }

  var lowest: Double { sorted.first ?? .nan }
  var highest: Double { sorted.last ?? .nan }

  /// The levels as texts, the most frequent first, equals by their number or text.
  var levels: [(text: String, rows: Int)] {
    guard texts.isEmpty else { return texts.map { ($0.value, $0.rows) } }
    return numbers.sorted { $0.rows == $1.rows ? $0.value < $1.value : $0.rows > $1.rows }
      .map { (FieldCodec.text(of: $0.value), $0.rows) }
  }

  /// Mean((x - mean)³) / deviation³ of the numbers after a function; 0 where they are all the same.
  func skewness(_ function: (Double) -> Double = { $0 }) -> Double {
    let values = sorted.map(function)
    guard let mean = Statistics.mean(values), let variance = Statistics.variance(values), variance > 0 else {
      return 0
    }
    let cubes = values.map { ($0 - mean) * ($0 - mean) * ($0 - mean) }
    return (Statistics.mean(cubes) ?? 0) / (variance * variance.squareRoot())
  }

  /// The numbers in the order of the rows.
  var inOrder: [Double] {
    switch values {
    case .numbers(let all), .times(let all): rows.map { all[$0] }
    case .texts: []
    }
  }
}
