import CKissFFT
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sounds to log-mel spectrograms and back, all of one form. Confined to one task.
final class Spectrogram {
  private let form: SoundForm
  private let mel: MelForm
  private let filters: MelFilters
  private let transform: FourierTransform
  private let hann: [Float]

  init(_ form: SoundForm, _ mel: MelForm) {
    self.form = form
    self.mel = mel
    filters = MelFilters(mel, rate: form.rate)
    transform = FourierTransform(count: mel.size)
    hann = (0..<mel.size).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(mel.size))) }
  }

  /// The spectrogram of a window: `[bands, frames]`.
  func logMel(_ sound: [Float]) -> [Float] {
    let spectra = spectra(sound)
    var result = [Float](repeating: 0, count: mel.bands * spectra.count)
    for (frame, spectrum) in spectra.enumerated() {
      let magnitudes = spectrum.map { ($0.r * $0.r + $0.i * $0.i).squareRoot() }
      for (band, value) in filters.bands(magnitudes).enumerated() {
        result[band * spectra.count + frame] = logf(max(value, MelForm.floor))
      }
    }
    return result
  }

  /// The short-time Fourier transform, frame by frame.
  func spectra(_ sound: [Float]) -> [[kiss_fft_cpx]] {
    let silence = [Float](repeating: 0, count: mel.size / 2)
    let padded = silence + sound + silence
    return (0..<mel.frames(of: sound.count)).map { frame in
      let values = zip(hann, padded[(frame * mel.hop)..<(frame * mel.hop + mel.size)]).map(*)
      var spectrum = [kiss_fft_cpx](repeating: kiss_fft_cpx(), count: transform.frequencies)
      transform.transform(values, into: &spectrum)
      return spectrum
    }
  }

  /// The sound whose transform comes nearest to the spectra in the sum of squares: frames times the window
  /// once more, added where they lie over each other, divided by the sum of the squared windows.
  func sound(_ spectra: [[kiss_fft_cpx]], count: Int) -> [Float] {
    let length = count + mel.size
    var sums = [Float](repeating: 0, count: length)
    var weights = [Float](repeating: 0, count: length)
    var values = [Float](repeating: 0, count: mel.size)
    for (frame, spectrum) in spectra.enumerated() {
      transform.invert(spectrum, into: &values)
      for index in 0..<mel.size where frame * mel.hop + index < length {
        sums[frame * mel.hop + index] += values[index] * hann[index]
        weights[frame * mel.hop + index] += hann[index] * hann[index]
      }
    }
    return (0..<count).map { index in
      let place = index + mel.size / 2
      return weights[place] > 1e-8 ? sums[place] / weights[place] : 0
    }
  }

  /// Rounds of the search for phases.
  private static let rounds = 32
  private static let momentum: Float = 0.99

  /// A sound that has this log-mel spectrogram, nearly: phases are lost in it, and are searched for.
  ///
  /// From random phases, always the same, in turn: the sound nearest to the spectra, its own spectra, their
  /// phases with the strengths that are wanted.
  ///
  /// - Source: Griffin and Lim 1984; with momentum as Perraudin, Balazs and Søndergaard 2013.
  func sound(logMel values: [Float], count: Int) -> [Float] {
    let frames = mel.frames(of: count)
    let magnitudes = (0..<frames).map { frame in
      filters.magnitudes(
        (0..<mel.bands).map { band in
          let strength = expf(values[band * frames + frame])
          return strength > MelForm.floor * 1.001 && strength.isFinite ? strength : 0
        })
    }
    let random = Random(seed: 0, stream: .sampling)
    var phases = (0..<frames).map { frame in
      (0..<transform.frequencies).map { index -> kiss_fft_cpx in
        let angle =
          2 * Float.pi * random.uniform(position: UInt64(frame * transform.frequencies + index))
        return kiss_fft_cpx(r: cosf(angle), i: sinf(angle))
      }
    }
    var before: [[kiss_fft_cpx]] = []
    for _ in 0..<Spectrogram.rounds {
      let spectra = spectra(sound(combined(magnitudes, phases), count: count))
      for frame in 0..<frames {
        for index in 0..<transform.frequencies {
          var next = spectra[frame][index]
          if !before.isEmpty {
            next.r += Spectrogram.momentum * (next.r - before[frame][index].r)
            next.i += Spectrogram.momentum * (next.i - before[frame][index].i)
          }
          let size = max((next.r * next.r + next.i * next.i).squareRoot(), 1e-16)
          phases[frame][index] = kiss_fft_cpx(r: next.r / size, i: next.i / size)
        }
      }
      before = spectra
    }
    return sound(combined(magnitudes, phases), count: count)
  }

  private func combined(_ magnitudes: [[Float]], _ phases: [[kiss_fft_cpx]]) -> [[kiss_fft_cpx]] {
    zip(magnitudes, phases).map { magnitudes, phases in
      zip(magnitudes, phases).map { kiss_fft_cpx(r: $0 * $1.r, i: $0 * $1.i) }
    }
  }
}
