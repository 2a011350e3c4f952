import HourglassKernels
import HourglassTensor

/// Writes the steps of one chain, and gives each value in it a name: an operand in memory or a register.
struct ChainWriter {
  private enum Name: Hashable {
    case operand(Int)
    case register(Int)
  }

  private struct Read: Hashable {
    var index: Int
    var pattern: UInt32
    var length: Int
  }

  private struct Step {
    var operation: hourglass_operation
    var result: Name
    var left: Name
    var right: Name
    var extra: Name
    var immediate: Float = 0
  }

  /// Values that a chain may name before it is closed; below what the kernel has, as a node may add a few.
  static let limit = Int(HOURGLASS_REGISTERS) - 8

  private let chain: Chain
  private let members: Set<Int>
  private(set) var operands: [Plan.OperandTemplate] = []
  private var written: [Step] = []
  private var names: [Int: Name] = [:]
  /// What was read from memory, and how it lies under the positions there.
  private var reads: [Read: Name] = [:]
  private var registerCount = 0
  private var done: Set<Int> = []

  init(_ chain: Chain, _ lowering: Lowering) {
    self.chain = chain
    members = Set(chain.nodes)
  }

  mutating func write(_ lowering: inout Lowering) {
    for index in chain.nodes where !done.contains(index) {
      if fuseBernoulli(index, &lowering) { continue }
      writeNode(index, &lowering)
    }
  }

  /// The steps with numbers for names: registers come after the operands. A register that nobody reads any
  /// more is taken again, so that a long chain still lives in the L1 cache.
  func numberedSteps() -> [hourglass_step] {
    var lastRead: [Name: Int] = [:]
    for (place, step) in written.enumerated() {
      for name in [step.left, step.right, step.result, step.extra] { lastRead[name] = place }
    }
    var numbers: [Name: UInt16] = [:]
    var free: [UInt16] = []
    var next = UInt16(operands.count)
    func number(_ name: Name) -> UInt16 {
      if case .operand(let index) = name { return UInt16(index) }
      if let number = numbers[name] { return number }
      if free.isEmpty {
        free.append(next)
        next += 1
      }
      let number = free.removeLast()
      numbers[name] = number
      return number
    }
    var result: [hourglass_step] = []
    for (place, step) in written.enumerated() {
      let inputs = (number(step.left), number(step.right))
      for name in Set([step.left, step.right]) where lastRead[name] == place && step.result != name {
        if let number = numbers[name], name != step.extra { free.append(number) }
      }
      result.append(
        hourglass_step(
          operation: UInt16(step.operation.rawValue), result: number(step.result), left: inputs.0,
          right: inputs.1, extra: number(step.extra), immediate: step.immediate))
    }
    precondition(Int(next) <= Int(HOURGLASS_REGISTERS), "chain: \(next) names")
    return result
  }

  // MARK: Names

  /// Where a step writes a node's value: in memory if anyone outside the chain reads it, else in a register.
  private mutating func result(_ index: Int, _ lowering: inout Lowering) -> Name {
    let name: Name
    if lowering.isReadOutside(index, members) {
      name = operand(lowering.address(of: index), HOURGLASS_FULL, length: 1)
    } else {
      name = register()
    }
    names[index] = name
    return name
  }

  private mutating func register() -> Name {
    defer { registerCount += 1 }
    return .register(registerCount)
  }

  private mutating func operand(_ address: Address, _ pattern: hourglass_pattern, length: Int) -> Name {
    operands.append(
      Plan.OperandTemplate(address: address, length: length, pattern: Int(pattern.rawValue)))
    return .operand(operands.count - 1)
  }

  /// Where a node's input is read: what the chain has just computed, or memory.
  private mutating func read(
    _ input: Graph.Value, under node: Graph.Node, _ lowering: Lowering
  ) -> Name {
    let index = input.index
    if let name = names[lowering.root[index]] { return name }
    guard
      let (pattern, length) = lowering.pattern(of: index, under: node.shape, batched: node.isBatched)
    else { preconditionFailure("chain: \(lowering.graph.shape(of: input)) under \(node.shape)") }
    let key = Read(index: index, pattern: pattern.rawValue, length: length)
    if let name = reads[key] { return name }
    let name: Name
    if let number = lowering.graph.constant(Graph.Value(index: lowering.root[index])) {
      name = register()
      append(HOURGLASS_CONSTANT, name, name, immediate: number)
    } else {
      name = operand(lowering.address(of: index), pattern, length: length)
    }
    reads[key] = name
    return name
  }

  private mutating func append(
    _ operation: hourglass_operation, _ result: Name, _ left: Name, _ right: Name? = nil,
    immediate: Float = 0
  ) {
    written.append(
      Step(
        operation: operation, result: result, left: left, right: right ?? left, extra: left,
        immediate: immediate))
  }

  // MARK: Nodes

  private mutating func writeNode(_ index: Int, _ lowering: inout Lowering) {
    let node = lowering.graph.nodes[index]
    switch node.op {
    case .unary(.square) where isSummedOnly(index, lowering):
      break
    case .unary(let function):
      let left = read(node.inputs[0], under: node, lowering)
      append(function.operation, result(index, &lowering), left)
    case .broadcast, .expand:
      let left = read(node.inputs[0], under: node, lowering)
      append(HOURGLASS_COPY, result(index, &lowering), left)
    case .sumRow:
      let term = node.inputs[0].index
      let isOfSquares = members.contains(term) && isSummedOnly(term, lowering)
      let value = isOfSquares ? lowering.graph.nodes[term].inputs[0] : node.inputs[0]
      let left = read(value, under: lowering.graph.nodes[term], lowering)
      let sums = operand(lowering.address(of: index), HOURGLASS_ROW_RESULT, length: 1)
      append(isOfSquares ? HOURGLASS_ROW_SUM_OF_SQUARES : HOURGLASS_ROW_SUM, sums, left)
    case .binary(let function):
      writeBinary(function, node, index, &lowering)
    case .surprise(let density): writeDensity(density.operation, node, index, &lowering)
    case .surpriseSlope(let density): writeDensity(density.slope, node, index, &lowering)
    default:
      preconditionFailure("chain: \(node.op) is not pointwise")
    }
  }

  /// Whether a square is computed for nothing but its sum over the row, in this chain.
  private func isSummedOnly(_ index: Int, _ lowering: Lowering) -> Bool {
    guard lowering.graph.nodes[index].op == .unary(.square),
      let reader = lowering.onlyReader(of: index), members.contains(reader)
    else { return false }
    if case .sumRow = lowering.graph.nodes[reader].op { return true }
    return false
  }

  private mutating func writeBinary(
    _ function: Binary, _ node: Graph.Node, _ index: Int, _ lowering: inout Lowering
  ) {
    let (a, b) = (node.inputs[0], node.inputs[1])
    if let number = lowering.graph.constant(b), let form = function.withRightConstant(number) {
      let left = read(a, under: node, lowering)
      append(form.operation, result(index, &lowering), left, immediate: form.immediate)
    } else if let number = lowering.graph.constant(a), let form = function.withLeftConstant(number) {
      let right = read(b, under: node, lowering)
      let target = result(index, &lowering)
      if let first = form.first { append(first, target, right) }
      append(form.operation, target, form.first == nil ? right : target, immediate: form.immediate)
    } else {
      let left = read(a, under: node, lowering)
      let right = read(b, under: node, lowering)
      append(function.operation, result(index, &lowering), left, right)
    }
  }

  private mutating func writeDensity(
    _ operation: hourglass_operation, _ node: Graph.Node, _ index: Int, _ lowering: inout Lowering
  ) {
    let inputs = node.inputs.map { read($0, under: node, lowering) }
    written.append(
      Step(
        operation: operation, result: result(index, &lowering), left: inputs[0], right: inputs[1],
        extra: inputs[2]))
  }

  /// The Bernoulli loss summed over the row and its gradient, if the chain holds both: one exponential for
  /// the two.
  private mutating func fuseBernoulli(_ index: Int, _ lowering: inout Lowering) -> Bool {
    let graph = lowering.graph
    guard case .binary(.bernoulliLoss) = graph.nodes[index].op, graph.nodes[index].shape.count == chain.row
    else { return false }
    let (logit, target) = (graph.nodes[index].inputs[0], graph.nodes[index].inputs[1])
    guard let sum = lowering.onlyReader(of: index), case .sumRow = graph.nodes[sum].op, members.contains(sum)
    else { return false }
    let sigmoid = chain.nodes.first {
      graph.nodes[$0].op == .unary(.sigmoid) && graph.nodes[$0].inputs[0] == logit
    }
    guard let sigmoid, let difference = lowering.onlyReader(of: sigmoid), members.contains(difference),
      graph.nodes[difference].op == .binary(.subtract), graph.nodes[difference].inputs[1] == target,
      !lowering.isReadOutside(sigmoid, members)
    else { return false }
    let node = graph.nodes[index]
    let left = read(logit, under: node, lowering)
    let right = read(target, under: node, lowering)
    let gradient = result(difference, &lowering)
    let sums = operand(lowering.address(of: sum), HOURGLASS_ROW_RESULT, length: 1)
    written.append(
      Step(operation: HOURGLASS_BERNOULLI_FUSED, result: sums, left: left, right: right, extra: gradient))
    done.formUnion([index, sum, sigmoid, difference])
    return true
  }
}

extension Unary {
  var operation: hourglass_operation {
    switch self {
    case .negate: HOURGLASS_NEGATE
    case .absolute: HOURGLASS_ABSOLUTE
    case .sign: HOURGLASS_SIGN
    case .step: HOURGLASS_STEP
    case .square: HOURGLASS_SQUARE
    case .squareRoot: HOURGLASS_SQUARE_ROOT
    case .reciprocal: HOURGLASS_RECIPROCAL
    case .exponential: HOURGLASS_EXPONENTIAL
    case .logarithm: HOURGLASS_LOGARITHM
    case .sine: HOURGLASS_SINE
    case .cosine: HOURGLASS_COSINE
    case .rectifier: HOURGLASS_RECTIFIER
    case .sigmoid: HOURGLASS_SIGMOID
    case .hyperbolicTangent: HOURGLASS_HYPERBOLIC_TANGENT
    case .softplus: HOURGLASS_SOFTPLUS
    case .errorFunction: HOURGLASS_ERROR_FUNCTION
    }
  }
}

extension Binary {
  var operation: hourglass_operation {
    switch self {
    case .add: HOURGLASS_ADD
    case .subtract: HOURGLASS_SUBTRACT
    case .multiply: HOURGLASS_MULTIPLY
    case .divide: HOURGLASS_DIVIDE
    case .maximum: HOURGLASS_MAXIMUM
    case .minimum: HOURGLASS_MINIMUM
    case .greater: HOURGLASS_GREATER
    case .bernoulliLoss: HOURGLASS_BERNOULLI_LOSS
    }
  }

  func withRightConstant(_ number: Float) -> (operation: hourglass_operation, immediate: Float)? {
    switch self {
    case .add: (HOURGLASS_ADD_IMMEDIATE, number)
    case .subtract: (HOURGLASS_ADD_IMMEDIATE, -number)
    case .multiply: (HOURGLASS_MULTIPLY_IMMEDIATE, number)
    case .maximum: (HOURGLASS_MAXIMUM_IMMEDIATE, number)
    case .minimum: (HOURGLASS_MINIMUM_IMMEDIATE, number)
    default: nil
    }
  }

  /// As `withRightConstant`, after a first operation on the right where the order matters.
  func withLeftConstant(
    _ number: Float
  ) -> (first: hourglass_operation?, operation: hourglass_operation, immediate: Float)? {
    switch self {
    case .add, .multiply, .maximum, .minimum:
      withRightConstant(number).map { (nil, $0.operation, $0.immediate) }
    case .subtract: (nil, HOURGLASS_SUBTRACT_FROM_IMMEDIATE, number)
    case .divide: (HOURGLASS_RECIPROCAL, HOURGLASS_MULTIPLY_IMMEDIATE, number)
    default: nil
    }
  }
}
