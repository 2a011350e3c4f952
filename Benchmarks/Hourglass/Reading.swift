// How fast a table is read: `hourglass-bench read FILE` as numbers, `read-typed FILE` by the types of its
// columns.
import Hourglass

/// Seconds that reading a table takes, several times, and its rows; the first brings the file into the
/// system's memory.
func readingSeconds(
  _ file: String, isTyped: Bool, rounds: Int
) throws -> (seconds: [Double], rows: Int) {
  var (seconds, rows): ([Double], Int) = ([], 0)
  let clock = ContinuousClock()
  for _ in 0...max(1, rounds) {
    let start = clock.now
    rows = if isTyped { try CSV.readTyped(file).rowCount } else { try CSV.read(file).tensor.shape[0] }
    seconds.append((clock.now - start) / .seconds(1))
  }
  return (Array(seconds.dropFirst()), rows)
}
