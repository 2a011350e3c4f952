import HourglassEngine
import HourglassTensor

/// A function of single values, after a hidden layer say.
protocol ActivationForm: LayerForm {
  /// The word of the command line.
  static var word: String { get }
  /// The layer that the word stands for.
  static var usual: Layer { get }
}

extension ActivationForm {
  static var word: String { name }
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(usual) }
  var traits: Layer.Traits { .ofSingleValues }
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape { input }
  func channels(rank: Int) -> Layer.Channels { .either }
  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .unchanged }

  /// - Throws: ``ModelError`` for a slope that is none.
  func checkSlope(_ slope: Float, at place: String) throws(ModelError) {
    try require(slope.isFinite && slope >= 0, "a number of at least 0", found: "\(slope)", at: place)
  }
}
