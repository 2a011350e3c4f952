import HourglassFormats
import HourglassTensor

extension SampleFiles {
  /// Writes the windows of each sound, joined, as `FOLDER/NAME.wav`.
  ///
  /// - Parameter depth: how finely.
  func writeSounds(
    _ samples: Tensor, _ form: SoundForm, depth: SoundDepth, names: [String]?, spans: [SampleSpan]?,
    to folder: String
  ) throws {
    let spectrogram = form.mel.map { Spectrogram(form, $0) }
    let parts = SampleFiles.parts(count: samples.rows, names: names, spans: spans)
    let files = SampleFiles.names(
      names.map { names in parts.map { names[$0.lowerBound] } }, count: parts.count, ending: ".wav")
    for (part, name) in zip(parts, files) {
      let windows = part.map { row in
        let values = samples[row..<(row + 1)].values
        return (
          start: spans?[row].start ?? 0,
          values: spectrogram?.sound(logMel: values, count: form.window) ?? values
        )
      }
      let count = spans?[part.lowerBound].total ?? form.window
      let values = form.joined(windows, count: count).map { $0.isFinite ? $0 : 0 }
      let bytes = try SoundFile(rate: form.rate, channels: 1, values: values, depth: depth).wav()
      try SampleFiles.write(bytes, name, in: folder)
    }
  }

  /// Rows that follow each other and come from one file.
  private static func parts(count: Int, names: [String]?, spans: [SampleSpan]?) -> [Range<Int>] {
    guard let names, let spans else { return (0..<count).map { $0..<($0 + 1) } }
    var parts: [Range<Int>] = []
    for row in 0..<count {
      if let last = parts.last, names[row] == names[row - 1], spans[row].start > spans[row - 1].start {
        parts[parts.count - 1] = last.lowerBound..<(row + 1)
      } else {
        parts.append(row..<(row + 1))
      }
    }
    return parts
  }
}
