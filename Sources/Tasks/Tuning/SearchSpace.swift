/// All that a search varies: a tree, since a parameter may exist only where another one has a certain word.
struct SearchSpace: Sendable {
  /// Those that others depend on stand before them.
  let parameters: [Parameter]
  /// Brings a point that asks for too much to the nearest that does not.
  var admitting: @Sendable (Point) -> Point = { $0 }

  /// What nobody chose.
  var usual: Point { point { $0.usual } }

  /// A point drawn without knowledge: numbers evenly on their scale, words by their weights.
  func random(_ sequence: inout RandomSequence) -> Point {
    admitting(
      point { parameter in
        if case .words(let words) = parameter.kind {
          return .word(words[sequence.index(weights: words.map(\.weight))].text)
        }
        return parameter.choice(at: sequence.uniform())
      })
  }

  /// A choice for each parameter that the choices before leave active.
  func point(_ choose: (Parameter) -> Choice) -> Point {
    var point: Point = [:]
    for parameter in parameters where parameter.isActive(in: point) {
      point[parameter.name] = choose(parameter)
    }
    return point
  }
}
