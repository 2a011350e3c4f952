import Foundation
import Testing

/// What tests of printed figures share: a table to train on, and how a line of JSON is read.
protocol FigureTests {}

extension FigureTests {
  func members(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  func number(_ key: String, _ line: [String: Any]) throws -> Double {
    try #require(line[key] as? Double)
  }

  /// A small table without noise in which no row is another's.
  func table(_ rows: Range<Int>) -> String {
    rows.map { row in
      let (a, b) = (sin(Double(row)), cos(1.7 * Double(row)))
      return "\(a),\(b),\(a + b),\(a - b),\(a * b)\n"
    }.joined()
  }
}
