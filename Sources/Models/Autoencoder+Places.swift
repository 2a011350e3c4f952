import HourglassTensor

extension Autoencoder {
  /// The codes that places stand for, each a whole number: the entries of a codebook, or the classes of a
  /// categorical code.
  ///
  /// - Parameter places: one row a code, as many numbers as `Outline.codeNumbers`; what lies outside 0 to
  ///   entries - 1 is taken for the nearest.
  /// - Throws: ``ModelError`` for a code that is not discrete, or rows of another length.
  public func codes(at places: Tensor) throws(ModelError) -> Tensor {
    guard let shape = outline.coding.places(of: outline.code) else {
      throw ModelError(place: "places", expected: "a discrete code", found: "\(outline.coding.words)")
    }
    guard places.shape.rank > 0, places.shape.sample.count == shape.count else {
      throw ModelError(
        place: "places", expected: "rows of \(shape.count) numbers", found: "\(places.shape)")
    }
    let (numbers, width) = (places.values, outline.code.count)
    return Tensor(outline.code.batch(places.rows)) { codes in
      codes.update(repeating: 0)
      for row in 0..<places.rows {
        let own = numbers[(row * shape.count)..<((row + 1) * shape.count)]
        let code = UnsafeMutableBufferPointer(rebasing: codes[(row * width)..<((row + 1) * width)])
        switch outline.coding {
        case .vector, .gaussian: break
        case .categorical(let law):
          for (variable, place) in own.enumerated() {
            code[variable * law.classes + Autoencoder.whole(place, below: law.classes)] = 1
          }
        case .codebook(let book): lay(Array(own), of: book, into: code)
        }
      }
    }
  }

  /// Codes drawn from the law that codes are held to: one class of each variable, each as likely as any
  /// other, of a categorical code; the laws of the pseudo-inputs of a code that has such; else the standard
  /// normal.
  ///
  /// - Parameter temperature: what the distances from the mean of a law are multiplied by: below 1 codes are
  ///   the likelier and the more alike. Even odds have none.
  public func draw(
    _ count: Int, _ random: Random, temperature: Float = 1
  ) throws(ModelError) -> Tensor {
    if outline.coding.pseudoInputs > 0 { return try drawFromPseudoInputs(count, random, temperature) }
    guard case .categorical(let law) = outline.coding else {
      return Tensor(outline.code.batch(count)) { values in
        for index in values.indices { values[index] = temperature * random.normal(position: UInt64(index)) }
      }
    }
    let places = (0..<(count * law.variables)).map {
      Float(random.integer(below: law.classes, position: UInt64($0)))
    }
    return try codes(at: Tensor([count, law.variables], places))
  }

  /// Sums up the entries of all books for each vector.
  private func lay(_ places: [Float], of book: Code.Codebook, into code: UnsafeMutableBufferPointer<Float>) {
    let each = book.weights.count
    let isFirst = Code.Codebook.Layout.first == (try? book.layout(of: outline.code))
    let vectors = code.count / book.width
    for (index, place) in places.enumerated() {
      let (vector, number) = (index / book.books, index % book.books)
      let table = outline.ofCode[number * each].offset
      let entry = table + Autoencoder.whole(place, below: book.entries) * book.width
      for value in 0..<book.width {
        code[isFirst ? value * vectors + vector : vector * book.width + value] += block[entry + value]
      }
    }
  }

  private static func whole(_ place: Float, below count: Int) -> Int {
    place > 0 ? Int(min(place.rounded(), Float(count - 1))) : 0
  }
}
