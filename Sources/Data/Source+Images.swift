import HourglassFormats
import HourglassTensor

extension Source {
  /// What names of images end in.
  static let imageEndings = [".png", ".jpg", ".jpeg"]

  /// A folder of files that are one sample each, or several.
  static func folder(_ path: String, _ opening: Opening, _ notice: (String) -> Void) throws -> Dataset {
    try opening.refuseColumns(place: path)
    let folder = try SourceFolder(path)
    let images = folder.names(ending: imageEndings)
    let sounds = folder.names(ending: soundEndings)
    guard images.isEmpty || sounds.isEmpty else {
      throw DataError(
        place: path, expected: "a folder of one kind",
        found: "\(images.count) images and \(sounds.count) sounds",
        remedy: "name a folder in it, or put them into two")
    }
    let names = images + sounds
    guard !names.isEmpty else {
      throw DataError(
        place: path, expected: "a folder of images (.png, .jpg) or sounds (.wav, .flac)",
        found: folder.names.isEmpty
          ? "an empty one" : "\(folder.names.count) other files, such as \(folder.names[0])",
        remedy: "name another folder, or one file")
    }
    if names.count < folder.names.count {
      let kind = sounds.isEmpty ? "images" : "sounds"
      notice("\(path): passed over \(folder.names.count - names.count) files that are no \(kind)")
    }
    let files = SourceFiles(folder, names, skips: opening.options.skipsBadFiles)
    return try sounds.isEmpty ? self.images(files, opening, notice) : self.sounds(files, opening, notice)
  }

  /// Images, brought to one form.
  ///
  /// - Throws: `FormatError` for one that cannot be read, unless such are left out; ``DataError`` if none is
  ///   left, if no size is given and they differ, and if memory does not hold them.
  static func images(
    _ files: SourceFiles, _ opening: Opening, _ notice: (String) -> Void
  ) throws -> Dataset {
    try opening.options.check(place: files.origin, as: .images)
    var files = files
    let form = try imageForm(&files, opening.options)
    let bad = Set(files.faults.map(\.place))
    let width = form.sampleShape.count
    try checkMemory(files.paths.count, of: form.sampleShape, elementSize: 1, files.origin)
    var chosen: [Int] = []
    let storage = try Storage(count: files.paths.count * width) { bytes in
      for (index, path) in files.paths.enumerated() where !bad.contains(path) {
        guard let image = try files.attempt({ try ImageFile.read(path) }) else { continue }
        let start = chosen.count * width
        form.write(image, into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<(start + width)]))
        chosen.append(index)
      }
    }
    try files.report(notice)
    let shape = opening.options.isPlane ? [form.height, form.width] : form.sampleShape
    let samples = Tensor(shape.batch(chosen.count), .uint8, in: storage)
    let classes = files.classes(of: chosen)
    let dataset = try Dataset(
      samples, labels: classes?.labels, classNames: classes?.names, hasGaps: false, origin: files.origin)
    return dataset.with(form: .images(form), sampleNames: chosen.map { files.names[$0] })
  }

  /// The form asked for; what is not said is told by the heads of the files.
  private static func imageForm(
    _ files: inout SourceFiles, _ options: SourceOptions
  ) throws -> ImageForm {
    if let height = options.height, let width = options.width, let channels = options.channels {
      return ImageForm(height: height, width: width, channels: channels)
    }
    var first: (name: String, height: Int, width: Int)?
    var isGrey = true
    for (name, path) in zip(files.names, files.paths) {
      guard let size = try files.attempt({ try ImageFile.size(path) }) else { continue }
      isGrey = isGrey && size.channels < 3
      let known = first ?? (name, size.height, size.width)
      first = known
      guard options.height == nil || options.width == nil,
        (size.height, size.width) != (known.height, known.width)
      else { continue }
      throw DataError(
        place: files.origin, expected: "images of one size",
        found: "\(known.name) of \(known.height)x\(known.width) and \(name) of \(size.height)x\(size.width)",
        remedy: "give the size to bring them to, height first: --size \(known.height)x\(known.width)")
    }
    guard let first else {
      try files.report { _ in }
      throw DataError(place: files.origin, expected: "an image", found: "none")
    }
    let (height, width) = (options.height ?? first.height, options.width ?? first.width)
    guard max(height, width) <= ImageForm.longestSide else {
      throw DataError(
        place: files.origin, expected: "images with sides of at most \(ImageForm.longestSide) pixels",
        found: "\(height)x\(width)", remedy: "give a smaller size: --size 256x256")
    }
    return ImageForm(height: height, width: width, channels: options.channels ?? (isGrey ? 1 : 3))
  }

  /// Better a word now than the system ending the program halfway.
  static func checkMemory(_ count: Int, of shape: Shape, elementSize: Int, _ origin: String) throws {
    let needed = Shape.count(of: [count, elementSize] + shape.dimensions) ?? Int.max
    guard needed > Memory.available else { return }
    throw DataError(
      place: origin, expected: "samples that fit in memory, of which \(Memory.available >> 20) MB are left",
      found: "\(count) of \(shape), which take \(needed >> 20) MB",
      remedy: "choose a smaller size, or fewer files")
  }
}
