import Hourglass

extension Command {
  static let segment = Command(
    name: "segment", abstract: "finds the objects of pictures by their brightness, as masks",
    operands: [Operand(name: "FOLDER", meaning: "pictures: a folder of .png and .jpg files")],
    options: [
      SegmentOption.output.declaration, SegmentOption.boxes.declaration, SegmentOption.method.declaration,
      SegmentOption.side.declaration, SegmentOption.smallest.declaration, SegmentOption.rise.declaration,
      SegmentOption.smoothing.declaration, SegmentOption.mask.declaration,
      SegmentOption.areObjects.declaration,
      SegmentOption.gap.declaration, SharedOption.json.declaration, SharedOption.quiet.declaration,
    ],
    discussion: """
      What needs no training, and what a trained mask is held against. Otsu's threshold parts the grey levels of each picture \
      into two groups; objects are the group that less of the border belongs to, holes filled. With otsu-watershed those \
      that touch are told apart by their shape: waters rise from the tops of the distance to the background and meet at the necks. \
      OUT is filled with a .png a picture, of its size: each pixel the number of its object, 0 the background, with colours for \
      the eye. --mask measures: Dice = 2 TP / (2 TP + FP + FN) and IoU = TP / (TP + FP + FN) of pixels, in the mean of the pictures and of all \
      pixels together, 1 where a picture has no object and none was found; with --objects, where the masks number \
      objects, also the precision TP / (TP + FP + FN) of objects that are matched one to one at an IoU of 0.5, 0.75 and 0.9. \
      Pixels of the level --mask-gap say nothing and do not count.
      """,
    examples: [
      "hourglass segment nuclei -o masks",
      "hourglass segment nuclei --method otsu --mask truth --objects",
    ],
    run: { session in
      let run = try SegmentRun(session)
      let found = try run.segment(session)
      try run.write(found, session)
      guard let measured = try run.measures(found, session) else { return }
      try session.streams.output.writeLine(
        session.isJSON ? JSON.object(measured.members).line : measured.text)
    })
}

private enum SegmentOption {
  static let output = Option.optional(
    "output", short: "o", .file("OUT"), "the folder to fill with masks")
  static let boxes = Option.optional(
    "boxes", .file(), "a table to write (.csv): the box of each object, file,class,x,y,w,h,score")
  static let method = Option(
    "method", .choice(ThresholdSegmenter.Method.allCases.map(\.rawValue)),
    default: ThresholdSegmenter.Method.otsuWatershed.rawValue, "how objects are found")
  static let side = Option(
    "side", .choice(Otsu.Side.allCases.map(\.rawValue)), default: Otsu.Side.auto.rawValue,
    "whether objects are bright or dark; auto: by the border")
  static let smallest = Option(
    "smallest", .integer(1...1_000_000), default: ObjectSplitting().smallest,
    "objects of fewer pixels are left out")
  static let rise = Option(
    "rise", .number(above: 0, atMost: 1000), default: ObjectSplitting().rise,
    "of otsu-watershed: how far the middle of an object lies further from the background than the neck to the next"
  )
  static let smoothing = Option(
    "smoothing", .number(above: 0, orEqual: true, atMost: 100), default: ObjectSplitting().smoothing,
    "of otsu-watershed: pixels by which distances are smoothed first")
  static let mask = Option.optional(
    "mask", .file("FOLDER"),
    "the true masks, .png files called as the pictures: measures instead of only finding")
  static let areObjects = Option.flag(
    "objects", "the numbers of --mask are objects, each its own, not classes")
  static let gap = Option.optional(
    "mask-gap", .integer(0...65535), shown: "\(MaskFolder.usualGap), of masks that number objects none",
    "the level of pixels of --mask of which nothing is known")
}

/// Pictures to be segmented, and how.
private struct SegmentRun {
  let folder: SourceFolder
  let names: [String]
  let segmenter: ThresholdSegmenter
  let output: String?
  let boxes: String?

  init(_ session: Session) throws {
    let arguments = session.arguments
    folder = try SourceFolder(session.operand(0))
    names = folder.names(ending: [".png", ".jpg", ".jpeg"])
    guard !names.isEmpty else {
      throw Failure.data(
        "\(session.operand(0)): expected pictures (.png, .jpg), found none; name a folder of them")
    }
    (output, boxes) = (try arguments[SegmentOption.output], try arguments[SegmentOption.boxes])
    guard output != nil || boxes != nil || arguments.has(SegmentOption.mask) else {
      throw Failure.commandLine("give -o FOLDER for masks, --boxes FILE, or --mask FOLDER to measure")
    }
    for option in [SegmentOption.areObjects.declaration, SegmentOption.gap.declaration]
    where arguments.firstGiven(of: [option]) != nil && !arguments.has(SegmentOption.mask) {
      throw Failure.commandLine("\(option.dashed) belongs to --mask; give that too, or leave it out")
    }
    if let output, output == session.operand(0) {
      throw Failure.commandLine("-o expects another folder than that of the pictures, '\(output)'")
    }
    if let boxes, !OutputFile.isTable(boxes) {
      throw Failure.commandLine("--boxes expects a name that ends in .csv or .tsv, found '\(boxes)'")
    }
    var splitting = ObjectSplitting()
    splitting.rise = try arguments[SegmentOption.rise]
    splitting.smoothing = try arguments[SegmentOption.smoothing]
    splitting.smallest = try arguments[SegmentOption.smallest]
    segmenter = try ThresholdSegmenter(
      ThresholdSegmenter.Method(rawValue: arguments[SegmentOption.method]) ?? .otsuWatershed,
      objects: Otsu.Side(rawValue: arguments[SegmentOption.side]) ?? .auto, splitting: splitting)
  }

  func segment(_ session: Session) throws -> [PixelLabels] {
    try names.map { name in
      let image = try ImageFile.read(folder.file(name))
      return segmenter.objects(image.greyLevels, width: image.width, height: image.height)
    }
  }

  func write(_ found: [PixelLabels], _ session: Session) throws {
    let objects = Figures.grouped(found.reduce(0) { $0 + $1.largest }, "object")
    if let output {
      try SampleFiles.makeFolder(output)
      for (name, labels) in zip(names, found) {
        let mask = MaskFile(width: labels.width, height: labels.height, numbers: labels.values)
        try SampleFiles.write(try mask.encoded(), MaskFolder.stem(name) + ".png", in: output)
      }
      session.say("\(output): \(Figures.grouped(names.count, "mask")), \(objects)")
    }
    if let boxes {
      let rows = zip(names, found).flatMap { DetectedBox.boxes(of: $1, file: $0, name: "object") }
      try CSV.write(DetectedBox.table(of: rows), to: boxes)
      session.say("\(boxes): \(Figures.grouped(rows.count, "box", "boxes"))")
    }
  }

  /// nil where nothing is asked to be measured.
  func measures(_ found: [PixelLabels], _ session: Session) throws -> SegmentationLines? {
    guard let path = try session.arguments[SegmentOption.mask] else { return nil }
    let areObjects = session.arguments.has(SegmentOption.areObjects)
    let gap = try session.arguments[SegmentOption.gap] ?? (areObjects ? nil : MaskFolder.usualGap)
    let folder = try MaskFolder(path, of: names, gap: gap)
    for remark in folder.remarks { session.sayOnce(remark) }
    var lines = SegmentationLines(pictures: names.count, method: segmenter.method.rawValue)
    for (place, mask) in folder.masks.enumerated() {
      let own = found[place]
      let truth = mask.resized(width: own.width, height: own.height)
      if !areObjects, truth.largest > 1 {
        throw Failure.data(
          "\(path) '\(names[place])': expected one class, found \(truth.largest); a threshold tells objects from background alone: "
            + "give masks of one class, or say that their numbers are objects (--objects)")
      }
      lines.add(own, truth: truth, areObjects: areObjects)
    }
    return lines
  }
}

extension ImageFile {
  /// 0.299 red + 0.587 green + 0.114 blue, rounded; opacity is not looked at.
  fileprivate var greyLevels: [UInt8] {
    guard channels > 2 else { return stride(from: 0, to: pixels.count, by: channels).map { pixels[$0] } }
    return stride(from: 0, to: pixels.count, by: channels).map { start in
      let (red, green, blue) = (Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]))
      return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
    }
  }
}

extension DetectedBox {
  /// The columns file, class, x, y, w, h, score.
  static func table(of boxes: [DetectedBox]) -> TypedTable {
    func texts(_ name: String, _ values: [String]) -> TypedTable.Column {
      let levels = Set(values).sorted()
      let places = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Int32($0)) })
      return TypedTable.Column(
        name: name, values: .texts(levels: levels, indices: values.map { places[$0] ?? -1 }),
        form: CellForm.text)
    }
    func numbers(_ name: String, _ values: [Double], decimals: Int) -> TypedTable.Column {
      TypedTable.Column(name: name, values: .numbers(values), form: .number(decimals: decimals))
    }
    return TypedTable(
      columns: [
        texts("file", boxes.map(\.file)), texts("class", boxes.map(\.name)),
        numbers("x", boxes.map(\.x), decimals: 0), numbers("y", boxes.map(\.y), decimals: 0),
        numbers("w", boxes.map(\.width), decimals: 0), numbers("h", boxes.map(\.height), decimals: 0),
        numbers("score", boxes.map(\.score), decimals: 6),
      ], rowCount: boxes.count, form: TableForm())
  }
}
