import HourglassFormats
import HourglassKernels
import HourglassTensor

/// Brings images to a form one after the other, in memory that is kept from one to the next. Confined to one
/// thread.
final class ImageFitter {
  private let form: ImageForm
  private var rows: PixelAxis?
  private var columns: PixelAxis?
  private var memory: [Float] = []
  private var converted = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  init(_ form: ImageForm) { self.form = form }

  deinit { converted.deallocate() }

  /// Writes an image as a sample.
  ///
  /// - Precondition: the target holds as many levels as the form.
  func write<Level: PixelLevel>(_ image: PixelImage<Level>, into target: UnsafeMutableRawBufferPointer) {
    precondition(
      target.count == form.sampleShape.count * Level.bitWidth / 8,
      "ImageForm: \(target.count) bytes for \(form.sampleShape) of \(Level.bitWidth) bits")
    image.pixels.withUnsafeBufferPointer { pixels in
      write(
        pixels, width: image.width, height: image.height, channels: image.channels,
        into: target.bindMemory(to: Level.self))
    }
  }

  private func write<Level: PixelLevel>(
    _ pixels: UnsafeBufferPointer<Level>, width: Int, height: Int, channels: Int,
    into target: UnsafeMutableBufferPointer<Level>
  ) {
    guard let start = pixels.baseAddress, let out = target.baseAddress else { return }
    var source = start
    if channels != form.channels {
      source = UnsafePointer(convert(start, count: width * height, channels: channels))
    }
    if (width, height) == (form.width, form.height) {
      Level.writePlanes(source, width * height, form.channels, out)
    } else {
      let steps = hourglass_pixel_steps(pixel: 1, channel: Int64(form.width * form.height))
      resize(source, width: width, height: height, into: out, steps)
    }
  }

  /// The pixels in the channels of the form, in memory that the next image takes.
  func convert<Level: PixelLevel>(
    _ pixels: UnsafePointer<Level>, count: Int, channels: Int
  ) -> UnsafeMutablePointer<Level> {
    let needed = count * form.channels * MemoryLayout<Level>.stride
    if converted.count < needed {
      converted.deallocate()
      converted = .allocate(byteCount: needed, alignment: 64)
    }
    let room = converted.bindMemory(to: Level.self)
    guard let out = room.baseAddress else { return UnsafeMutablePointer(mutating: pixels) }
    Level.convert(pixels, count, channels, form.channels, out)
    return out
  }

  /// - Precondition: the pixels have the form's channels.
  func resize<Level: PixelLevel>(
    _ pixels: UnsafePointer<Level>, width: Int, height: Int, into out: UnsafeMutablePointer<Level>,
    _ steps: hourglass_pixel_steps
  ) {
    let rows = self.rows.flatMap { $0.count == height ? $0 : nil } ?? PixelAxis(from: height, to: form.height)
    let columns =
      self.columns.flatMap { $0.count == width ? $0 : nil } ?? PixelAxis(from: width, to: form.width)
    (self.rows, self.columns) = (rows, columns)
    rows.withAxis { rows in
      columns.withAxis { columns in
        let needed = Int(hourglass_resize_memory(rows, columns, Int64(form.channels)))
        if memory.count < needed { memory = [Float](repeating: 0, count: needed) }
        memory.withUnsafeMutableBufferPointer { memory in
          Level.resize(pixels, form.channels, rows, columns, memory.baseAddress, out, steps)
        }
      }
    }
  }
}

/// The kernels of either depth.
extension PixelLevel {
  fileprivate static func resize(
    _ pixels: UnsafePointer<Self>, _ channels: Int, _ rows: UnsafePointer<hourglass_pixel_axis>,
    _ columns: UnsafePointer<hourglass_pixel_axis>, _ memory: UnsafeMutablePointer<Float>?,
    _ out: UnsafeMutablePointer<Self>, _ steps: hourglass_pixel_steps
  ) {
    let (pixels, out) = (UnsafeRawPointer(pixels), UnsafeMutableRawPointer(out))
    if bitWidth == 16 {
      hourglass_resize_16(
        pixels.assumingMemoryBound(to: UInt16.self), Int64(channels), rows, columns, memory,
        out.assumingMemoryBound(to: UInt16.self), steps)
    } else {
      hourglass_resize_8(
        pixels.assumingMemoryBound(to: UInt8.self), Int64(channels), rows, columns, memory,
        out.assumingMemoryBound(to: UInt8.self), steps)
    }
  }

  fileprivate static func convert(
    _ pixels: UnsafePointer<Self>, _ count: Int, _ channels: Int, _ wanted: Int,
    _ out: UnsafeMutablePointer<Self>
  ) {
    let (pixels, out) = (UnsafeRawPointer(pixels), UnsafeMutableRawPointer(out))
    if bitWidth == 16 {
      hourglass_convert_pixels_16(
        pixels.assumingMemoryBound(to: UInt16.self), Int64(count), Int64(channels), Int64(wanted),
        out.assumingMemoryBound(to: UInt16.self))
    } else {
      hourglass_convert_pixels_8(
        pixels.assumingMemoryBound(to: UInt8.self), Int64(count), Int64(channels), Int64(wanted),
        out.assumingMemoryBound(to: UInt8.self))
    }
  }

  fileprivate static func writePlanes(
    _ pixels: UnsafePointer<Self>, _ count: Int, _ channels: Int, _ out: UnsafeMutablePointer<Self>
  ) {
    let (pixels, out) = (UnsafeRawPointer(pixels), UnsafeMutableRawPointer(out))
    if bitWidth == 16 {
      hourglass_planes_16(
        pixels.assumingMemoryBound(to: UInt16.self), Int64(count), Int64(channels),
        out.assumingMemoryBound(to: UInt16.self))
    } else {
      hourglass_planes_8(
        pixels.assumingMemoryBound(to: UInt8.self), Int64(count), Int64(channels),
        out.assumingMemoryBound(to: UInt8.self))
    }
  }
}
