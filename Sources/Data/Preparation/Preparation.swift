public import HourglassFormats
public import HourglassTensor

/// All that must be known about data to use a model on more of them; stored in the model.
public struct Preparation: Hashable, Sendable {
  /// The version of the stored form that this program writes.
  public static let format = 1

  /// The shape of one sample.
  public let sampleShape: Shape
  /// The type the training data came in.
  public let element: Element
  public let scaling: Scaling
  /// The names of a table's columns, in order.
  public let featureNames: [String]?
  /// Whether values may be missing, as some of the training data's are or may be.
  public let allowsGaps: Bool
  /// How samples are made of files; nil where there was nothing to choose.
  public let form: SampleForm?
  /// What was taken out of the table for classes and weights, and is taken out again wherever it is found.
  public let takenColumns: [TakenColumn]
  /// What the columns of a table are and how they become values, of samples that are records; else nil.
  public let fields: FieldSchema?

  /// - Precondition: one shift for all values, or as many shifts as values of a sample; one name a value,
  ///   if any.
  public init(
    sampleShape: Shape, element: Element, scaling: Scaling, featureNames: [String]? = nil,
    allowsGaps: Bool = false, form: SampleForm? = nil, takenColumns: [TakenColumn] = [],
    fields: FieldSchema? = nil
  ) {
    precondition(
      Preparation.fits(sampleShape, scaling, featureNames),
      "Preparation: samples \(sampleShape), \(scaling.shift.count) shifts, \(featureNames?.count ?? 0) names")
    self.sampleShape = sampleShape
    self.element = element
    self.scaling = scaling
    self.featureNames = featureNames
    self.allowsGaps = allowsGaps
    self.form = form
    self.takenColumns = takenColumns
    self.fields = fields
  }

  /// The same for data whose values may be missing.
  public func allowingGaps() -> Preparation {
    Preparation(
      sampleShape: sampleShape, element: element, scaling: scaling, featureNames: featureNames,
      allowsGaps: true, form: form, takenColumns: takenColumns, fields: fields)
  }

  static func fits(_ sampleShape: Shape, _ scaling: Scaling, _ featureNames: [String]?) -> Bool {
    let width = sampleShape.count
    return sampleShape.rank > 0 && width > 0 && (featureNames == nil || featureNames?.count == width)
      && (!scaling.isPerFeature || scaling.shift.count == width)
  }
}

extension Preparation {
  /// Makes sure that data are of the kind a model was trained on.
  ///
  /// The shape of a sample must be the same; columns must have the same names in the same order, where both
  /// sides have names; values may be missing if some were in training; data for a model that divides by 255
  /// must not lie in [0, 1] already, nor bytes above 1 come to one of values in [0, 1]. The type of the
  /// values may differ: a table read from CSV and the same in NPY are the same data.
  ///
  /// - Throws: ``DataError`` naming what was expected and what was found.
  public func check(_ dataset: Dataset) throws {
    guard dataset.sampleShape == sampleShape else {
      try checkMissing(of: dataset)
      let isFlattened = dataset.sampleShape.count == sampleShape.count
      throw DataError(
        place: dataset.origin, expected: "samples of shape \(sampleShape), as in training",
        found: "shape \(dataset.sampleShape)",
        remedy: isFlattened
          ? reshaping(dataset)
          : "give data of the kind the model was trained on")
    }
    try checkNames(of: dataset)
    try checkGaps(of: dataset)
    if scaling.kind == .none, scaling.isUnitInterval, dataset.element == .uint8 {
      let whole = Extent.whole(try Columns(of: dataset).extents)
      if whole.highest > 1 {
        throw DataError(
          place: dataset.origin, expected: "values from 0 to 1, as in training",
          found: "bytes from \(Int(whole.lowest)) to \(Int(whole.highest))", remedy: "divide them by 255")
      }
    }
    if scaling.kind == .by255, dataset.element != .uint8 {
      let whole = Extent.whole(try Columns(of: dataset).extents)
      if dataset.element == .uint16, whole.highest > 255 {
        throw DataError(
          place: dataset.origin, expected: "values from 0 to 255, as in training",
          found: "values of 16 bits up to \(Int(whole.highest))", remedy: "divide them by 257")
      }
      if whole.highest > 0, whole.highest <= 1, whole.lowest >= 0 {
        throw DataError(
          place: dataset.origin, expected: "values from 0 to 255, as in training",
          found: "values from 0 to \(whole.highest)", remedy: "multiply them by 255")
      }
    }
  }

  private func checkGaps(of dataset: Dataset) throws {
    guard dataset.hasGaps, !allowsGaps, let gap = dataset.firstGap else { return }
    throw DataError(
      place: "\(dataset.origin) row \(gap.row) \(dataset.featureName(gap.feature)) (counted from 0)",
      expected: "a number, as everywhere in training", found: "a gap",
      remedy: "fill it or leave out the row, train the model on data with gaps, or let them count as the "
        + "model's 0 (--gaps)")
  }

  /// What to do with samples that have as many values and other axes.
  private func reshaping(_ dataset: Dataset) -> String {
    let array = "reshape the data to \(sampleShape.batch(dataset.count))"
    guard dataset.sampleShape.rank == 1, sampleShape.rank > 1 else { return array }
    return array + "; in a table name its columns value_0 to value_\(sampleShape.count - 1)"
  }

  /// - Throws: ``DataError`` naming the columns of training that a table lacks.
  private func checkMissing(of dataset: Dataset) throws {
    guard let featureNames, let names = dataset.featureNames else { return }
    let known = Set(names)
    let missing = featureNames.filter { !known.contains($0) }
    guard !missing.isEmpty else { return }
    func shown(_ names: [String]) -> String {
      names.prefix(9).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 9 ? ", …" : "")
    }
    let isNone = missing.count == featureNames.count
    throw DataError(
      place: dataset.origin,
      expected: "the \(featureNames.count == 1 ? "column" : "columns") of training, \(shown(featureNames))",
      found: isNone
        ? "none of them, but \(shown(names))"
        : "no \(missing.count == 1 ? "column" : "columns") \(shown(missing))",
      remedy: isNone ? "give data of the kind the model was trained on" : "add what is missing")
  }

  private func checkNames(of dataset: Dataset) throws {
    guard let featureNames, let names = dataset.featureNames else { return }
    for (index, (expected, found)) in zip(featureNames, names).enumerated() where expected != found {
      let isReordered = featureNames.sorted() == names.sorted()
      throw DataError(
        place: "\(dataset.origin) column \(index + 1)", expected: "'\(expected)', as in training",
        found: "'\(found)'",
        remedy: isReordered
          ? "put the columns in the order \(featureNames.joined(separator: ", "))"
          : "give the columns of training")
    }
  }
}
