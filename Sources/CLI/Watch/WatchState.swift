import Hourglass

/// What a watch must know to go on where it ended: which row comes next, and what the martingale has seen.
struct WatchState {
  var next: Int
  var header: [String]?
  var martingale: TestMartingale
  var scores: [Float]
  /// What p-values were held against: another calibration makes another stream.
  var calibration: String

  private static let kind = "hourglass.watch"

  private struct Header: Codable {
    var version = 1
    var next: Int
    var header: [String]?
    var rate: Double
    var steps: Int
    var calibration: String
    /// As text, since capitals may be infinite.
    var capitals: [String]
  }

  func write(to path: String) throws {
    let header = Header(
      next: next, header: header, rate: martingale.rate, steps: martingale.steps, calibration: calibration,
      capitals: martingale.logCapitals.map { "\($0)" })
    // A tensor of no values is none.
    try SafeTensors(
      tensors: [NamedTensor(name: "scores", tensor: Tensor([scores.count + 1], scores + [0]))],
      metadata: [WatchState.kind: JSONText.line(header)]
    ).write(to: path)
  }

  init(
    next: Int, header: [String]?, martingale: TestMartingale, scores: [Float], calibration: String
  ) {
    (self.next, self.header, self.martingale) = (next, header, martingale)
    (self.scores, self.calibration) = (scores, calibration)
  }

  /// - Throws: ``Failure`` for a file of another kind, and one of another calibration or rate.
  init(_ path: String, rate: Double, calibration: String) throws {
    let file = try SafeTensors.read(path)
    let remedy = "name another file for --state, or remove this one to begin anew"
    guard let text = file.metadata[WatchState.kind], let scores = file["scores"], scores.element == .float32
    else { throw Failure.data("\(path): expected the state of a watch, found another file; \(remedy)") }
    let header: Header = try JSONText.decode(
      text, place: path, expecting: "the state of a watch", remedy: remedy)
    guard header.calibration == calibration, header.rate == rate else {
      throw Failure.data(
        "\(path): expected the state of a watch with this calibration and --drift \(rate), found another's; \(remedy)"
      )
    }
    guard header.next >= 0,
      let martingale = TestMartingale(
        rate: rate, steps: header.steps, logCapitals: header.capitals.map { Double($0) ?? .nan })
    else {
      throw Failure.data("\(path): expected the state of a watch, found numbers that are none; \(remedy)")
    }
    self.init(
      next: header.next, header: header.header, martingale: martingale, scores: scores.values.dropLast(),
      calibration: calibration)
  }
}
