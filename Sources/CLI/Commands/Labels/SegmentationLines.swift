import Hourglass

/// Masks measured against the true ones, in words and as JSON.
struct SegmentationLines {
  let pictures: Int
  let method: String
  private var measures = SegmentationMeasures(classes: 1)
  /// Of each threshold what each picture has.
  private var objects: [[ObjectMatching.Counts]]
  private var areObjects = false

  static let thresholds = [0.5, 0.75, 0.9]

  init(pictures: Int, method: String) {
    (self.pictures, self.method) = (pictures, method)
    objects = SegmentationLines.thresholds.map { _ in [] }
  }

  /// Adds a picture: `found` numbers objects; so does `truth` where `areObjects`.
  mutating func add(_ found: PixelLabels, truth: PixelLabels, areObjects: Bool) {
    self.areObjects = areObjects
    measures.add(found.asOneClass, truth: truth.asOneClass)
    guard areObjects else { return }
    let matching = ObjectMatching(found, truth: truth)
    for (place, threshold) in SegmentationLines.thresholds.enumerated() {
      objects[place].append(matching.counts(at: threshold))
    }
  }

  private func mean(_ place: Int) -> Double {
    let values = objects[place].map(\.precision)
    return values.reduce(0, +) / Double(max(1, values.count))
  }

  private func sum(_ place: Int) -> ObjectMatching.Counts {
    objects[place].reduce(into: ObjectMatching.Counts()) { sum, own in
      sum.matched += own.matched
      sum.foundOnly += own.foundOnly
      sum.trueOnly += own.trueOnly
    }
  }

  var text: String {
    let (mean, pooled) = (measures.mean(1), measures.pooled(1))
    func row(_ name: String, _ values: Double...) -> [String] { [name] + values.map { Figures.fixed($0, 4) } }
    var rows = [["", "mean of pictures", "all together"]]
    rows.append(row("Dice", mean.dice, pooled.dice))
    rows.append(row("IoU", mean.overlap, pooled.overlap))
    if areObjects {
      for (place, threshold) in SegmentationLines.thresholds.enumerated() {
        rows.append(row("objects at \(threshold)", self.mean(place), sum(place).precision))
      }
    }
    var lines =
      ["\(Figures.grouped(pictures, "picture")), \(method)", ""] + Figures.table(rows, numbersFrom: 1)
    if areObjects {
      let own = sum(0)
      lines += [
        "",
        "at 0.5: \(Figures.grouped(own.matched)) of \(Figures.grouped(own.matched + own.trueOnly, "object")) found, "
          + "\(Figures.grouped(own.foundOnly)) found that are none",
      ]
    }
    return lines.joined(separator: "\n")
  }

  var members: [JSON.Member] {
    let (mean, pooled) = (measures.mean(1), measures.pooled(1))
    var members = [
      JSON.Member("method", .text(method)), JSON.Member("pictures", .integer(pictures)),
      JSON.Member("dice", .number(mean.dice)), JSON.Member("iou", .number(mean.overlap)),
      JSON.Member("pooled_dice", .number(pooled.dice)), JSON.Member("pooled_iou", .number(pooled.overlap)),
    ]
    guard areObjects else { return members }
    for (place, threshold) in SegmentationLines.thresholds.enumerated() {
      let name = "ap_\(Int((100 * threshold).rounded()))"
      members.append(JSON.Member(name, .number(self.mean(place))))
      members.append(JSON.Member("pooled_\(name)", .number(sum(place).precision)))
    }
    return members
  }
}

extension PixelLabels {
  /// Whatever is numbered as class 1.
  fileprivate var asOneClass: PixelLabels {
    PixelLabels(width: width, height: height, values.map { min($0, 1) })
  }
}
