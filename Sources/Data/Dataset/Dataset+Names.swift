import HourglassFormats

extension Dataset {
  /// What to call the sample at a position: its file, and where in it; else its row, from 0.
  public func sampleName(_ position: Int) -> String {
    let row = row(position)
    if areWindows {
      let steps = "steps " + place(ofSample: position).replacing("-", with: " to ")
      let time = identity.first { $0.name == "start_time" }?.text(position) ?? ""
      return time.isEmpty ? steps : "\(steps), from \(time)"
    }
    return sampleNames == nil ? "sample \(row)" : place(ofSample: position)
  }

  /// What the class of the sample at a position is called; nil where it has none.
  public func className(_ position: Int) -> String? {
    guard let labels else { return nil }
    return className(ofLabel: labels[row(position)])
  }

  /// What a class is called: its name, else its number.
  public func className(ofLabel label: Int32) -> String {
    guard let classNames, classNames.indices.contains(Int(label)) else { return "\(label)" }
    return classNames[Int(label)]
  }
}
