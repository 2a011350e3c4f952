import Synchronization

/// Values that are made once for each key and kept, for many threads.
package final class Remembered<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let known = Mutex<[Key: Value]>([:])

  package init() {}

  package var count: Int { known.withLock(\.count) }

  /// The value of a key, made if there is none yet. Whoever asks meanwhile waits.
  package func value(_ key: Key, made make: () throws -> Value) throws -> Value {
    try known.withLock { known in
      if let found = known[key] { return found }
      let made = try make()
      known[key] = made
      return made
    }
  }
}
