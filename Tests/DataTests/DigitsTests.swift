import HourglassData
import HourglassTensor
import Testing

@Suite("Digits")
struct DigitsTests {
  /// FNV-1a, 64 bits.
  private func hash(_ tensor: Tensor) -> UInt64 {
    tensor.withBytes { $0.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }
  }

  @Test("are the same bytes on every machine, however many are made")
  func determinism() throws {
    let digits = try Digits.dataset(count: 300)
    #expect(hash(digits.samples) == 8_616_414_167_638_266_784)
    #expect(try Digits.dataset(count: 40).samples == digits.samples[0..<40])
    #expect(try Digits.dataset(count: 40, seed: 1).samples != digits.samples[0..<40])
    for index in [0, 17, 299] {
      let sample = Digits.sample(index: index)
      #expect(Tensor([1, 28, 28], sample.pixels) == digits.samples[index..<(index + 1)])
      #expect(Int32(sample.label) == digits.labels?[index])
      #expect(sample.factors == Digits.factors(count: 300)[index..<(index + 1)].values)
    }
    #expect(digits.sampleShape == [28, 28] && digits.samples.element == .uint8)
    #expect(digits.classNames?.count == 10 && digits.origin == "builtin:digits:300")
  }

  @Test("of a class are nearest to their class")
  func separable() throws {
    let digits = try Digits.dataset(count: 1200)
    let values = digits.samples.values.map { Int32($0) }
    let labels = try #require(digits.labels)
    func distance(_ left: Int, _ right: Int) -> Int32 {
      values.withUnsafeBufferPointer { values in
        var sum: Int32 = 0
        for pixel in 0..<784 {
          let difference = values[left * 784 + pixel] &- values[right * 784 + pixel]
          sum &+= difference &* difference
        }
        return sum
      }
    }
    let right = (1000..<1200).count { sample in
      let nearest = (0..<1000).min { distance(sample, $0) < distance(sample, $1) }
      return nearest.map { labels[$0] == labels[sample] } ?? false
    }
    #expect(Double(right) / 200 > 0.8)
  }

  @Test("have all classes alike, ink inside the frame and the darkness of handwriting")
  func statistics() throws {
    let digits = try Digits.dataset(count: 2000)
    let labels = try #require(digits.labels)
    for label in 0..<10 {
      // Binomial(2000, 0.1): mean 200, deviation 13.4.
      #expect(abs(labels.count { $0 == label } - 200) < 60)
    }
    let values = digits.samples.values
    let mean = values.reduce(0, +) / Float(values.count)
    #expect((25...45).contains(mean))
    let border = (0..<2000).flatMap { sample in (0..<28).map { values[sample * 784 + $0] } }
    #expect(border.reduce(0, +) / Float(border.count) < 0.5)
    let different: Set<[Float]> = Set((0..<2000).map { digits.samples[$0..<($0 + 1)].values })
    #expect(different.count == 2000)
  }

  @Test("factors do what their names say")
  func factors() throws {
    let digits = try Digits.dataset(count: 2000)
    let values = digits.samples.doubles
    let factors = Digits.factors(count: 2000).doubles
    func column(_ name: String) throws -> [Double] {
      let index = try #require(Digits.factorNames.firstIndex(of: name))
      return (0..<2000).map { factors[$0 * Digits.factorNames.count + index] }
    }
    var ink: [Double] = []
    var (right, down, slant): ([Double], [Double], [Double]) = ([], [], [])
    for sample in 0..<2000 {
      let pixels = values[(sample * 784)..<(sample * 784 + 784)]
      let total = pixels.reduce(0, +)
      let x = pixels.enumerated().reduce(0) { $0 + Double($1.offset % 28) * $1.element } / total
      let y = pixels.enumerated().reduce(0) { $0 + Double($1.offset / 28) * $1.element } / total
      let (mixed, vertical) = pixels.enumerated().reduce((0.0, 0.0)) { sum, pixel in
        let (dx, dy) = (Double(pixel.offset % 28) - x, Double(pixel.offset / 28) - y)
        return (sum.0 + dx * dy * pixel.element, sum.1 + dy * dy * pixel.element)
      }
      ink.append(total)
      right.append(x)
      down.append(y)
      slant.append(-mixed / vertical)
    }
    #expect(try correlation(column("thickness"), ink) > 0.5)
    #expect(try correlation(column("shift x"), right) > 0.6)
    #expect(try correlation(column("shift y"), down) > 0.6)
    #expect(try correlation(column("slant"), slant) > 0.6)
  }

  private func correlation(_ left: [Double], _ right: [Double]) throws -> Double {
    let count = Double(left.count)
    let (leftMean, rightMean) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
    let mixed = zip(left, right).reduce(0) { $0 + ($1.0 - leftMean) * ($1.1 - rightMean) } / count
    let variances = try #require(Statistics.variance(left)) * #require(Statistics.variance(right))
    return mixed / variances.squareRoot()
  }

  @Test("cannot be none")
  func none() {
    #expect(message { _ = try Digits.dataset(count: 0) }.contains("a count from 1"))
    #expect(message { _ = try Digits.dataset(count: -5) }.contains("found -5"))
  }
}
