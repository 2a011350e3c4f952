import Hourglass

extension Session {
  /// The model that is the first operand; under --gaps one that takes data whose values are missing.
  func model() throws -> Model {
    let model = try model(in: operand(0), before: operand(1))
    return arguments.has(DataOption.gaps) ? model.allowingGaps() : model
  }

  /// The model in a file.
  ///
  /// - Parameter data: what stands behind it on the command line, which may have been swapped with it.
  /// - Throws: ``Failure`` that says what the file is, where it is one of another kind.
  func model(in path: String, before data: String? = nil) throws -> Model {
    let precision = try arguments.precision
    var model = try readingModel(path, before: data) { try Model(contentsOf: path) }
    model.precision = precision ?? model.trainedPrecision
    return model
  }

  /// What `read` makes of a model file.
  ///
  /// - Throws: ``Failure`` that says what the file is, where it is one of another kind; else what `read`
  ///   throws.
  func readingModel<Result>(
    _ path: String, before data: String? = nil, _ read: () throws -> Result
  ) throws -> Result {
    do {
      return try read()
    } catch let error as FormatError {
      throw noModel(path, before: data) ?? error
    }
  }

  /// What is wrong with something in a model's place that is another kind of file; nil for a damaged model.
  private func noModel(_ path: String, before data: String?) -> Failure? {
    guard let kind = try? FileKind.of(path) else { return nil }
    switch kind {
    // Of a model, and of bytes that are no other kind's either, what it lacks says more.
    case .model, .unknown: return nil
    case .folder, .foreign:
      return Failure.data("\(path): expected a model, found \(kind.words); name a model that train wrote")
    case .npy, .npz, .idx, .image, .sound, .series, .sparse, .table:
      let isSwapped = data.map { (try? FileKind.of($0)) == .model } == true
      let remedy =
        isSwapped
        ? "the model comes first: swap \(path) and \(data ?? "")"
        : "make a model with 'hourglass train \(path) -o model.safetensors', or name the one to use"
      return Failure.data("\(path): expected a model, found \(kind.words); \(remedy)")
    }
  }
}

extension Model {
  /// What it was trained with, where this processor has it.
  fileprivate var trainedPrecision: Precision {
    guard let trained = provenance?.recipe.precision, trained.isSupported else { return .float32 }
    return trained
  }
}
