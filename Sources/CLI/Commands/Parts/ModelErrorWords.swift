import Hourglass

extension ModelError {
  /// What it says with layers as the file of an architecture has them, `{"dense": {"units": 3}}` or `"flatten"`,
  /// where it has them as Swift does.
  var wordsOfFile: String {
    description.replacing(#/(^|[ (])\.([a-z][A-Za-z]*)(?:\(([^()]*)\))?/#) { match in
      let first = match.3.map { $0.prefix { $0 != "," } } ?? ""
      let shown =
        switch match.2 {
        case "dense": "{\"dense\": {\"units\": \(first)}}"
        case "reshape": "{\"reshape\": {\"shape\": \(match.3 ?? "")}}"
        default: "\"\(match.2)\"" + (match.3.map { " (\($0))" } ?? "")
        }
      return "\(match.1)\(shown)"
    }
  }
}
