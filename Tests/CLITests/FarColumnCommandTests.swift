import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// A column of times in seconds through training and use.
@Suite("Columns far from 0 on the command line")
struct FarColumnCommandTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/far-\(UUID().uuidString)"

  /// The largest difference; infinity for another number of values.
  private func furthest(_ values: [Double], _ tensor: Tensor) -> Double {
    guard values.count == tensor.count else { return .infinity }
    return zip(values, tensor.doubles).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test(
    "are learned and come back to less than half a unit", arguments: ["csv", "csv.gz", "f8.npy", "i8.npy"])
  func roundTrip(kind: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rows: [[Double]] = (0..<60).map { row in
      let step = Double(row * 7 % 10)
      return [1_600_000_000 + step, step]
    }
    let tensor = Tensor([60, 2], rows.flatMap(\.self))
    let source = folder + "/times." + kind
    switch kind {
    case "f8.npy": try NPY.write(tensor, to: source)
    case "i8.npy": try NPY.write(Tensor([60, 2], tensor.doubles.map { Int64($0) }), to: source)
    default: try CSV.write(tensor, columns: ["t", "x"], to: source)
    }
    let model = folder + "/model.safetensors"
    let trained = run(
      "train", source, "-o", model, "--latent", "1", "--layers", "8", "--activation", "tanh", "--epochs",
      "300",
      "--batch", "10", "--rate", "0.01", "--threads", "1", "--quiet")
    #expect(trained.code == 0, "\(trained.messages)")
    #expect(run("reconstruct", model, source, "-o", folder + "/back.npy").code == 0)
    let back = try Source.open(folder + "/back.npy").tensor
    #expect(back.element == .float64)
    #expect(furthest(back.doubles, tensor) < 0.5)
    #expect(run("reconstruct", model, source, "-o", folder + "/back.csv").code == 0)
    // A line begins with the number of its row.
    let lines = try String(contentsOfFile: folder + "/back.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines[0] == (kind.hasPrefix("csv") ? "row,t,x" : "row,value_0,value_1"))
    let cells = lines.dropFirst().flatMap { line in
      line.split(separator: ",").dropFirst().map { Double($0) ?? .nan }
    }
    #expect(furthest(cells, tensor) < 0.5)
    // One row alone is read with all its digits, too.
    let one = folder + "/one.csv"
    try "t,x\n1600000003,3\n".write(toFile: one, atomically: false, encoding: .utf8)
    let score = run("score", model, one, "-o", folder + "/one.npy")
    #expect(score.code == 0, "\(score.messages)")
    #expect(try NPY.read(folder + "/one.npy").values[0] < 0.05)
    #expect(run("evaluate", model, source, "--json").output.contains("pca_mse"))
    // In a line and a constant: one component holds all of it.
    let json = run("evaluate", model, source, "--json").output
    let pca = try #require(
      (JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])?["pca_mse"] as? Double)
    #expect(pca < 1e-9)
  }
}
