import HourglassFormats

/// How many sounds lost something on their way to samples, and how many samples have something that no sound
/// had.
struct SoundLosses {
  /// How finely the finest sound is stored.
  private(set) var depth = SoundDepth.bits16
  private var count = 0
  /// Of several channels.
  private var mixed = 0
  /// Finer than single precision.
  private var rounded = 0
  /// Of another rate.
  private var resampled = 0
  private var windows = 0
  /// With silence behind the end of their sound.
  private var filled = 0

  mutating func add(_ track: Source.Track) {
    count += 1
    depth = max(depth, track.depth)
    mixed += track.channels > 1 ? 1 : 0
    rounded += track.isRounded ? 1 : 0
  }

  mutating func addRate(from rate: Int, to wanted: Int) { resampled += rate == wanted ? 0 : 1 }

  mutating func addWindow(_ isFilled: Bool) {
    windows += 1
    filled += isFilled ? 1 : 0
  }

  /// A sentence for each thing that nobody asked for.
  func words(_ form: SoundForm, _ options: SourceOptions) -> [String] {
    let isGiven = !options.areFromModel
    var words: [String] = []
    func say(_ number: Int, of count: Int, _ things: String, _ what: String) {
      if number > 0 {
        words.append("\(number == count && count > 1 ? "all" : "\(number) of") \(count) \(things) \(what)")
      }
    }
    if form.channel == nil {
      say(
        mixed, of: count, "sounds",
        "have several channels, of which the mean is taken"
          + (isGiven ? "; --channel takes one" : ", as in training"))
    }
    if !(isGiven && options.rate != nil) {
      say(
        resampled, of: count, "sounds",
        "have another rate and are brought to \(form.rate) a second, as in training")
    }
    say(rounded, of: count, "sounds", "are finer than single precision and are rounded to it")
    say(filled, of: windows, "windows", "go beyond the end of their sound and are filled up with silence")
    return words
  }
}
