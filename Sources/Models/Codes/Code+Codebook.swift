import HourglassTensor

extension Code {
  /// The numbers of a quantised code: van den Oord et al. 2017.
  ///
  ///     q = the entry e nearest to the vector h that the encoder gives, by ‖h - e‖
  ///     z = h + sg(q - h)
  ///     cost = Σ over the vectors of ‖sg(h) - q‖² + commitment · ‖h - sg(q)‖²
  ///
  /// with sg(x) = x whose derivative is 0: the decoder reads q, and its gradient goes straight through to h.
  /// The objective of a sample is its reconstruction term, which is a mean over n values, plus cost / n. With
  /// a decay the first part of the cost is left out, and entries are running averages of the vectors that
  /// they stand for: of `n` vectors with the sum `s` in a batch
  ///
  ///     N ← decay · N + (1 - decay) · n    M ← decay · M + (1 - decay) · s    e = M / N
  ///
  /// Each further book quantises what the ones before it left, r ← r - sg(q), and z is the sum of what they
  /// found, each with a cost of its own: residual quantisation, Zeghidour et al. 2021.
  ///
  /// - Shapes: `[n]` is n / width vectors one after the other, `[steps, width]` one a step, `[width, rows,
  ///   columns]` one a position. The code keeps the shape.
  /// - Weights, of book b: `code.b.entries [entries, width]`, from N(0, 1 / width) at first; untrained
  ///   `code.b.counts [entries]`, the running N, and with a decay `code.b.sums [entries, width]`, the running
  ///   M. With a decay the entries follow no gradient.
  public struct Codebook: Hashable, Sendable {
    /// Entries of each book.
    public var entries: Int
    /// Values of an entry, and of a vector.
    public var width: Int
    /// What keeps the encoder near the entries; van den Oord et al. 2017 have 0.25.
    public var commitment: Float
    /// How much of the running averages a step keeps; 0.99 in van den Oord et al. 2017, appendix A.1. Nil:
    /// entries follow the gradient of their cost.
    public var decay: Float?
    /// Books, each of which quantises what is left by the one before.
    public var books: Int
    /// An entry that stands for fewer vectors than this part of an even share is dead, and is placed on a
    /// vector of the batch; nil: it stays where it is. A book that has never been used is all dead, so that
    /// it begins among the vectors of the first batch. Dhariwal et al. 2020, section 3.1.
    public var restart: Float?

    public init(
      entries: Int, width: Int, commitment: Float = 0.25, decay: Float? = 0.99, books: Int = 1,
      restart: Float? = Codebook.usualRestart
    ) {
      (self.entries, self.width, self.commitment) = (entries, width, commitment)
      (self.decay, self.books, self.restart) = (decay, books, restart)
    }

    /// Used for the counts where entries follow a gradient, too.
    public static let usualDecay: Float = 0.99
    public static let usualRestart: Float = 0.03
  }
}

extension Code.Codebook {
  /// Entries, and values of an entry, above which a codebook is taken for a mistake.
  private static let largest = 1 << 20

  /// How vectors lie in what an encoder gives.
  enum Layout {
    /// One after the other, or one a step.
    case last
    /// Along the first axis.
    case first
  }

  /// Where the vectors are in a value of that shape.
  ///
  /// - Throws: ``ModelError`` where they do not fit.
  func layout(of output: Shape) throws(ModelError) -> Layout {
    let sides = output.dimensions
    switch output.rank {
    case 1 where sides[0] % width == 0, 2 where sides[1] == width: return .last
    case 2 where sides[0] == width, 3 where sides[0] == width: return .first
    default:
      let fitting =
        switch output.rank {
        case 1: "\(sides[0]) values"
        case 2: "\(sides[1]) features a step"
        default: "\(sides.first ?? 0) channels"
        }
      throw ModelError(
        place: "code codebook",
        expected: output.rank == 1
          ? "a width that divides the encoder's \(fitting)" : "a width of the encoder's \(fitting)",
        found: "\(width)",
        remedy: output.rank == 1
          ? "choose a width that divides them, or end the encoder with that many values"
          : "choose that width, or end the encoder with \(width) of them")
    }
  }

  /// The shape of the places in the books that a code of that shape is: one number for each vector and book,
  /// the books of a vector last.
  func places(of output: Shape) -> Shape {
    let sides = output.dimensions
    let vectors: [Int] =
      switch output.rank {
      case 1: [sides[0] / width]
      case 2: [sides[1] == width ? sides[0] : sides[1]]
      default: Array(sides.dropFirst())
      }
    return Shape(vectors + (books > 1 ? [books] : []))
  }

  func check() throws(ModelError) {
    func require(
      _ isRight: Bool, _ expected: String, _ found: some Any, _ remedy: String? = nil
    ) throws(ModelError) {
      guard !isRight else { return }
      throw ModelError(place: "code codebook", expected: expected, found: "\(found)", remedy: remedy)
    }
    try require(
      (2...Code.Codebook.largest).contains(entries), "between 2 and \(Code.Codebook.largest) entries", entries
    )
    try require(
      (1...Code.Codebook.largest).contains(width), "a width between 1 and \(Code.Codebook.largest)", width)
    try require((1...64).contains(books), "between 1 and 64 codebooks", books)
    try require(commitment >= 0 && commitment.isFinite, "a commitment of at least 0", commitment)
    if let decay { try require(decay >= 0 && decay < 1, "a decay of at least 0 and below 1", decay) }
    if let restart {
      try require(restart > 0 && restart < 1, "restart: a part of an even share between 0 and 1", restart)
    }
  }

  /// What a book is made of, in the order in which its graph takes it.
  var weights: [Weight] {
    let shape: Shape = [entries, width]
    let start = Weight.Start.drawn(.lecunNormal)
    var weights = [
      Weight(name: "entries", shape: shape, start: start, isTrained: decay == nil, fan: (width, entries)),
      Weight(name: "counts", shape: [entries], start: .constant(0), isTrained: false),
    ]
    if decay != nil {
      weights.append(Weight(name: "sums", shape: shape, start: .constant(0), isTrained: false))
    }
    return weights
  }
}

/// The JSON of a codebook: a decay or a restart that is null is none.
extension Code.Codebook {
  init(_ values: Tagged.Values) throws {
    try values.allow("entries", "width", "commitment", "decay", "books", "restart")
    self.init(
      entries: try values.required("entries"), width: try values.required("width"),
      commitment: try values.optional("commitment") ?? 0.25,
      decay: values.has("decay") ? try values.optional("decay") : Code.Codebook.usualDecay,
      books: try values.optional("books") ?? 1,
      restart: values.has("restart") ? try values.optional("restart") : Code.Codebook.usualRestart)
  }

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(entries, forKey: "entries")
    try container.encode(width, forKey: "width")
    try container.encode(commitment, forKey: "commitment")
    if let decay {
      try container.encode(decay, forKey: "decay")
    } else {
      try container.encodeNil(forKey: "decay")
    }
    if books != 1 { try container.encode(books, forKey: "books") }
    if let restart {
      if restart != Code.Codebook.usualRestart { try container.encode(restart, forKey: "restart") }
    } else {
      try container.encodeNil(forKey: "restart")
    }
  }
}

extension Code.Codebook: CustomStringConvertible {
  public var description: String {
    ".codebook(\(entries) entries of \(width)" + (books > 1 ? ", \(books) books)" : ")")
  }
}
