import HourglassTasks
import Testing

@Suite("How well classes and numbers are told")
struct ClassMeasureTests {
  /// scikit-learn 1.9.1: accuracy_score, balanced_accuracy_score, f1_score(average="macro"), log_loss and
  /// roc_auc_score(multi_class="ovr") of these rows.
  @Test("agrees with scikit-learn")
  func classes() {
    let probabilities = [
      [0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6], [0.5, 0.3, 0.2], [0.4, 0.5, 0.1], [0.1, 0.1, 0.8],
      [0.3, 0.4, 0.3],
    ]
    let measures = ClassMeasures(
      probabilities + [[1, 0, 0]], truth: [0, 1, 2, 1, 0, 2, 2, nil], classes: ["a", "b", "c"])
    #expect(measures.count == 7 && abs(measures.accuracy - 4.0 / 7) < 1e-12)
    #expect(measures.confusion == [[1, 1, 0], [1, 1, 0], [0, 1, 2]])
    #expect(abs(measures.balancedAccuracy - (0.5 + 0.5 + 2.0 / 3) / 3) < 1e-12)
    #expect(abs(measures.macroF1 - 0.5666666666666667) < 1e-9)
    #expect(abs(measures.logLoss - 0.7036722976158502) < 1e-9)
    #expect(abs(measures.majority - 3.0 / 7) < 1e-12)
    #expect(measures.areas.compactMap { $0 }.count == 3)
    #expect(abs((measures.meanArea ?? 0) - 0.8861111111111111) < 1e-9)
  }

  @Test("numbers against the mean")
  func numbers() {
    let measures = NumberMeasures([1, 2, 4, 9], truth: [1, 3, 5, .nan])
    #expect(measures.count == 3 && abs(measures.rmse - (2.0 / 3).squareRoot()) < 1e-12)
    #expect(abs((measures.r2 ?? 0) - 0.75) < 1e-12 && abs(measures.mae - 2.0 / 3) < 1e-12)
  }
}
