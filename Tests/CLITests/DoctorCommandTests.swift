import Foundation
import Hourglass
import Testing

@testable import HourglassCLI

@Suite struct DoctorCommandTests {
  @Test func exitCodeTellsWhetherAControlIsBeaten() throws {
    let path = FileManager.default.temporaryDirectory.path + "/doctor-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let source = "builtin:digits:800"
    let trained = run(
      "train", source, "-o", path, "--activation", "elu", "--layers", "32", "--latent", "4", "--epochs", "40",
      "--batch", "16", "--rate", "0.003", "--loss", "mse", "--quiet")
    #expect(trained.code == 0)
    let sound = run("doctor", path, source)
    #expect(sound.code == 0 && sound.messages.isEmpty)
    #expect(sound.output.hasPrefix("\(path) on \(source): judged by 80 samples, none of them trained on\n"))

    #expect(run("train", source, "-o", path, "--epochs", "1", "--rate", "1e-12", "--quiet").code == 0)
    let blank = run("doctor", path, source)
    #expect(blank.code == 1 && blank.messages.isEmpty)
    #expect(blank.output.contains("fault: no-better-than-untrained\n  The model reconstructs no better"))
    #expect(blank.output.split(separator: "\n").allSatisfy { $0.count <= max(Help.width, path.count + 80) })

    let json = run("doctor", path, source, "--json")
    #expect(json.code == 1)
    for line in json.output.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(
        Set(object?.keys.map { $0 } ?? []) == [
          "kind", "severity", "place", "measure", "value", "threshold", "problem", "remedy",
        ])
    }
    #expect(json.output.hasPrefix(#"{"kind":"no-better-than-untrained","severity":"fault","place":null,"#))
  }

  @Test func remediesNameOptionsThatTrainHas() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Tasks/Doctor").standardized
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasPrefix("Doctor")
    }
    let text = try files.map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
    let options = Set(text.joined().matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) })
    #expect(options.count > 10)
    let known = Set(Command.train.options.map(\.dashed))
    #expect(options.isSubset(of: known), "train has no \(options.subtracting(known))")
  }

  @Test func aMissingFileIsSaid() {
    let result = run("doctor", "/nonexistent.safetensors", "builtin:digits:10")
    #expect(result.code == 1 && result.messages.contains("/nonexistent.safetensors"))
  }
}
