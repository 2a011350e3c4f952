import HourglassEngine
import HourglassTensor

/// What encoder, decoder and critic are told of a sample besides its values: its class, as one value for each
/// class, 1 for its own and 0 for the others. Sohn, Lee and Yan 2015 (conditional variational autoencoder).
///
/// The first layer of each that computes reads them beside its other inputs: see `Layer.told(_:beside:at:)`.
public struct Condition: Hashable, Sendable, Codable {
  /// The names of the classes, in the order of the values.
  public var classes: [String]

  public init(classes: [String]) { self.classes = classes }

  var count: Int { classes.count }

  /// One value for each class, 1 for the one that is given: `[classes]`.
  ///
  /// - Parameter given: the number of each sample's class, `[1]`.
  func marks(_ graph: inout Graph, of given: Graph.Value) -> Graph.Value {
    graph.reshape(graph.oneHot(given, count: count), [count])
  }

  func check() throws(ModelError) {
    guard classes.count > 1, Set(classes).count == classes.count else {
      throw ModelError(
        place: "condition", expected: "at least two classes with names of their own",
        found: classes.count > 1 ? "a name twice" : "\(classes.count)")
    }
  }
}
