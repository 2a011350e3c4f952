import HourglassFormats
import HourglassTensor

/// Images of many files as samples, some at a time, each block decoded by all threads at once.
struct ImageBlocks {
  /// Images of a block at most, and bytes of it unless one image has more.
  private static let most = 1024
  private static let mostBytes = 64 << 20

  private(set) var files: SourceFiles
  /// What was lost of the images that were decoded.
  private(set) var losses = ImageLosses()
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
  var width: Int { form.sampleShape.count * form.bits / 8 }
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
    let results = decode(numbers, into: target)
    var count = 0
    for (place, number) in numbers.enumerated() {
      guard let lost = try files.attempt({ try results[place].get() }) else { continue }
      losses.add(lost)
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

  private typealias Decoded = Result<ImageLosses, any Error>

  /// - Returns: what each of the files lost, or what is wrong with it.
  private func decode(_ numbers: [Int], into target: UnsafeMutableRawBufferPointer) -> [Decoded] {
    let (files, form, width) = (files, form, width)
    return [Decoded](unsafeUninitializedCapacity: numbers.count) { results, count in
      results.initialize(repeating: .success(ImageLosses()))
      let slots = results
      Workers.forEach(numbers.count, threads: threads, keeping: { ImageFitter(form) }) { fitter, place in
        let part = UnsafeMutableRawBufferPointer(rebasing: target[(place * width)..<((place + 1) * width)])
        let path = files.paths[numbers[place]]
        slots[place] = Result {
          form.bits == 16
            ? try ImageBlocks.write(PixelImage<UInt16>.self, path, form, fitter, into: part)
            : try ImageBlocks.write(ImageFile.self, path, form, fitter, into: part)
        }
      }
      count = numbers.count
    }
  }

  private static func write<Level>(
    _ type: PixelImage<Level>.Type, _ path: String, _ form: ImageForm, _ fitter: ImageFitter,
    into target: UnsafeMutableRawBufferPointer
  ) throws -> ImageLosses {
    let read = try type.readReduced(path, toHold: form.reducesJPEG ? (form.height, form.width) : nil)
    fitter.write(read.image, into: target)
    return ImageLosses(read, in: form)
  }
}
