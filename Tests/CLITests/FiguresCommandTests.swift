import Foundation
import Hourglass
import Testing

@testable import HourglassCLI

/// Figures that are what they say: whose errors they are, and who has won.
@Suite struct FiguresCommandTests: FigureTests {
  @Test func samplesThatWereTrainedOnAreToldApart() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<200))
    try program.write("more.csv", "a,b,c,d,e\n" + table(190..<260))
    try program.write("new.csv", "a,b,c,d,e\n" + table(300..<360))
    try program.write("seen.csv", "a,b,c,d,e\n" + table(0..<1))
    let training = try program.run("train", "t.csv", "--epochs", "3", "--latent", "2", "-o", "m.st")
    #expect(
      training.code == 0 && training.messages.contains(", 20 held out at random"),
      "\(training.messages)")

    let same = try program.run("evaluate", "m.st", "t.csv")
    #expect(
      same.output.hasPrefix(
        "t.csv: 20 of 200 samples\n180 of the 200 samples were trained on; the figures are of the 20 others, "
          + "by which the epoch that was kept was chosen.\n"), "\(same.output)")
    let json = try members(
      try #require(program.run("evaluate", "m.st", "t.csv", "--json").lines.first))
    #expect(
      json["samples"] as? Int == 20 && json["given"] as? Int == 200
        && json["trained_on"] as? Int == 180)
    #expect(json["chosen_by"] as? Int == 20 && json["is_test"] as? Bool == true)

    let fresh = try members(
      try #require(program.run("evaluate", "m.st", "new.csv", "--json").lines.first))
    #expect(fresh["samples"] as? Int == 60 && fresh["trained_on"] as? Int == 0)
    let mixed = try members(
      try #require(program.run("evaluate", "m.st", "more.csv", "--json").lines.first))
    let (given, known) = (try number("samples", mixed), try number("trained_on", mixed))
    #expect(given + known == 70 && known > 0 && known <= 10)
    let seen = try program.run("evaluate", "m.st", "seen.csv")
    let isHeld = seen.output.contains("was chosen by these samples")
    #expect(
      isHeld || seen.output.contains("All of these samples were trained on: this is not a test."))

    let doctor = try program.run("doctor", "m.st", "t.csv")
    #expect(
      doctor.output.hasPrefix(
        "m.st on t.csv: judged by 20 samples, none of them trained on\n180 of the 200"))
    let score = try program.run("score", "m.st", "t.csv", "-o", "s.csv")
    #expect(
      score.messages.contains("180 of the 200 samples were trained on: their scores are lower"))
    #expect(try program.run("report", "m.st", "t.csv", "-o", "r.html").code == 0)
    #expect(program.text("r.html").contains("that were held out of its training"))
    let alone = try program.run(
      "train", "t.csv", "--epochs", "3", "--validation", "0", "-o", "all.st")
    #expect(alone.code == 0)
    #expect(
      try program.run("evaluate", "all.st", "t.csv").output.contains(
        "were trained on: this is not a test."))
    #expect(try program.run("report", "all.st", "t.csv", "-o", "r.html").code == 0)
    #expect(program.text("r.html").contains("all of them trained on: this is not a test"))
  }

  @Test func windowsOfOneSeriesAreHeldOutByTime() throws {
    let program = try BuiltProgram()
    try program.write(
      "s.csv", (0..<300).map { "\(sin(Double($0) / 5)),\(Double($0 * $0 % 91))\n" }.joined())
    let words = [
      "train", "s.csv", "--window", "20", "--epochs", "1", "--latent", "2", "-o", "m.st",
    ]
    let usual = try program.run(words)
    #expect(
      usual.messages.contains(
        ", 28 held out: the last in time, 19 left out that share values with them"),
      "\(usual.messages)")
    let done = try program.run("evaluate", "m.st", "s.csv")
    #expect(
      done.output.contains(
        "234 of the 281 samples were trained on, 19 share values with some that were; "))
    let drawn = try program.run(words + ["--held-out", "random"])
    #expect(
      drawn.messages.contains(", 28 held out at random, which share values with those trained on"))
    let group = try program.run(words + ["--held-out", "group"])
    #expect(
      group.code == 1 && group.messages.contains("found windows of one series"), "\(group.messages)"
    )
    for part in [["--validation", "0"], ["--validation", "s.csv"]] {
      let refused = try program.run(words + part + ["--held-out", "last"])
      #expect(refused.code == 2 && refused.messages.contains("--held-out says which samples"))
    }
    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<50))
    let rows = try program.run(
      "train", "t.csv", "--epochs", "1", "--held-out", "last", "-o", "t.st")
    #expect(rows.messages.contains(", 5 held out: the last rows"), "\(rows.messages)")
    #expect(try program.run("report", "t.st", "t.csv", "-o", "t.html").code == 0)
    #expect(program.text("t.html").contains("--held-out last"))
  }

  @Test func errorAndObjectiveAreTwoWords() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<200))
    let words = ["train", "t.csv", "--epochs", "4", "--latent", "2", "-o", "m.st"]
    let kinds: [(options: [String], name: String)] = [
      (["--l2", "0.01"], "mse + weights"), (["--family", "variational"], "mse + KL"),
      (["--family", "contractive"], "mse + contraction"),
      (["--family", "wasserstein"], "mse + MMD"),
      (["--family", "sparse"], "mse + sparsity"),
      (["--family", "denoising"], "mse of corrupted samples"),
    ]
    for (options, name) in kinds {
      let training = try program.run(words + options)
      #expect(training.output.contains(", objective (\(name)) "), "\(training.output)")
      #expect(training.messages.contains("  objective ") && !training.messages.contains("  loss "))
      let evaluated = try members(
        try #require(program.run("evaluate", "m.st", "t.csv", "--json").lines.first))
      let done = try members(
        try #require(program.run(words + options + ["--json", "-q"]).lines.last))
      // What stands beside the error of PCA is the error of the same samples, not the objective.
      #expect(try number("mse", done) == number("mse", evaluated))
      #expect(try number("pca_mse", done) == number("pca_mse", evaluated))
      #expect(try abs(number("error", done) / number("mse", done) - 1) < 1e-5)
      #expect(try number("validation_loss", done) != number("mse", done))
      #expect(done["objective"] as? String == name)
    }
    let plain = try program.run(words)
    #expect(!plain.output.contains("objective") && plain.messages.contains("  loss "))
    #expect(plain.output.contains("4 epochs, mse ") && plain.output.contains(", validation "))
  }

  /// A model of absolute distances that misses one row of twenty by far and the others not at all, beside
  /// components that miss all by a little: it has the less absolute and the larger squared error.
  @Test func allAgreeOnWhoHasWon() throws {
    let program = try BuiltProgram()
    let rows = (0..<200).map { row in
      "\(row % 2 == 0 ? 0.4 : -0.4),\(row % 20 == 7 ? 3 : row % 40 == 11 ? -3 : 0)\n"
    }
    try program.write("t.csv", "x,y\n" + rows.joined())
    let data = try Source.open(program.folder + "/t.csv")
    let layers = Architecture(
      input: [2], encoder: [.dense(units: 1, initializer: .zeros)],
      decoder: [.dense(units: 2, initializer: .zeros)], reconstruction: .laplace)
    let start = try Autoencoder(layers, seed: 1)
    let weights: [String: Tensor] = [
      "encoder.0.weight": Tensor([2, 1], [1, 0] as [Float]),
      "decoder.0.weight": Tensor([1, 2], [1, 0] as [Float]),
    ]
    let autoencoder = try Autoencoder(layers) { weights[$0] ?? start.weight($0) }
    let control = PrincipalComponents(mean: [0, 0], components: [0, 1], variances: [1])
    let model = Model(autoencoder, try Preparation.fitted(Scaling.Kind.none, to: data), control: control)
    try model.write(to: program.folder + "/m.st")

    let evaluation = try Evaluation(model, on: data)
    #expect(evaluation.heavy == nil && evaluation.ownLossDisagrees)
    #expect(evaluation.loss < evaluation.pcaLoss ?? 0 && evaluation.mse > evaluation.pcaMSE ?? .infinity)
    let closing = ClosingErrors(evaluation, of: model, held: 200)
    #expect(closing.verdict == "; does not beat PCA of the same width")
    #expect(closing.parts.joined(separator: ", ").contains("mse \(Figures.significant(evaluation.mse))"))
    let evaluated = try program.run("evaluate", "m.st", "t.csv").output
    #expect(evaluated.contains("It does not beat PCA of the same width:"), "\(evaluated)")
    #expect(evaluated.contains("In its own loss, mae, it is the other way round"))
    let doctor = try program.run("doctor", "m.st", "t.csv")
    #expect(doctor.code == 1 && doctor.output.contains("fault: no-better-than-pca"), "\(doctor.output)")
    #expect(try program.run("report", "m.st", "t.csv", "-o", "r.html").code == 0)
    #expect(program.text("r.html").contains("It does not beat PCA of the same width"))
    #expect(try program.run("compare", "m.st", "m.st", "--on", "t.csv", "-o", "c.html").code == 0)
    #expect(program.text("c.html").contains("does not beat PCA of the same width"))
  }

  @Test func aRowThatDecidesIsNamed() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<200))
    #expect(
      try program.run("train", "t.csv", "--epochs", "40", "--latent", "2", "-o", "m.st").code == 0)
    try program.write(
      "far.csv", "a,b,c,d,e\n" + table(300..<340) + "900,-700,3,1,500\n" + table(340..<380))
    try program.write("near.csv", "a,b,c,d,e\n" + table(300..<380))
    let far = try program.run("evaluate", "m.st", "far.csv")
    #expect(
      far.output.contains("carries over 99 % of the variance: the verdict is by the others."),
      "\(far.output)")
    let both = try ["far.csv", "near.csv"].map {
      try members(try #require(program.run("evaluate", "m.st", $0, "--json").lines.first))
    }
    #expect(
      (both[0]["heavy"] as? [String])?.count == 1
        && (both[1]["heavy"] as? [String])?.isEmpty == true)
    #expect(both[0]["unbeaten"] as? [String] == both[1]["unbeaten"] as? [String])
    let (trimmed, whole) = (try number("trimmed_mse", both[0]), try number("mse", both[1]))
    #expect(abs(trimmed - whole) < 1e-6 * whole && both[1]["trimmed_mse"] is NSNull)
    #expect(try number("mse", both[0]) > 1000 * number("mse", both[1]))
    let doctor = try program.run("doctor", "m.st", "far.csv")
    #expect(doctor.output.contains("The verdict is by the others where"), "\(doctor.output)")
  }

  @Test func dataThatLeaveNothingToLearnAreNamed() throws {
    let program = try BuiltProgram()
    try program.write("c.csv", "a,b,c\n" + String(repeating: "1,2,3\n", count: 150))
    let training = try program.run("train", "c.csv", "--epochs", "3", "-o", "c.st")
    #expect(
      training.output.contains("these samples are all alike, there is nothing to learn"),
      "\(training.output)")
    let evaluated = try program.run("evaluate", "c.st", "c.csv").output
    #expect(
      evaluated.contains("there is nothing to learn") && !evaluated.contains("longer"),
      "\(evaluated)")
    let doctor = try program.run("doctor", "c.st", "c.csv")
    #expect(doctor.code == 1 && doctor.output.contains("fault: constant-data"), "\(doctor.output)")
    #expect(!doctor.output.contains("--epochs"), "\(doctor.output)")
  }
}
