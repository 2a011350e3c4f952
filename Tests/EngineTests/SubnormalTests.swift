import HourglassEngine
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Subnormal numbers are 0 for a team, and stay what they are for whoever calls it.
@Suite struct SubnormalTests {
  @Test func areZeroInATeamAlone() {
    let team = Team(count: 2)
    let results = UnsafeMutablePointer<Float>.allocate(capacity: 2)
    defer { results.deallocate() }
    results.initialize(repeating: -1, count: 2)
    let begun = Atomic<Int>(0)
    team.forEach(2) { unit in
      // Neither ends before the other has begun, so each has a worker of its own.
      begun.add(1, ordering: .acquiringAndReleasing)
      let limit = time(nil) + 30
      while begun.load(ordering: .acquiring) < 2, time(nil) < limit { usleep(50) }
      results[unit] = half(Float.leastNormalMagnitude)
    }
    #expect(results[0] == 0 && results[1] == 0)
    #expect(half(Float.leastNormalMagnitude) > 0)
  }
}

@inline(never)
private func half(_ x: Float) -> Float { x * 0.5 }
