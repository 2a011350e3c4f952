import Hourglass

/// The options of families whose codes are whole numbers.
extension FamilyOption {
  // Of the quantised family
  static let entries = Option.optional(
    "entries", .integer(2...(1 << 20)),
    shown: "\(Coordinates.usualEntries), fewer for less than \(4 * Coordinates.usualEntries) vectors",
    "entries of the codebook: the vectors that a code is made of")
  static let codeWidth = Option.optional(
    "code-width", .integer(1...(1 << 20)), shown: "16 with conv, else at most 4",
    "values of an entry, of which the code then is made")
  static let commitment = Option(
    "commitment", .number(above: 0, orEqual: true), default: 0.25,
    "weight of the encoder's distance from its entries")
  static let codebookDecay = Option(
    "codebook-decay", .decay, default: .some(0.99), shown: "0.99",
    "memory of the entries' running averages; none: entries follow their gradient")
  static let books = Option(
    "books", .integer(1...64), default: 1,
    "codebooks, each of which quantises what the ones before it left over")

  // Of the categorical family
  static let variables = Option(
    "variables", .integer(1...(1 << 16)), default: 20, "variables of a code")
  static let classes = Option(
    "classes", .integer(2...(1 << 16)), default: 10, "classes of each variable")
  static let temperature = Option(
    "temperature", .number(above: 0), default: 0.5,
    "how soft the random choices of classes are in the end; they begin at 1")
  static let categoricalBeta = Option(
    "categorical-beta", .number(above: 0, orEqual: true), default: 1,
    "weight of the KL divergence from even odds")
}

extension Family {
  static let quantised = Family(
    name: "quantised", meaning: "each vector of the code is the nearest entry of a learned codebook",
    options: [
      FamilyOption.entries.declaration, FamilyOption.codeWidth.declaration,
      FamilyOption.commitment.declaration,
      FamilyOption.codebookDecay.declaration, FamilyOption.books.declaration,
    ]
  ) { coordinates, arguments in
    coordinates.code = .codebook(
      Code.Codebook(
        entries: try arguments[FamilyOption.entries] ?? Coordinates.usualEntries,
        width: try arguments[FamilyOption.codeWidth] ?? Coordinates.widthByModel,
        commitment: Float(try arguments[FamilyOption.commitment]),
        decay: try arguments[FamilyOption.codebookDecay].map { Float($0) },
        books: try arguments[FamilyOption.books]))
  }

  static let categorical = Family(
    name: "categorical", meaning: "variables of one class out of several each",
    options: [
      FamilyOption.variables.declaration, FamilyOption.classes.declaration,
      FamilyOption.temperature.declaration,
      FamilyOption.categoricalBeta.declaration,
    ]
  ) { coordinates, arguments in
    coordinates.code = .categorical(
      Code.Categorical(
        variables: try arguments[FamilyOption.variables], classes: try arguments[FamilyOption.classes],
        beta: Float(try arguments[FamilyOption.categoricalBeta]),
        temperature: Float(try arguments[FamilyOption.temperature])))
  }
}

extension Code {
  /// The same with as many entries as training samples can fill, if it has more: a power of two, each entry
  /// with at least four vectors to be the mean of.
  ///
  /// - Parameter vectors: that all training samples have of each book.
  func fitted(toVectors vectors: Int) -> Code {
    guard case .codebook(var numbers) = self else { return self }
    while numbers.entries > 2, numbers.entries * 4 > vectors { numbers.entries /= 2 }
    return .codebook(numbers)
  }
}

extension Coordinates {
  /// Stands for a width that the kind of layers decides.
  static let widthByModel = 0
  /// Entries of a book where there are samples enough.
  static let usualEntries = 128

  /// The width of a code and what it stands for, where the family or the kind of layers decides them.
  ///
  /// - Throws: ``Failure`` for a width that is given and does not fit.
  func fitted(to model: String, latent given: Int?, else usual: Int) throws(Failure) -> (
    code: Code, latent: Int
  ) {
    switch code {
    case .vector, .gaussian: return (code, given ?? usual)
    case .categorical(let numbers):
      let latent = numbers.variables * numbers.classes
      if given ?? latent != latent {
        throw Failure.commandLine(
          "--latent: a categorical code has --variables times --classes values, \(latent); leave it out")
      }
      return (code, latent)
    case .codebook(var numbers):
      if model == "conv" || model == "conv1d" {
        if given != nil {
          throw Failure.commandLine(
            "--latent has no place in --family quantised with --model conv, whose code has a vector of "
              + "--code-width values a position; leave it out")
        }
        if numbers.width == Coordinates.widthByModel { numbers.width = 16 }
        return (.codebook(numbers), usual)
      }
      var latent = given ?? usual
      if numbers.width == Coordinates.widthByModel {
        numbers.width = [4, 3, 2].first { latent % $0 == 0 } ?? 1
      } else if given == nil {
        latent = max(1, usual / numbers.width) * numbers.width
      }
      guard latent % numbers.width == 0 else {
        throw Failure.commandLine(
          "--code-width \(numbers.width) does not divide --latent \(latent); choose one that does")
      }
      return (.codebook(numbers), latent)
    }
  }
}

extension ValueKind where Value == Double? {
  /// A number from 0 to below 1, or none.
  static let decay = ValueKind(
    placeholder: "X|none", expectation: "a number from 0 to below 1, or none",
    read: { text in
      if text == "none" { return .some(nil) }
      guard let number = Double(text), number >= 0, number < 1 else { return nil }
      return .some(number)
    })
}
