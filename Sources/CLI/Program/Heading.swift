/// What a list of options is about: the heading that it stands under in the help.
///
/// An option has the heading of the list it is in: ``Swift/Array/under(_:)`` is said of lists, so that a new
/// option needs a place in a list and nothing else.
struct Heading: Hashable, Sendable {
  /// What `--help WORD` names it by.
  let word: String
  let title: String

  init(_ word: String, _ title: String? = nil) {
    self.word = word
    self.title = title ?? word
  }

  /// Of options that one command has for itself.
  static let options = Heading("options")
  static let data = Heading("data")
  static let network = Heading("network")
  static let family = Heading("family")
  static let critic = Heading("critic", "critic, the second network of adversarial trainings")
  static let targets = Heading("targets", "targets, what else than itself is told of a sample")
  static let training = Heading("training")
  static let optimizer = Heading("optimizer")
  static let prior = Heading("prior", "prior, from which generate draws codes")
  static let search = Heading("search")
  static let files = Heading("files")
  static let running = Heading("running")
}

/// What a heading has to say before its options.
struct HeadingNote: Sendable {
  let heading: Heading
  /// Sentences, wrapped where they are shown.
  var text = ""
  /// Words with their meanings, in two columns.
  var words: [(word: String, meaning: String)] = []
}

extension [Declaration] {
  /// The options with a heading; of those that have one already, it stays.
  func under(_ heading: Heading) -> [Declaration] {
    map { option in
      var option = option
      if option.heading == .options { option.heading = heading }
      return option
    }
  }

  /// The options by their headings, in the order in which either comes first.
  var sections: [(heading: Heading, options: [Declaration])] {
    var headings: [Heading] = []
    for option in self where !headings.contains(option.heading) { headings.append(option.heading) }
    return headings.map { heading in (heading, filter { $0.heading == heading }) }
  }
}
