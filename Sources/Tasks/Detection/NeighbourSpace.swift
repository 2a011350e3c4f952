import HourglassTensor
import HourglassTraining

/// Where samples are points, near to each other or far.
///
/// In the space of values a sample is what it is and what its reconstruction leaves of it, each coordinate v
/// taken as sign(v) log(1 + |v|), so that a far value is far but not out of all proportion; a distance there
/// is of both, what a neighbour search in the data alone cannot see. In the space of codes it is its code and
/// the surprises of its fields.
enum NeighbourSpace {
  /// The most values of a sample in the first space: above, distances mean little and cost much.
  static let mostValues = 2048

  /// What coordinates are made of before they are measured, `[n, coordinates]`; 0 where a value is missing.
  static func raw(_ raw: RawReadings, _ space: Calibration.Neighbours.Space) -> (values: [Float], width: Int)
  {
    let count = max(1, raw.count)
    let parts: [[Float]] =
      switch space {
      case .values: [raw.values, raw.residuals]
      case .codes:
        raw.codes
          + [
            raw.surprises.map { surprise in surprise > 0 ? surprise.squareRoot() : surprise.isNaN ? .nan : 0 }
          ]
      }
    let widths = parts.map { $0.count / count }
    let width = widths.reduce(0, +)
    var values = [Float](repeating: 0, count: raw.count * width)
    var offset = 0
    for (part, own) in zip(parts, widths) where own > 0 {
      for row in 0..<raw.count {
        for column in 0..<own { values[row * width + offset + column] = part[row * own + column] }
      }
      offset += own
    }
    return (values, width)
  }

  /// Points: g sign(u) log(1 + |u|) of u = (v - shift) / scale; 0 where a value is missing.
  static func coordinates(_ readings: RawReadings, in known: Calibration.Neighbours) -> [Float] {
    var (values, width) = raw(readings, known.space)
    bend(&values, width: width, known.shifts, known.scales)
    for index in values.indices { values[index] *= known.gains[index % width] }
    return values
  }

  /// sign(u) log(1 + |u|) of u = (v - shift) / scale; 0 where a value is missing.
  static func bend(_ values: inout [Float], width: Int, _ shifts: [Float], _ scales: [Float]) {
    values.withUnsafeMutableBufferPointer { values in
      for index in values.indices {
        let value = (values[index] - shifts[index % width]) / scales[index % width]
        let size = Float((1 + Double(value.magnitude)).logarithm)
        values[index] = value.isNaN ? 0 : value < 0 ? -size : size
      }
    }
  }
}
