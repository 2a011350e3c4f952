import Hourglass
import Testing

/// From an adversarial training to new samples.
@Suite struct CriticCommandTests {
  @Test func aCriticIsTrainedShownAndDrawnFrom() throws {
    let program = try BuiltProgram()
    let training = try program.run(
      "train", "builtin:digits:200", "--family", "adversarial", "--latent", "3", "--layers", "16",
      "--critic-layers", "12", "--critic-objective", "hinge", "--critic-turns", "2", "--epochs", "2", "-o",
      "m.st")
    #expect(training.code == 0, "\(training.messages)")
    #expect(training.messages.contains("critic right "), "\(training.messages)")
    let shown = try program.run("inspect", "m.st").output
    #expect(shown.contains("of codes, hinge") && shown.contains("critic[3]"), "\(shown)")
    #expect(try program.run("inspect", "m.st", "--json").output.contains(#""place":"critic[1]""#))
    #expect(try program.run("generate", "m.st", "-n", "4", "-o", "sheet.png").code == 0)
    let lines = try program.run(
      "train", "builtin:digits:200", "--family", "adversarial", "--critic", "outputs", "--model", "conv",
      "--layers",
      "4", "--critic-layers", "4", "--epochs", "1", "--json", "-o", "n.st")
    #expect(lines.code == 0 && lines.output.contains(#""critic_accuracy":"#), "\(lines.messages)")
    #expect(try program.run("inspect", "n.st").output.contains("convolution, channels 4"))
    let both = try program.run(
      "train", "builtin:digits:200", "--family", "variational", "--critic", "outputs", "--layers", "16",
      "--epochs", "1", "-o", "o.st")
    #expect(both.code == 0, "\(both.messages)")
    let parts = try program.run("inspect", "o.st").output
    #expect(parts.contains("normal distribution") && parts.contains("of outputs, "), "\(parts)")
  }

  @Test func whatCannotBeIsRefused() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", (0..<30).map { "\($0),\($0 % 3),\($0 % 7)\n" }.joined())
    func refused(_ words: String...) throws -> String {
      let outcome = try program.run(["train", "t.csv", "--epochs", "1", "-o", "m.st"] + words)
      #expect(outcome.code != 0)
      return outcome.messages
    }
    #expect(
      try refused("--critic-turns", "2").contains(
        "--critic-turns belongs to --critic or --family adversarial"))
    #expect(try refused("--family", "adversarial", "--critic-turns", "0").contains("from 1 to 100"))
    #expect(try refused("--family", "adversarial", "--critic", "weights").contains("codes"))
    #expect(
      try refused("--family", "adversarial", "--critic-reconstruction", "0").contains(
        "let the critic read outputs"))
    #expect(try refused("--family", "adversarial", "--optimizer", "lbfgs").contains("use adam"))
    #expect(
      try refused("--family", "adversarial", "--critic", "outputs", "--patience", "2").contains(
        "give the number of epochs"))
  }
}
