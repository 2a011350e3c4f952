import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// What `train --log` writes, and what it leaves as it was.
@Suite struct TrainingLogTests {
  private static let words = [
    "train", "builtin:digits:300", "--layers", "16", "--latent", "3", "--seed", "4", "-q",
  ]

  @Test func aLogChangesNoByteOfTheModel() throws {
    let program = try BuiltProgram()
    let words = TrainingLogTests.words + ["--epochs", "6", "--dropout", "0.1", "--average", "0.9"]
    #expect(try program.run(words + ["-o", "plain.st"]).code == 0)
    let outcome = try program.run(words + ["-o", "logged.st", "--log", "runs/first"])
    #expect(outcome.code == 0 && outcome.messages.isEmpty)
    #expect(program.bytes("plain.st") == program.bytes("logged.st"))
    #expect(program.names(in: "runs/first").count == 1)
  }

  @Test func aPlaceThatTakesNoLogIsRefusedBeforeTraining() throws {
    let program = try BuiltProgram()
    try program.write("file", "x")
    let outcome = try program.run(
      ["train", "builtin:digits:50", "--epochs", "2", "-o", "m.st", "--log", "file"])
    #expect(outcome.code == 1 && !outcome.messages.contains("epoch 1/"))
    #expect(
      outcome.messages.contains("expected a folder to write in, found a file where a folder is named"),
      "\(outcome.messages)")
    #expect(program.names() == ["file"])
    program.makeFolder("kept")
    chmod(program.folder + "/kept", 0o555)
    // The superuser may write anywhere.
    let under = getuid() == 0 ? ["setpriv", "--reuid", "65534", "--clear-groups"] : []
    guard try program.run(under: under, ["--version"]).code == 0 else { return print("skipped: no setpriv") }
    chmod(program.folder, 0o777)
    let refused = try program.run(
      under: under, ["train", "builtin:digits:50", "--epochs", "2", "-o", "m.st", "--log", "kept/run"])
    #expect(refused.code == 1 && !refused.messages.contains("epoch 1/"))
    #expect(
      refused.messages.contains("kept/run: expected permission to write there"), "\(refused.messages)")
    #expect(program.names() == ["file", "kept"])
  }

  @Test func aFullDiskIsSaidOnceAndTheTrainingGoesOn() throws {
    let program = try BuiltProgram()
    program.makeFolder("disk")
    let disk = program.folder + "/disk"
    // As the superuser in a place where mounting is allowed.
    guard getuid() == 0,
      try program.start(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).end().code == 0
    else { return print("skipped: no file system can be mounted here") }
    defer { _ = try? program.start(["umount", disk]).end() }
    let words = TrainingLogTests.words.filter { $0 != "-q" } + ["--epochs", "30"]
    let outcome = try program.run(words + ["-o", "m.st", "--log", "disk/run"])
    #expect(outcome.code == 0)
    let warnings = outcome.messages.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    #expect(warnings.count == 1, "\(outcome.messages)")
    #expect(warnings.first?.contains("the log is not whole: disk/run/events.out.tfevents.") == true)
    #expect(try program.run(words + ["-o", "plain.st"]).code == 0)
    #expect(program.bytes("plain.st") == program.bytes("m.st"))
    // What it holds is whole.
    let curves = try EventCurves(contentsOf: disk + "/run")
    #expect(curves.points["loss/training"]?.first?.step == 1)
  }

  @Test func aResumedRunGoesOnInAFurtherFile() throws {
    let program = try BuiltProgram()
    let words = TrainingLogTests.words + ["--log", "run", "--json"]
    let running = try program.start(
      [BuiltProgram.path("hourglass")] + words + ["--epochs", "1000000", "-o", "m.st"])
    // The folder is there before its file is.
    while try !program.names().contains("run") || program.names(in: "run").isEmpty || program.log.count < 5 {
      usleep(10_000)
    }
    running.send(SIGINT)
    let stopped = running.end()
    #expect(stopped.code == 130)
    let done = stopped.lines.count
    let outcome = try program.run(
      words + ["--epochs", "\(done + 4)", "-o", "m.st", "--resume", "m.st"])
    #expect(outcome.code == 0, "\(outcome.messages)")
    #expect(program.names(in: "run").count == 2)
    let losses = try program.log
    #expect(losses.map(\.step) == Array(1...(done + 4)))
    let lines = stopped.lines + outcome.lines.dropLast()
    #expect(lines.count == done + 4)
    for (line, point) in zip(lines, losses) {
      #expect(line.contains("\"epoch\":\(point.step),"))
      #expect(Float(try number("loss", in: line)) == Float(point.value))
    }
  }

  private func number(_ key: String, in line: String) throws -> Double {
    let match = try #require(
      line.firstMatch(of: try Regex<(Substring, Substring)>("\"\(key)\":([-0-9.e+]+)")))
    return try #require(Double(match.1))
  }

  @Test(
    .enabled(
      if: Python.has("numpy, tensorboard.backend.event_processing.event_accumulator"),
      "needs python3 (or HOURGLASS_PYTHON) with tensorboard; Scripts/setup-oracles installs it"))
  func tensorBoardReadsTheValuesOfTheLines() throws {
    let program = try BuiltProgram()
    let outcome = try program.run(
      TrainingLogTests.words + [
        "--epochs", "11", "--json", "--schedule", "cosine", "-o", "m.st", "--log", "run",
      ])
    #expect(outcome.code == 0, "\(outcome.messages)")
    try program.write("lines.jsonl", outcome.output)
    #expect(try program.run("encode", "m.st", "builtin:digits:300", "-o", "codes.npy").code == 0)
    let output = try Python.run(
      """
      import json, struct, sys, numpy
      from tensorboard.backend.event_processing import event_accumulator
      folder = sys.argv[1]
      everything = event_accumulator.STORE_EVERYTHING_SIZE_GUIDANCE
      log = event_accumulator.EventAccumulator(folder + '/run', size_guidance=everything).Reload()
      lines = [json.loads(line) for line in open(folder + '/lines.jsonl')]
      done = lines.pop()
      for tag, key in [('loss/training', 'loss'), ('loss/validation', 'validation_loss'),
                       ('training/rate', 'rate')]:
        points = log.Scalars(tag)
        assert [p.step for p in points] == [line['epoch'] for line in lines], tag
        assert [p.value for p in points] == [float(numpy.float32(line[key])) for line in lines], tag
      for point, line in zip(log.Scalars('training/samples per second'), lines):
        assert abs(point.value * line['seconds'] / done['samples'] - 1) < 1e-5, (point, line)
      norms = log.Scalars('training/gradient norm')
      assert len(norms) == 11 and all(p.value > 0 for p in norms), norms
      names = ['encoder.1', 'encoder.3', 'decoder.0', 'decoder.2']
      tags = ['weights/%s.weight' % name for name in names]
      assert sorted(log.Tags()['histograms']) == sorted(tags + ['codes']), log.Tags()
      counts = [784 * 16, 16 * 3, 3 * 16, 16 * 784, 30 * 3]
      for tag, count in zip(tags + ['codes'], counts):
        histograms = log.Histograms(tag)
        assert [h.step for h in histograms] == list(range(1, 12)), histograms
        assert all(h.histogram_value.num == count for h in histograms), tag
      # The best epoch is the last, so the last histogram is that of the model file.
      assert min(lines, key=lambda line: line['validation_loss'])['epoch'] == 11
      data = open(folder + '/m.st', 'rb').read()
      size, = struct.unpack('<Q', data[:8])
      header = json.loads(data[8:8 + size])
      for tag in tags:
        start, end = header[tag[8:]]['data_offsets']
        values = numpy.frombuffer(data[8 + size + start:8 + size + end], '<f4')
        shown = log.Histograms(tag)[-1].histogram_value
        assert (shown.min, shown.max) == (values.min(), values.max()), tag
        assert abs(shown.sum_squares - (values.astype('f8') ** 2).sum()) < 1e-6 * shown.sum_squares
      images = log.Images('reconstructions')
      assert [i.step for i in images] == [1, 5, 10, 11], images
      assert all((i.width, i.height) == (16 * 30 - 2, 58) for i in images), images
      print('well')
      """, program.folder)
    #expect(output.hasSuffix("well\n"), "\(output)")
  }

  @Test func whatTakesRoomComesMoreRarelyLater() {
    let all = (1...1_000_000).filter { TrainingLog.isDue($0) }
    #expect(Array(all.prefix(99)) == Array(1...99))
    #expect(all.count == 99 + 4 * 90 + 1 && all.contains(990) && !all.contains(1001) && all.contains(1100))
    #expect((1...120).filter { TrainingLog.isDue($0, every: 50) } == [50])
  }
}

extension BuiltProgram {
  /// The training loss in the folder `run`.
  fileprivate var log: [EventCurves.Point] {
    get throws { try EventCurves(contentsOf: folder + "/run").points["loss/training"] ?? [] }
  }
}

@Suite struct ReconstructionSheetTests {
  @Test func originalsStandAboveReconstructions() throws {
    // Two pictures of 2 x 3 pixels with three planes.
    let values = (0..<36).map { Float($0) / 35 }
    let dataset = try Dataset(Tensor([2, 3, 2, 3], values), origin: "x")
    let architecture = Architecture(
      input: [3, 2, 3], encoder: [.flatten, .dense(units: 1)],
      decoder: [.dense(units: 18), .reshape([3, 2, 3])])
    var autoencoder = try Autoencoder(architecture, seed: 1)
    for index in autoencoder.block.indices { autoencoder.block[index] = 0 }
    // Reconstructions have the decoder's bias, cut at black and white.
    let bias = try #require(autoencoder.outline.weights.first { $0.name == "decoder.0.bias" })
    for index in 0..<18 { autoencoder.block[bias.offset + index] = index < 6 ? 2 : index < 12 ? 0.5 : -1 }
    let model = Model(autoencoder, try Preparation.fitted(Scaling.Kind.none, to: dataset))
    let sheet = try #require(ReconstructionSheet(of: dataset))
    let picture = try #require(try sheet.picture(of: model, threads: 1))
    #expect(picture.width == 3 + 2 + 3 && picture.height == 2 + 2 + 2 && picture.channels == 3)
    func pixel(_ y: Int, _ x: Int) -> [UInt8] {
      Array(picture.pixels[((y * picture.width + x) * 3)..<((y * picture.width + x) * 3 + 3)])
    }
    func byte(_ index: Int) -> UInt8 { UInt8((values[index] * 255).rounded()) }
    #expect(pixel(0, 0) == [byte(0), byte(6), byte(12)])
    #expect(pixel(1, 2) == [byte(5), byte(11), byte(17)])
    #expect(pixel(1, 5) == [byte(21), byte(27), byte(33)])
    #expect(pixel(0, 3) == [128, 128, 128] && pixel(2, 0) == [128, 128, 128])
    #expect(pixel(4, 0) == [255, 128, 0] && pixel(5, 7) == [255, 128, 0])
    #expect(picture.pixels.count == 8 * 6 * 3)
  }

  @Test func whatIsNoPictureHasNoSheet() throws {
    for shape in [[16], [5, 4, 4], [2, 2, 2, 2]] as [Shape] {
      let tensor = Tensor(shape.batch(3), [Float](repeating: 1, count: 3 * shape.count))
      #expect(ReconstructionSheet(of: try Dataset(tensor, origin: "x")) == nil, "\(shape)")
    }
    let one = Tensor([40, 1, 8, 9], [Float](repeating: 1, count: 40 * 72))
    #expect(ReconstructionSheet(of: try Dataset(one, origin: "x")) != nil)
  }
}
