import HourglassData
public import HourglassEngine
import HourglassKernels
import HourglassModels
public import HourglassTensor

/// A model's encoder made ready for samples that come one by one, to a server say. Confined to one task.
///
/// ```swift
/// let encoder = try SampleEncoder(model)
/// var code = [Float](repeating: 0, count: encoder.codeCount)
/// for sample in samples {  // [Float], in the units of the data
///   try encoder.encode(sample, into: &code)
/// }
/// ```
///
/// All memory is asked for when it is made; a sample asks for none. A code is to the byte what
/// ``Model/encode(_:precision:threads:)`` gives for a data set of that sample alone.
public final class SampleEncoder {
  /// Values of a sample and of its code.
  public let sampleCount: Int
  public let codeCount: Int

  private let inference: Inference
  private let allowsGaps: Bool
  private let classes: [String]?
  /// Shifts, what is left of them, and scales: as many of each as ``parameters``.
  private let scales: UnsafeMutablePointer<Float>
  private let parameters: Int
  private let isFar: Bool
  /// The sample on the model's own scale.
  private let scaled: UnsafeMutablePointer<Float>
  /// The number of its class.
  private let condition: UnsafeMutablePointer<Float>

  /// - Parameters:
  ///   - precision: of the factors of large products; nil: the model's.
  ///   - threads: that share the work of a sample; of a network of dense layers there is too little for two.
  /// - Throws: ``TrainingError`` if the processor does not support the precision.
  public init(_ model: Model, precision: Precision? = nil, threads: Int = 1) throws(TrainingError) {
    let precision = precision ?? model.precision
    try precision.checkProcessor()
    let scaling = model.preparation.scaling
    allowsGaps = model.preparation.allowsGaps
    classes = model.autoencoder.architecture.condition?.classes
    inference = Inference(
      model.autoencoder, .encode, rows: 1, gaps: allowsGaps, precision: precision, threads: threads)
    (sampleCount, codeCount) = (inference.inputCount, inference.outputCount)
    let count = scaling.kind == .none ? 0 : scaling.shift.count
    (parameters, isFar) = (count, scaling.isFar)
    scales = .allocate(capacity: 3 * count + 1)
    scales.initialize(repeating: 0, count: 3 * count + 1)
    for index in 0..<count {
      scales[index] = scaling.shift[index]
      scales[count + index] = isFar ? scaling.shiftRemainder[index] : 0
      scales[2 * count + index] = scaling.scale[index]
    }
    scaled = .allocate(capacity: sampleCount)
    scaled.initialize(repeating: 0, count: sampleCount)
    condition = .allocate(capacity: 1)
    condition.initialize(to: 0)
  }

  deinit {
    scales.deallocate()
    scaled.deallocate()
    condition.deallocate()
  }

  /// Writes the code of a sample.
  ///
  /// - Parameters:
  ///   - sample: its values in the units of the data, in the order of the model's shape; NaN for a value that
  ///     is missing, of a model that knows gaps.
  ///   - number: of its class, among those of the model's condition; nil for a model without one.
  ///   - code: has room for ``codeCount`` values.
  /// - Throws: ``TrainingError`` for another number of values, one that is no number, and a class that is
  ///   missing, unknown or not asked for.
  public func encode<Value: TensorElement>(
    _ sample: UnsafeBufferPointer<Value>, class number: Int? = nil,
    into code: UnsafeMutableBufferPointer<Float>
  ) throws(TrainingError) {
    precondition(code.count == codeCount, "SampleEncoder: room for \(code.count) values of \(codeCount)")
    guard sample.count == sampleCount, let base = sample.baseAddress else {
      throw TrainingError(
        place: "sample", expected: "\(sampleCount) values", found: "\(sample.count)",
        remedy: "give all values of one sample")
    }
    try setClass(number)
    let isScaled = parameters > 0
    hourglass_gather(
      base, Int32(Value.element.rawValue), Int64(sampleCount), nil, 1, isScaled ? scales : nil,
      isScaled && isFar ? scales + parameters : nil, isScaled ? scales + 2 * parameters : nil,
      Int64(parameters), scaled)
    try checkNumbers()
    inference.run(count: 1, classes: classes == nil ? nil : UnsafePointer(condition)) { _ in
      Feed(floats: scaled)
    } _: { _, values, _ in
      _ = code.update(fromContentsOf: values)
    }
  }

  /// As above, for arrays.
  public func encode<Value: TensorElement>(
    _ sample: [Value], class number: Int? = nil, into code: inout [Float]
  ) throws(TrainingError) {
    try sample.withUnsafeBufferPointer { sample throws(TrainingError) in
      try code.withUnsafeMutableBufferPointer { code throws(TrainingError) in
        try encode(sample, class: number, into: code)
      }
    }
  }

  private func setClass(_ number: Int?) throws(TrainingError) {
    guard number != nil || classes != nil else { return }
    guard let classes, let number, classes.indices.contains(number) else {
      throw TrainingError(
        place: "class", expected: classes.map { "a number from 0 to \($0.count - 1)" } ?? "none",
        found: number.map { "\($0)" } ?? "none",
        remedy: classes == nil ? "leave it out" : "give the class, which the model is told")
    }
    condition.pointee = Float(number)
  }

  /// Infinities are scaled to such, and what is missing stays so.
  private func checkNumbers() throws(TrainingError) {
    var odd = 0
    for index in 0..<sampleCount {
      // An exponent of ones, and for NaN a fraction too.
      let bits = scaled[index].bitPattern & 0x7FFF_FFFF
      odd += (allowsGaps ? bits == 0x7F80_0000 : bits >= 0x7F80_0000) ? 1 : 0
    }
    guard odd > 0 else { return }
    throw TrainingError(
      place: "sample", expected: allowsGaps ? "numbers, or NaN for a missing one" : "numbers",
      found: "\(odd) that \(odd == 1 ? "is" : "are") none",
      remedy: allowsGaps ? "give finite values" : "give finite values, or train the model on data with gaps")
  }
}
