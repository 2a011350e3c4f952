import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Rows that name some values alone against the same rows with all their values.
@Suite("Sparse rows")
struct SparseRowsTests {
  private static let width = 9

  /// Rows of which a third of the values is not 0; numbers in the last columns where `isMixed`.
  static func dense(_ rows: Int, isMixed: Bool = false) -> [[Double]] {
    let (chances, sizes) = (Draws.uniform(rows * width, seed: 3), Draws.normal(rows * width, seed: 4))
    return (0..<rows).map { row in
      (0..<width).map { column in
        let index = row * width + column
        guard chances[index] < 0.35 else { return 0 }
        return isMixed && column > 5 ? Double(sizes[index]) : Double((1 + abs(3 * sizes[index])).rounded())
      }
    }
  }

  static func sparse(_ rows: [[Double]], names: [String]? = nil) -> SparseTable {
    var (starts, columns, values) = ([0], [Int32](), [Float]())
    for row in rows {
      for (column, value) in row.enumerated() where value != 0 {
        columns.append(Int32(column))
        values.append(Float(value))
      }
      starts.append(values.count)
    }
    return SparseTable(
      rowStarts: starts, columns: columns, values: values, columnCount: rows[0].count, columnNames: names)
  }

  static func typed(_ rows: [[Double]]) -> TypedTable {
    let columns = rows[0].indices.map { column in
      TypedTable.Column(
        name: "column \(column + 1)", values: .numbers(rows.map { $0[column] }), form: CellForm(.number))
    }
    return TypedTable(columns: columns, rowCount: rows.count)
  }

  @Test("samples are those of the table with all its zeros", arguments: [false, true])
  func samples(_ isMixed: Bool) throws {
    let rows = SparseRowsTests.dense(40, isMixed: isMixed)
    let (sparse, typed) = (SparseRowsTests.sparse(rows), SparseRowsTests.typed(rows))
    // Numbers are standardised, and a zero of theirs is something else than 0.
    let schema = try FieldSchema.infer(sparse)
    #expect(schema.fields.allSatisfy { $0.kind == (isMixed ? .number : .count) })
    let (dataset, remarks) = try sparse.dataset(schema, origin: "a")
    #expect(remarks.isEmpty && dataset.sparse != nil && !dataset.hasGaps)
    let read = try schema.fitted(to: typed)
    let expected = try RecordSource(typed, read).dataset(of: read.samples(of: typed), origin: "b")
    let near = Tolerance(absolute: 1e-6, relative: 1e-6)
    #expect(near.disagreement(dataset.tensor.doubles, expected.tensor.doubles) == nil)
    for (one, other) in zip(schema.fields, read.fields) {
      #expect(abs(one.codec.logMean - other.codec.logMean) < 1e-9)
      #expect(abs(one.codec.logDeviation - other.codec.logDeviation) < 1e-9)
      #expect(abs(one.codec.marginal - other.codec.marginal) < 1e-9, "\(one.codec) \(other.codec)")
    }
    guard !isMixed else { return }
    #expect(dataset.tensor == expected.tensor && dataset.digests() == expected.digests())
    let part = dataset.subset([7, 3, 3, 39])
    #expect(part.tensor == expected.subset([7, 3, 3, 39]).tensor)
    var gathered = [Float](repeating: .nan, count: 3 * SparseRowsTests.width)
    let positions: [UInt32] = [1, 0, 2]
    positions.withUnsafeBufferPointer { positions in
      gathered.withUnsafeMutableBufferPointer {
        part.gather(positions, scaling: .none(isUnitInterval: false), into: $0)
      }
    }
    #expect(gathered == part.subset(positions).tensor.values)
  }

  @Test("a table turned twice is itself, and turned once has columns for rows")
  func turned() {
    let rows = SparseRowsTests.dense(6)
    let table = SparseRowsTests.sparse(rows, names: (0..<9).map { "g\($0)" })
    let turned = table.transposed()
    #expect(turned.rowNames == table.columnNames && turned.transposed() == table)
    let expected = (0..<9).flatMap { column in rows.map { Float($0[column]) } }
    #expect(turned.tensor(rows: 0..<9).values == expected)
  }

  @Test("columns are found by name, missing ones are gaps, and roles move them")
  func names() throws {
    let rows = SparseRowsTests.dense(30)
    let names = (0..<9).map { "g\($0)" }
    let table = SparseRowsTests.sparse(rows, names: names)
    let schema = try FieldSchema.infer(table).changed(
      by: FieldChange.list("g2=out,g5=aside"), in: table, place: "a")
    let (dataset, _) = try table.dataset(schema, origin: "a")
    let order = ["g0", "g1", "g3", "g4", "g6", "g7", "g8", "g2"]
    #expect(dataset.featureNames == order)
    let expected = rows.flatMap { row in order.map { Float(row[names.firstIndex(of: $0) ?? 0]) } }
    #expect(dataset.tensor.values == expected)
    let fewer = SparseRowsTests.sparse(rows.map { Array($0.dropFirst()) }, names: Array(names.dropFirst()))
    let (other, remarks) = try fewer.dataset(schema, origin: "b")
    #expect(remarks.contains { $0.contains("'g0'") } && other.hasGaps)
    for (found, wanted) in zip(other.tensor.values, expected.enumerated()) {
      #expect(wanted.offset % 8 == 0 ? found.isNaN : found == wanted.element)
    }
  }

  @Test("values that a kind cannot hold are refused by row and column")
  func refusals() throws {
    var rows = SparseRowsTests.dense(12)
    let schema = try FieldSchema.infer(SparseRowsTests.sparse(rows))
    for wrong in [-2, 0.5] {
      rows[4][6] = wrong
      let table = SparseRowsTests.sparse(rows)
      let fault = #expect(throws: DataError.self) { try table.dataset(schema, origin: "a") }
      #expect(
        "\(try #require(fault))".contains("a: row 5, column 'column 7': expected a whole number from 0"))
      #expect(try FieldSchema.infer(table).fields[0].kind == .number)
    }
  }
}
