import HourglassFormats
import HourglassModels
import HourglassTensor

/// The other networks of an ensemble in a model file: their weights under `member.1.` and so on, their
/// architectures as JSON in the header.
extension Model {
  static let membersKey = "hourglass.members"

  private static func prefix(_ member: Int) -> String { "member.\(member + 1)." }

  var memberTensors: [NamedTensor] {
    members.enumerated().flatMap { place, member in
      member.outline.weights.compactMap { weight in
        member.weight(weight.name).map {
          NamedTensor(name: Model.prefix(place) + weight.name, tensor: $0)
        }
      }
    }
  }

  /// Nil for a model without others.
  var memberHeader: String? {
    get throws { members.isEmpty ? nil : try JSONText.line(members.map(\.architecture)) }
  }

  /// - Throws: ``TrainingError`` for members that are not whole, or read other samples.
  static func members(
    _ tensors: [String: Tensor], header: String?, beside architecture: Architecture, _ name: String
  ) throws(TrainingError) -> [Autoencoder] {
    guard let header else { return [] }
    let architectures: [Architecture] = try JSONText.decode(
      header, place: "\(name), \(membersKey)", expecting: "a list of architectures as JSON",
      remedy: "the file is damaged: get it again, or train anew")
    var members: [Autoencoder] = []
    for (place, member) in architectures.enumerated() {
      guard member.input == architecture.input else {
        throw TrainingError(
          place: "\(name), \(membersKey)", expected: "networks that read samples of \(architecture.input)",
          found: "one that reads \(member.input)")
      }
      do {
        members.append(try Autoencoder(member) { tensors[prefix(place) + $0] })
      } catch {
        throw TrainingError(
          place: "\(name) \(prefix(place))\(error.place)", expected: error.expected, found: error.found,
          remedy: error.remedy)
      }
    }
    return members
  }
}
