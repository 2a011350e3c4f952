import HourglassEngine
import HourglassTensor

extension Code.Codebook {
  /// The quantised code of an encoder's output `h`.
  ///
  /// - Parameter weights: those of all books, in their order.
  func append(
    to graph: inout Graph, _ h: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Code.Drawn {
    let shape = graph.shape(of: h)
    let isFirst = Layout.first == (try? layout(of: shape))
    let vectors = graph.reshape(isFirst ? graph.channelsLast(h) : h, [shape.count / width, width])
    // Steps that are missing have no part in the cost, nor in what the entries become.
    let mask = shape.rank == 2 && !isFirst ? setting.mask(&graph, steps: shape[0]) : nil
    let present = mask.map { graph.reshape($0, [shape[0], 1]) }
    var state = State(rest: vectors)
    let each = self.weights.count
    for book in 0..<books {
      let own = Array(weights[(each * book)..<(each * (book + 1))])
      quantise(&graph, &state, own, present, &setting)
    }
    // What is added is 0, and its derivative that of h.
    let through = graph.subtract(vectors, graph.detach(vectors))
    let value = state.found.map { graph.add($0, through) } ?? vectors
    let whole = isFirst ? Shape(shape.dimensions.dropFirst() + [width]) : shape
    let laid = graph.reshape(value, whole)
    let places = state.places.count > 1 ? graph.concatenate(state.places) : state.places[0]
    return Code.Drawn(
      value: isFirst ? graph.channelsFirst(laid) : laid, cost: state.cost,
      places: graph.reshape(places, self.places(of: shape)))
  }

  /// How far the books have come.
  private struct State {
    /// What is left to be quantised.
    var rest: Graph.Value
    /// The sum of the entries found, without a derivative.
    var found: Graph.Value?
    var cost: Graph.Value?
    /// One column a book.
    var places: [Graph.Value] = []
  }

  private func quantise(
    _ graph: inout Graph, _ state: inout State, _ weights: [Graph.Value], _ present: Graph.Value?,
    _ setting: inout Setting
  ) {
    let (rest, table) = (state.rest, weights[0])
    let column = graph.greatestPlace(nearness(&graph, rest, table))
    let places = graph.reshape(column, [graph.shape(of: rest)[0]])
    let entry = graph.pickRows(table, at: places)
    let near = graph.detach(entry)
    func add(_ difference: Graph.Value, _ factor: Float) {
      guard factor != 0 else { return }
      var squares = graph.unary(.square, difference)
      if let present { squares = graph.multiply(squares, present) }
      let part = graph.multiply(graph.sumRow(squares), factor)
      state.cost = state.cost.map { graph.add($0, part) } ?? part
    }
    add(graph.subtract(rest, near), commitment)
    if decay == nil { add(graph.subtract(graph.detach(rest), entry), 1) }
    if setting.isTraining {
      let rows = graph.shape(of: places).count
      let ones = present ?? graph.expand(graph.constant(1), [rows, 1])
      let counted = present.map { graph.multiply(rest, $0) } ?? rest
      setting.statistics.append(
        .codebook(
          Setting.Statistic.Codebook(
            numbers: self, weights: weights, counts: graph.placeRows(ones, at: places, rows: entries),
            sums: graph.placeRows(counted, at: places, rows: entries), vectors: rest)))
    }
    state.found = state.found.map { graph.add($0, near) } ?? near
    state.rest = graph.subtract(rest, near)
    state.places.append(column)
  }

  /// r · e - ‖e‖² / 2 of every vector and entry, which is greatest where ‖r - e‖ is least.
  private func nearness(_ graph: inout Graph, _ rest: Graph.Value, _ table: Graph.Value) -> Graph.Value {
    let squares = graph.reshape(graph.sumLast(graph.unary(.square, table)), [entries])
    let products = graph.product(rest, graph.transpose(table))
    return graph.subtract(products, graph.multiply(squares, 0.5))
  }
}
