import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// Trainings whose code is discrete.
@Suite("Training of discrete codes")
struct CodebookTrainingTests {
  static let codes: [Code] = [
    .codebook(.init(entries: 6, width: 2)), .codebook(.init(entries: 6, width: 2, decay: nil)),
    .codebook(.init(entries: 4, width: 2, decay: 0.7, books: 2, restart: 0.5)),
    .codebook(.init(entries: 4, width: 4, books: 3, restart: nil)),
    .categorical(.init(variables: 2, classes: 2, annealing: 2)),
  ]

  private func trainer(
    _ code: Code, _ recipe: Recipe, rows: Int = 90, threads: Int = 1
  ) throws -> Trainer {
    let architecture = Architecture(
      input: [6], encoder: [.dense(units: 8), .tanh, .dense(units: 4)], code: code,
      decoder: [.dense(units: 8), .tanh, .dense(units: 6)])
    let dataset = try Samples.flat(rows, 6, rank: 2, noise: 0.1)
    return try Trainer(
      Autoencoder(architecture, seed: 5), recipe, on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset), threads: threads)
  }

  /// N ← decay N + (1 - decay) n, M ← decay M + (1 - decay) s, e = M / N, from the vectors of each batch.
  @Test("entries are the running averages of their vectors", arguments: [0.99, 0.5, 0] as [Float])
  func averages(_ decay: Float) throws {
    let numbers = Code.Codebook(entries: 5, width: 2, decay: decay, books: 2, restart: nil)
    let trainer = try trainer(.codebook(numbers), Recipe(epochs: 3, batch: 40, rate: 0.01, seed: 6))
    let rows = trainer.training.samples.doubleRows
    let sampler = Sampler(count: 90, batch: 40, seed: 6)
    var counts = [[Double]](repeating: .init(repeating: 0, count: 5), count: 2)
    var sums = [[Double]](repeating: .init(repeating: 0, count: 10), count: 2)
    var entries = try (0..<2).map {
      try #require(trainer.autoencoder.weight("code.\($0).entries")).doubles
    }
    for number in 0..<9 {
      let order = sampler.order(epoch: number / 3)
      let batch = sampler.range(step: number % 3).map { rows[Int(order[$0])] }
      let found = try #require(SlowAutoencoder(trainer.autoencoder).quantisations(batch))
      let share = 1 - Double(decay)
      for book in 0..<2 {
        counts[book] = counts[book].map { Double(decay) * $0 }
        sums[book] = sums[book].map { Double(decay) * $0 }
        for row in found {
          for (vector, entry) in row.places[book].enumerated() {
            counts[book][entry] += share
            for index in 0..<2 {
              sums[book][entry * 2 + index] += share * row.rests[book][vector * 2 + index]
            }
          }
        }
        for index in 0..<10 where counts[book][index / 2] > 0 {
          entries[book][index] = sums[book][index] / counts[book][index / 2]
        }
      }
      _ = try trainer.nextStep()
      for book in 0..<2 {
        let autoencoder = trainer.autoencoder
        #expect(distance(try #require(autoencoder.weight("code.\(book).counts")).values, counts[book]) < 1e-5)
        #expect(distance(try #require(autoencoder.weight("code.\(book).sums")).values, sums[book]) < 1e-5)
        #expect(
          distance(try #require(autoencoder.weight("code.\(book).entries")).values, entries[book]) < 1e-5)
      }
    }
  }

  @Test("dead entries are placed on vectors of the batch, each on one of its own", arguments: [0.9, nil])
  func restart(_ decay: Float?) throws {
    let numbers = Code.Codebook(entries: 8, width: 2, decay: decay, restart: 0.2)
    let trainer = try trainer(.codebook(numbers), Recipe(epochs: 20, batch: 30, rate: 0.01, seed: 6))
    let rows = trainer.training.samples.doubleRows
    let sampler = Sampler(count: 90, batch: 30, seed: 6)
    // Two vectors a sample for eight entries.
    let even = Float(30 * 2) / 8
    var revived = 0
    for number in 0..<60 {
      let before = trainer.autoencoder
      let batch = sampler.range(step: number % 3).map { rows[Int(sampler.order(epoch: number / 3)[$0])] }
      let found = try #require(SlowAutoencoder(before).quantisations(batch))
      let vectors = found.flatMap { $0.rests[0] }.map(Float.init)
      _ = try trainer.nextStep()
      let after = trainer.autoencoder
      let (old, new) = (
        try #require(before.weight("code.0.counts")).values,
        try #require(after.weight("code.0.counts")).values
      )
      let table = try #require(after.weight("code.0.entries")).values
      let memory = decay ?? Code.Codebook.usualDecay
      var taken: Set<Int> = []
      for entry in 0..<8 {
        let used = Float(found.reduce(0) { $0 + $1.places[0].count { $0 == entry } })
        let count = memory * old[entry] + (1 - memory) * used
        let isDead = number == 0 || count < 0.2 * even
        #expect(abs(new[entry] - (isDead ? even : count)) < 1e-4, "step \(number) entry \(entry)")
        guard isDead else { continue }
        revived += 1
        let place = (0..<(vectors.count / 2)).filter {
          abs(vectors[2 * $0] - table[2 * entry]) + abs(vectors[2 * $0 + 1] - table[2 * entry + 1]) < 1e-5
        }
        #expect(!place.isEmpty, "step \(number) entry \(entry) lies on no vector")
        if let place = place.first { #expect(taken.insert(place).inserted) }
        if decay != nil {
          let sums = try #require(after.weight("code.0.sums")).values
          #expect(abs(sums[2 * entry] - even * table[2 * entry]) < 1e-4)
        }
      }
    }
    #expect(revived >= 8)
  }

  /// Where there are fewer vectors in a batch than entries, the others wait for the next.
  @Test func moreEntriesThanVectorsInABatch() throws {
    let numbers = Code.Codebook(entries: 50, width: 2, restart: 0.01)
    let trainer = try trainer(.codebook(numbers), Recipe(epochs: 1, batch: 9, rate: 0.01, seed: 6))
    for step in 1...5 {
      _ = try trainer.nextStep()
      let counts = try #require(trainer.autoencoder.weight("code.0.counts")).values
      // Some are used where they were from the start.
      #expect(counts.count { $0 > 0 } >= min(50, 18 * step))
      if step == 1 { #expect(counts.count { $0 == 18.0 / 50 } == 18) }
    }
  }

  @Test("goes on as if it had never stopped", arguments: codes)
  func resume(_ code: Code) throws {
    var recipe = Recipe(epochs: 3, batch: 32, rate: 0.02, seed: 9)
    recipe.average = 0.9
    recipe.maximumNorm = 2
    let whole = try trainer(code, recipe)
    try whole.finish()
    let expected = try whole.finishedModel().bytes()
    let folder = try Folder()
    let file = folder.file("checkpoint.safetensors")
    for stop in [1, 4, 6, 8] {
      let first = try trainer(code, recipe)
      for _ in 0..<stop { _ = try first.nextStep() }
      try first.checkpoint(to: file)
      let second = try trainer(code, recipe)
      #expect(try second.resume(from: file))
      try second.finish()
      #expect(try second.finishedModel().bytes() == expected, "stopped after step \(stop)")
    }
  }

  @Test("every number of threads gives the same bytes", arguments: codes)
  func threads(_ code: Code) throws {
    let architecture = Architecture(
      input: [96], encoder: [.dense(units: 200), .relu, .dense(units: 4)], code: code,
      decoder: [.dense(units: 200), .relu, .dense(units: 96)])
    let data = try Samples.unit(512, 96)
    let files = try [1, 2, 3].map { threads in
      let trainer = try Trainer(
        Autoencoder(architecture, seed: 2), Recipe(epochs: 2, batch: 256, seed: 2), on: data, threads: threads
      )
      try trainer.finish()
      return try trainer.finishedModel().bytes()
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }

  @Test("a saved model has the same codes and places", arguments: codes)
  func saving(_ code: Code) throws {
    let trainer = try trainer(code, Recipe(epochs: 3, batch: 32, rate: 0.02, seed: 9))
    try trainer.finish()
    let model = try trainer.finishedModel()
    let folder = try Folder()
    try model.write(to: folder.file("model.safetensors"))
    let read = try Model(contentsOf: folder.file("model.safetensors"))
    #expect(read.autoencoder.block == model.autoencoder.block)
    let dataset = trainer.training
    #expect(try read.encode(dataset) == model.encode(dataset))
    let places = try read.places(of: dataset)
    #expect(try places == model.places(of: dataset))
    #expect(places.rows == 90 && places.values.allSatisfy { $0 >= 0 && $0 < 6 })
    // The control has as many numbers as a code has places.
    #expect(read.control?.count == model.autoencoder.outline.codeNumbers)
  }

  @Test("what cannot fill a book is refused, with its numbers")
  func refusals() throws {
    let recipe = Recipe(epochs: 1, batch: 8, seed: 1)
    let many = complaint {
      _ = try trainer(.codebook(.init(entries: 64, width: 2)), recipe, rows: 20)
    }
    #expect(many.contains("at most as many entries") && many.contains("40") && many.contains("64"), "\(many)")
    let full = complaint {
      _ = try trainer(
        .codebook(.init(entries: 4, width: 2)), Recipe(epochs: 1, batch: 8, optimizer: .lbfgs(), seed: 1))
    }
    #expect(full.contains("lbfgs") && full.contains("codebook"), "\(full)")
    let plain = try trainer(.vector, recipe)
    let places = complaint { _ = try plain.model.places(of: plain.training) }
    #expect(places.contains("discrete"), "\(places)")
  }

  @Test("a book that is hardly used is spoken of once, with a number")
  func notice() throws {
    let dataset = try Dataset(Tensor([64, 3], [Float](repeating: 0.5, count: 192)), origin: "alike")
    let architecture = Architecture(
      input: [3], encoder: [.dense(units: 2)], code: .codebook(.init(entries: 30, width: 2)),
      decoder: [.dense(units: 3)])
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 5), Recipe(epochs: 6, batch: 16, rate: 0.001, seed: 3), on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset))
    var notices: [String] = []
    while try trainer.nextEpoch() != nil {
      if let notice = trainer.takeNotice() { notices.append(notice) }
    }
    #expect(notices.count == 1)
    #expect(notices.first?.contains("30 entries") == true && notices.first?.contains("1.0") == true)
    // Data that fill the book give no word.
    let healthy = try self.trainer(
      .codebook(.init(entries: 6, width: 2)), Recipe(epochs: 6, batch: 16, rate: 0.01, seed: 3))
    try healthy.finish()
    #expect(healthy.takeNotice() == nil)
  }

  @Test("perplexity and bits are those of the places")
  func use() throws {
    let trainer = try trainer(
      .codebook(.init(entries: 6, width: 2, books: 2)), Recipe(epochs: 8, batch: 32, rate: 0.02, seed: 9))
    try trainer.finish()
    let (model, dataset) = (trainer.model, trainer.training)
    let use = try #require(try CodeUse(model, on: dataset))
    let slow = try #require(SlowAutoencoder(model.autoencoder).quantisations(dataset.samples.doubleRows))
    var bits = 0.0
    for book in 0..<2 {
      let places = slow.flatMap { $0.places[book] }
      let shares = Dictionary(grouping: places) { $0 }.values.map { Double($0.count) / Double(places.count) }
      let entropy = shares.reduce(0) { $0 - $1 * log($1) }
      #expect(abs(use.perplexities[book] - exp(entropy)) < 1e-9)
      #expect(use.used[book] == shares.count)
      bits += 2 * entropy / log(2)
    }
    #expect(abs(use.entropyBits - bits) < 1e-9)
    #expect(abs(use.bits - 4 * log2(6)) < 1e-9)
    #expect(try CodeUse(self.trainer(.vector, Recipe(epochs: 1, seed: 1)).model, on: dataset) == nil)
  }
}
