import HourglassFormats
import HourglassTensor

extension Source {
  /// What names of images end in.
  static let imageEndings = [".png", ".jpg", ".jpeg"]

  /// A folder of files that are one sample each, or several.
  static func folder(_ path: String, _ opening: Opening, _ cache: Cache) throws -> Dataset {
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
        remedy: folder.names(ending: [".tif", ".tiff", ".webp", ".bmp", ".gif"]).isEmpty
          ? "name another folder, or one file"
          : "convert them to PNG, which keeps all of them, 16 bits a channel too")
    }
    if names.count < folder.names.count {
      let kind = sounds.isEmpty ? "image" : "sound"
      let known = Set(names)
      let other = folder.names.first { !known.contains($0) } ?? ""
      cache.notice(
        "\(path): passed over "
          + number(folder.names.count - names.count, "file that is no \(kind)", "files that are no \(kind)s")
          + ", such as \(other)"
      )
    }
    let files = SourceFiles(folder, names, skips: opening.options.skipsBadFiles)
    return try sounds.isEmpty ? self.images(files, opening, cache) : self.sounds(files, opening, cache.notice)
  }

  /// Images, brought to one form.
  ///
  /// They are decoded on all threads. Where they would take more than half of the memory there is, they are
  /// decoded into a copy that is mapped, as large tables are, and later training reads that.
  ///
  /// - Throws: `FormatError` for one that cannot be read, unless such are left out; ``DataError`` if none is
  ///   left, if no size is given and they differ, and if neither memory nor the disk holds them.
  static func images(_ files: SourceFiles, _ opening: Opening, _ cache: Cache) throws -> Dataset {
    try opening.options.check(place: files.origin, as: .images)
    var files = files
    let form = try imageForm(&files, opening.options)
    if form.arePatches { return try patches(files, form, opening, cache.notice) }
    let blocks = ImageBlocks(files, form, threads: opening.options.threads ?? Workers.processors)
    let shape = opening.options.isPlane ? [form.height, form.width] : form.sampleShape
    let size = Shape.count(of: [files.paths.count, blocks.width]) ?? Int.max
    let copy = size > opening.largestLoaded ? try copied(blocks, opening.options, cache) : nil
    let (samples, chosen) = try copy ?? loaded(blocks, opening.options, cache.notice)
    let classes = files.classes(of: chosen)
    let dataset = try Dataset(
      Tensor(shape.batch(chosen.count), form.element, in: samples.storage, offset: samples.offset),
      labels: classes?.labels, classNames: classes?.names,
      hasGaps: false, origin: files.origin)
    return dataset.with(form: .images(form), sampleNames: chosen.map { files.names[$0] })
  }

  private static func loaded(
    _ blocks: ImageBlocks, _ options: SourceOptions, _ notice: (String) -> Void
  ) throws -> (samples: Tensor, chosen: [Int]) {
    var blocks = blocks
    let (count, width) = (blocks.files.paths.count, blocks.width)
    try checkMemory(
      count, of: blocks.form.sampleShape, elementSize: blocks.form.bits / 8, blocks.files.origin)
    let storage = try Storage(count: count * width) { bytes in
      var made = 0
      while !blocks.isDone {
        made += try blocks.decode(into: UnsafeMutableRawBufferPointer(rebasing: bytes[(made * width)...]))
      }
    }
    try report(blocks, options, notice)
    return (Tensor([blocks.chosen.count, width], .uint8, in: storage), blocks.chosen)
  }

  /// Says which files were left out, and what others lost.
  private static func report(
    _ blocks: ImageBlocks, _ options: SourceOptions, _ notice: (String) -> Void
  ) throws {
    try blocks.files.report(notice)
    for words in blocks.losses.words(blocks.form, options) { notice("\(blocks.files.origin): \(words)") }
  }

  private static let chosenName = "chosen"

  /// Decodes all images into an archive, a block at a time.
  private static func write(
    _ blocks: ImageBlocks, _ options: SourceOptions, to path: String, _ key: String,
    _ notice: (String) -> Void
  ) throws {
    var blocks = blocks
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: blocks.blockCount * blocks.width, alignment: Storage.alignment)
    defer { block.deallocate() }
    try NPZ.write(
      rowsOf: [blocks.width], to: path,
      next: {
        while !blocks.isDone {
          let count = try blocks.decode(into: block)
          if count > 0 { return UnsafeRawBufferPointer(rebasing: block[..<(count * blocks.width)]) }
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
      },
      then: {
        try report(blocks, options, notice)
        return [
          NamedTensor(name: Table.keyName, tensor: Tensor([UInt8](key.utf8))),
          NamedTensor(name: chosenName, tensor: Tensor(blocks.chosen.map(Int64.init))),
        ]
      })
  }

  /// - Returns: nil where no folder takes the copy.
  private static func copied(
    _ blocks: ImageBlocks, _ options: SourceOptions, _ cache: Cache
  ) throws -> (samples: Tensor, chosen: [Int])? {
    let files = blocks.files
    let form = blocks.form
    let reading =
      "images \(form.height)x\(form.width)x\(form.channels) skips=\(files.skips)"
      + (form.bits == 8 ? "" : " bits=\(form.bits)") + (form.reducesJPEG ? " reduced" : "")
    var isNew = false
    let arrays = try cache.arrays(of: files.origin, checksum: files.checksum, reading: reading) { path, key in
      isNew = true
      try write(blocks, options, to: path, key, cache.notice)
      return files.checksum
    }
    guard let arrays, let samples = arrays.first(where: { $0.name == Table.valuesName })?.tensor,
      let chosen = arrays.first(where: { $0.name == chosenName })?.tensor.doubles.map({ Int($0) }),
      samples.rows == chosen.count, chosen.allSatisfy(files.paths.indices.contains)
    else { return nil }
    if !isNew, chosen.count < files.paths.count {
      cache.notice(
        "\(files.origin): left out \(files.paths.count - chosen.count) of \(files.paths.count) files")
    }
    return (samples, chosen)
  }

  /// The form asked for; what is not said is told by the heads of the files.
  private static func imageForm(
    _ files: inout SourceFiles, _ options: SourceOptions
  ) throws -> ImageForm {
    if let patch = options.patch { return try patchForm(patch, &files, options) }
    if let height = options.height, let width = options.width, let channels = options.channels,
      let bits = options.bits
    {
      return ImageForm(
        height: height, width: width, channels: channels, bits: bits, reducesJPEG: options.reducesImages)
    }
    var first: (name: String, height: Int, width: Int)?
    var isGrey = true
    var bits = 8
    let heads = heads(files.paths, threads: options.threads ?? Workers.processors)
    for (name, head) in zip(files.names, heads) {
      guard let size = try files.attempt({ try head.get() }) else { continue }
      isGrey = isGrey && size.channels < 3
      bits = max(bits, size.bits)
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
    try checkSides(height, width, files.origin)
    return ImageForm(
      height: height, width: width, channels: options.channels ?? (isGrey ? 1 : 3),
      bits: options.bits ?? bits, reducesJPEG: options.reducesImages)
  }

  /// Windows of images of any size, in the channels and bits asked for or those of the finest.
  private static func patchForm(
    _ patch: [Int], _ files: inout SourceFiles, _ options: SourceOptions
  ) throws -> ImageForm {
    var (isGrey, bits) = (true, 8)
    if options.channels == nil || options.bits == nil {
      for head in heads(files.paths, threads: options.threads ?? Workers.processors) {
        guard let size = try files.attempt({ try head.get() }) else { continue }
        isGrey = isGrey && size.channels < 3
        bits = max(bits, size.bits)
      }
    }
    return ImageForm(
      height: patch[0], width: patch[patch.count - 1], channels: options.channels ?? (isGrey ? 1 : 3),
      bits: options.bits ?? bits, arePatches: true)
  }

  private static func checkSides(_ height: Int, _ width: Int, _ origin: String) throws {
    guard max(height, width) > ImageForm.longestSide else { return }
    throw DataError(
      place: origin, expected: "images with sides of at most \(ImageForm.longestSide) pixels",
      found: "\(height)x\(width)", remedy: "give a smaller size: --size 256x256")
  }

  private typealias Head = (width: Int, height: Int, channels: Int, bits: Int)

  /// What stands at the head of each file, or what is wrong with it.
  private static func heads(_ paths: [String], threads: Int) -> [Result<Head, any Error>] {
    [Result<Head, any Error>](unsafeUninitializedCapacity: paths.count) { results, count in
      results.initialize(repeating: .success((0, 0, 0, 0)))
      let slots = results
      Workers.forEach(paths.count, threads: threads) { number in
        slots[number] = Result { try ImageFile.size(paths[number]) }
      }
      count = paths.count
    }
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
