import Hourglass
import Testing

/// Groups of samples as a table, in words and as a page.
@Suite struct ClusterCommandTests {
  /// Three clouds, and a class that is theirs.
  private func trained(_ program: BuiltProgram) throws {
    let rows = (0..<90).map { row -> String in
      let (cloud, step) = (row % 3, Double(row / 3))
      let (x, y) = ([0.0, 8, 20][cloud] + step / 60, [5.0, -6, 3][cloud] - step / 45)
      return "\(x),\(y),\(x - y + Double(row % 5) / 10),\(["low", "mid", "high"][cloud])\n"
    }
    try program.write("t.csv", "one,two,three,kind\n" + rows.joined())
    let words = ["train", "t.csv", "--label", "kind", "--latent", "2", "--epochs", "3", "-o", "m.st"]
    let training = try program.run(words)
    try #require(training.code == 0, "\(training.messages)")
  }

  @Test func clustersAreLinesOfATable() throws {
    let program = try BuiltProgram()
    try trained(program)
    let words = ["cluster", "m.st", "t.csv", "--clusters", "3", "--runs", "2", "-o"]
    let outcome = try program.run(words + ["c.csv", "--json"])
    #expect(outcome.code == 0 && outcome.output.contains("\"accuracy\":1"), "\(outcome.messages)")
    #expect(outcome.output.contains("\"sizes\":[30,30,30]") && outcome.output.contains("\"stability\":1"))
    let lines = program.text("c.csv").split(separator: "\n")
    try #require(lines.count == 91)
    #expect(lines[0] == "row,kind,cluster,probability,distance,p_0,p_1,p_2")
    let groups = lines.dropFirst().map { $0.split(separator: ",")[2] }
    for row in 3..<90 { #expect(groups[row] == groups[row % 3]) }
    let said = try program.run(words + ["d.csv", "--threads", "1"])
    #expect(
      said.messages.contains("90 samples in 3 clusters of 30 to 30")
        && said.messages.contains("Beside the 3 classes: accuracy 1.0000, NMI 1.0000, ARI 1.0000."),
      "\(said.messages)")
    #expect(program.bytes("c.csv") == program.bytes("d.csv"))
    for method in ["kmeans", "umap"] {
      let outcome = try program.run(
        ["cluster", "m.st", "t.csv", "--method", method, "--most", "5", "-o", "e.npy"])
      #expect(outcome.code == 0 && outcome.messages.contains("in 3 clusters"), "\(outcome.messages)")
      #expect(outcome.messages.contains("were chosen by stability"), "\(outcome.messages)")
      #expect(try NPY.read(bytes: program.bytes("e.npy"), name: "e.npy").shape == [90, 6])
    }
  }

  @Test func aPageHasACardOfEachCluster() throws {
    let program = try BuiltProgram()
    try trained(program)
    let words = ["cluster", "m.st", "t.csv", "--clusters", "3", "-o", "c.csv", "--report"]
    let outcome = try program.run(words + ["c.html"])
    #expect(outcome.code == 0 && outcome.messages.contains("c.html: a page of"), "\(outcome.messages)")
    let page = program.text("c.html")
    for text in [
      "Cluster 0", "Cluster 2", "30 samples. What sets it apart: ",
      "one is 20.24 in the mean, elsewhere 4.24", "<td>mid</td>",
    ] {
      let isThere = page.contains(text)
      #expect(isThere, "\(text)")
    }
    #expect(try program.run(words + ["d.html", "--threads", "1"]).code == 0)
    #expect(program.bytes("c.html") == program.bytes("d.html"))
  }

  @Test func whatCannotBeIsRefused() throws {
    let program = try BuiltProgram()
    try trained(program)
    let words = ["cluster", "m.st", "t.csv", "-o", "c.csv"]
    let cases: [([String], String)] = [
      (["--clusters", "91"], "at most the 90 samples there are, found 91"),
      (["--clusters", "many"], "--clusters expects a whole number from 1 to 10000 or auto, found 'many'"),
      (["--method", "kmeans", "--covariance", "full"], "--covariance belongs to --method mixture or umap"),
      (["--neighbors", "5"], "--neighbors belongs to --method umap"),
      (["--clusters", "3", "--choose-by", "bic"], "--choose-by goes with --clusters auto"),
      (["--method", "kmeans", "--choose-by", "bic"], "--choose-by bic needs a mixture"),
      (["--report", "c.csv"], "a page expects a name that ends in .html"),
    ]
    for (more, complaint) in cases {
      let outcome = try program.run(words + more)
      #expect(outcome.code == 2 && outcome.messages.contains(complaint), "\(more): \(outcome.messages)")
    }
  }
}
