import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// Sparse tables and tables of counts, from their files to what models make of them.
@Suite("Tables of counts on the command line")
struct CountCommandTests {
  private static let (cells, genes) = (120, 12)

  /// Genes by cells: two kinds of cells, each with genes of its own, and sizes over a factor of ten.
  private static func counts() -> [[Int]] {
    let draws = Draws.uniform(cells * genes + cells, seed: 11)
    return (0..<genes).map { gene in
      (0..<cells).map { cell in
        let isOwn = (gene < genes / 2) == (cell % 2 == 0)
        let size = 1 + 9 * draws[cells * genes + cell]
        return Int((size * (isOwn ? 2 : 0.3) * draws[gene * cells + cell]).rounded())
      }
    }
  }

  private static func matrix() -> String {
    let entries = counts().enumerated().flatMap { gene, row in
      row.enumerated().compactMap { $1 == 0 ? nil : "\(gene + 1) \($0 + 1) \($1)" }
    }
    return "%%MatrixMarket matrix coordinate integer general\n\(genes) \(cells) \(entries.count)\n"
      + entries.joined(separator: "\n") + "\n"
  }

  /// A folder as 10x Genomics writes it.
  private func folder(_ desk: Desk) throws -> String {
    try desk.write("matrix.mtx", CountCommandTests.matrix())
    try desk.write(
      "genes.tsv",
      (0..<CountCommandTests.genes).map { "ENSG\($0)\tGENE\($0 == 3 ? 2 : $0)" }.joined(separator: "\n")
        + "\n")
    try desk.write(
      "barcodes.tsv", (0..<CountCommandTests.cells).map { "CELL-\($0)" }.joined(separator: "\n") + "\n")
    return desk.folder
  }

  @Test("a folder of a matrix with its names trains, and its codes have the cells' names")
  func folders() throws {
    let desk = try Desk()
    let (data, model) = (try folder(desk), desk("m.safetensors"))
    let described = run("describe", data)
    #expect(described.code == 0 && described.output.contains("120 rows, 12 columns"))
    #expect(described.messages.contains("120 columns for samples, as genes.tsv beside it says"))
    let trained = run("train", data, "-o", model, "--epochs", "60", "--latent", "2", "--seed", "3")
    #expect(trained.code == 0, "\(trained.messages)")
    #expect(trained.messages.contains("108 records of 12 fields: 12 counts; 'barcode' aside"))
    #expect(run("encode", model, data, "-o", desk("z.csv")).code == 0)
    let codes = try desk.lines("z.csv")
    #expect(codes[0] == "row,barcode,code_0,code_1" && codes[4].hasPrefix("3,CELL-3,") && codes.count == 121)
    let evaluated = run("evaluate", model, desk("matrix.mtx"), "--json")
    #expect(evaluated.code == 0 && evaluated.output.contains("\"GENE2 (ENSG3)\""), "\(evaluated.messages)")
    #expect(evaluated.output.contains("\"unbeaten\":[]"), "\(evaluated.output.prefix(400))")
    // What is expected of a cell adds up to what it has.
    #expect(run("reconstruct", model, data, "-o", desk("r.npy")).code == 0)
    let made = try NPY.read(desk("r.npy")).doubleRows
    let counts = CountCommandTests.counts()
    for cell in [0, 1, 77] {
      let whole = Double(counts.reduce(0) { $0 + $1[cell] })
      #expect(abs(made[cell].reduce(0, +) - whole) < 0.01 * whole + 0.01)
    }
    #expect(run("score", model, data, "-o", desk("s.csv")).code == 0)
    #expect(try desk.lines("s.csv")[1].hasPrefix("0,CELL-0,"))
  }

  @Test("the same bytes come of 1, 2 and 3 threads, and of the matrix and its table")
  func bytes() throws {
    let desk = try Desk()
    let data = try folder(desk)
    let head = "gene," + (0..<CountCommandTests.cells).map { "CELL-\($0)" }.joined(separator: ",")
    let names = (0..<CountCommandTests.genes).map { "GENE\($0 == 3 ? 2 : $0)" }
    let rows = zip(
      ["GENE0", "GENE1", "GENE2 (ENSG2)", "GENE2 (ENSG3)"] + names.dropFirst(4), CountCommandTests.counts()
    )
    .map { ([$0] + $1.map(String.init)).joined(separator: ",") }
    let table = try desk.write("t.csv", ([head] + rows).joined(separator: "\n") + "\n")
    var codes: [Data] = []
    for (number, words) in [
      ["train", data, "--threads", "1"], ["train", data, "--threads", "2"],
      ["train", data, "--threads", "3"],
      ["train", table, "--samples-in", "columns", "--threads", "2"],
    ].enumerated() {
      let streams = Streams.captured()
      let model = desk("m\(number).safetensors")
      #expect(
        Program(streams: streams, terminal: Terminal()).run(
          words + ["-o", model, "--epochs", "4", "--seed", "5", "--quiet"]) == 0,
        "\(streams.messages.captured)")
      #expect(run("encode", model, data, "-o", desk("z\(number).npy"), "--quiet").code == 0)
      codes.append(try desk.bytes("z\(number).npy"))
    }
    #expect(Set(codes).count == 1)
    // A model finds its columns in the rows.
    let turned = run("encode", desk("m3.safetensors"), table, "-o", desk("t.npy"))
    #expect(turned.messages.contains("took its columns for samples"), "\(turned.messages)")
    #expect(try desk.bytes("t.npy") == codes[0])
  }

  @Test(
    "distributions are chosen by name",
    arguments: [
      "poisson", "negative-binomial", "zero-inflated-negative-binomial", "multinomial",
    ])
  func laws(_ law: String) throws {
    let desk = try Desk()
    let (data, model) = (try folder(desk), desk("m.safetensors"))
    let trained = run(
      "train", data, "-o", model, "--law", law, "--epochs", "40", "--latent", "2", "--seed", "3", "--json")
    #expect(trained.code == 0 && trained.output.contains("\"unbeaten\":[]"), "\(trained.output.suffix(300))")
    #expect(run("generate", model, "--fit", data, "-n", "5", "-o", desk("g.csv")).code == 0)
    let drawn = try desk.lines("g.csv")
    #expect(drawn[0].hasPrefix("GENE0,GENE1,GENE2 (ENSG2)") && drawn.count == 6)
    #expect(
      drawn.dropFirst().allSatisfy {
        $0.split(separator: ",").allSatisfy { Int($0).map { $0 >= 0 } ?? false }
      })
  }

  @Test("what cannot be is refused by name, and nothing is written")
  func refusals() throws {
    let desk = try Desk()
    let model = desk("m.safetensors")
    func error(_ text: String, _ name: String = "a.mtx", _ words: String...) throws -> String {
      let path = try desk.write(name, text)
      let streams = Streams.captured()
      let code = Program(streams: streams, terminal: Terminal()).run(["train", path, "-o", model] + words)
      #expect(code != 0 && !FileManager.default.fileExists(atPath: model))
      return streams.messages.captured
    }
    let head = "%%MatrixMarket matrix coordinate real general\n"
    #expect(try error(head + "3 2 2\n1 1 5\n4 1 2\n").contains("line 4: expected a row from 1 to 3"))
    #expect(try error(head + "3 2 2\n1 1 5\n").contains("expected 2 entries, as stated, found 1"))
    let counts = head + "4 2 5\n1 1 5\n2 1 1\n3 2 7\n4 1 2\n4 2 1\n"
    #expect(
      try error(counts.replacing("3 2 7", with: "3 2 -7"), "a.mtx", "--law", "column 2=poisson").contains(
        "row 3, column 'column 2': expected a whole number from 0"))
    #expect(
      try error(counts.replacing("3 2 7", with: "3 2 0.5"), "a.mtx", "--law", "column 2=negative-binomial")
        .contains("row 3, column 'column 2': expected a whole number from 0"))
    #expect(
      try error(counts.replacing("3 2 7", with: "3 2 0.5"), "a.mtx", "--law", "poisson").contains(
        "found none"))
    #expect(try error(counts, "a.mtx", "--law", "column 2=multinomial").contains("of all counts of a row"))
    #expect(try error(counts, "a.mtx", "--law", "gene=poisson").contains("'gene'"))
    #expect(try error(counts, "a.mtx", "--law", "possion").contains("--law expects"))
    #expect(try error("1 1:2 2:1\n0 1:1 7:x\n", "a.svm").contains("line 2"))
    try desk.write("features.tsv", "A\nB\nC\n")
    #expect(try error(counts, "matrix.mtx").contains("a line for each of the 4 rows or 2 columns"))
    #expect(
      try error("gene,c1,c2\nA,1,2\nB,3,\n", "t.csv", "--samples-in", "columns").contains(
        "row 2, column 'c2'"))
    #expect(
      try error("x,y\n1.5,2\n2.5,3\n3.25,9\n", "u.csv", "--law", "x=poisson").contains("row 1, column 'x'"))
  }

  @Test("labels in front of sparse rows are told from them")
  func targets() throws {
    let desk = try Desk()
    let draws = Draws.uniform(4000, seed: 8)
    let rows = (0..<200).map { row -> String in
      let label = row % 3
      let pairs = (0..<20).compactMap { column -> String? in
        let isOwn = column % 3 == label
        return draws[row * 20 + column] < (isOwn ? 0.7 : 0.1) ? "\(column + 1):1" : nil
      }
      return ([String(label)] + pairs).joined(separator: " ")
    }
    let data = try desk.write("a.svm", rows.joined(separator: "\n") + "\n")
    let model = desk("m.safetensors")
    let trained = run(
      "train", data, "-o", model, "--field", "*=in", "--target", "label", "--field", "label=category",
      "--epochs",
      "40", "--seed", "2")
    #expect(trained.code == 0 && trained.messages.contains("20 flags"), "\(trained.messages)")
    #expect(run("predict", model, data, "-o", desk("p.csv")).code == 0)
    let told = try desk.lines("p.csv").dropFirst().map {
      $0.split(separator: ",").first.map(String.init) ?? ""
    }
    #expect(told.enumerated().count { $1 == "\($0 % 3)" } > 180, "\(told.prefix(12))")
  }

  @Test("published files train in one command", .enabled(if: RealData.file("counts/10x_formats") != nil))
  func published() throws {
    let desk = try Desk()
    for (name, more, words) in [
      ("10x_formats/3.0.0/filtered_feature_bc_matrix", [], "996 records of 201 fields: 201 counts"),
      ("scvi_fixtures/filtered_gene_bc_matrices/hg19/matrix.mtx", [], "38 records of 14 fields: 14 counts"),
      ("kremer_bader/KremerNBaderSmall.tsv", ["--samples-in", "columns"], "107 records of 783 fields"),
    ] {
      let data = try #require(RealData.file("counts/" + name))
      let streams = Streams.captured()
      let code = Program(streams: streams, terminal: Terminal()).run(
        ["train", data, "-o", desk("m.safetensors"), "--epochs", "2", "--seed", "1"] + more)
      #expect(code == 0 && streams.messages.captured.contains(words), "\(streams.messages.captured)")
    }
  }

  @Test("parts of a sum that is not known are refused, and stand each by itself where nothing is asked")
  func gaps() throws {
    let desk = try Desk()
    let rows = (0..<40).map { "\($0 * 7 % 5),\($0 == 9 ? "" : "\($0 * 3 % 11)"),\($0 * $0 % 13)" }
    let path = try desk.write("t.csv", "a,b,c\n" + rows.joined(separator: "\n") + "\n")
    let kinds = "a=count,b=count,c=count"
    let refused = run("train", path, "--field", kinds, "--library", "yes", "--epochs", "1", "-o", desk("m"))
    #expect(refused.code == 1 && refused.messages.contains("field 'b'"), "\(refused.messages)")
    #expect(refused.messages.contains("counts without gaps"), "\(refused.messages)")
    let plain = run("train", path, "--field", kinds, "--epochs", "1", "-o", desk("m"))
    #expect(plain.code == 0, "\(plain.messages)")
  }
}
