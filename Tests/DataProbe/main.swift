// Reads data as training does and says what that took: for the tests of data larger than memory, which run it
// with little memory, and for measuring.
//
//     hourglass-data-probe SOURCE [EPOCHS [AHEAD [LIMIT]]]
//
// Opens SOURCE, fits a scaling, splits, and gathers LIMIT samples of each of EPOCHS epochs in random order,
// fetching AHEAD samples before they are needed (0: none).
import HourglassData
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

let batch = 256
let arguments = CommandLine.arguments.dropFirst()

func number(_ place: Int, _ usual: Int) -> Int {
  arguments.dropFirst(place).first.flatMap { Int($0) } ?? usual
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  return try clock.measure(body) / .seconds(1)
}

/// Gathers an epoch's samples batch by batch; returns their sum.
func gather(_ dataset: Dataset, _ scaling: Scaling, epoch: Int, ahead: Int, limit: Int) -> Double {
  let sampler = Sampler(count: dataset.count, batch: batch, seed: 1)
  let order = sampler.order(epoch: epoch)
  let end = min(limit, order.count)
  let width = dataset.sampleShape.count
  var target = [Float](repeating: 0, count: batch * width)
  var sum = 0.0
  if ahead > 0 { dataset.prefetch(order[..<min(ahead, end)]) }
  for start in stride(from: 0, to: end, by: batch) {
    if ahead > 0 { dataset.prefetch(order[min(start + ahead, end)..<min(start + ahead + batch, end)]) }
    let positions = order[start..<min(start + batch, end)]
    positions.withUnsafeBufferPointer { positions in
      target.withUnsafeMutableBufferPointer { target in
        dataset.gather(
          positions, scaling: scaling,
          into: UnsafeMutableBufferPointer(rebasing: target[..<(positions.count * width)]))
      }
    }
    sum += target[..<(positions.count * width)].reduce(0) { $0 + ($1.isNaN ? 0 : Double($1)) }
  }
  return sum
}

/// Bytes that the system counts for this process. What `getrusage` tells would count the program that started
/// it too.
func counted(_ name: String) -> Int {
  var bytes = [UInt8](repeating: 0, count: 1 << 14)
  let file = open("/proc/self/status", O_RDONLY)
  defer { close(file) }
  let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
  let lines = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: "\n")
  let number = lines.first { $0.hasPrefix(name + ":") }?.drop { !$0.isNumber }.prefix { $0.isNumber }
  return (number.flatMap { Int($0) } ?? 0) << 10
}

/// Pages the process waited for.
func waits() -> Int {
  var usage = rusage()
  // 0 is RUSAGE_SELF, whose type differs between systems.
  getrusage(0, &usage)
  return usage.ru_majflt
}

do {
  guard let name = arguments.first else {
    throw DataError(place: "command", expected: "a source", found: "none")
  }
  var opened: Dataset?
  let opening = try seconds {
    opened = try Source.open(name, gaps: true) { print("notice \($0)") }
  }
  guard let dataset = opened else { exit(1) }
  print("samples \(dataset.count) values \(dataset.sampleShape.count) gaps \(dataset.hasGaps)")
  print("on-disk \(dataset.isOnDisk) open-seconds \(opening)")
  var scaling = Scaling.none(isUnitInterval: false)
  let fitting = try seconds { scaling = try Preparation.fitted(to: dataset).scaling }
  print("fit-seconds \(fitting) shift \(scaling.shift[0]) scale \(scaling.scale[0])")
  let (training, held) = try dataset.split(holdingOut: 0.1, seed: 3)
  print("split \(training.count) \(held.count)")
  training.expect(.random)
  for epoch in 0..<number(1, 0) {
    let limit = number(3, training.count)
    var sum = 0.0
    let time = seconds { sum = gather(training, scaling, epoch: epoch, ahead: number(2, 0), limit: limit) }
    print(
      "epoch \(epoch) sum \(sum) samples-a-second \(Int(Double(min(limit, training.count)) / time))"
    )
  }
  print("peak \(counted("VmHWM")) space \(counted("VmPeak")) major-faults \(waits())")
} catch {
  print("error \(error)")
  exit(1)
}
