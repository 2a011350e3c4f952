import Hourglass

/// Pictures of any size through a model, one after the other, written and measured.
struct RestorationRun {
  private let session: Session
  private let restorer: Restorer
  private let files: PictureFiles
  private let clean: PictureFiles?
  private let masks: PictureFiles?
  private let kinds: [Corruption]
  private let output: String?
  private let degradedFolder: String?
  private let seed: UInt64
  private var measure: RestorationMeasure
  private var names: [String] = []

  init(_ session: Session, _ model: Model) throws {
    let arguments = session.arguments
    self.session = session
    kinds = try arguments.degradationsOfRestore
    output = try arguments[RestoreOption.output]
    degradedFolder = try arguments[RestoreOption.degraded]
    seed = try arguments[SharedOption.seed]
    let (against, mask) = (try arguments[RestoreOption.against], try arguments[RestoreOption.mask])
    guard output != nil || against != nil || !kinds.isEmpty else {
      throw Failure.commandLine("restore needs -o OUT to write to, or --against CLEAN to measure by")
    }
    guard against == nil || kinds.isEmpty else {
      throw Failure.commandLine(
        "--corruption degrades SOURCE, which is then the clean one; leave out --against or --corruption")
    }
    if degradedFolder != nil, kinds.isEmpty {
      throw Failure.commandLine("--degraded belongs to --corruption; give that too, or leave it out")
    }
    files = try PictureFiles(session.operand(1))
    for path in [output, degradedFolder].compactMap(\.self) {
      guard
        let input = ([session.operand(1)] + [against, mask].compactMap(\.self))
          .first(where: { System.isSameFile($0, path) })
      else { continue }
      throw Failure.commandLine("\(path) would be written into \(input), which is read; choose another name")
    }
    if let output, output.lowercased().hasSuffix(".png"), files.count > 1 {
      throw Failure.commandLine(
        "-o \(output): expected a folder for \(Figures.grouped(files.count, "picture")), found the name of one"
      )
    }
    restorer = try Restorer(
      model, side: arguments[RestoreOption.tile], overlap: arguments[RestoreOption.overlap],
      threads: session.threads)
    clean = try against.map(PictureFiles.init)
    masks = try mask.map(PictureFiles.init)
    measure = try RestorationMeasure(
      against: arguments.controlsOfRestore, deviation: kinds.deviationOfNoise, threads: session.threads)
    session.tellUntaught(model)
  }

  /// Makes sure that nothing is written into what is read.
  private static func check(_ outputs: [String], apartFrom inputs: [String]) throws(Failure) {
    for path in outputs {
      guard let input = inputs.first(where: { System.isSameFile($0, path) }) else { continue }
      throw Failure.commandLine("\(path) would be written into \(input), which is read; choose another name")
    }
  }

  /// Restores, writes and measures all.
  mutating func restore() throws {
    for (number, name) in files.fileNames.enumerated() {
      let given = try files.picture(number, bits: restorer.bits)
      var (degraded, reference, missing) = (given, PicturePlanes?.none, [Bool]?.none)
      if !kinds.isEmpty {
        (degraded, missing) = try kinds.degrading(given, seed: seed, place: number)
        reference = given
        if let degradedFolder { try PictureFiles.write(degraded, name, in: degradedFolder) }
      } else if let clean {
        reference = try clean.picture(
          Self.twin(of: files.names[number], among: clean, files), bits: given.bits)
      }
      if let masks {
        let place = try Self.twin(of: files.names[number], among: masks, files)
        missing = try masks.picture(place).marks(of: given, name: masks.names[place])
      }
      let restored = try restorer.restore(degraded, missing: missing).cut
      if let output { try write(restored, name, output) }
      if let reference {
        try measure.add(
          restored: restored.rounded, of: degraded, clean: reference, missing: missing,
          name: files.names[number])
        names.append(files.names[number])
      }
    }
    if let output, !session.isJSON {
      session.say("\(output): \(Figures.grouped(files.count, "picture")) restored")
    }
    if measure.count > 0 { try tell() }
  }

  private func write(_ picture: PicturePlanes, _ name: String, _ output: String) throws {
    guard output.lowercased().hasSuffix(".png") else {
      return try PictureFiles.write(picture, name, in: output)
    }
    let bytes = try picture.png()
    try AtomicFile.write(to: output) { try $0.write(bytes) }
  }

  private static func twin(of name: String, among others: PictureFiles, _ files: PictureFiles) throws -> Int {
    guard let number = others.number(named: name, of: files) else {
      throw Failure.data(
        "\(others.origin): expected a picture called as \(name), found none; give both the same name, apart from the "
          + "ending")
    }
    return number
  }

  /// The table of measures, or a line of JSON a picture and one of the means.
  private func tell() throws {
    let rows = measure.rows
    guard !session.isJSON else {
      for (number, name) in names.enumerated() {
        try session.streams.output.writeLine(
          line(name, rows.map { ($0.name, $0.psnr[number], $0.ssim[number]) }))
      }
      return try session.streams.output.writeLine(
        line("mean", rows.map { ($0.name, $0.meanPSNR, $0.meanSSIM) }))
    }
    func cells(_ psnr: Double, _ ssim: Double) -> String {
      "\(psnr.isFinite ? Figures.fixed(psnr, 2) : "exact") / \(Figures.fixed(ssim, 3))"
    }
    var table = [["PSNR in dB / SSIM"] + rows.map(\.name)]
    for (number, name) in names.enumerated() {
      table.append([name] + rows.map { cells($0.psnr[number], $0.ssim[number]) })
    }
    if names.count > 1 { table.append(["mean"] + rows.map { cells($0.meanPSNR, $0.meanSSIM) }) }
    for text in Figures.table(table, numbersFrom: 1) { try session.streams.output.writeLine(text) }
  }

  private func line(_ name: String, _ rows: [(name: String, psnr: Double, ssim: Double)]) -> String {
    let ways = rows.map { row in
      JSON.object([
        .init("way", .text(row.name)), .init("psnr", .number(row.psnr)), .init("ssim", .number(row.ssim)),
      ])
    }
    return JSON.object([.init("picture", .text(name)), .init("measures", .list(ways))]).line
  }
}

extension Arguments {
  /// The filters that `--filters` names.
  fileprivate var controlsOfRestore: [RestorationMeasure.Control] {
    get throws(Failure) {
      let chosen = try self[RestoreOption.filters]
      if chosen == "all" { return RestorationMeasure.Control.allCases }
      return RestorationMeasure.Control(rawValue: chosen).map { [$0] } ?? []
    }
  }

  /// What `--corruption` and `--block` ask of restore.
  fileprivate var degradationsOfRestore: [Corruption] {
    get throws(Failure) {
      let kinds = try self[RestoreOption.corruption] ?? []
      if kinds.hideFields {
        throw Failure.commandLine("--corruption fields is for tables; restore takes pictures")
      }
      do throws(ModelError) {
        for kind in kinds { try kind.check(for: [1, 1 << 12, 1 << 12], readsEntries: false, nil) }
      } catch {
        throw Failure.commandLine("--corruption: \(error)")
      }
      guard let block = try self[RestoreOption.block] else { return kinds }
      guard kinds.contains(where: { $0.name == "blocks" }) else {
        throw Failure.commandLine(
          "--block belongs to --corruption blocks=RATE; give that too, or leave it out")
      }
      return kinds.map {
        if case .blocks(_, let rate) = $0 { .blocks(size: Sides(block), rate: rate) } else { $0 }
      }
    }
  }
}

extension [Corruption] {
  /// Of gaussian noise, where that is all that is done.
  fileprivate var deviationOfNoise: Float? {
    guard count == 1, case .gaussian(let deviation) = self[0] else { return nil }
    return deviation
  }

  /// Whether places are lost, the same in all channels, and nothing else happens.
  private var onlyHide: Bool {
    allSatisfy {
      switch $0 {
      case .blocks, .columns, .lines: true
      default: false
      }
    }
  }

  /// A picture as these leave it, and where something is missing, if that is all they do.
  fileprivate func degrading(
    _ picture: PicturePlanes, seed: UInt64, place: Int
  ) throws -> (degraded: PicturePlanes, missing: [Bool]?) {
    let degrader = Degrader(
      degradations, planes: picture.channels, height: picture.height, width: picture.width, seed: seed)
    func made(_ values: [Float]) throws -> [Float] { try degrader.degraded(values, place: place) }
    let degraded = picture.with(
      try made(picture.values.map { $0 / picture.peak }).map { $0 * picture.peak })
    guard onlyHide else { return (degraded, nil) }
    // What is the same whatever stood there is lost.
    let area = picture.height * picture.width
    let (dark, light) = (
      try made([Float](repeating: 0.25, count: picture.values.count)),
      try made([Float](repeating: 0.75, count: picture.values.count))
    )
    return (degraded, (0..<area).map { dark[$0] == light[$0] })
  }
}

extension PicturePlanes {
  /// Where a mask is bright, for a picture of its size.
  ///
  /// - Throws: ``Failure`` where the sizes differ.
  fileprivate func marks(of picture: PicturePlanes, name: String) throws -> [Bool] {
    guard (height, width) == (picture.height, picture.width) else {
      throw Failure.data(
        "\(name): expected a mask of \(picture.height)x\(picture.width), as the picture, found \(height)x\(width); bring "
          + "it to that size")
    }
    let area = height * width
    return (0..<area).map { index in
      (0..<channels).contains { values[$0 * area + index] > peak / 2 }
    }
  }

  /// As a file holds it.
  fileprivate var rounded: PicturePlanes { with(values.map { $0.rounded() }) }
}
