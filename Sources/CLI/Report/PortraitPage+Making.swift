import Hourglass

extension PortraitPage {
  var architecture: ArchitectureSection {
    let outline = model.autoencoder.outline
    let entries = outline.encoder + outline.decoder
    let widths = [model.autoencoder.architecture.input.count] + entries.map(\.output.count)
    func row(_ place: String, _ layer: String, _ shape: Shape, _ count: Int) -> [PageTable.Cell] {
      [
        .words(.text(place)), .words(.text(layer)), .words(.text(shape.words)),
        .number(count > 0 ? Figures.count(count) : ""),
      ]
    }
    var rows = [row("input", "", model.autoencoder.architecture.input, 0)]
    for entry in outline.encoder {
      rows.append(row(entry.place, entry.layer.words, entry.output, entry.parameterCount))
    }
    let ofCode = outline.ofCode.valueCount
    rows.append(row("code", model.autoencoder.architecture.code.words, outline.code, ofCode))
    for entry in outline.decoder {
      rows.append(row(entry.place, entry.layer.words, entry.output, entry.parameterCount))
    }
    rows.append([
      .words("in all"), .words(""), .words(""), .number(Figures.count(outline.parameterCount)),
    ])
    let table = PageTable(head: ["place", "layer", "shape", "parameters"], rows)
    var distinct = [widths[0]]
    var code = 0
    for (index, width) in widths.enumerated() where index > 0 {
      if width != distinct.last { distinct.append(width) }
      if index == outline.encoder.count { code = distinct.count - 1 }
    }
    return ArchitectureSection(
      profile: NetworkProfile(
        "The network narrows from \(Figures.count(widths[0], "value")) to a code of \(Figures.count(outline.code.count)) and widens again.",
        widths: distinct, code: code), table: table)
  }

  func provenance() throws -> ProvenanceSection {
    var facts: [(name: String, content: Markup)] = [("model", .name(name))]
    if let checksum { facts.append(("its SHA-256", .element("code", text: checksum))) }
    let preparation = model.preparation
    facts.append(
      (
        "samples",
        .text(
          "\(preparation.sampleShape.words) values of type \(preparation.element), \(preparation.words)")
      ))
    if let form = preparation.form { facts.append(("made of", .text(form.words))) }
    var texts = [
      (title: "The architecture as JSON", text: try JSONText.encode(model.autoencoder.architecture))
    ]
    guard let provenance = model.provenance else {
      return ProvenanceSection(facts: facts, command: "", texts: texts)
    }
    let recipe = provenance.recipe
    facts.append(
      ("trained on", .name(provenance.source) + ", \(Figures.count(provenance.samples, "sample"))"))
    if let held = provenance.validation, let count = provenance.validationSamples {
      facts.append(("judged by", .name(held) + ", \(Figures.count(count, "sample")) held out"))
    }
    facts.append(
      (
        "recipe",
        .text(
          "\(recipe.optimizer.words), rate \(recipe.rate), batch \(recipe.batch), \(recipe.epochs) epochs, the best \(provenance.bestEpoch)"
        )
      ))
    facts.append(("seed", "\(recipe.seed)"))
    facts.append(("version", "hourglass \(provenance.version)"))
    facts.append(("seed of this page", "\(seed)"))
    texts.append((title: "The recipe as JSON", text: try JSONText.encode(recipe)))
    return ProvenanceSection(facts: facts, command: provenance.commandLine(preparation), texts: texts)
  }
}

extension Provenance {
  /// A command that makes the model again, with the architecture in a file of its own; what it has no option
  /// for stands in the recipe.
  func commandLine(_ preparation: Preparation) -> String {
    let usual = Recipe(epochs: recipe.epochs, batch: recipe.batch, optimizer: recipe.optimizer)
    var words = [
      "hourglass train", Provenance.quoted(source), "--architecture architecture.json",
      "--scaling \(preparation.scaling.kind.rawValue)",
      "--optimizer \(recipe.optimizer.name)", "--rate \(recipe.rate)", "--batch \(recipe.batch)",
      "--epochs \(recipe.epochs)", "--seed \(recipe.seed)",
    ]
    if let validation, validation != source { words.append("--validation \(Provenance.quoted(validation))") }
    if validation == nil { words.append("--validation 0") }
    if validation == source, let held = validationSamples, samples + held > 0 {
      words.append("--validation \(Figures.brief(Double(held) / Double(samples + held), 8))")
    }
    if validation == source, let holdOut { words.append("--held-out \(holdOut.rawValue)") }
    if preparation.allowsGaps { words.append("--gaps") }
    words.append("--schedule \(recipe.schedule.text)")
    if recipe.warmup > 0 { words.append("--warmup \(recipe.warmup)") }
    if recipe.decay != usual.decay { words.append("--weight-decay \(recipe.decay)") }
    if let patience = recipe.patience { words.append("--patience \(patience)") }
    if let norm = recipe.clipNorm { words.append("--clip \(norm)") }
    if let average = recipe.average { words.append("--average \(average)") }
    if let augmentation = recipe.augmentation { words.append("--augment \(augmentation)") }
    if recipe.isBalanced { words.append("--balanced") }
    if let trim = recipe.trim { words.append("--trim \(trim)") }
    return (words + ["-o model.safetensors"]).joined(separator: " ")
  }

  /// A word of a command line, as a shell reads it back.
  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte > 0x7F
        || "/._-:=,+".utf8.contains(byte)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
