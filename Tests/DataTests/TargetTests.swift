import HourglassData
import HourglassTensor
import Testing

@Suite("Classes that are not known, and targets")
struct TargetTests {
  private func dataset(_ labels: [Int32], _ names: [String]? = nil) throws -> Dataset {
    try Dataset(
      Tensor([labels.count, 1], [Float](repeating: 0, count: labels.count)), labels: labels,
      classNames: names, origin: "rows")
  }

  @Test("texts that stand for none are none, and -1 where two others are classes")
  func unlabelled() throws {
    let texts = try dataset([0, 1, 2, 3, 0], ["cat", "NA", "?", "dog"]).markingUnlabelled()
    #expect(texts.labels == [0, Dataset.unlabelled, Dataset.unlabelled, 3, 0] && texts.labelledCount == 3)
    #expect(try dataset([-1, 0, 1, -1]).markingUnlabelled().labelledCount == 2)
    #expect(try dataset([-1, 1, 1, -1]).markingUnlabelled().labelledCount == 4)
  }

  @Test("so many of each class keep theirs, others by other seeds")
  func keeping() throws {
    let labels = (0..<60).map { Int32($0 % 3) }
    let kept = try dataset(labels).keepingLabels(of: 4, seed: 1)
    #expect(kept.labelledCount == 12)
    for label in Int32(0)..<3 { #expect(kept.labels?.count { $0 == label } == 4) }
    let part = try dataset(labels).subset(30..<60).keepingLabels(of: 4, seed: 1)
    #expect(part.labelledCount == 12)
    #expect(part.labels?.prefix(30).allSatisfy { $0 == Dataset.unlabelled } == true)
    #expect(try dataset(labels).keepingLabels(of: 4, seed: 2).labels != kept.labels)
    #expect(throws: DataError.self) { try dataset(labels).keepingLabels(of: 21, seed: 1) }
    #expect(throws: DataError.self) {
      try dataset(labels).with(target: Target("x", Tensor([3, 1], [1, 2, 3])))
    }
  }
}
