#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that live for one call and share its work: files are decoded on all processors at once.
enum Workers {
  /// The processors of this machine that the process may use.
  static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Calls `body` once with each number below `count` and returns when all calls have.
  ///
  /// Which thread has which number is not to matter: a call writes only to what belongs to its number.
  static func forEach(_ count: Int, threads: Int, _ body: (Int) -> Void) {
    let workers = max(1, min(threads, count))
    guard workers > 1 else {
      for number in 0..<count { body(number) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var started: [pthread_t] = []
      for worker in 1..<workers {
        let share = Share(worker: worker, workers: workers, count: count, body: body)
        let context = Unmanaged.passRetained(share)
        var thread = pthread_t()
        if pthread_create(&thread, nil, threadBody, context.toOpaque()) == 0 {
          started.append(thread)
        } else {
          // Where the system gives no thread, the caller does its work.
          context.takeRetainedValue().run()
        }
      }
      Share(worker: 0, workers: workers, count: count, body: body).run()
      for thread in started { pthread_join(thread, nil) }
    }
  }

  /// What one thread does: every so many numbers.
  private final class Share {
    let worker: Int
    let workers: Int
    let count: Int
    let body: (Int) -> Void

    init(worker: Int, workers: Int, count: Int, body: @escaping (Int) -> Void) {
      (self.worker, self.workers, self.count, self.body) = (worker, workers, count, body)
    }

    func run() {
      for number in stride(from: worker, to: count, by: workers) { body(number) }
    }
  }

  #if canImport(Darwin)
    private static let threadBody: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
      run($0)
    }
  #else
    private static let threadBody: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
      $0.flatMap(run)
    }
  #endif

  private static func run(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Share>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }
}
