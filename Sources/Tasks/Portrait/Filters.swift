import HourglassModels
import HourglassTensor
import HourglassTraining

/// What the units of the first layer are sensitive to: their weights in the shape of what they look at.
public struct Filters: Sendable {
  /// `encoder[1], dense, 128 units`
  public let place: String
  /// `[n, channels, height, width]`, or `[n, channels, steps]` of series: those with the largest norm, the
  /// largest first.
  public let weights: Tensor
  /// Units of the layer.
  public let count: Int

  /// Units that are shown at most.
  static let shown = 64

  init?(_ model: Model, _ kind: SampleKind) {
    let outline = model.autoencoder.outline
    guard let entry = outline.encoder.first(where: { !$0.weights.isEmpty }),
      let weight = model.autoencoder.weight("encoder.\(Filters.number(of: entry)).weight"),
      outline.encoder.prefix(while: { $0.weights.isEmpty }).allSatisfy({ $0.input.count == $0.output.count })
    else { return nil }
    let input = model.autoencoder.architecture.input
    switch entry.layer {
    case .dense:
      guard let shape = Filters.shape(of: input, kind), weight.shape.rank == 2, weight.shape[0] == shape.count
      else { return nil }
      let (values, units) = (weight.values, weight.shape[1])
      let turned = (0..<units).flatMap { unit in (0..<shape.count).map { values[$0 * units + unit] } }
      self.init(entry, Tensor(shape.batch(units), turned))
    case .conv:
      guard weight.shape.rank >= 3, weight.shape[1] == 1 || weight.shape[1] == 3,
        weight.shape.sample.count > 3
      else { return nil }
      self.init(entry, weight)
    default: return nil
    }
  }

  private init(_ entry: Outline.Entry, _ all: Tensor) {
    place = "\(entry.place), \(entry.layer.words)"
    count = all.rows
    let (values, size) = (all.values, all.shape.sample.count)
    let norms = (0..<count).map { unit in
      Statistics.sum(values[(unit * size)..<((unit + 1) * size)].map { Double($0) * Double($0) })
    }
    let chosen = (0..<count).sorted { (norms[$1], $0) < (norms[$0], $1) }.prefix(Filters.shown)
    weights = Tensor(
      all.shape.sample.batch(chosen.count), chosen.flatMap { values[($0 * size)..<(($0 + 1) * size)] })
  }

  /// `encoder[3]` is number 3.
  private static func number(of entry: Outline.Entry) -> String {
    String(entry.place.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" })
  }

  /// The shape that samples are seen in; nil where they are rows of values.
  private static func shape(of input: Shape, _ kind: SampleKind) -> Shape? {
    switch kind {
    case .image where input.rank == 1:
      let side = Int(Double(input.count).squareRoot())
      return side * side == input.count ? [1, side, side] : nil
    case .image, .spectrogram: return input.rank == 2 ? [1, input[0], input[1]] : input
    case .series: return input.rank == 1 ? [1, input.count] : input
    case .sound: return input
    case .row: return nil
    }
  }
}
