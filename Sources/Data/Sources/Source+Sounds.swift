import HourglassFormats
import HourglassTensor

extension Source {
  /// What names of sounds end in.
  static let soundEndings = [".wav", ".flac"]

  /// Sounds, cut into windows of one form.
  ///
  /// - Throws: `FormatError` for one that cannot be read, unless such are left out; ``DataError`` if none is
  ///   left, if no rate or window is given and they differ, and if memory does not hold the windows.
  static func sounds(
    _ files: SourceFiles, _ opening: Opening, _ notice: (String) -> Void
  ) throws -> Dataset {
    try opening.options.check(place: files.origin, as: .sounds)
    var files = files
    var losses = SoundLosses()
    let sounds = try tracks(of: &files, opening.options, &losses, notice)
    let form = try soundForm(
      opening.options, sounds[0].rate, sounds.map { (files.names[$0.index], $0.values.count) }, files.origin,
      losses.depth)
    let windows = sounds.enumerated().flatMap { place, sound in
      form.starts(of: sound.values.count).map { (place: place, start: $0) }
    }
    for window in windows { losses.addWindow(window.start + form.window > sounds[window.place].values.count) }
    for words in losses.words(form, opening.options) { notice("\(files.origin): \(words)") }
    try checkMemory(windows.count, of: form.sampleShape, elementSize: 4, files.origin)
    let spectrogram = form.mel.map { Spectrogram(form, $0) }
    let width = form.sampleShape.count
    let samples = Tensor(form.sampleShape.batch(windows.count)) { target in
      for (row, window) in windows.enumerated() {
        let values = form.window(of: sounds[window.place].values, at: window.start)
        let sample = spectrogram?.logMel(values) ?? values
        for index in 0..<width { target[row * width + index] = sample[index] }
      }
    }
    let chosen = windows.map { sounds[$0.place].index }
    let classes = files.classes(of: chosen)
    let dataset = try Dataset(
      samples, labels: classes?.labels, classNames: classes?.names, hasGaps: false, origin: files.origin)
    return dataset.with(
      form: .sounds(form), sampleNames: chosen.map { files.names[$0] },
      spans: windows.map { SampleSpan(start: $0.start, total: sounds[$0.place].values.count) })
  }

  /// The tracks of all files that can be read, at one rate.
  private static func tracks(
    of files: inout SourceFiles, _ options: SourceOptions, _ losses: inout SoundLosses,
    _ notice: (String) -> Void
  ) throws -> [(index: Int, rate: Int, values: [Float])] {
    var sounds: [(index: Int, rate: Int, values: [Float])] = []
    let tracks = tracks(options, of: files.paths)
    for index in files.paths.indices {
      guard let sound = try files.attempt({ try tracks[index].get() }) else { continue }
      sounds.append((index, sound.rate, sound.values))
      losses.add(sound)
    }
    try files.report(notice)
    let rate = try rate(options, sounds.map { (files.names[$0.index], $0.rate) }, files.origin)
    for place in sounds.indices {
      losses.addRate(from: sounds[place].rate, to: rate)
      sounds[place].values = try resampled(
        sounds[place].values, from: sounds[place].rate, to: rate, files.paths[sounds[place].index])
      sounds[place].rate = rate
    }
    return sounds
  }

  /// One channel of a sound, and what the sound was.
  struct Track {
    var rate = 1
    var values: [Float] = []
    /// Of the file.
    var channels = 1
    var depth = SoundDepth.bits16
    var isRounded = false
  }

  /// The tracks of all files, or what is wrong with them, read by all threads at once.
  private static func tracks(_ options: SourceOptions, of paths: [String]) -> [Result<Track, any Error>] {
    [Result<Track, any Error>](unsafeUninitializedCapacity: paths.count) { tracks, count in
      tracks.initialize(repeating: .success(Track()))
      let slots = tracks
      Workers.forEach(paths.count, threads: options.threads ?? Workers.processors) { index in
        slots[index] = Result { try track(options.channel, of: paths[index]) }
      }
      count = paths.count
    }
  }

  /// One channel of a sound, or the mean of all.
  private static func track(_ channel: Int?, of path: String) throws -> Track {
    let sound = try SoundFile.read(path)
    if let channel, channel > sound.channels {
      throw FormatError(
        place: path, expected: "a sound with a channel \(channel)", found: "\(sound.channels) in all",
        remedy: "choose another --channel, or none for the mean")
    }
    var track = Track(
      rate: sound.rate, values: sound.values, channels: sound.channels, depth: sound.depth,
      isRounded: sound.isRounded)
    if sound.channels == 1 { return track }
    let count = sound.channels
    track.values = (0..<sound.frames).map { frame -> Float in
      if let channel { return sound.values[frame * count + channel - 1] }
      return sound.values[(frame * count)..<((frame + 1) * count)].reduce(0, +) / Float(count)
    }
    return track
  }

  private static func resampled(_ values: [Float], from: Int, to: Int, _ path: String) throws -> [Float] {
    if let values = Resampling.resampled(values, from: from, to: to) { return values }
    throw DataError(
      place: path, expected: "a rate at most \(Int(Resampling.largestRatio)) times from \(to)",
      found: "\(from) samples a second", remedy: "choose another --sample-rate")
  }

  private static func rate(
    _ options: SourceOptions, _ found: [(name: String, rate: Int)], _ origin: String
  ) throws -> Int {
    if let rate = options.rate { return rate }
    let first = found[0]
    if let other = found.first(where: { $0.rate != first.rate }) {
      throw DataError(
        place: origin, expected: "sounds of one rate",
        found: "\(first.name) of \(first.rate) and \(other.name) of \(other.rate) samples a second",
        remedy: "give the rate to bring them to: --sample-rate \(min(first.rate, other.rate))")
    }
    guard first.rate <= SoundForm.highestRate else {
      throw DataError(
        place: origin, expected: "at most \(SoundForm.highestRate) samples a second", found: "\(first.rate)",
        remedy: "give a lower one: --sample-rate 16000")
    }
    return first.rate
  }

  private static func soundForm(
    _ options: SourceOptions, _ rate: Int, _ found: [(name: String, count: Int)], _ origin: String,
    _ depth: SoundDepth
  ) throws -> SoundForm {
    let shortest = found.min { $0.count < $1.count } ?? found[0]
    let longest = found.max { $0.count < $1.count } ?? found[0]
    guard options.window != nil || shortest.count == longest.count else {
      throw DataError(
        place: origin, expected: "sounds of one length, or --window",
        found: "\(shortest.name) of \(shortest.count) and \(longest.name) of \(longest.count) samples",
        remedy: "give the samples of a window: --window \(rate / 2) is half a second")
    }
    let window = options.window ?? longest.count
    guard window <= SoundForm.longestWindow else {
      throw DataError(
        place: origin, expected: "windows of at most \(SoundForm.longestWindow) samples", found: "\(window)",
        remedy: "give a shorter one: --window \(rate) is a second")
    }
    let mel = options.mel ?? options.bands.map { MelForm(bands: $0, rate: rate) }
    if let fault = mel?.fault(rate: rate) {
      throw DataError(
        place: origin, expected: "bands that fit the frames of \(mel?.size ?? 0) samples", found: fault,
        remedy: "give fewer: --mel 40")
    }
    return SoundForm(
      rate: rate, channel: options.channel, window: window, stride: options.stride ?? window, mel: mel,
      depth: depth)
  }
}
