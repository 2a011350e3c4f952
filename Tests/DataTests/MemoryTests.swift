import Foundation
import HourglassData
import HourglassFormats
import HourglassTensor
import Testing

/// Data larger than the memory that is allowed, read by a program of its own.
@Suite("Memory", .serialized)
struct MemoryTests {
  @Test("a table is read where its text would not fit", arguments: ["t.csv", "t.csv.gz"])
  func table(name: String) throws {
    let folder = try Folder()
    // 75 MB of text, 12 MB of numbers.
    let text = Self.text(rows: 300_000)
    let path = folder.write(name.hasSuffix(".gz") ? try Gzip.compress(text, level: 1) : text, name)
    let environment = ["XDG_CACHE_HOME": folder("cache")]
    let plain = try Probe.run([path, "1"], environment: environment)
    #expect(plain["samples"] == "300000" && plain["values"] == "10", "\(plain)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("cache/hourglass")).count == 1)
    // The program alone takes some memory, which is no part of this.
    let small = folder.write(Array("1,2\n3,4\n".utf8), "small.csv")
    let base = try #require(Int(try Probe.run([small], environment: environment)["peak"] ?? ""))
    let peak = try #require(Int(plain["peak"] ?? ""))
    #expect(peak - base < 40 << 20, "\((peak - base) >> 20) MB")
    // The address space: what the program takes by itself, and half of the text.
    let space = try #require(Int(try Probe.run([small], environment: environment)["space"] ?? ""))
    try FileManager.default.removeItem(atPath: folder("cache"))
    let limited = try Probe.run(
      [path, "1"], before: "ulimit -v \(space >> 10 + 37 << 10)", environment: environment)
    #expect(limited["sum"] == plain["sum"] && limited["notice"] == nil, "\(limited)")
  }

  /// Rows of 10 numbers in 250 bytes.
  private static func text(rows: Int) -> [UInt8] {
    let random = Random(seed: 5, stream: 1)
    let lines = (0..<100).map { line in
      let cells = (0..<10).map { cell in
        "\(random.uniform(position: UInt64(line * 10 + cell)))0000000000000000000000000".prefix(24)
      }
      return cells.joined(separator: ",") + "\n"
    }
    let block = Array(lines.joined().utf8)
    return (0..<(rows / 100)).flatMap { _ in block }
  }

  @Test("an array is read where a quarter of it fits, and gives the same numbers")
  func array() throws {
    let limit = 40 << 20
    let folder = try Folder()
    guard let group = MemoryGroup(limit: limit) else {
      print("skipped: this user may not limit the memory of a group of processes")
      return
    }
    let path = folder("a.npy")
    try Self.write(bytes: 4 * limit, to: path)
    let plain = try Probe.run([path])
    var waits: [String: Double] = [:]
    for ahead in ["0", "4096"] {
      MemoryGroup.forget(path)
      // Without fetching ahead every sample waits for the disk: fewer of them tell as much.
      let samples = ahead == "0" ? "1000" : "5000"
      let limited = try Probe.run([path, "2", ahead, samples], before: group.enter)
      #expect(limited["on-disk"] == "true", "\(limited)")
      #expect(
        limited["error"] == nil && limited["shift"] == plain["shift"] && limited["scale"] == plain["scale"])
      let unlimited = try Probe.run([path, "2", "0", samples])
      #expect(limited["sum"] != nil && limited["sum"] == unlimited["sum"])
      waits[ahead] = (limited["major-faults"].flatMap { Double($0) } ?? 0) / (Double(samples) ?? 1)
      let speeds = [limited, unlimited].map { $0["samples-a-second"] ?? "?" }
      print(
        "samples a second, \(ahead) fetched ahead: \(speeds[0]) from the disk, \(speeds[1]) from memory"
      )
    }
    // What is fetched ahead is there when it is needed.
    #expect((waits["4096"] ?? 1) < 0.5 * (waits["0"] ?? 0), "\(waits)")
    #expect(plain["on-disk"] == "false")
    #expect(group.peak <= limit)
  }

  /// Samples of 784 floats whose first says which they are.
  private static func write(bytes: Int, to path: String) throws {
    let rows = bytes / 3136
    let values = (0..<784).map { Float($0) / 784 }
    let storage = Storage(count: rows * 3136) { target in
      values.withUnsafeBytes { row in
        for index in 0..<rows {
          UnsafeMutableRawBufferPointer(rebasing: target[(index * 3136)...]).copyMemory(from: row)
          target.storeBytes(of: Float(index % 1000), toByteOffset: index * 3136, as: Float.self)
        }
      }
    }
    try NPY.write(Tensor([rows, 784], .float32, in: storage), to: path)
  }
}

/// The program that reads data and says what it took.
enum Probe {
  private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("hourglass-data-probe").path

  /// What it prints, by the word before each number. The last of several counts.
  static func run(
    _ arguments: [String], before: String = ":", environment: [String: String] = [:]
  ) throws -> [String: String] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "\(before) && exec \"$0\" \"$@\"", program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var found: [String: String] = process.terminationStatus == 0 ? [:] : ["error": text]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if ["notice", "error"].contains(words[0]) {
        found[words[0]] = words.dropFirst().joined(separator: " ")
        continue
      }
      for index in stride(from: 0, to: words.count - 1, by: 2) { found[words[index]] = words[index + 1] }
    }
    return found
  }
}

/// A group of processes with little memory, where the tests may make one.
final class MemoryGroup {
  private let folder = "/sys/fs/cgroup/memory/hourglass-test-\(getpid())"

  init?(limit: Int) {
    guard mkdir(folder, 0o700) == 0 else { return nil }
    let file = folder + "/memory.limit_in_bytes"
    do {
      try "\(limit)".write(toFile: file, atomically: false, encoding: .utf8)
    } catch {
      rmdir(folder)
      return nil
    }
  }

  deinit {
    try? "0".write(toFile: folder + "/memory.force_empty", atomically: false, encoding: .utf8)
    rmdir(folder)
  }

  /// What a shell runs to become a member.
  var enter: String { "echo $$ > \(folder)/tasks" }

  /// Most bytes its members ever had together.
  var peak: Int {
    let text = (try? String(contentsOfFile: folder + "/memory.max_usage_in_bytes", encoding: .utf8)) ?? ""
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  /// Takes a file out of memory, so that it is read from the disk, and counted for whoever reads it.
  static func forget(_ path: String) {
    let file = open(path, O_RDONLY)
    fsync(file)
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
    close(file)
  }
}
