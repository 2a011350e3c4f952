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
    facts += making(provenance)
    texts.append((title: "The recipe as JSON", text: try JSONText.encode(provenance.recipe)))
    return ProvenanceSection(facts: facts, command: provenance.commandLine(preparation), texts: texts)
  }

  /// Data, recipe and seeds that a model was made with.
  private func making(_ provenance: Provenance) -> [(name: String, content: Markup)] {
    var facts: [(name: String, content: Markup)] = []
    let recipe = provenance.recipe
    facts.append(
      (
        "trained on",
        .name(provenance.source) + ", \(Figures.count(provenance.samples, "sample"))"
          + .text(Provenance.weightlessWords(provenance.weightless))
      ))
    if let held = provenance.validation, let count = provenance.validationSamples {
      facts.append(
        (
          "judged by",
          .name(held) + ", \(Figures.count(count, "sample")) held out"
            + .text(Provenance.weightlessWords(provenance.validationWeightless))
        ))
    }
    facts.append(
      (
        "recipe",
        .text(
          "\(recipe.optimizer.words), rate \(recipe.rate), batch \(recipe.batch)"
            + (recipe.firstWeights == .principal ? ", begun at PCA" : "")
            + ", at most \(Figures.count(recipe.epochs, "epoch")), \(Figures.count(provenance.epochs)) trained, the best "
            + provenance.bestWords
        )
      ))
    facts.append(("seed", "\(recipe.seed)"))
    facts.append(("version", "hourglass \(provenance.version)"))
    facts.append(("seed of this page", "\(seed)"))
    return facts
  }
}
