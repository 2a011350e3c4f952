public import HourglassFormats
import HourglassTensor

/// What a person wants where files leave a choice; nil: told by the data.
public struct SourceOptions: Hashable, Sendable {
  /// The sides to which images are brought.
  public var height: Int?
  public var width: Int?
  /// Height and width of the windows that images are cut into, each at its own size; nil: whole images.
  public var patch: [Int]?
  /// Of images: 1 grey, 3 red, green, blue, 4 with opacity.
  public var channels: Int?
  /// Whether JPEG files are read in full before they are brought to ``height`` and ``width``; else at the
  /// smallest of 1/8, 1/4 and 1/2 of their sides that is not smaller, see ``ImageForm/reducesJPEG``.
  public var readsInFull = false
  /// Samples a second to which sounds are brought, and the channel to take, from 1, in place of the mean.
  public var rate: Int?
  public var channel: Int?
  /// Samples in a window, and from the start of one to the next.
  public var window: Int?
  public var stride: Int?
  /// Steps to which whole series are filled up with missing values.
  public var length: Int?
  /// Whether steps of series that are not in order of time are sorted by it.
  public var sorts = false
  /// Bands of log-mel spectrograms in place of sounds.
  public var bands: Int?
  /// Columns of a table to leave out, by name, number from 1, or from one number to another (`2-5`).
  public var drop: [String] = []
  /// Whether the first line of a table is a header; nil to find out by looking.
  public var header: Bool?
  /// What stands before decimals in a table; nil to find out by looking.
  public var decimal: CSV.DecimalMark?
  /// What a text file is read as whose name does not tell.
  public var textKind: TextKind?
  /// Columns of a table to keep as they stand, by name or number from 1.
  public var kept: [String] = []
  /// What the columns of numbers are called: a table that has them all may have others beside them, which are
  /// passed over and told of. Nil: all columns are numbers.
  public var expected: [String]?
  /// Whether the texts of these others are kept.
  public var keepsOthers = false
  /// Leaves out files that cannot be read, instead of giving up.
  public var skipsBadFiles = false
  /// Threads that decode files; nil: one a processor. They change the time, never the result.
  public var threads: Int?
  /// The spectrograms of a model.
  var mel: MelForm?
  /// Whether one more window takes the steps at the end of a series that fill none.
  var coversEnd = true
  /// Bits of a channel to which images are brought; nil: those of the finest.
  var bits: Int?
  /// As the form of a model has it.
  var reducesJPEG = false
  /// Images are samples of `[height, width]`, without an axis for the one channel.
  var isPlane = false
  /// Channels of the series that a model was trained on.
  var seriesChannels: Int?
  /// What a model's training took out of its table.
  var remembered = CSV.Options.Remembered()
  /// What the numbers of a table are rounded to.
  public var precision = CSV.Precision.byNeed
  /// The shape of a model's samples, where a table may hold them whole: of several axes, or series.
  var written: Shape?
  /// Taken from a model, not given by a person: data to which they do not apply are no error.
  var areFromModel = false

  /// What lines of numbers may be.
  public enum TextKind: String, Hashable, Sendable, CaseIterable {
    case table, series
  }

  public init() {}

  /// The options with which more data come out as a model's training data did.
  ///
  /// A model that was trained on an array of `[channels, height, width]`, or on grey images of
  /// `[height, width]`, takes images of that size.
  public init(_ preparation: Preparation) {
    self.init(preparation.form)
    // As in training, so that a model of before gives the same bytes, and one row alone has all its digits.
    precision = preparation.scaling.isFar ? .double : .single
    if case .series = preparation.form { textKind = .series } else { textKind = .table }
    remembered = .init(columns: preparation.takenColumns, features: preparation.columnCount)
    expected = preparation.columnNames
    if preparation.featureNames == nil, preparation.sampleShape.rank > 1 { written = preparation.sampleShape }
    let shape = preparation.sampleShape.dimensions
    guard preparation.form == nil, let form = ImageForm(shape: shape) else { return }
    (height, width, channels) = (form.height, form.width, form.channels)
    bits = preparation.element == .uint16 ? 16 : 8
    isPlane = shape.count == 2
  }

  /// The options with which more data come out in a form.
  public init(_ form: SampleForm?) {
    areFromModel = true
    switch form {
    case .images(let form):
      (channels, bits, reducesJPEG) = (form.channels, form.bits, form.reducesJPEG)
      if form.arePatches {
        patch = [form.height, form.width]
      } else {
        (height, width) = (form.height, form.width)
      }
    case .sounds(let form):
      (rate, channel, window, stride, mel) = (form.rate, form.channel, form.window, form.stride, form.mel)
    case .series(let form):
      (seriesChannels, coversEnd) = (form.channels, form.coversEnd)
      if form.isPadded { length = form.window } else { (window, stride) = (form.window, form.stride) }
    case nil: break
    }
  }

  /// What options may belong to.
  enum Kind: String {
    case images, sounds, series, other
  }

  /// Steps of the windows that series are cut into; nil: no series are asked for, or whole ones.
  var seriesWindow: Int? { areFromModel && seriesChannels == nil ? nil : window }

  /// Where no size is asked for there is nothing to save: images have one size.
  var reducesImages: Bool {
    areFromModel ? reducesJPEG : !readsInFull && (height != nil || width != nil)
  }

  /// The options that a person gave, with what each belongs to.
  private var given: [(name: String, kinds: [Kind])] {
    let sorting: [(String, [Kind])] = sorts ? [("--sort", [.series])] : []
    if areFromModel { return sorting }
    let all: [(Bool, String, [Kind])] = [
      (height != nil || width != nil, "--size", [.images]), (patch != nil, "--patch", [.images]),
      (channels != nil, "--channels", [.images]),
      (readsInFull, "--full-decode", [.images]),
      (rate != nil, "--sample-rate", [.sounds]), (channel != nil, "--channel", [.sounds]),
      (bands != nil, "--mel", [.sounds]), (window != nil, "--window", [.sounds, .series]),
      (stride != nil, "--stride", [.sounds, .series]),
      (length != nil, "--pad", [.series]),
    ]
    return all.filter(\.0).map { ($1, $2) } + sorting
  }

  /// Makes sure that no option is given that means nothing for the data.
  ///
  /// - Throws: ``DataError`` naming the option.
  func check(place: String, as kind: Kind = .other) throws {
    guard let option = given.first(where: { !$0.kinds.contains(kind) }) else { return }
    let kinds = option.kinds.map(\.rawValue).joined(separator: " or ")
    throw DataError(
      place: place, expected: "\(kinds), since \(option.name) is given",
      found: kind == .other ? "other data" : kind.rawValue, remedy: "leave out \(option.name)")
  }
}
