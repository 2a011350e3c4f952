import Hourglass

/// What a model knows of samples from its training, in words.
extension Familiarity {
  /// Which samples figures are of, in a sentence; nil where all of them are new to the model and count.
  var words: String? {
    let sentences = [origin, weightlessWords].compactMap(\.self)
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  /// Those that are in no figure.
  private var weightlessWords: String? {
    let weightless = uses.count { $0 == .weightless }
    guard weightless > 0 else { return nil }
    return "\(Figures.grouped(weightless)) of the \(Figures.grouped(uses.count)) samples "
      + (weightless == 1 ? "has no weight or no value, and is" : "have no weight or no value, and are")
      + " in no figure."
  }

  private var origin: String? {
    let all = Figures.grouped(uses.count)
    if trained == 0 {
      guard judged > 0 else { return nil }
      let some =
        judged == uses.count ? "these samples" : "\(Figures.grouped(judged)) of the \(all) samples"
      return "The epoch that was kept was chosen by \(some)."
    }
    guard isTest else {
      return told == uses.count
        ? "All of these samples were trained on: this is not a test."
        : "All of these samples that the model can tell were trained on: this is not a test."
    }
    var text = "\(Figures.grouped(trained - copies)) of the \(all) samples were trained on"
    if copies > 0 {
      let kind = copies == 1 ? "is a copy of one that was" : "are copies of those"
      text += ", \(Figures.grouped(copies)) \(kind)"
    }
    let leftOut = uses.count { $0 == .leftOut }
    if leftOut > 0 { text += ", \(Figures.grouped(leftOut)) share values with some that were" }
    let others = "; the figures are of the \(Figures.grouped(positions.count)) others"
    if told < uses.count {
      let part = Figures.grouped(uses.count - told)
      text = "Of the \(all) samples \(part) cannot be told apart. Of the rest " + text
    }
    return text + others + (judged > 0 ? ", by which the epoch that was kept was chosen." : ".")
  }

  var members: [JSON.Member] {
    [
      JSON.Member("given", .integer(uses.count)), JSON.Member("trained_on", .integer(trained)),
      JSON.Member("chosen_by", .integer(judged)), JSON.Member("is_test", .boolean(isTest)),
    ] + (copies > 0 ? [JSON.Member("copies", .integer(copies))] : [])
  }

  /// The same where nothing is known.
  static func unknown(_ count: Int) -> [JSON.Member] {
    [
      JSON.Member("given", .integer(count)), JSON.Member("trained_on", .null),
      JSON.Member("chosen_by", .null), JSON.Member("is_test", .null),
    ]
  }

  /// What to say where a model does not know its training samples.
  static let unknownWords =
    "The model does not know its training samples: whether these are some is not told."
}
