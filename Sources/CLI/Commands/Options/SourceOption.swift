import Hourglass

/// The options that say how samples are made of files, where files leave a choice.
enum SourceOption {
  static let size = Option.optional(
    "size", .size, shown: "that of the images",
    "of images: height and width in pixels to stretch them to, 28x28 or 28 for both")
  static let patch = Option.optional(
    "patch", .size, shown: "whole images",
    "of images of any size: height and width of windows to learn from, which move at random within their images in "
      + "every epoch")
  static let channels = Option.optional(
    "channels", .choice(["1", "3", "4"]), shown: "1 if all are grey, else 3",
    "of images: 1 grey, 3 colours, 4 colours and opacity")
  static let gray = Option.flag("gray", "of images: the same as --channels 1")
  static let fullDecode = Option.flag(
    "full-decode",
    "of JPEG images: read them in full before they are stretched to --size, in place of at 1/8, 1/4 or 1/2 of "
      + "their sides where that is large enough")
  static let sampleRate = Option.optional(
    "sample-rate", .integer(1...SoundForm.highestRate), shown: "that of the sounds",
    "of sounds: samples a second to bring them to")
  static let channel = Option.optional(
    "channel", .integer(1...1024), shown: "the mean of all", "of sounds: the channel to take, from 1")
  static let mel = Option.optional(
    "mel", .integer(1...4096), shown: "the sound itself",
    "of sounds: log-mel spectrograms of N bands, frames of 25 ms or the next power of two")
  static let window = Option.optional(
    "window", .integer(1...SoundForm.longestWindow),
    shown: "the whole; series that are shorter than the longest are filled up",
    "of sounds and series: values in a window; each window is a sample to learn from. It makes a series of a table or an array [steps, channels], and many of an array [n, channels, steps]"
  )
  static let stride = Option.optional(
    "stride", .integer(1...SoundForm.longestWindow), shown: "of sounds the window, of series 1",
    "of sounds and series: values from the start of a window to the next")
  static let pad = Option.optional(
    "pad", .integer(1...SeriesForm.longestWindow), shown: "the longest",
    "of series of unequal length: values up to which they are filled with missing ones")
  static let sort = Option.flag(
    "sort",
    "of series with times: steps that come before the one above are sorted by time, those of one time stay as they stand"
  )
  static let skipBad = Option.flag(
    "skip-bad", "leave out files that cannot be read, instead of giving up")

  /// Of commands that train; those that use a model find the rest in it.
  static let ofTraining = [
    size.declaration, patch.declaration, channels.declaration, gray.declaration, fullDecode.declaration,
    window.declaration,
    stride.declaration,
    pad.declaration, sort.declaration,
    sampleRate.declaration, channel.declaration, mel.declaration, skipBad.declaration,
  ]
}

extension Arguments {
  /// What the command line says of how samples are made.
  var sourceOptions: SourceOptions {
    get throws(Failure) {
      var options = SourceOptions()
      if let size = try self[SourceOption.size] {
        (options.height, options.width) = (size[0], size[size.count - 1])
      }
      options.patch = try self[SourceOption.patch]
      if options.patch != nil, options.height != nil {
        throw Failure.commandLine("--patch takes images at their own size; leave out --size")
      }
      options.channels = try self[SourceOption.channels].flatMap { Int($0) }
      if try self[SourceOption.gray] {
        guard options.channels == nil || options.channels == 1 else {
          throw Failure.commandLine("--gray contradicts --channels; give one of them")
        }
        options.channels = 1
      }
      options.readsInFull = try self[SourceOption.fullDecode]
      if options.readsInFull, options.height == nil {
        throw Failure.commandLine("--full-decode goes with --size; without it images are read in full")
      }
      options.rate = try self[SourceOption.sampleRate]
      options.channel = try self[SourceOption.channel]
      options.bands = try self[SourceOption.mel]
      options.window = try self[SourceOption.window]
      options.stride = try self[SourceOption.stride]
      options.length = try self[SourceOption.pad]
      options.skipsBadFiles = try self[SourceOption.skipBad]
      return options
    }
  }
}

extension ValueKind where Value == [Int] {
  /// Height and width, or one number for both.
  static let size = ValueKind(
    placeholder: "HxW", expectation: "a height and a width from 1 to \(ImageForm.longestSide), such as 28x32",
    read: { text in
      guard let sides = ValueKind.shape.read(text), sides.count <= 2 else { return nil }
      return sides.allSatisfy { $0 <= ImageForm.longestSide } ? sides : nil
    })
}
