import HourglassFormats
import HourglassTensor

/// Pictures with a class for each of their pixels, in a folder of their own.
extension Source {
  /// What the target is called that masks become.
  public static let masks = "mask"

  /// Classes of masks at most.
  static let mostClasses = 64

  /// Pictures with masks: PNG files in a folder, called as the pictures are but for the ending, brought to
  /// the pictures' size by the nearest pixel. Pictures without a mask, and pixels of the level `gap`, have no
  /// target.
  ///
  /// - Returns: also what the classes are called: their numbers in the files.
  /// - Throws: ``DataError`` for samples that are no picture files, and a folder without a mask of any;
  ///   `FormatError` for a file that is no mask.
  public static func masked(
    _ dataset: Dataset, from path: String, gap: Int? = MaskFolder.usualGap, notice: (String) -> Void
  ) throws -> (dataset: Dataset, classes: Int) {
    guard case .images(let form)? = dataset.form, let names = dataset.sampleNames,
      dataset.sampleShape == form.sampleShape, Set(names).count == names.count
    else {
      throw DataError(
        place: dataset.origin, expected: "whole pictures, a file each, which masks are called after",
        found: "samples of \(dataset.sampleShape)", remedy: "give a folder of .png or .jpg files")
    }
    let files = Set(try SourceFolder(path).names(ending: [".png"]).map(MaskFolder.stem))
    let known = names.indices.filter { files.contains(MaskFolder.stem(names[$0])) }
    guard !known.isEmpty else {
      throw DataError(
        place: path, expected: "a mask such as '\(MaskFolder.stem(names[0])).png'",
        found: "none that is called as a picture",
        remedy: "call masks as their pictures are called, and save them as .png")
    }
    if known.count < names.count {
      notice("\(path): masks of \(known.count) of \(names.count) pictures; the others are learned without")
    }
    let folder = try MaskFolder(path, of: known.map { names[$0] }, gap: gap)
    folder.remarks.forEach(notice)
    let largest = try checkedClasses(folder, path, notice)
    let places = form.height * form.width
    var values = [Float](repeating: .nan, count: names.count * places)
    for (row, mask) in zip(known, folder.masks) {
      for (place, number) in mask.resized(width: form.width, height: form.height).values.enumerated()
      where number != PixelLabels.gap {
        values[row * places + place] = Float(number)
      }
    }
    let tensor = Tensor([names.count, form.height, form.width], values)
    return (try dataset.with(target: Target(masks, tensor)), largest + 1)
  }

  /// The largest class of masks.
  private static func checkedClasses(
    _ folder: MaskFolder, _ path: String, _ notice: (String) -> Void
  ) throws -> Int {
    var levels: Set<Int32> = []
    for mask in folder.masks { levels.formUnion(mask.values) }
    let classes = levels.subtracting([PixelLabels.gap]).sorted()
    guard classes.count > 1, let last = classes.last, last < mostClasses else {
      throw DataError(
        place: path, expected: "masks of 2 to \(mostClasses) classes, numbered from 0",
        found: classes.count > 1
          ? "\(classes.count) levels up to \(classes.last ?? 0)" : "the level \(classes.first ?? 0) alone",
        remedy: "number classes, not objects, from 0, the background, on")
    }
    notice("\(path): classes \(classes.prefix(12).map { "\($0)" }.joined(separator: ", "))")
    return Int(last)
  }
}
