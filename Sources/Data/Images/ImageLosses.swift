import HourglassFormats

/// How many images lost something on their way to samples.
struct ImageLosses {
  private var count = 0
  /// Of other sides than the samples.
  private var stretched = 0
  /// In colour, where samples are grey.
  private var colours = 0
  /// Not opaque, where samples are.
  private var opacity = 0
  /// Of 16 bits, where samples have 8.
  private var bits = 0
  /// Of 8 bits, where samples have 16.
  private var coarse = 0

  init() {}

  /// What an image lost.
  init<Level: PixelLevel>(_ read: PixelImage<Level>.Reduced, in form: ImageForm) {
    let image = read.image
    count = 1
    stretched = (read.fullHeight, read.fullWidth) == (form.height, form.width) ? 0 : 1
    colours = image.channels >= 3 && form.channels == 1 ? 1 : 0
    let isSeen =
      image.channels % 2 == 0 && form.channels != 4
      && stride(from: image.channels - 1, to: image.pixels.count, by: image.channels).contains {
        image.pixels[$0] != Level.max
      }
    opacity = isSeen ? 1 : 0
    bits = read.bits > form.bits ? 1 : 0
    coarse = read.bits < form.bits ? 1 : 0
  }

  mutating func add(_ other: ImageLosses) {
    count += other.count
    stretched += other.stretched
    colours += other.colours
    opacity += other.opacity
    bits += other.bits
    coarse += other.coarse
  }

  /// A sentence for each kind of loss that nobody asked for.
  func words(_ form: ImageForm, _ options: SourceOptions) -> [String] {
    let isGiven = !options.areFromModel
    var words: [String] = []
    /// Adds `3 of 9 images are …`, or `the image is …` where there is no other.
    func say(_ number: Int, _ one: String, _ several: String, _ what: String) {
      guard number > 0 else { return }
      let whose = count == 1 ? "the image" : "\(number == count ? "all" : "\(number) of") \(count) images"
      words.append("\(whose) \(number == 1 ? one : several) \(what)")
    }
    if !(isGiven && options.height != nil) {
      say(
        stretched, "has other sides and is", "have other sides and are",
        "stretched to \(form.height)x\(form.width), as in training")
    }
    if !(isGiven && options.channels != nil) {
      say(colours, "is in colour and becomes", "are in colour and become", "grey, as in training")
    }
    say(
      opacity, "is not opaque and is", "are not opaque and are",
      "laid over white" + (isGiven ? "; --channels 4 keeps their opacity" : ", as in training"))
    say(
      bits, "has 16 bits a channel and is", "have 16 bits a channel and are",
      "read at \(form.bits), as this model learned; one trained anew keeps all")
    say(
      coarse, "has 8 bits a channel, which are", "have 8 bits a channel, which are",
      "spread over the 16 " + (isGiven ? "of the others" : "that this model learned"))
    return words
  }
}
