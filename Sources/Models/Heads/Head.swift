import HourglassEngine
import HourglassTensor

/// What a model tells of a sample besides itself: its class, numbers, or a picture whose places have classes.
///
/// A head is a network of its own behind the code, or behind the encoder's layers where it joins them, whose
/// last numbers are the parameters of a law. Its loss is the mean over the values of the target that are
/// there,
///
///     L = Σ there · c · surprise(t, θ) / Σ there
///
/// with c the weight of the value's class, 1 where there are none. A target that is missing neither pulls nor
/// counts: samples with a label and without one are trained on together.
public struct Head: Hashable, Sendable {
  /// What a person calls it: `class`, `age`, `mask`.
  public var name: String
  /// Shape of its target: `[1]` for one class, `[n]` for numbers, `[height, width]` for a picture of classes.
  public var shape: Shape
  /// What the values are judged by.
  public var law: Law
  /// From the code to the law's parameters: `[parameters]` for one class, `[n · parameters]` for numbers,
  /// `[parameters, height, width]` for a picture.
  public var layers: [Layer]
  /// What its loss counts in the objective.
  public var weight: Float
  /// What of each label is given to all classes alike. Szegedy et al. 2016.
  public var smoothing: Float
  /// What the classes are called, in the order of their numbers; empty where it tells numbers.
  public var classes: [String]
  /// What samples of each class count; empty: all 1.
  public var classWeights: [Float]
  /// Numbers as people have them are shift + scale · x.
  public var shift: Double
  public var scale: Double
  /// What logits are divided by before they are read as probabilities, found after the training. Guo et al.
  /// 2017.
  public var temperature: Float
  /// Of numbers: how far off it was on samples that it was not trained on, |t - x| on the head's own scale,
  /// in order; of very many every so-manieth. Intervals are read off them.
  public var residuals: [Float] = []

  public init(
    _ name: String, shape: Shape = [1], law: Law, layers: [Layer], weight: Float = 1, smoothing: Float = 0,
    classes: [String] = [], classWeights: [Float] = [], shift: Double = 0, scale: Double = 1,
    temperature: Float = 1
  ) {
    (self.name, self.shape, self.law, self.layers, self.weight) = (name, shape, law, layers, weight)
    (self.smoothing, self.classes, self.classWeights) = (smoothing, classes, classWeights)
    (self.shift, self.scale, self.temperature) = (shift, scale, temperature)
  }

  /// A head that tells one of some classes by a linear layer behind hidden ones.
  public static func classifier(
    _ name: String, classes: [String], hidden: [Int] = [], weight: Float = 1, smoothing: Float = 0,
    classWeights: [Float] = []
  ) -> Head {
    Head(
      name, law: .categorical(levels: classes.count),
      layers: hidden.flatMap { [Layer.dense(units: $0), .relu] } + [.dense(units: classes.count)],
      weight: weight, smoothing: smoothing, classes: classes, classWeights: classWeights)
  }

  /// A head that tells numbers by a linear layer behind hidden ones.
  public static func regressor(
    _ name: String, count: Int = 1, hidden: [Int] = [], law: Law = .gaussian, weight: Float = 1,
    shift: Double = 0, scale: Double = 1
  ) -> Head {
    Head(
      name, shape: [count], law: law,
      layers: hidden.flatMap { [Layer.dense(units: $0), .relu] } + [.dense(units: count * law.parameters)],
      weight: weight, shift: shift, scale: scale)
  }

  /// Whether it tells classes.
  public var tellsClasses: Bool { if case .categorical = law { true } else { false } }
  /// Whether its target is a picture, each place with a class of its own.
  public var isPicture: Bool { shape.rank > 1 }
  /// Values of its target.
  public var count: Int { shape.count }

  /// What its layers must end in.
  package var output: Shape {
    isPicture ? Shape([law.parameters] + shape.dimensions) : [count * law.parameters]
  }

  /// - Throws: ``ModelError`` for numbers that make no head.
  func check(at place: String) throws(ModelError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String) throws(ModelError) {
      if !isRight { throw ModelError(place: place, expected: expected, found: found) }
    }
    try law.check()
    try require(!name.isEmpty, "a name", "none")
    try require((1...2).contains(shape.rank) && shape.count > 0, "a shape of one or two axes", "\(shape)")
    try require(weight >= 0 && weight.isFinite, "a weight of at least 0", "\(weight)")
    try require((0..<1).contains(smoothing), "a smoothing from 0 to below 1", "\(smoothing)")
    try require(temperature > 0 && temperature.isFinite, "a temperature above 0", "\(temperature)")
    try require(
      scale > 0 && scale.isFinite && shift.isFinite, "a finite shift, and a scale above 0", "\(scale)")
    guard case .categorical(let levels) = law else {
      try require(classes.isEmpty && classWeights.isEmpty && smoothing == 0, "no classes of numbers", "some")
      try require(!isPicture, "classes at the places of a picture", "the law \(law.name)")
      return
    }
    try require(
      classes.count == levels && Set(classes).count == levels, "\(levels) classes with names of their own",
      "\(classes.count)")
    try require(
      classWeights.isEmpty || classWeights.count == levels, "\(levels) weights of classes",
      "\(classWeights.count)")
    try require(
      classWeights.allSatisfy { $0 >= 0 && $0.isFinite }, "finite weights of at least 0",
      "\(classWeights.first { !($0 >= 0 && $0.isFinite) } ?? 0)")
  }
}
