import Foundation
import HourglassModels

/// Records whose counts are parts of one whole, slot by slot in double precision.
extension SlowAutoencoder {
  /// The laws' parameters of each slot.
  func parameters(_ output: [Double], _ sample: [Double], _ record: Record, _ library: Library) -> [[Double]]
  {
    let slots = record.slots
    let isPart = slots.indices.map { record.isOfLibrary(slot: $0) }
    let total = max(1, slots.indices.reduce(0) { isPart[$1] && !sample[$1].isNaN ? $0 + sample[$1] : $0 })
    var found = [[Double]](repeating: [], count: slots.count)
    var (place, group, next) = (0, 0, 0)
    while place < slots.count {
      let end = slots[place...].firstIndex { !alike($0, slots[place]) } ?? slots.count
      let count = end - place
      let learned = outline.ofFields.first { $0.name == "fields.\(group).dispersions" }.map {
        Array(values($0))
      }
      for index in place..<end {
        let own = index - place
        if slots[index].role == .read { continue }
        guard isPart[index] else {
          let width = slots[index].law.parameters
          found[index] = Array(output[(next + own * width)..<(next + (own + 1) * width)])
          continue
        }
        found[index] = [output[next + own]]
        if let learned { found[index].append(10 * learned[own]) }
        if slots[index].law == .zeroInflatedNegativeBinomial {
          found[index].append(output[next + count + own])
        }
      }
      if slots[place].role != .read {
        let each =
          isPart[place]
          ? (slots[place].law == .zeroInflatedNegativeBinomial ? 2 : 1) : slots[place].law.parameters
        next += count * each
      }
      (place, group) = (end, group + 1)
    }
    let whole = slots.indices.filter { isPart[$0] }.reduce(0) { $0 + exp(found[$1][0]) }
    for index in slots.indices where isPart[index] { found[index][0] += log(total / whole) }
    return found
  }

  /// The mean of the slots' terms over those that are there.
  func term(_ output: [Double], _ sample: [Double], _ record: Record, _ library: Library) -> Double {
    let parameters = parameters(output, sample, record, library)
    var (sum, count) = (0.0, 0.0)
    for (index, slot) in record.slots.enumerated() where slot.role != .read && !sample[index].isNaN {
      count += 1
      sum +=
        Double(slot.weight)
        * (slot.law.slowSurprise(of: sample[index], parameters[index]) - slot.law.constant)
    }
    guard library.isMultinomial else { return sum / max(1, count) }
    // All weights are the same: log l! - Σ log x! + Σ x log p.
    let parts = record.slots.indices.filter { record.isOfLibrary(slot: $0) && !sample[$0].isNaN }
    guard let first = parts.first else { return sum / max(1, count) }
    let total = parts.reduce(0) { $0 + sample[$1] }
    let joint = parts.reduce(lgamma(total + 1)) {
      $0 - lgamma(sample[$1] + 1) + sample[$1] * (parameters[$1][0] - log(max(1, total)))
    }
    let poisson = parts.reduce(0) { $0 + record.slots[$1].law.slowSurprise(of: sample[$1], parameters[$1]) }
    return (sum + Double(record.slots[first].weight) * (-joint - poisson)) / max(1, count)
  }
}
