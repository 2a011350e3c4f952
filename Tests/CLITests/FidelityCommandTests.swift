import Testing

/// Generated samples beside real ones, and factors beside codes.
@Suite struct FidelityCommandTests {
  @Test func samplesAreHeldAgainstRealOnes() throws {
    let program = try BuiltProgram()
    let words = ["train", "builtin:digits:200", "--family", "variational", "--latent", "3", "--layers", "16"]
    #expect(try program.run(words + ["--epochs", "2", "-o", "m.st"]).code == 0)
    #expect(try program.run("generate", "m.st", "-n", "50", "-o", "g.npy").code == 0)
    let outcome = try program.run("fidelity", "builtin:digits:200", "g.npy", "--epochs", "2", "--json")
    #expect(outcome.code == 0 && outcome.output.hasPrefix("{\"frechet_distance\":"), "\(outcome.messages)")
    let text = try program.run("fidelity", "builtin:digits:200", "g.npy", "--epochs", "2")
    #expect(text.output.contains("precision") && text.output.contains("% of held samples"))
    let unlabelled = try program.run("fidelity", "g.npy", "builtin:digits:50")
    #expect(unlabelled.code == 1 && unlabelled.messages.contains("--label"), "\(unlabelled.messages)")
    let evaluation = try program.run("evaluate", "m.st", "builtin:digits:100", "--json")
    #expect(evaluation.output.contains("\"mig\":") && evaluation.output.contains("\"sap\":"))
    let factors = try program.run("evaluate", "m.st", "builtin:digits:100").output
    #expect(factors.contains("slant") && factors.contains("code_"), "\(factors)")
  }
}
