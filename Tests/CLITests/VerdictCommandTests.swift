import Foundation
import Hourglass
import Testing

@testable import HourglassCLI

/// Whose errors the figures are, what stands in the way of a verdict, and that all commands say so.
@Suite struct VerdictCommandTests: FigureTests {
  @Test func trimmedFiguresAreHeldAgainstTrimmedOnes() throws {
    let program = try BuiltProgram()
    let odd = (0..<20).map { row in
      (0..<5).map { "\(Double((row * 7 + $0 * 11) % 13) + Double(row) / 100)" }.joined(separator: ",") + "\n"
    }
    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<180) + odd.joined())
    let words = ["train", "t.csv", "--trim", "0.1", "--epochs", "20", "--latent", "2", "-o", "m.st"]
    let training = try program.run(words)
    let found = try members(try #require(program.run("evaluate", "m.st", "t.csv", "--json").lines.first))
    let (whole, typical) = (try number("mse", found), try number("typical_mse", found))
    #expect(try number("trim", found) > 0.0999 && typical < whole)
    #expect(
      training.output.contains(
        " without the worst 10 %, of all 20 held out mse \(Figures.significant(whole)), PCA of the same width "
          + "\(Figures.significant(try number("pca_mse", found)))"), "\(training.output)")
    #expect(
      training.output.contains(
        "; without the worst 10 % of each: mse \(Figures.significant(typical)), PCA "
          + Figures.significant(try number("typical_pca_mse", found))))
    // By the scores, which are squared errors here: all but the two worst of the twenty that were held out.
    let data = try Source.open(program.folder + "/t.csv")
    let model = try Model(contentsOf: program.folder + "/m.st")
    let scores = try model.scores(model.judged(of: data).samples).values.map(Double.init).sorted()
    #expect(scores.count == 20)
    #expect(abs(scores.prefix(18).reduce(0, +) / 18 - typical) < 1e-5 * typical)
    let evaluated = try program.run("evaluate", "m.st", "t.csv").output
    #expect(evaluated.contains("without its worst 10 %"), "\(evaluated)")
    #expect(evaluated.contains("left the worst 10 % of its samples out (--trim)"))
    #expect(try program.run("report", "m.st", "t.csv", "-o", "r.html").code == 0)
    #expect(program.text("r.html").contains("squared error without the worst 10 % of each"))
  }

  @Test func copiesAreCountedApart() throws {
    let program = try BuiltProgram()
    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<150) + table(0..<50))
    let training = try program.run("train", "t.csv", "--epochs", "3", "--latent", "2", "-o", "m.st")
    let found = try members(try #require(program.run("evaluate", "m.st", "t.csv", "--json").lines.first))
    let (samples, known) = (try number("samples", found), try number("trained_on", found))
    let copies = try number("copies", found)
    #expect(copies == 20 - samples && known - copies == 180 && samples + known == 200)
    #expect(
      training.output.contains(
        ", of the \(Int(samples)) held out that are no copies mse \(Figures.significant(try number("mse", found)))"
      ),
      "\(training.output)")
    #expect(
      try program.run("evaluate", "m.st", "t.csv").output.contains(
        "180 of the 200 samples were trained on, \(Int(copies)) are copies of those; the figures are of the "
          + "\(Int(samples)) others"))
    let whole = try program.run("train", "t.csv", "--epochs", "3", "--validation", "0", "-o", "w.st")
    let all = try members(try #require(program.run("evaluate", "w.st", "t.csv", "--json").lines.first))
    #expect(
      whole.output.contains(", in the end mse \(Figures.significant(try number("mse", all)))"),
      "\(whole.output)")
  }

  @Test func whatStandsInTheWayIsWhatIsSaid() throws {
    let program = try BuiltProgram()
    try program.write("v.csv", "a,b\n1,2\n3,4\n5,6\n")
    var held = ""
    // The middle row, which is the mean of the others, is held out.
    for seed in 1...9 where !held.contains("is the mean of the others") {
      held = try program.run("train", "v.csv", "--epochs", "1", "--seed", "\(seed)", "-o", "v.st").output
    }
    #expect(held.contains("the sample it is judged by is the mean of the others, which tells nothing"))
    let judged = try program.run("doctor", "v.st", "v.csv").output
    #expect(judged.contains("samples-at-mean") && !judged.contains("constant-data"), "\(judged)")

    let small = (0..<200).map { row in "\(1e-9 * sin(Double(row))),\(1e-9 * cos(1.7 * Double(row)))\n" }
    try program.write("s.csv", "a,b\n" + small.joined())
    let words = ["train", "s.csv", "--scaling", "none", "--epochs", "1", "--latent", "1", "-o", "s.st"]
    #expect(
      try program.run(words).output.contains("these samples differ by less than single precision tells"))
    let close = try program.run("doctor", "s.st", "s.csv").output
    #expect(close.contains("constant-data") && close.contains("Train with --scaling standard."), "\(close)")

    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<200))
    let wide = try program.run("train", "t.csv", "--epochs", "2", "--latent", "10", "-o", "w.st").output
    #expect(wide.contains("the code has 10 values and a sample 5, so that PCA keeps everything"), "\(wide)")
    #expect(!wide.contains("nothing is left"))

    let units = (0..<200).map { row in
      (0..<5).map { "\((($0 == 3 ? 1e6 : 1) * sin(Double((row * 31 + $0 * 17) % 101))))" }.joined(
        separator: ",")
        + "\n"
    }
    try program.write("u.csv", "a,b,c,d,e\n" + units.joined())
    let scaled = try program.run(
      "train", "u.csv", "--epochs", "2", "--latent", "1", "--scaling", "none", "-o", "u.st")
    #expect(scaled.code == 0 && !scaled.output.contains("exactly"), "\(scaled.output)")
  }

  @Test func aCollapseIsFoundWherePCAIsExactToo() throws {
    let program = try BuiltProgram()
    let rows = (0..<200).map { row -> String in
      let (a, b) = (sin(Double(row)), cos(1.7 * Double(row)))
      return "\(a),\(b),\(a + b),\(a - b),\(2 * a + b)\n"
    }
    try program.write("p.csv", "a,b,c,d,e\n" + rows.joined())
    let words = ["--family", "variational", "--beta", "50", "--latent", "2", "--epochs", "60"]
    #expect(try program.run(["train", "p.csv", "-o", "p.st"] + words).code == 0)
    let doctor = try program.run("doctor", "p.st", "p.csv").output
    let places = ["fault: collapsed-code", "fault: linear-data"].map { doctor.range(of: $0)?.lowerBound }
    let (collapse, linear) = (try #require(places[0], "\(doctor)"), try #require(places[1], "\(doctor)"))
    #expect(collapse < linear, "\(doctor)")
  }

  @Test func aRowThatTheTrainingFollowsIsNamed() throws {
    let program = try BuiltProgram()
    let far = [String](repeating: "1000000", count: 5).joined(separator: ",") + "\n"
    try program.write("t.csv", "a,b,c,d,e\n" + table(0..<17) + far + table(18..<200))
    var output = ""
    for seed in 1...9 where !output.contains("of those trained on") {
      output = try program.run("train", "t.csv", "--epochs", "2", "--seed", "\(seed)", "-o", "m.st").output
    }
    #expect(output.contains("; of those trained on sample 17 carries 99 % of the variance"), "\(output)")
    let words = "Of the training samples sample 17 carries 99 % of the variance"
    for command in ["evaluate", "doctor"] {
      let said = try program.run(command, "m.st", "t.csv").output.replacing("\n  ", with: " ")
      #expect(said.contains(words), "\(said)")
    }
  }

  /// A model that a far-out sample speaks against, which the components lie along: left out, it wins.
  @Test func whereAFarSampleTurnsTheVerdictThatIsSaid() throws {
    let program = try BuiltProgram()
    let rows = (0..<200).map { row in
      row == 150 ? "0,40\n" : "\(sin(Double(row))),\(cos(1.7 * Double(row)) / 100)\n"
    }
    try program.write("t.csv", "x,y\n" + rows.joined())
    let data = try Source.open(program.folder + "/t.csv")
    for reconstruction in [Reconstruction.gaussian, .laplace] {
      let layers = Architecture(
        input: [2], encoder: [.dense(units: 1, initializer: .zeros)],
        decoder: [.dense(units: 2, initializer: .zeros)], reconstruction: reconstruction)
      let start = try Autoencoder(layers, seed: 1)
      let weights: [String: Tensor] = [
        "encoder.0.weight": Tensor([2, 1], [1, 0] as [Float]),
        "decoder.0.weight": Tensor([1, 2], [1, 0] as [Float]),
      ]
      let autoencoder = try Autoencoder(layers) { weights[$0] ?? start.weight($0) }
      let control = PrincipalComponents(mean: [0, 0], components: [0, 1], variances: [8])
      let preparation = try Preparation.fitted(Scaling.Kind.none, to: data)
      let model = Model(autoencoder, preparation, control: control)
      try model.write(to: program.folder + "/m.st")
      let said = try program.run("evaluate", "m.st", "t.csv").output
      #expect(said.contains("It beats all three controls"), "\(said)")
      #expect(said.contains(" With sample 150 it would not beat PCA of the same width."), "\(said)")
      #expect(!said.contains("In its own loss"), "\(said)")
      let evaluation = try Evaluation(model, on: data)
      #expect(try program.run("report", "m.st", "t.csv", "-o", "r.html").code == 0)
      let page = program.text("r.html")
      #expect(page.contains("scale, without sample 150, and how many times"))
      #expect(page.contains("squared error with sample 150"))
      #expect(page.contains(">\(Figures.significant(evaluation.decisive.model))<"))
      #expect(try program.run("compare", "m.st", "m.st", "--on", "t.csv", "-o", "c.html").code == 0)
      let other = program.text("c.html")
      #expect(other.contains("the verdict is by") && other.contains(", without sample 150"))
    }
  }

  /// Of two columns of deviations 1 and 1000 one model misses half of the second, the other all of the first.
  @Test func modelsAreComparedByDeviations() throws {
    let values: [Float] = (0..<400).map { index in
      let row = Double(index / 2)
      return Float(index % 2 == 0 ? sin(row) : 1000 * sin(2.3 * row))
    }
    let data = try Dataset(Tensor([200, 2], values), origin: "units")
    func model(_ kept: [Float], _ made: [Float]) throws -> Model {
      let layers = Architecture(
        input: [2], encoder: [.dense(units: 1, initializer: .zeros)],
        decoder: [.dense(units: 2, initializer: .zeros)])
      let start = try Autoencoder(layers, seed: 1)
      let weights = ["encoder.0.weight": Tensor([2, 1], kept), "decoder.0.weight": Tensor([1, 2], made)]
      return Model(
        try Autoencoder(layers) { weights[$0] ?? start.weight($0) },
        try Preparation.fitted(Scaling.Kind.none, to: data))
    }
    let (first, second) = (try model([1, 0], [1, 0]), try model([0, 1], [0, 1]))
    let half = try model([0, 0.5], [0, 1])
    let comparison = try ModelComparison([first, second, half], on: data)
    #expect(comparison.isInDeviations)
    // What is missed is a column, of which the mean square over the variance is 1, or its mean is not 0.
    func miss(_ column: Int, _ share: Double) -> Double {
      let all = (0..<200).map { Double(values[2 * $0 + column]) }
      let mean = all.reduce(0, +) / 200
      let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200
      return share * share * all.reduce(0) { $0 + $1 * $1 } / 200 / variance
    }
    let expected = [miss(1, 1), miss(0, 1), miss(0, 1) + miss(1, 0.5)].map { ($0 / 2).squareRoot() }
    for (entry, value) in zip(comparison.entries, expected) {
      #expect(abs(entry.decisive - value) < 1e-5, "\(entry.decisive) \(value)")
    }
  }
}
