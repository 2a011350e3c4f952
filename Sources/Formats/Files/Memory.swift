#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much memory there is.
package enum Memory {
  package static let pageSize = max(Int(sysconf(Int32(_SC_PAGESIZE))), 4096)

  /// Bytes that this process can have in memory without pushing others out: what the system calls available,
  /// or the limit of the control group (a container's) where that is lower. Asked once.
  package static let available: Int = min(systemAvailable, controlGroupLimit)

  private static var systemAvailable: Int {
    for line in lines("/proc/meminfo") where line.hasPrefix("MemAvailable:") {
      let number = line.drop { !$0.isNumber }.prefix { $0.isNumber }
      if let kilobytes = Int(number) { return kilobytes << 10 }
    }
    let pages = Int(sysconf(Int32(_SC_PHYS_PAGES)))
    return pages > 0 ? pages.multipliedReportingOverflow(by: pageSize).partialValue : Int.max
  }

  /// The lowest limit of the groups the process is in; both versions of control groups.
  private static var controlGroupLimit: Int {
    var lowest = Int.max
    for line in lines("/proc/self/cgroup") {
      // number:controllers:path
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isOld = parts[1].split(separator: ",").contains("memory")
      guard isOld || parts[1].isEmpty else { continue }
      let root = isOld ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup"
      let name = isOld ? "memory.limit_in_bytes" : "memory.max"
      // Inside a container its own group is seen as the root, whatever the path says.
      var folders = [root]
      for part in parts[2].split(separator: "/") { folders.append(folders[folders.count - 1] + "/" + part) }
      for folder in folders {
        guard let limit = lines(folder + "/" + name).first.flatMap({ Int($0) }) else { continue }
        lowest = min(lowest, limit)
      }
    }
    return lowest
  }

  /// The lines of one of the system's small files; none where it is missing.
  private static func lines(_ path: String) -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: "\n").map(
      String.init)
  }
}
