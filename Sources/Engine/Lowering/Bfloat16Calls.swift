import COneDNN
import HourglassKernels

/// Where products of bf16 are made, and what each worker runs them on.
final class Bfloat16Engine {
  let engine: UnsafeMutableRawPointer
  let streams: UnsafeMutablePointer<UnsafeMutableRawPointer>
  let workers: Int

  init(workers: Int) {
    guard let engine = onednn_engine_make() else { preconditionFailure("Session: oneDNN finds no processor") }
    (self.engine, self.workers) = (engine, workers)
    streams = .allocate(capacity: workers)
    for worker in 0..<workers {
      guard let stream = onednn_stream_make(engine) else {
        preconditionFailure("Session: oneDNN makes no stream for worker \(worker)")
      }
      (streams + worker).initialize(to: stream)
    }
  }

  deinit {
    for worker in 0..<workers { onednn_stream_free(streams[worker]) }
    streams.deallocate()
    onednn_engine_free(engine)
  }
}

/// A plan's products of bf16, made ready for every worker and for some number of rows.
final class Bfloat16Calls {
  let rows: Int
  private let calls: UnsafeMutablePointer<onednn_call>
  private let count: Int
  private let place: Bfloat16Engine
  private var products: [UnsafeMutablePointer<onednn_product>] = []
  private let scratchpads: [Arena]

  /// A product's shape, and one that reads its second factor as it is to.
  typealias Wanted = (shape: onednn_product_shape, layout: UnsafeMutablePointer<onednn_product>?)

  /// - Parameters:
  ///   - shapes: of each product, and how its second factor lies; nil for products that are others' matter.
  ///   - factor: where the second factor of a product will lie.
  init(
    rows: Int, on place: Bfloat16Engine,
    _ shapes: [Wanted?],
    factor: (Int) -> UnsafeMutableRawPointer
  ) {
    let (workers, engine) = (place.workers, place.engine)
    (self.rows, self.place, count) = (rows, place, shapes.count * workers)
    calls = .allocate(capacity: max(1, count))
    calls.initialize(repeating: onednn_call(), count: count)
    var made: [(number: Int, product: UnsafeMutablePointer<onednn_product>)] = []
    var scratchpad = 0
    for (number, wanted) in shapes.enumerated() {
      guard var shape = wanted?.shape else { continue }
      guard let product = onednn_product_make(engine, &shape, wanted?.layout, false) else {
        preconditionFailure("Session: oneDNN makes no product of bf16 of \(shape)")
      }
      scratchpad = max(scratchpad, product.pointee.scratchpad_size)
      made.append((number, product))
    }
    products = made.map(\.product)
    scratchpads = (0..<workers).map { _ in Arena(count: scratchpad / MemoryLayout<Float>.stride + 1) }
    for (number, product) in made {
      for worker in 0..<workers {
        let isMade = onednn_call_make(
          calls + (number * workers + worker), engine, product, factor(number), scratchpads[worker].base)
        precondition(isMade, "Session: oneDNN gives no memory to a product of bf16")
      }
    }
  }

  deinit {
    for index in 0..<count { onednn_call_free(calls + index) }
    calls.deallocate()
    for product in products { onednn_product_free(product) }
  }

  @inline(__always)
  func call(_ number: Int, _ worker: Int) -> UnsafePointer<onednn_call> {
    UnsafePointer(calls + (number * place.workers + worker))
  }
}

/// The weights of a plan's products of bf16, and the products for the numbers of rows that have come up.
///
/// Every product is made before the workers set out: for whole shards when the session is made, for a smaller
/// last shard and for sums over the batch when a batch of so many rows first comes.
final class Bfloat16Products {
  private let plan: Plan
  private let place: Bfloat16Engine
  private let batch: UnsafeMutablePointer<Float>
  /// Row by row, and as the products read them where that is something else.
  private let plain: [Arena]
  private let packed: [Arena?]
  private let packings: UnsafeMutablePointer<onednn_packing>
  /// A product of every weight, which says how it lies.
  private let layouts: [UnsafeMutablePointer<onednn_product>]
  private let whole: Bfloat16Calls
  private var latest: [Bfloat16Calls] = []
  /// Those of the run under way.
  private(set) var current: Bfloat16Calls

  /// Numbers of rows whose products are kept: a caller rarely has more than two.
  private static let kept = 8

  /// Nil for a plan without such products.
  init?(_ plan: Plan, workers: Int, batch: UnsafeMutablePointer<Float>) {
    if plan.bfloat16.products.isEmpty { return nil }
    onednn_use_calling_thread_only()
    let place = Bfloat16Engine(workers: workers)
    let engine = place.engine
    (self.plan, self.place, self.batch) = (plan, place, batch)
    let weights = plan.bfloat16.weights
    packings = .allocate(capacity: max(1, weights.count))
    packings.initialize(repeating: onednn_packing(), count: max(1, weights.count))
    layouts = weights.indices.map { Bfloat16Products.layout(of: $0, plan, engine) }
    plain = weights.map { Arena(count: ($0.inner * $0.columns + 1) / 2) }
    packed = layouts.map {
      $0.pointee.is_plain ? nil : Arena(count: $0.pointee.b_size / MemoryLayout<Float>.stride + 1)
    }
    for number in weights.indices {
      guard let packed = packed[number] else { continue }
      var shape = Bfloat16Products.shape(ofWeight: number, plan)
      let isMade = onednn_packing_make(
        packings + number, engine, layouts[number], &shape, plain[number].base, packed.base)
      precondition(isMade, "Session: oneDNN packs no weight of bf16")
    }
    let factors = zip(plain, packed).map { UnsafeMutableRawPointer($1?.base ?? $0.base) }
    let shapes = plan.bfloat16.products.map { [layouts] product -> Bfloat16Calls.Wanted? in
      if case .weight(let number) = product.factor {
        (shape: product.shape(rows: plan.shardRows), layout: Optional(layouts[number]))
      } else {
        nil
      }
    }
    whole = Bfloat16Calls(rows: plan.shardRows, on: place, shapes) {
      Bfloat16Products.factor(of: plan.bfloat16.products[$0], factors, batch)
    }
    current = whole
  }

  deinit {
    for number in plan.bfloat16.weights.indices { onednn_packing_free(packings + number) }
    packings.deallocate()
    for layout in layouts { onednn_product_free(layout) }
  }

  /// The shape of the first product that reads a weight.
  private static func shape(ofWeight number: Int, _ plan: Plan) -> onednn_product_shape {
    for product in plan.bfloat16.products {
      if case .weight(number) = product.factor { return product.shape(rows: plan.shardRows) }
    }
    preconditionFailure("Session: no product reads weight \(number)")
  }

  private static func layout(
    of number: Int, _ plan: Plan, _ engine: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<onednn_product> {
    var shape = shape(ofWeight: number, plan)
    guard let product = onednn_product_make(engine, &shape, nil, true) else {
      preconditionFailure("Session: oneDNN makes no product of bf16 of \(shape)")
    }
    return product
  }

  private static func factor(
    of product: Bfloat16Product, _ weights: [UnsafeMutableRawPointer], _ batch: UnsafeMutablePointer<Float>
  ) -> UnsafeMutableRawPointer {
    switch product.factor {
    case .weight(let number): weights[number]
    case .values(let place, let column):
      UnsafeMutableRawPointer(batch + place.offset) + column * MemoryLayout<UInt16>.stride
    }
  }

  /// Makes ready what a run of so many rows needs. Before the workers set out.
  func prepare(rows: Int) {
    guard current === whole || current.rows != rows else { return }
    if let known = latest.first(where: { $0.rows == rows }) {
      current = known
      return
    }
    onednn_use_calling_thread_only()
    let last = (rows - 1) % plan.shardRows + 1
    let shapes = plan.bfloat16.products.map { [layouts] product -> Bfloat16Calls.Wanted? in
      switch product.factor {
      case .values: (shape: product.shape(rows: rows), layout: nil)
      case .weight where last == plan.shardRows: nil
      case .weight(let number): (shape: product.shape(rows: last), layout: Optional(layouts[number]))
      }
    }
    let factors = zip(plain, packed).map { UnsafeMutableRawPointer($1?.base ?? $0.base) }
    current = Bfloat16Calls(rows: rows, on: place, shapes) { [plan, batch] in
      Bfloat16Products.factor(of: plan.bfloat16.products[$0], factors, batch)
    }
    if latest.count == Bfloat16Products.kept { latest.removeFirst() }
    latest.append(current)
  }

  /// Rounds a weight and brings it where the products read it.
  func roundWeight(_ number: Int, from weight: UnsafePointer<Float>, _ worker: Int) {
    let described = plan.bfloat16.weights[number]
    let values = UnsafeMutableRawPointer(plain[number].base).assumingMemoryBound(to: UInt16.self)
    hourglass_narrow(weight, Int64(described.inner * described.columns), values)
    if packed[number] != nil { onednn_packing_run(packings + number, place.streams[worker]) }
  }

  @inline(__always)
  func run(
    _ number: Int, isWhole: Bool, _ worker: Int, _ x: UnsafePointer<UInt16>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    let call = (isWhole ? whole : current).call(number, worker)
    let isDone = onednn_call_run(call, place.streams[worker], x, result)
    precondition(isDone, "Session: oneDNN refused a product of bf16")
  }
}
