import Foundation
import Testing

@testable import HourglassInterchange

@Suite struct EventLogTests {
  /// The words of the error that `body` throws.
  func words(_ body: () throws(InterchangeError) -> Void) -> String {
    do throws(InterchangeError) {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a new file in a new folder, named for TensorBoard`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path + "/a/b/")
    try log.close()
    try log.close()
    let name = #/events\.out\.tfevents\.\d{10}\.\d{6}\..+\.\d+\.v2/#
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b")
    #expect(names.count == 1 && names.allSatisfy { $0.wholeMatch(of: name) != nil })
    #expect(log.path.hasPrefix(folder.path + "/a/b/"))
    #expect(try records(log.path).count == 2)
  }

  @Test func `every log has its own file, in the order of their making`() throws {
    let folder = try TemporaryFolder()
    let logs = try (0..<20).map { _ in try EventLog(folder: folder.path) }
    let paths = logs.map(\.path)
    #expect(Set(paths).count == 20)
    #expect(paths == paths.sorted())
  }

  @Test func `events wait for the flush, or until there are many`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path)
    try log.scalar("loss", 1, step: 1)
    #expect(try records(log.path).count == 2)
    try log.flush()
    #expect(try records(log.path).count == 3)
    for step in 0..<3000 { try log.scalar("loss", 1, step: step) }
    let count = try records(log.path).count
    #expect(count > 1000 && count < 3003)
    try log.close()
    #expect(try records(log.path).count == 3003)
  }

  @Test func `a log that goes away writes what it has`() throws {
    let folder = try TemporaryFolder()
    var log: EventLog? = try EventLog(folder: folder.path)
    try log?.scalar("loss", 1, step: 1)
    let path = try #require(log?.path)
    log = nil
    #expect(try records(path).count == 3)
  }

  @Test func `values that are not finite are counted`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path)
    #expect(try log.histogram("codes", [1, 2, .nan, .infinity], step: 1) == 2)
    #expect(try log.histogram("codes", stride(from: Float(0), to: 5, by: 1), step: 2) == 0)
    try log.close()
    // Two histograms and one scalar.
    #expect(try records(log.path).count == 5)
  }

  @Test func `a place that cannot be written in is named`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/file"
    try Data([1]).write(to: URL(fileURLWithPath: file))
    #expect(
      words { () throws(InterchangeError) in _ = try EventLog(folder: file) }
        .contains("expected a folder to write in, found a file where a folder is named"))
    #expect(
      words { () throws(InterchangeError) in _ = try EventLog(folder: file + "/deeper") }
        .hasPrefix(file + "/deeper: expected a folder to write in"))
    #expect(
      words { () throws(InterchangeError) in _ = try EventLog(folder: "") }
        .hasPrefix("'': expected a folder to write in"))
    #expect(try folder.names == ["file"])
  }
}

/// What happens to a process, in a process of its own.
@Suite struct EventLogSafetyTests {
  @Test func `a killed process leaves what was flushed`() async throws {
    let folder = try TemporaryFolder()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
      let log = try EventLog(folder: path)
      for step in 0..<10 { try log.scalar("loss", 1, step: step) }
      try log.flush()
      try log.scalar("loss", 1, step: 10)
      kill(getpid(), SIGKILL)
    }
    let name = try #require(folder.names.first)
    #expect(try records(folder.path + "/" + name).count == 12)
  }

  /// A limit of the file's size acts as a full disk does: a piece of the data is taken, then no more.
  @Test func `a full disk costs the waiting events and nothing else`() async throws {
    let folder = try TemporaryFolder()
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      func allow(_ size: UInt) {
        var limits = rlimit(rlim_cur: rlim_t(size), rlim_max: rlim_t.max)
        precondition(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits) == 0)
      }
      let log = try EventLog(folder: path)
      try log.text("before", "kept", step: 1)
      try log.flush()
      allow(1000)
      for step in 2...3 {
        try log.text("during", String(repeating: "lost ", count: 300), step: step)
        do {
          try log.flush()
          preconditionFailure("no error")
        } catch {
          precondition("\(error)".contains("expected a file size that the system allows"), "\(error)")
        }
      }
      allow(UInt.max)
      try log.text("after", "kept", step: 4)
      try log.close()
    }
    let name = try #require(folder.names.first)
    let kept = try records(folder.path + "/" + name)
    #expect(kept.count == 4 && kept.allSatisfy { $0 != nil })
  }
}
