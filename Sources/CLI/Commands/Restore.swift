import Hourglass

extension Command {
  static let restore = Command(
    name: "restore", abstract: "gives back degraded pictures, sounds and series of any size",
    operands: [
      .model,
      Operand(
        name: "SOURCE",
        meaning:
          "a folder of pictures, each of its own size, or one; sounds or series as 'denoise' takes them"),
    ],
    options: RestoreOption.all + DataOption.ofUse + SharedOption.ofUse,
    common: [RestoreOption.output.declaration] + RestoreOption.ofPictures + [SharedOption.seed.declaration]
      + SharedOption.ofUse,
    discussion: """
      Pictures go through the model tile by tile and come back in their own size and channels, as PNG files: tiles \
      lie over each other and are blended by a smooth window, so that no seams are seen. A network of \
      convolutions takes tiles of any multiple of its own side, one with dense layers its own alone. Windows of \
      sounds and series lie over each other by half and are blended in the same way. Train the model with \
      --corruption, which names what it is to undo.
      With --against CLEAN two measures are told of each picture, PSNR in decibels and SSIM, and beside them \
      those of the degraded picture and of median, Wiener and non-local means filters, each with the setting \
      that does best on these pictures. With --corruption SOURCE holds the clean pictures, which are degraded \
      first and measured against.
      With --mask only the places that a mask marks are restored; all else stays as it is to the last bit.
      """,
    examples: [
      "hourglass restore model.safetensors scans -o restored",
      "hourglass restore model.safetensors photos --corruption gaussian=25/255 -o restored",
      "hourglass restore model.safetensors noisy --against clean -o restored",
      "hourglass restore model.safetensors holed.png --mask holes.png -o whole.png",
    ],
    run: { session in
      let model = try session.model()
      guard model.preparation.isOfWindows else {
        var run = try RestorationRun(session, model)
        return try run.restore()
      }
      let ofPictures = RestoreOption.ofPictures
      if let option = session.arguments.firstGiven(of: ofPictures) {
        throw Failure.commandLine(
          "\(option) is for pictures; \(session.operand(0)) is a model of sounds or series; leave it out")
      }
      try session.restoreWindows(model)
    })
}

enum RestoreOption {
  static let output = Option.optional(
    "output", short: "o", .file("OUT"),
    "the folder to write to, or for one picture a .png file; for sounds and series as denoise has it")
  static let against = Option.optional(
    "against", .file("CLEAN"), shown: "nothing",
    "the clean pictures, under the same names or in one file: measures what was restored")
  static let corruption = Option.optional(
    "corruption", .corruption, shown: "none",
    "degrades the pictures first, of levels from 0 to 1, and measures against them as they were; kinds: "
      + Corruption.names.filter { $0 != "fields" }.joined(separator: ", "))
  static let block = Option.optional(
    "block", .shape, shown: "4", "of --corruption blocks: side of a block, 4 or 4x8")
  static let mask = Option.optional(
    "mask", .file("MASKS"), shown: "all is restored",
    "pictures under the same names, bright where something is missing: all else stays as it is")
  static let tile = Option.optional(
    "tile", .integer(1...4096), shown: "128 or the network's own", "side of the tiles in pixels")
  static let overlap = Option.optional(
    "overlap", .integer(0...2048), shown: "a quarter of a tile",
    "pixels by which tiles lie over each other")
  static let filters = Option(
    "filters", .choice(["all", "none"] + RestorationMeasure.Control.allCases.map(\.rawValue)), default: "all",
    "classical filters to measure beside the model")
  static let degraded = Option.optional(
    "degraded", .file("FOLDER"), shown: "nowhere", "of --corruption: where the degraded pictures are written")

  static let ofPictures: [Declaration] = [
    against.declaration, corruption.declaration, block.declaration, mask.declaration, tile.declaration,
    overlap.declaration, filters.declaration, degraded.declaration,
  ]
  static let all: [Declaration] =
    [output.declaration] + ofPictures + [SharedOption.seed.declaration, SampleLines.layout.declaration]
}

extension Session {
  /// Windows of sounds or series that lie over each other by half, blended.
  fileprivate func restoreWindows(_ model: Model) throws {
    guard let path = try arguments[RestoreOption.output] else {
      throw Failure.commandLine("restore needs -o OUT to write to")
    }
    let output = try OutputFile(path, apartFrom: arguments.operands, takesFolder: true)
    let halved = model.with(model.preparation.withWindowsHalfOver)
    try output.check(halved)
    let dataset = try open(operand(1), for: halved)
    tellUntaught(model)
    let samples = try halved.reconstruct(dataset, threads: threads)
    guard let joined = SeriesSteps(dataset)?.joined(samples, smoothly: true) else {
      try output.write(
        SampleLines(samples, of: dataset, columns: nil), name: "samples",
        files: (halved.preparation, dataset))
      return try report(output, samples, "from \(Figures.grouped(samples.rows, "window"))")
    }
    guard try arguments[SampleLines.layout] != "windows" else {
      throw Failure.commandLine("--as windows is for 'hourglass denoise'; restore joins them")
    }
    let steps = SeriesSteps(dataset)
    let lines = SampleLines(
      values: joined, columns: steps?.channelNames, texts: steps?.identity(isNumbered: false) ?? [],
      isSeries: true)
    try output.write(lines, name: "samples", files: (halved.preparation, dataset))
    try report(
      output, joined,
      "the series of \(Figures.grouped(joined.rows, "row")), from \(Figures.grouped(samples.rows, "window"))")
  }

  /// Says where a model did not learn to restore.
  func tellUntaught(_ model: Model) {
    guard model.autoencoder.architecture.corruption.isEmpty else { return }
    say(
      "\(operand(0)) learned from samples as they are, not to restore them: what comes is its reconstructions; "
        + "train one with --corruption")
  }
}
