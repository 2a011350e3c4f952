import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// Files that are something else than a command wants are called what they are, with what to do; what was
/// taken for what is told in a line.
@Suite("Files that are named")
struct NamedFileTests {
  private func train(_ source: String, _ model: String, _ more: [String] = []) -> (Int32, String) {
    let streams = Streams.captured()
    let words = ["train", source, "-o", model, "--epochs", "2", "--latent", "1", "--threads", "1"] + more
    return (Program(streams: streams, terminal: Terminal()).run(words), streams.messages.captured)
  }

  static let passengers =
    "PassengerId,Name,Age,Sex,Fare\n"
    + (1...20).map {
      "\($0),\"Braund, \($0)\",\($0 % 3 == 0 ? "" : "\($0 + 20)"),\($0 % 2 == 0 ? "m" : "f"),\($0 * $0 % 17)"
    }
    .joined(separator: "\n") + "\n"

  @Test("columns of text are listed at once, left out at once, and left out again in use")
  func drop() throws {
    let desk = try Desk()
    let path = try desk.write("titanic.csv", Self.passengers)
    let model = desk("m.safetensors")
    let records = train(path, model)
    #expect(records.0 == 0 && records.1.contains("'PassengerId' and 'Name' aside"), "\(records.1)")
    let refused = #expect(throws: FormatError.self) { try Source.open(path) }
    #expect(
      "\(refused.map { "\($0)" } ?? "")".contains(
        "line 2 column 'Name': expected a number, found 'Braund, 1'; leave out the columns of text, which are "
          + "'Name' and 'Sex': --drop Name,Sex, and --gaps, as cells are empty"))
    let taken = train(path, model, ["--drop", "Name,Sex", "--gaps"])
    #expect(taken.0 == 0, "\(taken.1)")
    #expect(
      taken.1.contains(
        "titanic.csv: took column 'PassengerId' for a feature, though it only counts the rows "
          + "(leave out with --drop PassengerId)"), "\(taken.1)")
    let quiet = train(path, model, ["--drop", "Name,Sex", "--drop", "1", "--gaps"])
    #expect(quiet.0 == 0 && !quiet.1.contains("took"), "\(quiet.1)")
    for command in ["evaluate", "doctor"] {
      let used = run(command, model, path)
      #expect(used.output.contains("20 samples") || used.output.contains("samples"), "\(used.messages)")
      #expect(!used.messages.contains("expected"), "\(used.messages)")
    }
    #expect(run("inspect", model).output.contains("Name (left out), Sex (left out)"))
    let score = run("score", model, path, "-o", desk("s.npy"))
    #expect(score.code == 0, "\(score.messages)")
    let unknown = train(path, model, ["--drop", "Nam,Sex"])
    #expect(unknown.1.contains("expected a column 'Nam'") && unknown.1.contains("did you mean Name?"))
    let array = try desk.write("a.npy", NPY.bytes([[1, 2], [3, 4]]))
    #expect(train(array, model, ["--drop", "1"]).1.contains("expected a table to leave '1' out of"))
  }

  @Test("names of rows without a name are left out, and told")
  func rowNames() throws {
    let desk = try Desk()
    let rows = (0..<30).map { "\($0 * 7 % 31),\($0),\($0 * $0 % 13)" }.joined(separator: "\n")
    let path = try desk.write("pandas.csv", ",a,b\n" + rows + "\n")
    let trained = train(path, desk("m.safetensors"))
    #expect(trained.0 == 0)
    #expect(trained.1.contains("took the first column, which has no name, for names of rows and left it out"))
    let inspected = run("inspect", desk("m.safetensors"))
    #expect(inspected.output.contains("column 1 (left out)"), "\(inspected.output)")
    let bare = try desk.write("bare.csv", "a,b\n1,2\n")
    #expect(run("score", desk("m.safetensors"), bare, "-o", desk("s.npy")).code == 0)
    let used = run("score", desk("m.safetensors"), path, "-o", desk("s.npy"))
    #expect(used.code == 0 && !used.messages.contains("took"), "\(used.messages)")
  }

  @Test("a file in the model's place is called what it is")
  func models() throws {
    let desk = try Desk()
    let path = try desk.write("data.csv", "a,b\n1,2\n3,4\n5,6\n")
    let model = desk("m.safetensors")
    #expect(train(path, model).0 == 0)
    let swapped = run("score", path, model, "-o", desk("s.csv"))
    #expect(
      swapped.code == 1
        && swapped.messages.contains(
          "expected a model, found a table; the model comes first: swap \(path) and \(model)"),
      "\(swapped.messages)")
    let table = run("evaluate", path, path)
    #expect(
      table.messages.contains(
        "expected a model, found a table; make a model with 'hourglass train \(path) -o"),
      "\(table.messages)")
    let data = run("evaluate", model, model)
    #expect(
      data.messages.contains("found a safetensors file: a model, not data; name the data"), "\(data.messages)"
    )
  }

  static let foreign: [(name: String, bytes: [UInt8], words: String)] = [
    ("a.xlsx", zip("[Content_Types].xml"), "found an Excel workbook or Office document; save it as .csv"),
    ("a.ods", zip("mimetype"), "found an OpenDocument file"),
    ("a.zip", zip("readme.txt"), "found a zip archive of other files than NumPy's arrays; unpack it"),
    ("a.pt", zip("archive/data.pkl"), "found a PyTorch file; save its tensors as .npy"),
    ("a.csv", Array("<!DOCTYPE html><html>".utf8), "found a web page (HTML); get the file itself"),
    ("a.csv", Array("PAR1".utf8) + [21, 4], "found a Parquet file; save it as .csv"),
    ("a.xls", [0xD0, 0xCF, 0x11, 0xE0, 0, 0], "found an Excel or Office document"),
    ("a.pkl", [0x80, 0x04, 0x95, 0], "found a Python pickle"),
    ("a.json", Array("[{\"a\": 1}]".utf8), "found JSON"),
    ("a.mp3", Array("ID3".utf8) + [3, 0], "found an MP3 sound; convert it to .wav or .flac"),
    ("a.gif", Array("GIF89a".utf8) + [1, 0], "found a GIF image; convert it to .png"),
  ]

  private static func zip(_ name: String) -> [UInt8] {
    [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0]
      + Array(name.utf8)
      + [UInt8](repeating: 7, count: 40)
  }

  @Test("files of other programs are called what they are", arguments: foreign)
  func other(name: String, bytes: [UInt8], words: String) throws {
    let desk = try Desk()
    let outcome = train(try desk.write(name, bytes), desk("m.safetensors"))
    #expect(outcome.0 == 1 && outcome.1.contains(words), "\(outcome.1)")
  }

  @Test("lines of numbers in a .txt file are a table, or series where they look like it, and told")
  func lines() throws {
    let desk = try Desk()
    let table = try desk.write("t.txt", (0..<20).map { "\($0 * 3 % 7) \($0).5 2" }.joined(separator: "\n"))
    let plain = train(table, desk("m.safetensors"))
    #expect(plain.0 == 0 && !plain.1.contains("series"), "\(plain.1)")
    #expect(run("inspect", desk("m.safetensors")).output.contains("float32 of [3]"))
    let lines = (0..<20).map { row in
      "\(row % 2 + 1) " + (0..<20).map { "\(($0 * row) % 5).25" }.joined(separator: " ")
    }
    let series = try desk.write("s.txt", lines.joined(separator: "\n"))
    let told = train(series, desk("m.safetensors"))
    #expect(
      told.0 == 0
        && told.1.contains(
          "took its lines for series, the first number of each for its class (--read-as table"),
      "\(told.1)")
    let other = train(series, desk("m.safetensors"), ["--read-as", "table"])
    #expect(other.0 == 0 && !other.1.contains("series"), "\(other.1)")
    #expect(run("inspect", desk("m.safetensors")).output.contains("of [21]"))
    #expect(run("score", desk("m.safetensors"), series, "-o", desk("o.csv")).code == 0)
  }

  @Test("labels that are one too many or few are told of headers")
  func labels() throws {
    let desk = try Desk()
    let data = try desk.write("x.csv", "a,b\n1,2\n3,5\n5,6\n2,2\n")
    let headed = try desk.write("y.csv", "kind\nu\nv\nu\nv\n")
    let bare = try desk.write("z.csv", "u\nv\nu\nv\n")
    let long = try desk.write("l.csv", "0\n1\n1\n0\n1\n")
    let first = train(data, desk("m.safetensors"), ["--label", headed])
    #expect(first.0 == 0 && first.1.contains("y.csv: took line 1, 'kind', for a header"), "\(first.1)")
    let second = train(data, desk("m.safetensors"), ["--label", bare])
    #expect(
      second.0 == 0
        && second.1.contains("z.csv: took line 1, 'u', for a class, as there are as many lines as samples"),
      "\(second.1)")
    let third = train(data, desk("m.safetensors"), ["--label", long])
    #expect(
      third.0 == 1 && third.1.contains("found 5; one of the two files seems to have a header"), "\(third.1)")
  }

  @Test("a plain model asked to generate names what works")
  func generate() throws {
    let desk = try Desk()
    let path = try desk.write("data.csv", "a,b\n1,2\n3,4\n5,6\n7,9\n")
    #expect(train(path, desk("m.safetensors")).0 == 0)
    let refused = run("generate", desk("m.safetensors"), "-o", desk("g.csv"))
    #expect(refused.code == 1 && refused.messages.contains("generate --fit SOURCE"), "\(refused.messages)")
    #expect(run("generate", desk("m.safetensors"), "--fit", path, "-o", desk("g.csv")).code == 0)
  }

  @Test("a map says where it lowers the perplexity or the neighbours")
  func map() throws {
    let desk = try Desk()
    let rows = (0..<13).map { "\($0),\($0 * $0 % 7),\($0 * 5 % 3)" }.joined(separator: "\n")
    let path = try desk.write("data.csv", "a,b,c\n" + rows + "\n")
    let model = desk("m.safetensors")
    let training = run("train", path, "-o", model, "--drop", "a", "--latent", "2", "--epochs", "2")
    #expect(training.code == 0, "\(training.messages)")
    let lowered = run("map", model, path, "-o", desk("m.svg"), "--perplexity", "200")
    #expect(
      lowered.messages.contains("perplexity 200 is lowered to 4, a third of the other 12 samples"),
      "\(lowered.messages)")
    let fits = run("map", model, path, "-o", desk("m.svg"), "--perplexity", "3")
    #expect(!fits.messages.contains("lowered"))
    let umap = run("map", model, path, "-o", desk("m.svg"), "--method", "umap")
    #expect(
      umap.messages.contains("neighbourhoods of 15 are lowered to the 13 samples there are"),
      "\(umap.messages)")
  }
}

extension NPY {
  fileprivate static func bytes(_ rows: [[Float]]) throws -> [UInt8] {
    let path = FileManager.default.temporaryDirectory.path + "/named-\(UUID().uuidString).npy"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try NPY.write(Tensor([rows.count, rows[0].count], rows.flatMap(\.self)), to: path)
    return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
