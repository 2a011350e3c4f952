/// The known word that a mistyped one was most likely meant to be.
public enum Nearest {
  /// The candidate with the fewest edits, if at most a third of the letters or 2; the first of equals.
  public static func word(to text: String, among candidates: [String]) -> String? {
    let limit = max(2, text.count / 3)
    var best: (word: String, edits: Int)?
    for candidate in candidates {
      let edits = distance(Array(text), Array(candidate))
      if edits <= limit, edits < candidate.count, edits < best?.edits ?? .max { best = (candidate, edits) }
    }
    return best?.word
  }

  /// Asks for it: `did you mean 'age'?`; nil where no candidate is near.
  public static func question(for text: String, among candidates: [String]) -> String? {
    word(to: text, among: candidates).map { "did you mean '\($0)'?" }
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
  ///
  /// - Source: Damerau 1964, in the form that edits no letter twice.
  /// - Complexity: O(n · m).
  public static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var before: [Int] = []
    var previous = Array(0...second.count)
    for (row, left) in first.enumerated() {
      var current = [row + 1]
      for (column, right) in second.enumerated() {
        var edits = min(previous[column + 1], current[column]) + 1
        edits = min(edits, previous[column] + (left == right ? 0 : 1))
        if row > 0, column > 0, left == second[column - 1], first[row - 1] == right {
          edits = min(edits, before[column - 1] + 1)
        }
        current.append(edits)
      }
      (before, previous) = (previous, current)
    }
    return previous[second.count]
  }
}
