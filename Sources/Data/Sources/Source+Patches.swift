import HourglassFormats
import HourglassTensor

extension Source {
  /// Pictures of any size, cut into windows of one: side by side, the last of each row and column where the
  /// picture ends.
  ///
  /// Samples are called `NAME-TOP-LEFT`, and stand in the order of the files, row by row.
  ///
  /// - Throws: `FormatError` for one that cannot be read, unless such are left out; ``DataError`` if none is
  ///   left, for one that is smaller than a window, and if memory does not hold them.
  static func patches(_ files: SourceFiles, _ form: ImageForm, _ opening: Opening, _ notice: (String) -> Void)
    throws -> Dataset
  {
    form.bits == 16
      ? try patches(UInt16.self, files, form, opening, notice)
      : try patches(UInt8.self, files, form, opening, notice)
  }

  private static func patches<Level: PixelLevel>(
    _: Level.Type, _ files: SourceFiles, _ form: ImageForm, _ opening: Opening, _ notice: (String) -> Void
  ) throws -> Dataset {
    var files = files
    let images: [Result<PixelImage<Level>, any Error>] = decoded(files.paths, form, opening.options.threads)
    var (pictures, places, chosen): ([Patches.Picture], [Patches.Place], [Int]) = ([], [], [])
    var (kept, offset): ([PixelImage<Level>], Int) = ([], 0)
    for number in files.paths.indices {
      guard let image = try files.attempt({ try images[number].get() }) else { continue }
      guard image.height >= form.height, image.width >= form.width else {
        throw DataError(
          place: files.names[number],
          expected: "a picture of at least \(form.height)x\(form.width), the patches",
          found: "\(image.height)x\(image.width)",
          remedy: "give smaller patches (--patch), or leave the file out")
      }
      for top in Patches.starts(image.height, form.height) {
        for left in Patches.starts(image.width, form.width) {
          places.append(.init(picture: pictures.count, top: top, left: left))
          chosen.append(number)
        }
      }
      pictures.append(.init(offset: offset, height: image.height, width: image.width))
      offset += image.pixels.count
      kept.append(image)
    }
    try files.report(notice)
    guard !places.isEmpty else {
      throw DataError(place: files.origin, expected: "an image", found: "none")
    }
    try checkMemory(
      places.count + offset / form.sampleShape.count + 1, of: form.sampleShape, elementSize: form.bits / 8,
      files.origin)
    let levels = planes(kept, count: offset, form)
    let patches = Patches(
      levels: levels, pictures: pictures, places: places, channels: form.channels, height: form.height,
      width: form.width)
    return try dataset(of: patches, chosen, files, form)
  }

  private static func decoded<Level: PixelLevel>(
    _ paths: [String], _ form: ImageForm, _ threads: Int?
  ) -> [Result<PixelImage<Level>, any Error>] {
    [Result<PixelImage<Level>, any Error>](unsafeUninitializedCapacity: paths.count) { results, count in
      results.initialize(
        repeating: .success(PixelImage(width: 1, height: 1, channels: 1, pixels: [0])))
      let slots = results
      Workers.forEach(paths.count, threads: threads ?? Workers.processors) { number in
        slots[number] = Result { form.converted(try PixelImage<Level>.read(paths[number])) }
      }
      count = paths.count
    }
  }

  /// The channels of each picture one behind the other.
  private static func planes<Level: PixelLevel>(
    _ images: [PixelImage<Level>], count: Int, _ form: ImageForm
  ) -> Tensor {
    let storage = Storage(count: count * form.bits / 8) { bytes in
      let target = bytes.bindMemory(to: Level.self)
      var next = 0
      for image in images {
        let area = image.width * image.height
        for channel in 0..<image.channels {
          for index in 0..<area { target[next + index] = image.pixels[index * image.channels + channel] }
          next += area
        }
      }
    }
    return Tensor([count], form.element, in: storage)
  }

  private static func dataset(
    of patches: Patches, _ chosen: [Int], _ files: SourceFiles, _ form: ImageForm
  ) throws -> Dataset {
    let width = form.sampleShape.count
    let storage = Storage(count: patches.places.count * width * form.bits / 8) { bytes in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
        guard let values = scratch.baseAddress else { return }
        for (row, place) in patches.places.enumerated() {
          patches.read(place, into: values)
          if form.bits == 16 {
            let target = bytes.bindMemory(to: UInt16.self)
            for index in 0..<width { target[row * width + index] = UInt16(values[index]) }
          } else {
            let target = bytes.bindMemory(to: UInt8.self)
            for index in 0..<width { target[row * width + index] = UInt8(values[index]) }
          }
        }
      }
    }
    let classes = files.classes(of: chosen)
    let dataset = try Dataset(
      Tensor(form.sampleShape.batch(patches.places.count), form.element, in: storage),
      labels: classes?.labels, classNames: classes?.names, hasGaps: false, origin: files.origin)
    let counts = Dictionary(patches.places.map { ($0.picture, 1) }, uniquingKeysWith: +)
    var next = 0
    let spans = patches.places.enumerated().map { row, place in
      next = row > 0 && patches.places[row - 1].picture == place.picture ? next + 1 : 0
      return SampleSpan(start: next, total: counts[place.picture] ?? 1, series: place.picture)
    }
    let names = zip(patches.places, chosen).map { place, number in
      "\(PictureFiles.bare(files.names[number]))-\(digits(place.top))-\(digits(place.left))"
    }
    return dataset.with(form: .images(form), sampleNames: names, spans: spans).with(patches: patches)
  }

  /// So that names stand in the order of the places.
  private static func digits(_ number: Int) -> String {
    String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
  }
}
