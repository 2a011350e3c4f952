import HourglassTensor

/// Operations on images, which have their channels last.
extension Graph {
  /// y[i, o] = Σ over places k and channels c of the window: x[i · stride + k · dilation - before, c]
  /// w[o, c, k].
  public mutating func convolution(_ x: Value, _ weight: Value, _ window: Window) -> Value {
    check(x, window.image, weight, window.weight, "convolution")
    let x = broadcast(x)
    return append(.convolution(window), [x, weight], shape: window.result, batched: true)
  }

  /// The transpose of a convolution in its image, which is a transposed convolution:
  /// x[i · stride + k · dilation - before, c] = Σ over windows i, places k and o: y[i, o] w[o, c, k].
  public mutating func convolutionInput(_ y: Value, _ weight: Value, _ window: Window) -> Value {
    check(y, window.result, weight, window.weight, "convolutionInput")
    let y = broadcast(y)
    return append(.convolutionInput(window), [y, weight], shape: window.image, batched: true)
  }

  /// The transpose of a convolution in its weight, summed over the batch.
  public mutating func convolutionWeight(_ x: Value, _ y: Value, _ window: Window) -> Value {
    check(x, window.image, y, window.result, "convolutionWeight")
    let (x, y) = (broadcast(x), broadcast(y))
    return append(.convolutionWeight(window), [x, y], shape: window.weight, batched: false)
  }

  /// The greatest value that each window sees.
  public mutating func maximum(_ x: Value, _ window: Window) -> Value { pickMaximum(x, x, window) }

  /// `values` where `x` is greatest in each window.
  public mutating func pickMaximum(_ x: Value, _ values: Value, _ window: Window) -> Value {
    check(x, window.image, values, window.image, "pickMaximum")
    let inputs = [broadcast(x), broadcast(values)]
    return append(.pickMaximum(window), inputs, shape: window.result, batched: true)
  }

  /// The values of the windows, each where `x` is greatest in its window.
  public mutating func placeMaximum(_ x: Value, _ values: Value, _ window: Window) -> Value {
    check(x, window.image, values, window.result, "placeMaximum")
    let inputs = [broadcast(x), broadcast(values)]
    return append(.placeMaximum(window), inputs, shape: window.image, batched: true)
  }

  /// The map along axis `axis`.
  public mutating func resample(_ x: Value, _ map: Resampling, axis: Int) -> Value {
    var shape = shape(of: x).dimensions
    precondition(shape[axis] == map.input, "resample: \(shape[axis]) positions are not \(map.input)")
    shape[axis] = map.output
    let outer = shape[..<axis].reduce(1, *)
    return append(
      .resample(map, outer: outer), [broadcast(x)], shape: Shape(shape), batched: true)
  }

  private func check(_ left: Value, _ first: Shape, _ right: Value, _ second: Shape, _ name: String) {
    precondition(
      shape(of: left) == first && shape(of: right) == second,
      "\(name): \(shape(of: left)) and \(shape(of: right)) are not \(first) and \(second)")
  }

  /// Every op on images is linear, in each of its inputs but the image that a maximum is looked for in.
  mutating func imageRule(_ node: Node, _ g: Value) -> [(Value, Value)] {
    let (x, y) = (node.inputs[0], node.inputs.last ?? node.inputs[0])
    switch node.op {
    case .convolution(let window):
      return [(x, convolutionInput(g, y, window)), (y, convolutionWeight(x, g, window))]
    case .convolutionInput(let window):
      return [(x, convolution(g, y, window)), (y, convolutionWeight(g, x, window))]
    case .convolutionWeight(let window):
      return [(x, convolutionInput(y, g, window)), (y, convolution(x, g, window))]
    case .pickMaximum(let window): return [(y, placeMaximum(x, g, window))]
    case .placeMaximum(let window): return [(y, pickMaximum(x, g, window))]
    case .resample(let map, let outer):
      let inner = node.shape.count / outer / map.output
      let turned = resample(reshape(g, [outer, map.output, inner]), map.transposed, axis: 1)
      return [(x, reshape(turned, shape(of: x)))]
    default: return []
    }
  }
}
