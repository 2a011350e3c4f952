import HourglassEngine
import HourglassTensor
import Testing

/// What stands for NaN in rows that are fed.
@Suite("Feeds with gaps")
struct GapFeedTests {
  private func run(_ tensor: Tensor, _ gaps: Feed.Gaps, shift: [Float], scale: [Float]) -> [Float] {
    var graph = Graph()
    let x = graph.input(0, tensor.shape.sample)
    let result = graph.binary(.add, x, graph.constant(1))
    let plan = Plan(
      graph, Plan.Targets(results: [result]), capacity: tensor.rows, parameterCount: 0)
    let session = Session(plan, team: Team(count: 1))
    let rows = (0..<UInt32(tensor.rows)).reversed().map { $0 }
    return tensor.withBytes { bytes in
      rows.withUnsafeBufferPointer { rows in
        shift.withUnsafeBufferPointer { shift in
          scale.withUnsafeBufferPointer { scale in
            guard let base = bytes.baseAddress else { return [] }
            let feed = Feed(
              base: base, element: tensor.element, rows: rows.baseAddress, shift: shift.baseAddress,
              scale: scale.baseAddress, parameters: shift.count)
            session.setFeed(0, feed.with(gaps: gaps))
            session.run(rows: tensor.rows)
            return session.rowsResult(0).map { $0 - 1 }
          }
        }
      }
    }
  }

  @Test("NaN of any kind is 0 after scaling, and where it is can be asked", arguments: [1, 3, 17, 130])
  func kinds(width: Int) {
    let kinds: [Double] = [.nan, -.nan, .signalingNaN, Double(nan: 77, signaling: false)]
    var values: [Double] = []
    for index in 0..<(5 * width) {
      values.append(index % 3 == 1 ? kinds[index / 3 % 4] : Double(index - 7))
    }
    var reversed: [Double] = []
    for row in (0..<5).reversed() { reversed += values[(row * width)..<((row + 1) * width)] }
    let isGap: [Bool] = reversed.map { $0.isNaN }
    let presence: [Float] = isGap.map { $0 ? 0 : 1 }
    let tensors = [Tensor([5, width], values), Tensor([5, width], values.map { Float($0) })]
    for tensor in tensors {
      for parameters in [0, 1, width] {
        let shift = [Float](repeating: 3, count: parameters)
        let scale = [Float](repeating: 0.5, count: parameters)
        let zero: [Float] = reversed.map { value in
          if value.isNaN { return 0 }
          return Float(parameters == 0 ? value : (value - 3) / 2)
        }
        #expect(run(tensor, .zero, shift: shift, scale: scale) == zero)
        #expect(run(tensor, .presence, shift: shift, scale: scale) == presence)
        let kept = run(tensor, .kept, shift: shift, scale: scale)
        #expect(kept.map { $0.isNaN } == isGap)
      }
    }
  }

  @Test("infinity is a value, and so is the largest number")
  func infinite() {
    let tensor = Tensor([1, 4], [.infinity, -.infinity, .greatestFiniteMagnitude, .nan] as [Float])
    #expect(run(tensor, .presence, shift: [], scale: []) == [1, 1, 1, 0])
  }
}
