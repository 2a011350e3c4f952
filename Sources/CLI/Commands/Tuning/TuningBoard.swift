import Hourglass
import Synchronization

/// What a search and the thread that shows it tell each other.
final class TuningBoard: Sendable {
  private struct Contents {
    var news: [(Tuner.Progress, String?)] = []
    var outcome: Result<Tuner.Outcome, any Error>?
    var isStopped = false
  }

  private let contents = Mutex(Contents())

  /// Whether the search shall stop.
  var isStopped: Bool { contents.withLock { $0.isStopped } }

  func stop() { contents.withLock { $0.isStopped = true } }

  /// Results since the last time.
  func take() -> [(Tuner.Progress, String?)] {
    contents.withLock { contents in
      defer { contents.news = [] }
      return contents.news
    }
  }

  /// What came of it; nil while it goes on.
  ///
  /// - Throws: what the search threw.
  var outcome: Tuner.Outcome? {
    get throws { try contents.withLock { $0.news.isEmpty ? $0.outcome : nil }?.get() }
  }

  /// Runs a search to its end.
  func fill(
    _ search: (_ report: @escaping @Sendable (Tuner.Progress, String?) -> Void) async throws -> Tuner.Outcome
  ) async {
    do {
      let outcome = try await search { progress, warning in
        self.contents.withLock { $0.news.append((progress, warning)) }
      }
      contents.withLock { $0.outcome = .success(outcome) }
    } catch {
      contents.withLock { $0.outcome = .failure(error) }
    }
  }
}

/// The file of all trials, written while the search goes on: often enough that little is lost, seldom enough
/// to cost little.
final class TuningFile {
  /// Seconds between two writings at least.
  private static let interval = 1.0
  /// Times as long as writing took that nothing is written after it.
  private static let rest = 20.0

  private let path: String
  private var next = 0.0
  private var hasWarned = false

  init(_ path: String) { self.path = path }

  /// Writes the record where it is time to.
  ///
  /// - Returns: the first time it cannot, why. The search goes on: its result is worth more than its notes.
  func note(_ record: TuningRecord) -> String? {
    let begin = System.seconds
    guard begin >= next else { return nil }
    defer { next = System.seconds + max(TuningFile.interval, TuningFile.rest * (System.seconds - begin)) }
    do {
      try record.write(to: path)
      return nil
    } catch {
      defer { hasWarned = true }
      return hasWarned ? nil : "the trials cannot be written, the search goes on: \(error)"
    }
  }
}
