import HourglassEngine
import Testing

/// Subnormal numbers are 0 for a team, and stay what they are for whoever calls it.
@Suite struct SubnormalTests {
  @Test func areZeroInATeamAlone() {
    let team = Team(count: 2)
    let results = UnsafeMutablePointer<Float>.allocate(capacity: 2)
    defer { results.deallocate() }
    results.initialize(repeating: -1, count: 2)
    team.run(UnsafeMutableRawPointer(results), participants: 2) { context, worker, _ in
      context.assumingMemoryBound(to: Float.self)[worker] = half(Float.leastNormalMagnitude)
    }
    #expect(results[0] == 0 && results[1] == 0)
    #expect(half(Float.leastNormalMagnitude) > 0)
  }
}

@inline(never)
private func half(_ x: Float) -> Float { x * 0.5 }
