// How fast a folder of pictures becomes samples: `hourglass-bench load FOLDER --size 64 --threads 2`.
import Hourglass

/// Seconds that opening a folder takes, several times; the first brings the files into the system's memory.
func loadingSeconds(
  _ folder: String, size: Int, threads: Int, rounds: Int
) throws -> (seconds: [Double], files: Int) {
  var options = SourceOptions()
  options.threads = threads
  if size > 0 { (options.height, options.width) = (size, size) }
  var (seconds, files): ([Double], Int) = ([], 0)
  let clock = ContinuousClock()
  for _ in 0...max(1, rounds) {
    let start = clock.now
    files = try Source.open(folder, options: options).count
    seconds.append((clock.now - start) / .seconds(1))
  }
  return (Array(seconds.dropFirst()), files)
}
