import HourglassFormats
import HourglassTensor

extension Source {
  /// Times written with the year first (ISO 8601) are in order when their texts are. Others are taken as they
  /// are.
  static func checkOrder(_ times: [String]?, _ path: String) throws {
    guard let times else { return }
    func isYearFirst(_ text: String) -> Bool {
      let start = text.utf8.prefix(5)
      return start.count == 5 && start.prefix(4).allSatisfy { (0x30...0x39).contains($0) }
        && start.last == 0x2D
    }
    guard times.allSatisfy(isYearFirst), Set(times.map(\.utf8.count)).count == 1 else { return }
    for (index, (before, after)) in zip(times, times.dropFirst()).enumerated() where after < before {
      throw DataError(
        place: "\(path) row \(index + 1) (counted from 0)", expected: "times in order",
        found: "\(after) after \(before)", remedy: "sort the rows by time")
    }
  }

  /// Rows are put in for those that are missing from a grid of times up to so many times as many as there
  /// are.
  private static let sparsest = 100

  /// Where each row of a table lies on the grid of its times, where rows are missing from it and gaps are
  /// allowed; nil: one behind the other.
  ///
  /// - Throws: ``DataError`` where nearly all rows would be missing.
  static func places(
    of table: Table, _ path: String, _ gaps: Bool, _ notice: (String) -> Void
  ) throws -> [Int]? {
    guard let times = table.times, let grid = TimeGrid(times) else { return nil }
    if let row = grid.firstUneven {
      notice(
        "\(path): the times are not evenly spaced: \(times[row + 1]) follows \(times[row]), where most follow after "
          + "\(grid.stepWords); rows are taken for evenly spaced")
    }
    guard let row = grid.firstHole else { return nil }
    let missing =
      "\(grid.missing == 1 ? "row is" : "rows are") missing from the times, a row every \(grid.stepWords), the first after \(times[row])"
    guard gaps else {
      notice(
        "\(path): \(grid.missing) \(missing); windows pass over them as if there were none: --gaps takes them for "
          + "missing values")
      return nil
    }
    guard grid.missing <= sparsest * times.count else {
      throw DataError(
        place: "\(path) row \(grid.widestHole + 1) (counted from 0)",
        expected: "times with a row every \(grid.stepWords) and some missing",
        found:
          "\(times[grid.widestHole + 1]) after \(times[grid.widestHole]), and \(grid.missing) rows missing in all",
        remedy: "check that time, or leave out --gaps")
    }
    notice("\(path): \(grid.missing) \(missing); they are taken for missing values")
    return grid.places
  }
}
