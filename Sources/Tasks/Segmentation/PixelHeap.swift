/// Pixels by a value, the least first; of equal ones the one that came first.
struct PixelHeap {
  private struct Entry {
    let value: Double
    let age: Int
    let place: Int

    func isBefore(_ other: Entry) -> Bool { value == other.value ? age < other.age : value < other.value }
  }

  private var entries: [Entry] = []
  private var age = 0

  mutating func push(_ place: Int, _ value: Double) {
    entries.append(Entry(value: value, age: age, place: place))
    age += 1
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Int? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return first.place }
    entries[0] = last
    var parent = 0
    while true {
      let (left, right) = (2 * parent + 1, 2 * parent + 2)
      var least = parent
      if left < entries.count, entries[left].isBefore(entries[least]) { least = left }
      if right < entries.count, entries[right].isBefore(entries[least]) { least = right }
      guard least != parent else { return first.place }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
