import Foundation
import HourglassModels
import HourglassTensor

/// Records, slot by slot, as the table of kinds has them.
extension SlowAutoencoder {
  /// What the encoder reads of a record; NaN is a gap.
  ///
  /// - Parameter isOfTold: whether only what the decoder is told too is wanted.
  func read(_ sample: [Double], _ record: Record, isOfTold: Bool = false) -> [Double] {
    var parts: [Double] = []
    var group = 0
    var place = 0
    while place < record.slots.count {
      // Slots side by side that are alike are read before the bits that say which of them are there.
      let first = record.slots[place]
      let end = record.slots[place...].firstIndex { !alike($0, first) } ?? record.slots.count
      if isOfTold ? first.role == .told : first.role != .out {
        for index in place..<end { parts += read(sample[index], record.slots[index], index - place, group) }
        if first.hasGaps { parts += sample[place..<end].map { $0.isNaN ? 0 : 1 } }
      }
      (place, group) = (end, group + 1)
    }
    return parts
  }

  /// What the decoder is told of a record.
  func told(_ sample: [Double]) -> [Double] {
    architecture.reconstruction.record.map { read(sample, $0, isOfTold: true) } ?? []
  }

  /// The term of a record beside what the decoder makes of a code.
  public func loss(ofCode code: [Double], for sample: [Double]) -> Double {
    architecture.reconstruction.record.map { term(decoderOutput(code), sample, $0) } ?? .nan
  }

  func alike(_ one: Slot, _ other: Slot) -> Bool {
    kind(one) == kind(other) && one.role == other.role && one.hasGaps == other.hasGaps
  }

  private func kind(_ slot: Slot) -> String {
    switch slot.kind {
    case .number: "number \(slot.law)"
    case .count: "count \(slot.law)"
    case .flag: "flag"
    case .category(let levels): "category \(padded(levels + 1))"
    case .ordinal(let levels): "ordinal \(padded(levels))"
    }
  }

  private func padded(_ entries: Int) -> Int { (0...).lazy.map { 1 << $0 }.first { $0 >= entries } ?? 1 }

  private func read(_ x: Double, _ slot: Slot, _ column: Int, _ group: Int) -> [Double] {
    switch slot.kind {
    case .number: return [x.isNaN ? 0 : x]
    case .count(let mean, let deviation):
      return [x.isNaN ? 0 : (log(1 + x) - Double(mean)) / Double(deviation)]
    case .flag: return [x.isNaN ? 0 : 2 * x - 1]
    case .ordinal(let levels):
      return (0..<padded(levels)).map { !x.isNaN && x > Double($0) + 0.5 ? 1 : 0 }
    case .category(let levels):
      let entries = padded(levels + 1)
      guard entries > 16 else { return (0..<entries).map { !x.isNaN && Int(x) == $0 ? 1 : 0 } }
      guard let placed = outline.ofFields.first(where: { $0.name == "fields.\(group).vectors" }) else {
        return []
      }
      let width = placed.weight.shape[1]
      let row = column * (levels + 1) + (x.isNaN ? 0 : Int(x))
      let vector = Array(values(placed))[(row * width)..<((row + 1) * width)]
      return x.isNaN ? vector.map { _ in 0 } : Array(vector)
    }
  }

  /// The mean of the slots' terms over those that are there.
  func term(_ output: [Double], _ sample: [Double], _ record: Record) -> Double {
    if let library = record.library { return term(output, sample, record, library) }
    var (sum, count, next) = (0.0, 0.0, 0)
    for (slot, x) in zip(record.slots, sample) where slot.role.isGiven {
      let length = numbers(slot)
      let y = Array(output[next..<(next + length)])
      next += length
      guard !x.isNaN else { continue }
      count += 1
      sum += Double(slot.weight) * term(y, x, slot)
    }
    return sum / max(1, count)
  }

  private func numbers(_ slot: Slot) -> Int {
    switch slot.kind {
    case .category(let levels): padded(levels + 1)
    case .ordinal(let levels): padded(levels)
    default: 1
    }
  }

  private func term(_ y: [Double], _ x: Double, _ slot: Slot) -> Double {
    switch slot.kind {
    case .category(let levels):
      return log(y[0...levels].reduce(0) { $0 + exp($1) }) - y[Int(x)]
    case .flag: return log(1 + exp(y[0])) - x * y[0]
    default: return (y[0] - x) * (y[0] - x) / 2
    }
  }

  func readable(_ output: [Double], _ record: Record) -> [Double] {
    var next = 0
    return record.slots.map { slot in
      guard slot.role.isGiven else { return 0 }
      let length = numbers(slot)
      let y = Array(output[next..<(next + length)])
      next += length
      switch slot.kind {
      case .category(let levels): return Double((0..<levels).max { y[$0] < y[$1] } ?? 0)
      case .flag: return 1 / (1 + exp(-y[0]))
      default: return y[0]
      }
    }
  }
}
