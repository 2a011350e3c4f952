import HourglassEngine
import HourglassTensor

/// One run of k-means, from its first centres to where no point changes.
struct LloydRun {
  let points: ClusterPoints
  let count: Int
  /// `[count, width]`.
  private(set) var centres: [Double]
  private(set) var assignments: [Int32]
  private(set) var inertia = Double.infinity
  private(set) var rounds = 0
  /// Of each point how far its own centre is at most, and any other at least.
  private var upper: [Double]
  private var lower: [Double]

  init(_ points: ClusterPoints, centres: [Double], count: Int) {
    (self.points, self.centres, self.count) = (points, centres, count)
    assignments = Array(repeating: -1, count: points.count)
    upper = Array(repeating: .infinity, count: points.count)
    lower = Array(repeating: -1, count: points.count)
  }

  mutating func converge(rounds limit: Int, _ team: Team) {
    guard count > 0 else { return }
    while rounds < limit {
      rounds += 1
      let (changed, sums, sizes) = assign(team)
      guard changed > 0 else { break }
      move(to: sums, sizes)
    }
    finish(team)
  }

  /// Every point to its nearest centre: how many changed, the sums of the points of each and their numbers.
  private mutating func assign(_ team: Team) -> (changed: Int, sums: [Double], sizes: [Int]) {
    let layout = Centres(centres, count: count, width: points.width)
    let halves = halfDistances()
    let (parts, block) = (points.parts, count * points.width)
    var sums = [Double](repeating: 0, count: parts * block)
    var sizes = [Int](repeating: 0, count: parts * count)
    var changes = [Int](repeating: 0, count: parts)
    let (points, count) = (points, count)
    assignments.withUnsafeMutableBufferPointer { assignments in
      upper.withUnsafeMutableBufferPointer { upper in
        lower.withUnsafeMutableBufferPointer { lower in
          sums.withUnsafeMutableBufferPointer { sums in
            sizes.withUnsafeMutableBufferPointer { sizes in
              changes.withUnsafeMutableBufferPointer { changes in
                let bounds = Bounds(assignments: assignments, upper: upper, lower: lower, halves: halves)
                team.forEachPart(of: points.count, size: points.part) { part in
                  let number = part.lowerBound / points.part
                  changes[number] = bounds.assign(part, points, layout)
                  bounds.add(
                    part, points,
                    UnsafeMutableBufferPointer(rebasing: sums[(number * block)..<((number + 1) * block)]),
                    UnsafeMutableBufferPointer(rebasing: sizes[(number * count)..<((number + 1) * count)]))
                }
              }
            }
          }
        }
      }
    }
    for part in 1..<max(parts, 1) where part < parts {
      for index in 0..<block { sums[index] += sums[part * block + index] }
      for index in 0..<count { sizes[index] += sizes[part * count + index] }
    }
    return (changes.reduce(0, +), Array(sums.prefix(block)), Array(sizes.prefix(count)))
  }

  /// Of each centre half the distance to the nearest other one.
  private func halfDistances() -> [Double] {
    let width = points.width
    return (0..<count).map { centre in
      var nearest = Double.infinity
      for other in 0..<count where other != centre {
        var sum = 0.0
        for column in 0..<width {
          let off = centres[centre * width + column] - centres[other * width + column]
          sum += off * off
        }
        nearest = min(nearest, sum)
      }
      return nearest.squareRoot() / 2
    }
  }

  /// Centres to the means of their points; bounds follow by how far they went.
  private mutating func move(to sums: [Double], _ sizes: [Int]) {
    let width = points.width
    var moved = centres
    for centre in 0..<count where sizes[centre] > 0 {
      for column in 0..<width {
        moved[centre * width + column] = sums[centre * width + column] / Double(sizes[centre])
      }
    }
    let empty = (0..<count).filter { sizes[$0] == 0 }
    for (centre, row) in zip(empty, furthest(empty.count)) {
      for column in 0..<width { moved[centre * width + column] = points.values[row * width + column] }
    }
    let shifts = (0..<count).map { centre in
      var sum = 0.0
      for column in 0..<width {
        let off = moved[centre * width + column] - centres[centre * width + column]
        sum += off * off
      }
      return sum.squareRoot()
    }
    centres = moved
    let most = shifts.max() ?? 0
    for row in 0..<points.count {
      upper[row] += shifts[Int(assignments[row])]
      lower[row] -= most
    }
  }

  /// The points that lie furthest from their centres, of points as far the first.
  private func furthest(_ number: Int) -> [Int] {
    guard number > 0 else { return [] }
    let distances = (0..<points.count).map { row in distance(row, Int(assignments[row])) }
    return Array(distances.indices.sorted { (distances[$1], $0) < (distances[$0], $1) }.prefix(number))
  }

  private func distance(_ row: Int, _ centre: Int) -> Double {
    var sum = 0.0
    for column in 0..<points.width {
      let off = points.values[row * points.width + column] - centres[centre * points.width + column]
      sum += off * off
    }
    return sum
  }

  private mutating func finish(_ team: Team) {
    let (points, centres, width) = (points, centres, points.width)
    var distances = [Double](repeating: 0, count: points.count)
    distances.withUnsafeMutableBufferPointer { distances in
      assignments.withUnsafeBufferPointer { assignments in
        points.values.withUnsafeBufferPointer { values in
          team.forEachPart(of: points.count, size: points.part) { part in
            for row in part {
              let centre = Int(assignments[row])
              var sum = 0.0
              for column in 0..<width {
                let off = values[row * width + column] - centres[centre * width + column]
                sum += off * off
              }
              distances[row] = sum
            }
          }
        }
      }
    }
    inertia = Statistics.sum(distances)
  }

  /// What is known of where points belong.
  private struct Bounds {
    let assignments: UnsafeMutableBufferPointer<Int32>
    let upper: UnsafeMutableBufferPointer<Double>
    let lower: UnsafeMutableBufferPointer<Double>
    let halves: [Double]

    /// How many of the points changed.
    func assign(_ part: Range<Int>, _ points: ClusterPoints, _ layout: Centres) -> Int {
      var changed = 0
      withUnsafeTemporaryAllocation(of: Double.self, capacity: layout.stride) { room in
        points.values.withUnsafeBufferPointer { values in
          layout.columns.withUnsafeBufferPointer { columns in
            guard let room = room.baseAddress, let values = values.baseAddress,
              let columns = columns.baseAddress
            else { return }
            for row in part {
              let own = Int(assignments[row])
              if own >= 0, upper[row] < max(lower[row], halves[own]) { continue }
              layout.distances(from: values + row * points.width, columns, into: room)
              var (nearest, first, second) = (0, Double.infinity, Double.infinity)
              for centre in 0..<layout.count {
                let distance = room[centre]
                if distance < first {
                  (nearest, first, second) = (centre, distance, first)
                } else if distance < second {
                  second = distance
                }
              }
              (upper[row], lower[row]) = (first.squareRoot(), second.squareRoot())
              if nearest != own {
                assignments[row] = Int32(nearest)
                changed += 1
              }
            }
          }
        }
      }
      return changed
    }

    func add(
      _ part: Range<Int>, _ points: ClusterPoints, _ sums: UnsafeMutableBufferPointer<Double>,
      _ sizes: UnsafeMutableBufferPointer<Int>
    ) {
      let width = points.width
      points.values.withUnsafeBufferPointer { values in
        for row in part {
          let centre = Int(assignments[row])
          sizes[centre] += 1
          for column in 0..<width { sums[centre * width + column] += values[row * width + column] }
        }
      }
    }
  }
}
