import CKissFFT

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The discrete Fourier transform of real numbers, and back, by KISS FFT in single precision.
///
///     X(f) = Σₜ x(t) exp(-2πi f t / n)      f = 0 … n/2
///
/// Confined to one task: the library writes into its own memory.
final class FourierTransform {
  /// Numbers in time, an even count.
  let count: Int
  /// Frequencies, from 0 to half the rate: n/2 + 1.
  var frequencies: Int { count / 2 + 1 }
  private let forth: kiss_fftr_cfg
  private let back: kiss_fftr_cfg

  /// - Precondition: an even count from 2 on.
  init(count: Int) {
    precondition(count >= 2 && count % 2 == 0, "FourierTransform: of \(count) numbers")
    guard let forth = kiss_fftr_alloc(Int32(count), 0, nil, nil),
      let back = kiss_fftr_alloc(Int32(count), 1, nil, nil)
    else { preconditionFailure("FourierTransform: no memory for \(count) numbers") }
    self.count = count
    self.forth = forth
    self.back = back
  }

  deinit {
    free(UnsafeMutableRawPointer(forth))
    free(UnsafeMutableRawPointer(back))
  }

  func transform(_ values: [Float], into spectrum: inout [kiss_fft_cpx]) {
    precondition(values.count == count && spectrum.count == frequencies, "FourierTransform.transform")
    kiss_fftr(forth, values, &spectrum)
  }

  /// The numbers whose transform this is.
  func invert(_ spectrum: [kiss_fft_cpx], into values: inout [Float]) {
    precondition(values.count == count && spectrum.count == frequencies, "FourierTransform.invert")
    kiss_fftri(back, spectrum, &values)
    for index in values.indices { values[index] /= Float(count) }
  }
}
