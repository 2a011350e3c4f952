import Foundation
import Hourglass
import Testing

/// `--precision` of train, and of the commands that use a model.
@Suite struct PrecisionCommandTests {
  private func trained(_ program: BuiltProgram, _ precision: String) throws -> String {
    let outcome = try program.run(
      "train", "builtin:digits:400", "--layers", "64", "--latent", "32", "--epochs", "2", "--threads", "2",
      "--precision", precision, "-o", "\(precision).st")
    #expect(outcome.code == 0, "\(outcome.messages)")
    return outcome.messages
  }

  @Test func autoIsToldAndTakesWhatAgrees() throws {
    let program = try BuiltProgram()
    let words = try trained(program, "auto")
    guard Precision.bfloat16.isSupported else {
      #expect(words.contains("precision f32: this processor has neither"), "\(words)")
      return
    }
    #expect(words.contains("precision bf16: after"), "\(words)")
    _ = try trained(program, "bf16")
    #expect(try program.run("inspect", "auto.st").output.contains("products of bf16"))
    for command in ["score", "reconstruct", "encode", "evaluate"] {
      func output(_ precision: String) throws -> String {
        let files = command == "evaluate" ? ["--json"] : ["-o", "\(command)-\(precision).csv"]
        let outcome = try program.run(
          [command, "auto.st", "builtin:digits:600", "--precision", precision, "--threads", "2"] + files)
        #expect(outcome.code == 0, "\(outcome.messages)")
        return command == "evaluate"
          ? outcome.output
          : try String(contentsOfFile: program.folder + "/\(command)-\(precision).csv", encoding: .utf8)
      }
      let (rounded, exact) = (try output("bf16"), try output("f32"))
      #expect(rounded != exact, "\(command)")
      #expect(try output("auto") == rounded, "\(command)")
    }
  }
}
