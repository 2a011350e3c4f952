import Hourglass
import HourglassTestSupport
import Testing

@Suite("Maps of codes")
struct CodeMapTests {
  static let methods: [CodeMap.Method] = [
    .principalComponents, .tSNE(TSNE(perplexity: 10, iterations: 300)),
    .tSNE(TSNE(perplexity: 10, iterations: 300, exactBelow: 0)),
    .umap(UMAP(neighbours: 10, epochs: 100)),
  ]

  /// Five clouds in ten dimensions, one after the other.
  static func clouds(_ rows: Int = 200, seed: UInt64 = 1) -> Tensor {
    let centers = Draws.normal(50, seed: seed + 100).map { 5 * $0 }
    let noise = Draws.normal(rows * 10, seed: seed)
    return Tensor([rows, 10], noise.enumerated().map { $1 + centers[$0 / 10 * 5 / rows * 10 + $0 % 10] })
  }

  /// The share of points whose nearest point on the map is of the same cloud.
  private func agreement(_ map: CodeMap) -> Double {
    let count = map.points.count
    let right = (0..<count).count { point in
      let nearest = (0..<count).filter { $0 != point }.min { one, other in
        let (first, second) = (map.points[one] - map.points[point], map.points[other] - map.points[point])
        return (first * first).sum() < (second * second).sum()
      }
      return nearest.map { $0 * 5 / count } == point * 5 / count
    }
    return Double(right) / Double(count)
  }

  @Test("clouds stay apart, except where a straight view cannot", arguments: methods)
  func clusters(_ method: CodeMap.Method) throws {
    let map = try CodeMap(CodeMapTests.clouds(), method: method)
    #expect(map.points.count == 200)
    #expect(agreement(map) > (method == .principalComponents ? 0.6 : 0.97), "\(agreement(map))")
    let isTSNE = if case .tSNE = method { true } else { false }
    #expect((map.divergence != nil) == isTSNE)
    if let divergence = map.divergence { #expect(divergence > 0 && divergence < 1.5, "\(divergence)") }
  }

  @Test("are the same bytes on any number of threads, and others by another seed", arguments: methods)
  func threads(_ method: CodeMap.Method) throws {
    let codes = CodeMapTests.clouds()
    let map = try CodeMap(codes, method: method, seed: 7, threads: 1)
    #expect(try CodeMap(codes, method: method, seed: 7, threads: 3) == map)
    if method != .principalComponents {
      #expect(try CodeMap(codes, method: method, seed: 8, threads: 1).points != map.points)
    }
  }

  @Test("few codes, codes that are all alike and codes of one value have a map", arguments: methods)
  func odd(_ method: CodeMap.Method) throws {
    for rows in [1, 2, 3, 5, 6, 9] {
      let map = try CodeMap(Tensor([rows, 3], Draws.normal(3 * rows, seed: 4)), method: method)
      #expect(map.points.count == rows && map.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
      if rows < CodeMap.fewest { #expect(map.method == .principalComponents) }
    }
    let alike = try CodeMap(Tensor([30, 2], [Float](repeating: 3, count: 60)), method: method)
    #expect(alike.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    let line = try CodeMap(Tensor([40, 1], (0..<40).map { Float($0) }), method: method)
    #expect(line.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    let large = try CodeMap(Tensor([40, 2], Draws.normal(80, seed: 1).map { 1e15 * $0 }), method: method)
    #expect(large.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
  }

  @Test("codes that are no numbers are refused") func notFinite() {
    #expect(throws: TrainingError.self) { try CodeMap(Tensor([6, 1], [1, 2, .nan, 4, 5, 6])) }
    #expect(throws: DataError.self) { try CodeMap(Tensor([0, 4], [Float]())) }
  }

  @Test("the straight view has the variances of the principal components") func plane() throws {
    let codes = CodeMapTests.clouds()
    let map = try CodeMap(codes, method: .principalComponents)
    let components = try PrincipalComponents(
      2, of: Dataset(codes, origin: "codes"), .none(isUnitInterval: false), seed: 1)
    let x = try #require(Statistics.variance(map.points.map { Double($0.x) }))
    let y = try #require(Statistics.variance(map.points.map { Double($0.y) }))
    #expect(abs(x - components.variances[0]) < 1e-3 * x && abs(y - components.variances[1]) < 1e-3 * y)
  }
}
