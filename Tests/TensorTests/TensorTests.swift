import HourglassTensor
import Testing

@Suite struct TensorTests {
  @Test func keepsTheTypeAndTheValuesOfEachElement() {
    func check<Value: TensorElement>(
      _ values: [Value], _ element: Element, _ doubles: [Double], _ integers: [Int?]
    ) {
      let tensor = Tensor([values.count], values)
      #expect(tensor.element == element)
      #expect(element.size == MemoryLayout<Value>.size)
      #expect(tensor.doubles == doubles)
      #expect(tensor.values == doubles.map { Float($0) })
      #expect(tensor.integers == integers)
      #expect(tensor.asFloat32.element == .float32)
      #expect(tensor.asFloat32.values == tensor.values)
      #expect(tensor.storage.count == values.count * MemoryLayout<Value>.size)
    }
    check([UInt8](arrayLiteral: 0, 7, 255), .uint8, [0, 7, 255], [0, 7, 255])
    check([Int8](arrayLiteral: -128, 0, 127), .int8, [-128, 0, 127], [-128, 0, 127])
    check([UInt16](arrayLiteral: 0, 65535), .uint16, [0, 65535], [0, 65535])
    check([Int16](arrayLiteral: -32768, 32767), .int16, [-32768, 32767], [-32768, 32767])
    check(
      [Int32.min, 5, Int32.max], .int32, [-2_147_483_648, 5, 2_147_483_647],
      [-2_147_483_648, 5, 2_147_483_647])
    check([Int64.min, -3, 1 << 40], .int64, [-0x1p63, -3, 0x1p40], [Int.min, -3, 1 << 40])
    check([Float](arrayLiteral: -1.75, 0, 2.5), .float32, [-1.75, 0, 2.5], [-1, 0, 2])
    check([-1.75, 0, 1e30], .float64, [-1.75, 0, 1e30], [-1, 0, nil])
  }

  /// A Double has 53 bits: labels above 2⁵³ must not pass through one.
  @Test func integersOf64BitsAreExact() {
    let labels: [Int64] = [(1 << 53) + 1, Int64.max, Int64.min, -(1 << 60) - 1]
    #expect(Tensor(labels).integers == labels.map { Int($0) })
  }

  @Test func integersThatAreNoneAreNil() {
    #expect(
      Tensor([Double.nan, .infinity, -.infinity, 0x1p63, -0x1p63]).integers == [nil, nil, nil, nil, Int.min])
    #expect(Tensor([Float.nan, 0x1p63]).integers == [nil, nil])
  }

  @Test func elementNumbersAreThoseOfFiles() {
    #expect(Element.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func rowsShareTheBytes() {
    let tensor = Tensor([4, 3], (0..<12).map { Int16($0) })
    let part = tensor[1..<3]
    #expect(part.shape == [2, 3])
    #expect(part.values == [3, 4, 5, 6, 7, 8])
    #expect(part.storage === tensor.storage)
    #expect(part[1..<2].values == [6, 7, 8])
    #expect(tensor[2..<2].values == [])
    #expect(tensor.rows == 4)
    #expect(Tensor([], [Float(3)]).rows == 1)
  }

  @Test func reshapedSharesTheBytes() {
    let tensor = Tensor([2, 6], (0..<12).map { Float($0) })
    let other = tensor[1..<2].reshaped([3, 2])
    #expect(other.values == [6, 7, 8, 9, 10, 11])
    #expect(other.storage === tensor.storage)
  }

  @Test func beginsAtAnyByte() {
    let storage = Storage(count: 11) { bytes in
      bytes.storeBytes(of: 2.5 as Float, toByteOffset: 3, as: Float.self)
      bytes.storeBytes(of: -7 as Float, toByteOffset: 7, as: Float.self)
    }
    #expect(Tensor([2], .float32, in: storage, offset: 3).values == [2.5, -7])
  }

  @Test func equalityIsOfShapeTypeAndBytes() {
    let tensor = Tensor([2, 2], [Float](arrayLiteral: 1, 2, 3, 4))
    #expect(tensor == Tensor([2, 2], [Float](arrayLiteral: 1, 2, 3, 4)))
    #expect(tensor != tensor.reshaped([4]))
    #expect(tensor != Tensor([2, 2], [Int32](arrayLiteral: 1, 2, 3, 4)))
    #expect(tensor != Tensor([2, 2], [Float](arrayLiteral: 1, 2, 3, 5)))
    #expect(Tensor([Float.nan]) == Tensor([Float.nan]))
    #expect(Tensor([3, 2], [Float](arrayLiteral: 9, 9, 1, 2, 3, 4))[1..<3] == tensor)
  }

  @Test func fillFindsZerosAndAlignedMemory() {
    let tensor = Tensor([100]) { values in
      #expect(Int(bitPattern: values.baseAddress) % Storage.alignment == 0)
      #expect(values.allSatisfy { $0 == 0 })
      values[3] = 5
    }
    #expect(tensor.values.reduce(0, +) == 5)
  }
}
