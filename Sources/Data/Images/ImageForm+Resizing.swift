import HourglassFormats
import HourglassKernels

extension ImageForm {
  /// The image in the channels of this form.
  func converted<Level: PixelLevel>(_ image: PixelImage<Level>) -> PixelImage<Level> {
    if image.channels == channels { return image }
    let count = image.width * image.height
    let pixels = image.pixels.withUnsafeBufferPointer { pixels -> [Level] in
      guard let start = pixels.baseAddress else { return [] }
      let fitter = ImageFitter(self)
      return withExtendedLifetime(fitter) {
        let made = fitter.convert(start, count: count, channels: image.channels)
        return Array(UnsafeBufferPointer(start: made, count: count * channels))
      }
    }
    return PixelImage(width: image.width, height: image.height, channels: channels, pixels: pixels)
  }

  /// The pixels of an image stretched to this size, row by row, `[height, width, channels]`.
  ///
  /// Along each axis a new pixel is a weighted mean of the old ones, as ``PixelAxis`` says.
  ///
  /// Made larger, this is linear interpolation; made smaller, the triangle grows with the step, so that
  /// nothing finer than the new pixels is left to make patterns (aliasing). Rows first, then columns, in
  /// single precision, rounded once at the end. Colours are weighted by their opacity.
  ///
  /// - Precondition: the image has this form's channels.
  func resized<Level: PixelLevel>(_ image: PixelImage<Level>) -> [Level] {
    precondition(image.channels == channels, "ImageForm: an image of \(image.channels) channels")
    if image.width == width && image.height == height { return image.pixels }
    return [Level](unsafeUninitializedCapacity: height * width * channels) { room, count in
      image.pixels.withUnsafeBufferPointer { pixels in
        guard let start = pixels.baseAddress, let out = room.baseAddress else { return }
        ImageFitter(self).resize(
          start, width: image.width, height: image.height, into: out,
          hourglass_pixel_steps(pixel: Int64(channels), channel: 1))
        count = height * width * channels
      }
    }
  }
}
