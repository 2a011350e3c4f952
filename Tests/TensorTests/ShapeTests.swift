import Foundation
import HourglassTensor
import Testing

@Suite struct ShapeTests {
  @Test func countIsTheProductOfTheDimensions() {
    #expect(Shape([]).count == 1)
    #expect(Shape([5]).count == 5)
    #expect(Shape([3, 4, 5]).count == 60)
    #expect(Shape([3, 0, 5]).count == 0)
    #expect(Shape([3, 4, 5]).rank == 3)
    #expect(Shape([3, 4, 5])[1] == 4)
  }

  @Test func countOfDimensionsFromAFileIsNilWhereItDoesNotFit() {
    #expect(Shape.count(of: [3, 4]) == 12)
    #expect(Shape.count(of: []) == 1)
    #expect(Shape.count(of: [3, -1]) == nil)
    #expect(Shape.count(of: [Int.max, 2]) == nil)
    #expect(Shape.count(of: [1 << 32, 1 << 31]) == nil)
    #expect(Shape.count(of: [1 << 31, 1 << 31]) == 1 << 62)
  }

  @Test func sampleAndBatchAreInverse() {
    let image: Shape = [1, 28, 28]
    #expect(image.batch(7) == [7, 1, 28, 28])
    #expect(image.batch(7).sample == image)
    #expect(Shape([7]).sample == Shape([]))
  }

  @Test func describesItselfAsAList() { #expect("\(Shape([60000, 28, 28]))" == "[60000, 28, 28]") }

  @Test func isCodedAsAPlainList() throws {
    let bytes = try JSONEncoder().encode([Shape([1, 28, 28]), []])
    #expect(String(decoding: bytes, as: UTF8.self) == "[[1,28,28],[]]")
    #expect(try JSONDecoder().decode([Shape].self, from: bytes) == [[1, 28, 28], []])
  }

  @Test(arguments: ["[-1, 3]", "[4294967296, 4294967296]", "3", "[1.5]"])
  func refusesDimensionsThatAreNone(_ text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Shape.self, from: Data(text.utf8)) }
  }
}
