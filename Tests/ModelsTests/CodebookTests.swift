import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// A quantised code in one of the shapes that an encoder may end in.
struct QuantisedExample: Sendable, CustomTestStringConvertible {
  var code: Code.Codebook
  var input: Shape
  var testDescription: String { "\(code) decay \(code.decay ?? -1) of \(input)" }

  static let all: [QuantisedExample] = {
    let shapes: [Shape] = [[5], [4, 2], [2, 4, 5]]
    return shapes.flatMap { input in
      [
        .init(code: .init(entries: 4, width: 3), input: input),
        .init(code: .init(entries: 5, width: 3, commitment: 0.7, decay: nil), input: input),
        .init(code: .init(entries: 3, width: 3, books: 3), input: input),
        .init(code: .init(entries: 3, width: 3, decay: nil, books: 2, restart: nil), input: input),
        .init(code: .init(entries: 2, width: 3, commitment: 0, decay: 0.5, restart: 0.2), input: input),
      ]
    }
  }()

  /// Layers that end, and begin, in the shape of the code: two vectors in a row, one a step, one a position.
  func architecture(_ penalties: [Penalty] = [.activity(l1: 0.02), .weights(l2: 0.03)]) -> Architecture {
    let (encoder, decoder): ([Layer], [Layer]) =
      switch input.rank {
      case 1:
        (
          [.dense(units: 4), .tanh, .dense(units: 6)], [.dense(units: 4), .tanh, .dense(units: input.count)]
        )
      case 2:
        ([.densePerStep(units: 4), .tanh, .densePerStep(units: 3)], [.densePerStep(units: input[1])])
      default: ([.conv(3, stride: 2), .tanh], [.flatten, .dense(units: input.count), .reshape(input)])
      }
    return Architecture(
      input: input, encoder: encoder, code: .codebook(code), decoder: decoder, penalties: penalties)
  }

  /// Entries lie among the vectors, so that all are used.
  func autoencoder() throws -> Autoencoder {
    var autoencoder = try Autoencoder(architecture(), seed: 2)
    let noise = Draws.normal(autoencoder.block.count, seed: 12)
    for placed in autoencoder.outline.ofCode where placed.name.hasSuffix("entries") {
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        autoencoder.block[index] = 0.4 * noise[index]
      }
    }
    return autoencoder
  }

  func samples(_ rows: Int) -> Tensor {
    Tensor(input.batch(rows), Draws.normal(rows * input.count, seed: 6))
  }
}

@Suite("Quantised codes")
struct CodebookTests {
  @Test("objectives and gradients are those of the formula", arguments: QuantisedExample.all)
  func objective(_ example: QuantisedExample) throws {
    let autoencoder = try example.autoencoder()
    let samples = example.samples(11)
    let slow = SlowAutoencoder(autoencoder)
    let training = Run(
      .training(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    let objective = slow.objective(samples.doubleRows)
    #expect(distance(training.results[0], [objective]) < 2e-6)
    let gradient = slow.gradient(samples.doubleRows)
    #expect(distance(training.gradients, gradient) < 5e-6)
    let trained = autoencoder.outline.ofCode.filter(\.weight.isTrained)
    #expect(trained.count == (example.code.decay == nil ? example.code.books : 0))
    for placed in trained {
      #expect(gradient[placed.offset..<(placed.offset + placed.weight.shape.count)].contains { $0 != 0 })
    }
    let losses = Run(.losses(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    let mean = losses.results[0].reduce(0) { $0 + Double($1) } / 11 + Double(losses.results[1][0])
    #expect(abs(mean - objective) < 1e-5)
  }

  @Test("a step tells which entries were used, and by what", arguments: QuantisedExample.all)
  func statistics(_ example: QuantisedExample) throws {
    let autoencoder = try example.autoencoder()
    let samples = example.samples(11)
    let assembly = Assembly.training(autoencoder.outline, autoencoder.architecture)
    let run = Run(assembly, autoencoder.block, samples)
    let found = try #require(SlowAutoencoder(autoencoder).quantisations(samples.doubleRows))
    let (entries, width) = (example.code.entries, example.code.width)
    #expect(assembly.statistics.count == example.code.books)
    for (book, statistic) in assembly.statistics.enumerated() {
      guard case .codebook(let statistic) = statistic else {
        Issue.record("another statistic")
        continue
      }
      var counts = [Double](repeating: 0, count: entries)
      var sums = [Double](repeating: 0, count: entries * width)
      for row in found {
        for (vector, entry) in row.places[book].enumerated() {
          counts[entry] += 1
          for index in 0..<width { sums[entry * width + index] += row.rests[book][vector * width + index] }
        }
      }
      #expect(distance(run.results[statistic.countResult], counts) == 0)
      if let result = statistic.sumResult { #expect(distance(run.results[result], sums) < 1e-5) }
      #expect((statistic.sumResult == nil) == (example.code.decay == nil))
      #expect((statistic.vectorResult == nil) == (example.code.restart == nil))
      if let result = statistic.vectorResult {
        #expect(distance(run.results[result], found.flatMap { $0.rests[book] }) < 1e-5)
      }
      let name = "code.\(book).entries"
      #expect(autoencoder.outline.weights.first { $0.name == name }?.offset == statistic.entries)
    }
  }

  @Test("a code on use is made of entries, and its places name them", arguments: QuantisedExample.all)
  func use(_ example: QuantisedExample) throws {
    let autoencoder = try example.autoencoder()
    let samples = example.samples(7)
    let slow = SlowAutoencoder(autoencoder)
    let codes = try autoencoder.encode(samples)
    #expect(codes.shape == autoencoder.outline.code.batch(7))
    #expect(distance(codes.values, samples.doubleRows.flatMap { slow.encode($0) }) < 1e-6)
    let outputs = samples.doubleRows.flatMap { slow.reconstruct($0) }
    #expect(distance(try autoencoder.reconstruct(samples).values, outputs) < 2e-6)
    #expect(try autoencoder.decode(codes).values == autoencoder.reconstruct(samples).values)
    let places = Run(.places(autoencoder.outline), autoencoder.block, samples).results[0]
    let found = try #require(slow.quantisations(samples.doubleRows))
    let expected = found.flatMap { row in
      row.places[0].indices.flatMap { vector in row.places.map { $0[vector] } }
    }
    #expect(places == expected.map(Float.init))
    #expect(autoencoder.outline.codeNumbers * 7 == places.count)
    #expect(Set(places).count > 1)
  }

  /// What the decoder reads is an entry to the last bit, though the gradient goes past it.
  @Test func theValueIsExactlyAnEntry() throws {
    let example = QuantisedExample(code: .init(entries: 4, width: 3), input: [5])
    let autoencoder = try example.autoencoder()
    let table = try #require(autoencoder.weight("code.0.entries")).values
    let entries = Set((0..<4).map { Array(table[($0 * 3)..<($0 * 3 + 3)]) })
    let codes = try autoencoder.encode(example.samples(50)).values
    for start in stride(from: 0, to: codes.count, by: 3) {
      #expect(entries.contains(Array(codes[start..<(start + 3)])))
    }
  }

  /// Steps that are missing are not counted, and cost nothing.
  @Test func missingStepsHaveNoPart() throws {
    let example = QuantisedExample(code: .init(entries: 4, width: 3), input: [4, 2])
    let autoencoder = try example.autoencoder()
    var values = example.samples(9).values
    var missing = 0
    for row in 0..<9 {
      for step in 0..<4 where (row + step) % 3 == 0 {
        values[row * 8 + step * 2] = .nan
        values[row * 8 + step * 2 + 1] = .nan
        missing += 1
      }
    }
    let samples = Tensor([9, 4, 2], values)
    let assembly = Assembly.training(autoencoder.outline, autoencoder.architecture, gaps: true)
    let run = Run(assembly, autoencoder.block, samples)
    guard case .codebook(let statistic)? = assembly.statistics.first else {
      Issue.record("no book")
      return
    }
    #expect(run.results[statistic.countResult].reduce(0, +) == Float(36 - missing))
    let vectors = run.results[try #require(statistic.vectorResult)]
    var sums = [Double](repeating: 0, count: 3)
    for row in 0..<9 {
      for step in 0..<4 where (row + step) % 3 != 0 {
        for index in 0..<3 { sums[index] += Double(vectors[(row * 4 + step) * 3 + index]) }
      }
    }
    let found = run.results[try #require(statistic.sumResult)]
    let totals = (0..<3).map { index in (0..<4).reduce(Float(0)) { $0 + found[$1 * 3 + index] } }
    #expect(distance(totals, sums) < 1e-5)
  }

  @Test("numbers out of range and shapes that do not fit are refused by name")
  func refusals() throws {
    func complaint(_ code: Code.Codebook, _ input: Shape = [5]) -> String {
      do {
        _ = try QuantisedExample(code: code, input: input).architecture().outline()
        return ""
      } catch {
        return "\(error)"
      }
    }
    for (code, word) in [
      (Code.Codebook(entries: 1, width: 3), "between 2"), (.init(entries: 4, width: 0), "width"),
      (.init(entries: 4, width: 4), "divides the encoder's 6 values"),
      (.init(entries: 4, width: 3, commitment: -1), "commitment"),
      (.init(entries: 4, width: 3, commitment: .nan), "commitment"),
      (.init(entries: 4, width: 3, decay: 1), "decay"), (.init(entries: 4, width: 3, books: 0), "books"),
      (.init(entries: 4, width: 3, restart: 0), "restart"),
    ] {
      let text = complaint(code)
      #expect(text.contains("code codebook") && text.contains(word), "\(text)")
    }
    #expect(complaint(.init(entries: 4, width: 5), [4, 2]).contains("3 features a step"))
    #expect(complaint(.init(entries: 4, width: 5), [2, 4, 5]).contains("3 channels"))
  }

  @Test("the JSON form keeps every number", arguments: QuantisedExample.all)
  func coding(_ example: QuantisedExample) throws {
    let data = try JSONEncoder().encode(example.architecture())
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == example.architecture())
    let text = #"{"codebook": {"entries": 8, "width": 2}}"#
    #expect(
      try JSONDecoder().decode(Code.self, from: Data(text.utf8)) == .codebook(.init(entries: 8, width: 2)))
  }

  @Test("gives the same bytes on any number of threads", arguments: [1, 2, 3])
  func threads(_ threads: Int) throws {
    let architecture = Architecture(
      input: [96], encoder: [.dense(units: 80), .relu, .dense(units: 32)],
      code: .codebook(.init(entries: 40, width: 8, decay: nil, books: 2)),
      decoder: [.dense(units: 80), .relu, .dense(units: 96)])
    let autoencoder = try Autoencoder(architecture, seed: 3)
    let samples = Tensor([512, 96], Draws.normal(512 * 96, seed: 4))
    let assembly = Assembly.training(autoencoder.outline, architecture)
    let expected = Run(assembly, autoencoder.block, samples)
    let run = Run(assembly, autoencoder.block, samples, threads: threads)
    #expect(run.results == expected.results && run.gradients == expected.gradients)
  }
}
