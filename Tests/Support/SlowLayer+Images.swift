import HourglassModels
import HourglassTensor

/// The layers of images as their formulas are written, channels first.
extension SlowLayer {
  /// An image, or a series as an image of one row.
  private struct Image {
    var channels: Int
    var rows: Int
    var columns: Int
    var values: [Double]

    init(_ shape: Shape, _ values: [Double]) {
      channels = shape[0]
      rows = shape.rank == 3 ? shape[1] : 1
      columns = shape[shape.rank - 1]
      self.values = values
    }

    init(_ channels: Int, _ rows: Int, _ columns: Int) {
      (self.channels, self.rows, self.columns) = (channels, rows, columns)
      values = Array(repeating: 0, count: channels * rows * columns)
    }

    subscript(c: Int, r: Int, s: Int) -> Double {
      get { values[(c * rows + r) * columns + s] }
      set { values[(c * rows + r) * columns + s] = newValue }
    }

    func has(_ r: Int, _ s: Int) -> Bool { r >= 0 && r < rows && s >= 0 && s < columns }
  }

  /// Kernel, stride, dilation and padding in front along one side.
  private struct Side {
    var kernel = 1
    var stride = 1
    var dilation = 1
    var before = 0
  }

  /// What the layer makes of its input's shape.
  var output: Shape {
    // An architecture of this layer and of what leads back from it says so itself.
    let way = Architecture(
      input: input, encoder: [layer], decoder: [.flatten, .dense(units: input.count), .reshape(input)])
    guard let shape = try? way.codeShape() else { preconditionFailure("\(layer) on \(input)") }
    return shape
  }

  func applyToImage(_ x: [Double]) -> [Double] {
    let image = Image(input, x)
    var result = Image(output.rank == 1 ? [output[0], 1] : output, [])
    result.values = Array(repeating: 0, count: output.count)
    switch layer {
    case .conv(let numbers): convolve(numbers, image, &result)
    case .deconv(let numbers): spread(numbers, image, &result)
    case .maxPool(let numbers): pool(numbers, image, &result) { $0.max() ?? -.infinity }
    case .averagePool(let numbers):
      pool(numbers, image, &result) { $0.reduce(0, +) / Double($0.count) }
    case .upsample(_, let interpolation): upsample(image, &result, interpolation)
    case .globalAveragePool, .globalMaxPool:
      let each = image.rows * image.columns
      for c in 0..<image.channels {
        let values = image.values[(c * each)..<((c + 1) * each)]
        result.values[c] =
          layer == .globalMaxPool ? values.max() ?? 0 : values.reduce(0, +) / Double(each)
      }
    default: return x
    }
    return result.values
  }

  private func side(
    _ axis: Int, _ length: Int, _ kernel: Sides, _ stride: Sides, _ dilation: Sides, _ padding: Padding,
    isTransposed: Bool = false
  ) -> Side {
    let rank = input.rank - 1
    // A series has no rows.
    let place = axis - (2 - rank)
    if place < 0 { return Side() }
    func number(_ sides: Sides) -> Int { sides.numbers.count == 1 ? sides.numbers[0] : sides.numbers[place] }
    var side = Side(kernel: number(kernel), stride: number(stride), dilation: number(dilation))
    let reach = side.dilation * (side.kernel - 1) + 1
    switch padding {
    case .valid: break
    case .same:
      let windows = isTransposed ? length : (length + side.stride - 1) / side.stride
      let positions = isTransposed ? length * side.stride : length
      side.before = max(0, (windows - 1) * side.stride + reach - positions) / 2
    case .explicit(let sides): side.before = number(sides)
    }
    return side
  }

  private func convolve(_ n: Convolution, _ x: Image, _ y: inout Image) {
    let (w, b) = (weight("weight") ?? [], weight("bias"))
    let r = side(0, x.rows, n.kernel, n.stride, n.dilation, n.padding)
    let s = side(1, x.columns, n.kernel, n.stride, n.dilation, n.padding)
    let (given, made) = (x.channels / n.groups, y.channels / n.groups)
    for o in 0..<y.channels {
      for i in 0..<y.rows {
        for j in 0..<y.columns {
          var sum = b?[o] ?? 0
          for c in 0..<given {
            for k in 0..<r.kernel {
              for l in 0..<s.kernel {
                let (p, q) = (
                  i * r.stride + k * r.dilation - r.before, j * s.stride + l * s.dilation - s.before
                )
                if x.has(p, q) {
                  sum += x[o / made * given + c, p, q] * w[((o * given + c) * r.kernel + k) * s.kernel + l]
                }
              }
            }
          }
          y[o, i, j] = sum
        }
      }
    }
  }

  private func spread(_ n: Convolution, _ x: Image, _ y: inout Image) {
    let (w, b) = (weight("weight") ?? [], weight("bias"))
    let r = side(0, x.rows, n.kernel, n.stride, n.dilation, n.padding, isTransposed: true)
    let s = side(1, x.columns, n.kernel, n.stride, n.dilation, n.padding, isTransposed: true)
    let (given, made) = (x.channels / n.groups, y.channels / n.groups)
    for o in 0..<y.channels {
      for i in 0..<(y.rows * y.columns) { y.values[o * y.rows * y.columns + i] = b?[o] ?? 0 }
    }
    for c in 0..<x.channels {
      for i in 0..<x.rows {
        for j in 0..<x.columns {
          for o in 0..<made {
            for k in 0..<r.kernel {
              for l in 0..<s.kernel {
                let (p, q) = (
                  i * r.stride + k * r.dilation - r.before, j * s.stride + l * s.dilation - s.before
                )
                if y.has(p, q) {
                  y[c / given * made + o, p, q] +=
                    x[c, i, j] * w[((c * made + o) * r.kernel + k) * s.kernel + l]
                }
              }
            }
          }
        }
      }
    }
  }

  private func pool(_ n: Pooling, _ x: Image, _ y: inout Image, _ value: ([Double]) -> Double) {
    let r = side(0, x.rows, n.window, n.stride ?? n.window, 1, n.padding)
    let s = side(1, x.columns, n.window, n.stride ?? n.window, 1, n.padding)
    for c in 0..<x.channels {
      for i in 0..<y.rows {
        for j in 0..<y.columns {
          var seen: [Double] = []
          for k in 0..<r.kernel {
            for l in 0..<s.kernel {
              let (p, q) = (i * r.stride + k - r.before, j * s.stride + l - s.before)
              if x.has(p, q) { seen.append(x[c, p, q]) }
            }
          }
          y[c, i, j] = value(seen)
        }
      }
    }
  }

  private func upsample(_ x: Image, _ y: inout Image, _ interpolation: Interpolation) {
    /// The coarse positions that a fine one lies between, and the share of each.
    func shares(_ place: Int, _ fine: Int, _ coarse: Int) -> [(Int, Double)] {
      let scale = Double(coarse) / Double(fine)
      if interpolation == .nearest { return [(Int(Double(place) * scale + 1e-9), 1)] }
      let centre = min(max((Double(place) + 0.5) * scale - 0.5, 0), Double(coarse - 1))
      return (0..<coarse).map { ($0, max(0, 1 - abs(centre - Double($0)))) }
    }
    for c in 0..<y.channels {
      for i in 0..<y.rows {
        for j in 0..<y.columns {
          for (p, first) in shares(i, y.rows, x.rows) {
            for (q, second) in shares(j, y.columns, x.columns) { y[c, i, j] += first * second * x[c, p, q] }
          }
        }
      }
    }
  }
}
