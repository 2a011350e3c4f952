import HourglassEngine
import HourglassKernels
import HourglassTensor
import Testing

/// Rows of any element type become floats, scaled on the way.
@Suite struct GatherTests {
  /// Rows, columns, and where the first value lies: a base that is aligned to nothing.
  struct Table: Sendable {
    var rows: Int
    var columns: Int
    var offset: Int
  }

  static let tables = [
    Table(rows: 1, columns: 1, offset: 0), Table(rows: 5, columns: 3, offset: 1),
    Table(rows: 9, columns: 16, offset: 3),
    Table(rows: 4, columns: 37, offset: 7), Table(rows: 3, columns: 130, offset: 5),
  ]

  enum Scaling: CaseIterable { case none, single, columns }

  private func check<Value: TensorElement>(_ table: Table, _ value: (Int) -> Value) {
    let values = (0..<(table.rows * table.columns)).map(value)
    let size = Value.element.size
    let storage = Storage(count: table.offset + values.count * size) { bytes in
      for (index, value) in values.enumerated() {
        bytes.storeBytes(of: value, toByteOffset: table.offset + index * size, as: Value.self)
      }
    }
    let chosen = (0..<7).map { UInt32(($0 * 5 + 2) % table.rows) }
    for scaling in Scaling.allCases {
      let parameters = scaling == .none ? 0 : (scaling == .single ? 1 : table.columns)
      let shift = (0..<max(1, parameters)).map { Float($0) * 0.5 - 1 }
      let scale = (0..<max(1, parameters)).map { 1 / (Float($0) + 2) }
      for rows in [nil, chosen] {
        let picked = rows ?? (0..<UInt32(table.rows)).map { $0 }
        let expected = picked.flatMap { row in
          (0..<table.columns).map { column -> Float in
            let x = values[Int(row) * table.columns + column].float
            return parameters == 0
              ? x : (x - shift[min(column, parameters - 1)]) * scale[min(column, parameters - 1)]
          }
        }
        var found = [Float](repeating: .nan, count: picked.count * table.columns)
        storage.withBytes { bytes in
          let base = bytes.baseAddress.map { $0 + table.offset }
          let element = Int32(Value.element.rawValue)
          if var rows {
            hourglass_gather(
              base, element, Int64(table.columns), &rows, Int64(picked.count), shift, nil, scale,
              Int64(parameters), &found)
          } else {
            hourglass_gather(
              base, element, Int64(table.columns), nil, Int64(picked.count), shift, nil, scale,
              Int64(parameters), &found)
          }
        }
        #expect(found == expected, "\(Value.self) \(table) \(scaling) \(rows == nil ? "in order" : "chosen")")
      }
    }
  }

  @Test(arguments: tables)
  func everyElementType(_ table: Table) {
    check(table) { UInt8(truncatingIfNeeded: $0 &* 37 + 255) }
    check(table) { Int8(truncatingIfNeeded: $0 &* 37 - 128) }
    check(table) { UInt16(truncatingIfNeeded: $0 &* 9973 + 65_535) }
    check(table) { Int16(truncatingIfNeeded: $0 &* 9973 - 32_768) }
    check(table) { Int32(truncatingIfNeeded: $0 &* 123_456_789) }
    check(table) { Int64($0) &* 0x1234_5678_9abc_def1 }
    check(table) { Float($0) * 0.37 - 5 }
    check(table) { Double($0) * 0.123_456_789 - 5 }
  }

  /// The numbers of the element types in the loops are those of `Element`.
  @Test func elementNumbers() {
    let numbers = [
      HOURGLASS_UINT8, HOURGLASS_INT8, HOURGLASS_UINT16, HOURGLASS_INT16, HOURGLASS_INT32, HOURGLASS_INT64,
      HOURGLASS_FLOAT32, HOURGLASS_FLOAT64,
    ]
    #expect(numbers.map { UInt8($0.rawValue) } == Element.allCases.map(\.rawValue))
  }

  /// Through a session: bytes, chosen rows, several shards; and floats where they lie, aligned or not.
  @Test func feeds() {
    var graph = Graph()
    let x = graph.input(0, [5])
    let y = graph.multiply(x, 2)
    let plan = Plan(graph, Plan.Targets(results: [y]), capacity: 20, parameterCount: 0, shardRows: 3)
    let session = Session(plan, team: Team(count: 2))
    let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let rows = (0..<11).map { UInt32(($0 * 13 + 5) % 40) }
    let (shift, scale): ([Float], [Float]) = ([3], [0.5])
    bytes.withUnsafeBytes { base in
      guard let address = base.baseAddress else { return }
      rows.withUnsafeBufferPointer { rows in
        shift.withUnsafeBufferPointer { shift in
          scale.withUnsafeBufferPointer { scale in
            let feed = Feed(
              base: address, element: .uint8, rows: rows.baseAddress, shift: shift.baseAddress,
              scale: scale.baseAddress, parameters: 1)
            session.setFeed(0, feed)
            session.run(rows: 11)
          }
        }
      }
    }
    let expected = rows.flatMap { row in (0..<5).map { Float(bytes[Int(row) * 5 + $0]) - 3 } }
    #expect(Array(session.rowsResult(0)) == expected)

    let floats = (0..<100).map { Float($0) }
    let storage = Storage(count: 402) { target in
      floats.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[2...]).copyMemory(from: $0) }
    }
    storage.withBytes { bytes in
      guard let address = bytes.baseAddress else { return }
      session.setFeed(0, Feed(base: address + 2, element: .float32))
      session.run(rows: 20)
    }
    #expect(Array(session.rowsResult(0)) == floats.map { 2 * $0 })
  }
}
