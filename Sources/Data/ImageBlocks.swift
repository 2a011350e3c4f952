import HourglassFormats
import HourglassTensor

/// Images of many files as samples, some at a time, each block decoded by all threads at once.
struct ImageBlocks {
  /// Images of a block at most, and bytes of it unless one image has more.
  private static let most = 1024
  private static let mostBytes = 64 << 20

  private(set) var files: SourceFiles
  /// The files that samples were made of, by number.
  private(set) var chosen: [Int] = []
  let form: ImageForm
  private let threads: Int
  private var next = 0
  /// Files that are known to be at fault, and left out.
  private let bad: Set<String>

  init(_ files: SourceFiles, _ form: ImageForm, threads: Int) {
    self.files = files
    self.form = form
    self.threads = threads
    bad = Set(files.faults.map(\.place))
  }

  /// Bytes of a sample.
  var width: Int { form.sampleShape.count }
  /// Files of a block.
  var blockCount: Int { max(1, min(ImageBlocks.most, ImageBlocks.mostBytes / width)) }
  var isDone: Bool { next >= files.paths.count }

  /// Decodes the files that come next, one sample behind the other.
  ///
  /// - Precondition: the target has room for a block, or for all files that are left.
  /// - Returns: how many samples were made.
  /// - Throws: the fault of the first file that has one, unless such are left out.
  mutating func decode(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    let numbers = (next..<min(next + blockCount, files.paths.count)).filter { !bad.contains(files.paths[$0]) }
    next = min(next + blockCount, files.paths.count)
    let faults = decode(numbers, into: target)
    var count = 0
    for (place, number) in numbers.enumerated() {
      let fault = faults[place]
      let isWhole = try files.attempt { () throws -> Bool in
        if let fault { throw fault }
        return true
      }
      guard isWhole == true else { continue }
      // What was left out leaves no hole.
      if place != count {
        UnsafeMutableRawBufferPointer(rebasing: target[(count * width)..<((count + 1) * width)])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: target[(place * width)..<((place + 1) * width)]))
      }
      chosen.append(number)
      count += 1
    }
    return count
  }

  /// - Returns: what is wrong with each of the files.
  private func decode(_ numbers: [Int], into target: UnsafeMutableRawBufferPointer) -> [(any Error)?] {
    let (files, form, width) = (files, form, width)
    return [(any Error)?](unsafeUninitializedCapacity: numbers.count) { faults, count in
      faults.initialize(repeating: nil)
      let slots = faults
      Workers.forEach(numbers.count, threads: threads) { place in
        do {
          let image = try ImageFile.read(files.paths[numbers[place]])
          form.write(
            image,
            into: UnsafeMutableRawBufferPointer(rebasing: target[(place * width)..<((place + 1) * width)]))
        } catch {
          slots[place] = error
        }
      }
      count = numbers.count
    }
  }
}
