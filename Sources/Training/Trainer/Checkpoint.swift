import HourglassData
import HourglassEngine
import HourglassFormats
import HourglassModels
import HourglassTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Everything that a training needs to go on as if it had never stopped: the parameters as they are, the
/// optimizer's blocks, the average, how far the data have been seen, and the best autoencoder so far.
///
/// In a file it is a model file with more in it: whoever reads it as a model gets the best autoencoder so
/// far.
public struct Checkpoint: Sendable {
  let model: Model
  let course: Course
  let fingerprint: UInt64
  let blocks: [NamedTensor]
  let hasBest: Bool

  private enum Key {
    static let prefix = "checkpoint."
    static let parameters = "checkpoint.parameters"
    static let average = "checkpoint.average"
    static func state(_ number: Int) -> String { "checkpoint.state.\(number)" }
    static let kept = "checkpoint.kept"
    static let changes = "checkpoint.changes"
    static let gradientChanges = "checkpoint.gradient_changes"
    static let metadata = "hourglass.checkpoint"
  }

  /// What stands beside the blocks, as JSON.
  private struct Header: Codable {
    var course: Course
    var fingerprint: UInt64
    var hasBest: Bool
  }

  /// The state of a trainer now.
  package init(_ trainer: Trainer) throws {
    model = trainer.model
    course = trainer.course
    fingerprint = trainer.fingerprint
    hasBest = trainer.best != nil
    var blocks = [NamedTensor(name: Key.parameters, tensor: Tensor(Array(trainer.session.parameters)))]
    for (number, block) in trainer.state.enumerated() {
      blocks.append(NamedTensor(name: Key.state(number), tensor: Tensor(block.array)))
    }
    if let average = trainer.average {
      blocks.append(NamedTensor(name: Key.average, tensor: Tensor(average.array)))
    }
    if let method = trainer.quasiNewton {
      let width = method.changes.first?.count ?? 0
      for (name, list) in [(Key.changes, method.changes), (Key.gradientChanges, method.gradientChanges)] {
        let tensor = Tensor([list.count, width], list.flatMap { $0 })
        blocks.append(NamedTensor(name: name, tensor: tensor))
      }
    }
    // An epoch that has begun has chosen its samples, by parameters that are gone.
    if course.stepInEpoch > 0, let kept = trainer.kept {
      var marks = [UInt8](repeating: 0, count: trainer.training.count)
      for position in kept { marks[Int(position)] = 1 }
      blocks.append(NamedTensor(name: Key.kept, tensor: Tensor(marks)))
    }
    self.blocks = blocks
  }

  /// Memory that it takes beside the best autoencoder.
  package var byteCount: Int { blocks.reduce(0) { $0 + $1.tensor.count * MemoryLayout<Float>.stride } }

  /// Writes the file whole or not at all.
  func write(to path: String) throws {
    var file = try model.safeTensors()
    file.tensors += blocks
    let header = Header(course: course, fingerprint: fingerprint, hasBest: hasBest)
    file.metadata[Key.metadata] = try JSONText.line(header)
    try file.write(to: path)
  }

  /// Reads a checkpoint; nil for a model file of a training that is complete.
  ///
  /// - Throws: errors of a file that is no model, or whose parts do not fit together.
  init?(contentsOf path: String) throws {
    let file = try SafeTensors.read(path)
    model = try Model(file, name: path)
    guard let text = file.metadata[Key.metadata] else { return nil }
    let header: Header = try JSONText.decode(
      text, place: "\(path), \(Key.metadata)", expecting: "the state of a training as JSON")
    course = header.course
    fingerprint = header.fingerprint
    hasBest = header.hasBest
    blocks = file.tensors.filter { $0.name.hasPrefix(Key.prefix) }
  }

  /// Puts a trainer where this one was.
  ///
  /// - Throws: ``TrainingError`` if the trainer's architecture, recipe or data are others.
  package func restore(to trainer: Trainer) throws {
    try trainer.checkSame(
      as: model, provenance: model.provenance, isSameData: fingerprint == trainer.fingerprint)
    let count = trainer.session.parameters.count
    func values(_ name: String, _ count: Int) throws -> [Float] {
      guard let tensor = blocks.first(where: { $0.name == name })?.tensor, tensor.count == count else {
        throw TrainingError(place: name, expected: "\(count) values", found: "another number, or none")
      }
      return tensor.values
    }
    let parameters = try values(Key.parameters, count)
    let state = try trainer.state.enumerated().map { try values(Key.state($0), $1.values.count) }
    let average = try trainer.average.map { _ in try values(Key.average, count) }
    _ = trainer.session.parameters.update(fromContentsOf: parameters)
    for (block, values) in zip(trainer.state, state) { block.array = values }
    if let average { trainer.average?.array = average }
    if trainer.quasiNewton != nil {
      trainer.quasiNewton?.changes = rows(Key.changes)
      trainer.quasiNewton?.gradientChanges = rows(Key.gradientChanges)
    }
    trainer.course = course
    trainer.kept = blocks.first { $0.name == Key.kept }.map { block in
      let marks = block.tensor.values
      return marks.indices.lazy.filter { marks[$0] > 0 }.map { UInt32($0) }
    }
    trainer.best = hasBest ? model.autoencoder.block : nil
  }

  private func rows(_ name: String) -> [[Double]] {
    guard let tensor = blocks.first(where: { $0.name == name })?.tensor, tensor.shape.rank == 2 else {
      return []
    }
    let (values, width) = (tensor.doubles, tensor.shape[1])
    return (0..<tensor.shape[0]).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }
}

extension Trainer {
  /// Writes all that is needed to go on to a file that is a model file too.
  ///
  /// The file is whole at every instant: it is written beside the old one and takes its place when it is on
  /// disk.
  public func checkpoint(to path: String) throws {
    try Checkpoint(self).write(to: path)
  }

  /// Goes on from a checkpoint.
  ///
  /// - Returns: false if the file holds a training that is complete; then nothing changes.
  /// - Throws: ``TrainingError`` if architecture, recipe or data are others than the file's.
  public func resume(from path: String) throws -> Bool {
    guard let checkpoint = try Checkpoint(contentsOf: path) else { return false }
    try checkpoint.restore(to: self)
    return true
  }

  /// A number that other data would hardly share: of the counts and of rows spread over the samples. FNV-1a,
  /// 64 bits.
  package var fingerprint: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    for dataset in [training, held].compactMap({ $0 }) {
      let count = dataset.count
      withUnsafeBytes(of: (count, dataset.sampleShape.count)) { add($0) }
      let step = max(1, count / 256)
      for position in stride(from: 0, to: count, by: step) {
        dataset.tensor(position..<(position + 1)).withBytes { add($0) }
        if let weights = dataset.weights {
          withUnsafeBytes(of: weights[dataset.row(position)]) { add($0) }
        }
        if recipe.isBalanced || start.architecture.condition != nil, let labels = dataset.labels {
          withUnsafeBytes(of: labels[dataset.row(position)]) { add($0) }
        }
      }
    }
    return hash
  }
}
