import Foundation
import Hourglass
import Testing

@testable import HourglassCLI

/// Pictures, sounds and series through `restore`.
@Suite("The command restore")
struct RestoreCommandTests {
  /// Smooth waves, of another size each.
  private static func png(_ height: Int, _ width: Int, channels: Int = 1) throws -> [UInt8] {
    var pixels: [UInt8] = []
    for index in 0..<(height * width * channels) {
      let (place, channel) = (index / channels, index % channels)
      let along: Double = sin(Double(place % width) / 5 + Double(channel))
      let down: Double = cos(Double(place / width) / 4)
      pixels.append(UInt8(120 + 60 * along + 40 * down))
    }
    return try PNG.encode(pixels: pixels, width: width, height: height, channels: channels)
  }

  private static let network = """
    {"format": 1, "input": [1, 16, 16], "encoder": [{"residual": {"layers": [{"conv": {"channels": 6}}, {"relu": {}},
    {"conv": {"channels": 1}}]}}], "code": {"vector": {}}, "decoder": [], "reconstruction": {"gaussian": {}},
    "corruption": [{"gaussian": {"deviation": 0.1}}]}
    """

  /// A desk with a model of pictures of 16 by 16.
  private func desk() throws -> Desk {
    let desk = try Desk()
    try FileManager.default.createDirectory(atPath: desk("tiles"), withIntermediateDirectories: true)
    for number in 0..<12 { try desk.write("tiles/\(number).png", Self.png(16, 16)) }
    try desk.write("net.json", Self.network)
    let training = run(
      "train", desk("tiles"), "--architecture", desk("net.json"), "--scaling", "255", "--epochs", "3", "-o",
      desk("m.st"))
    #expect(training.code == 0, "\(training.messages)")
    try FileManager.default.createDirectory(atPath: desk("photos/deep"), withIntermediateDirectories: true)
    try desk.write("photos/a.png", Self.png(40, 53))
    try desk.write("photos/deep/b.png", Self.png(20, 17, channels: 3))
    return desk
  }

  private func image(_ desk: Desk, _ name: String) throws -> ImageFile { try ImageFile.read(desk(name)) }

  @Test("pictures come back in their own size and channels, and are measured beside filters")
  func pictures() throws {
    let desk = try desk()
    let made = run(
      "restore", desk("m.st"), desk("photos"), "--corruption", "gaussian=25/255", "--degraded", desk("noisy"),
      "-o", desk("out"))
    #expect(made.code == 0, "\(made.messages)")
    let (grey, colour) = (try image(desk, "out/a.png"), try image(desk, "out/deep/b.png"))
    #expect(grey.height == 40 && grey.width == 53 && grey.channels == 1)
    #expect(colour.height == 20 && colour.width == 17 && colour.channels == 3)
    let lines = made.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[0].contains("degraded") && lines[0].contains("non-local-means"))
    #expect(lines[3].hasPrefix("mean"))
    // What was written and read again comes to the same but for the rounding to levels.
    let again = run(
      "restore", desk("m.st"), desk("noisy"), "--against", desk("photos"), "--filters", "none", "--json")
    #expect(again.code == 0, "\(again.messages)")
    let first = try #require(again.output.split(separator: "\n").first)
    #expect(first.contains("\"picture\":\"a.png\"") && first.contains("\"way\":\"model\""))
    let decibels = try #require(
      lines[1].split(separator: " ").first { $0.hasPrefix("2") }.flatMap { Double($0) })
    #expect(abs(decibels - 20.2) < 1, "\(lines[1])")
    // The same bytes whatever the threads.
    for threads in ["1", "3"] {
      let other = run(
        "restore", desk("m.st"), desk("photos"), "--corruption", "gaussian=25/255", "--filters", "none",
        "--threads", threads, "-o", desk("out\(threads)"))
      #expect(other.code == 0)
      #expect(try desk.bytes("out\(threads)/a.png") == desk.bytes("out/a.png"))
    }
    let one = run(
      "restore", desk("m.st"), desk("photos/a.png"), "--tile", "32", "--overlap", "8", "-o", desk("a.png"))
    #expect(one.code == 0 && FileManager.default.fileExists(atPath: desk("a.png")), "\(one.messages)")
  }

  @Test("where blocks are missing, and where a mask says so, all else stays")
  func missing() throws {
    let desk = try desk()
    let made = run(
      "restore", desk("m.st"), desk("photos/a.png"), "--corruption", "blocks=0.2", "--block", "8",
      "--degraded",
      desk("holed"), "--filters", "median", "-o", desk("out"))
    #expect(made.code == 0, "\(made.messages)")
    let (clean, holed, out) = (
      try image(desk, "photos/a.png"), try image(desk, "holed/a.png"), try image(desk, "out/a.png")
    )
    let hidden = clean.pixels.indices.filter { holed.pixels[$0] != clean.pixels[$0] }
    #expect(hidden.count > 200 && hidden.count % 8 == 0 || hidden.contains { $0 % 53 > 47 })
    #expect(clean.pixels.indices.allSatisfy { holed.pixels[$0] == 0 || out.pixels[$0] == clean.pixels[$0] })
    let marks = (0..<(40 * 53)).map { UInt8($0 / 53 < 10 ? 255 : 0) }
    try desk.write("mask.png", PNG.encode(pixels: marks, width: 53, height: 40, channels: 1))
    let masked = run(
      "restore", desk("m.st"), desk("photos/a.png"), "--mask", desk("mask.png"), "-o", desk("b.png"))
    #expect(masked.code == 0, "\(masked.messages)")
    let other = try image(desk, "b.png")
    #expect(other.pixels[(10 * 53)...] == clean.pixels[(10 * 53)...] && other.pixels != clean.pixels)
  }

  @Test("series and sounds come back as long as they were, without steps where windows meet")
  func windows() throws {
    let desk = try Desk()
    let rows = (0..<230).map { step -> String in
      let place = Double(step)
      return "\(sin(place / 7)),\(cos(place / 11))"
    }
    try desk.write("s.csv", "x,y\n" + rows.joined(separator: "\n") + "\n")
    let training = run(
      "train", desk("s.csv"), "--window", "32", "--stride", "32", "--corruption", "gaussian=0.1", "--epochs",
      "2",
      "--layers", "8", "--latent", "4", "-o", desk("s.st"))
    #expect(training.code == 0, "\(training.messages)")
    let made = run("restore", desk("s.st"), desk("s.csv"), "-o", desk("out.csv"))
    #expect(made.code == 0, "\(made.messages)")
    let lines = try desk.lines("out.csv")
    #expect(lines.count == 231 && !lines.joined().contains("nan"))
    let refused = run("restore", desk("s.st"), desk("s.csv"), "--mask", "m", "-o", desk("out.csv"))
    #expect(refused.code == 2 && refused.messages.contains("--mask is for pictures"), "\(refused.messages)")
  }

  @Test("what cannot be is said in a sentence")
  func refusals() throws {
    let desk = try desk()
    let (model, photos) = (desk("m.st"), desk("photos"))
    for (words, said) in [
      ([], "restore needs -o OUT"), (["-o", photos], "would be written into"),
      (["-o", desk("x.png")], "expected a folder for 2 pictures"),
      (["--corruption", "blur=1", "--against", photos], "leave out --against or --corruption"),
      (["--degraded", desk("d"), "-o", desk("o")], "--degraded belongs to --corruption"),
      (["--corruption", "fields=0.1"], "fields is for tables"),
      (["--block", "8", "-o", desk("o")], "--block belongs to --corruption blocks"),
      (["--tile", "1000", "--overlap", "600", "-o", desk("o")], "at most half"),
    ] {
      let made = Program.captured(["restore", model, photos] + words)
      #expect(made.code != 0 && made.messages.contains(said), "\(words): \(made.messages)")
    }
    let missing = run("restore", model, desk("photos/a.png"), "--against", desk("tiles"))
    #expect(missing.code == 1 && missing.messages.contains("expected a picture called as a.png"))
  }

  @Test("a network learns from patches of pictures of any size: the same bytes on any threads")
  func patches() throws {
    let desk = try desk()
    try desk.write(
      "net.json",
      Self.network.replacingOccurrences(
        of: "\"gaussian\": {\"deviation\": 0.1}", with: "\"jpeg\": {\"quality\": 30}"))
    func train(_ name: String, _ more: [String]) -> (code: Int32, messages: String) {
      Program.captured(
        [
          "train", desk("photos"), "--patch", "16", "--gray", "--architecture", desk("net.json"), "--batch",
          "4",
          "--augment", "flip", "-o", desk(name),
        ] + more)
    }
    let whole = train("a.st", ["--epochs", "4", "--threads", "1"])
    #expect(whole.code == 0 && whole.messages.contains("1 of 2 files"), "\(whole.messages)")
    #expect(train("b.st", ["--epochs", "4", "--threads", "3"]).code == 0)
    #expect(try desk.bytes("a.st") == desk.bytes("b.st"))
    #expect(train("c.st", ["--epochs", "4", "--seed", "5"]).code == 0)
    #expect(try desk.bytes("a.st") != desk.bytes("c.st"))
    let evaluated = run("evaluate", desk("a.st"), desk("photos"))
    #expect(evaluated.code == 0, "\(evaluated.messages)")
    let inspected = run("inspect", desk("a.st"))
    #expect(inspected.output.contains("windows of 16x16 of images of any size"), "\(inspected.output)")
    #expect(run("restore", desk("a.st"), desk("photos"), "-o", desk("o")).code == 0)
    let both = train("d.st", ["--size", "16"])
    #expect(both.code == 2 && both.messages.contains("leave out --size"))
  }

  @Test("train, evaluate, report, doctor and inspect know every degradation, and pairs go by their names")
  func commands() throws {
    let desk = try desk()
    let kinds = "blur=0.7,downscale=2,jpeg=30,lines=0.05,blocks=0.1,gaussian=10/255"
    let training = run(
      "train", desk("tiles"), "--architecture", desk("net.json"), "--corruption", kinds, "-o", desk("n.st"))
    #expect(training.code == 2)
    let made = run(
      "train", desk("tiles"), "--corruption", kinds, "--epochs", "2", "--latent", "4", "-o", desk("n.st"))
    #expect(made.code == 0, "\(made.messages)")
    for words in [
      ["evaluate", desk("n.st"), desk("tiles")], ["inspect", desk("n.st")],
      ["denoise", desk("n.st"), desk("tiles"), "-o", desk("clean")],
      ["report", desk("n.st"), desk("tiles"), "-o", desk("r.html")],
      ["restore", desk("n.st"), desk("photos"), "-o", desk("o")],
    ] {
      let outcome = Program.captured(words)
      #expect(outcome.code == 0, "\(words[0]): \(outcome.messages)")
    }
    try FileManager.default.createDirectory(atPath: desk("bad"), withIntermediateDirectories: true)
    for number in 0..<12 { try desk.write("bad/\(number).png", Self.png(16, 16)) }
    let paired = run(
      "train", desk("tiles"), "--input-field", desk("bad"), "--epochs", "2", "--latent", "4", "-o",
      desk("p.st"))
    #expect(paired.code == 0 && paired.messages.contains("read from"), "\(paired.messages)")
    #expect(try Model(contentsOf: desk("p.st")).autoencoder.architecture.corruption == [.pairs])
    try FileManager.default.removeItem(atPath: desk("bad/7.png"))
    let lacking = run(
      "train", desk("tiles"), "--input-field", desk("bad"), "--epochs", "2", "-o", desk("p.st"))
    #expect(lacking.code == 1 && lacking.messages.contains("none called 7"), "\(lacking.messages)")
  }
}

extension Program {
  /// A run within the test.
  fileprivate static func captured(_ words: [String]) -> (code: Int32, messages: String) {
    let streams = Streams.captured()
    let code = Program(streams: streams, terminal: Terminal()).run(words)
    return (code, streams.messages.captured)
  }
}
