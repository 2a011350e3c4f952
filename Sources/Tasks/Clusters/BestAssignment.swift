/// Rows to columns one to one, such that the gains add up to the most.
///
/// Complexity: O(m³) for m the larger side.
///
/// - Source: Kuhn 1955; in the form of shortest augmenting paths, Jonker and Volgenant 1987.
struct BestAssignment {
  /// Of each row its column; nil where there are fewer columns than rows and it has none.
  let columns: [Int?]

  /// - Parameter gains: rows of as many values.
  init(gains: [[Double]]) {
    let (rows, width) = (gains.count, gains.first?.count ?? 0)
    let size = max(rows, width)
    // What is beside the gains gains nothing.
    func cost(_ row: Int, _ column: Int) -> Double { row < rows && column < width ? -gains[row][column] : 0 }
    // Numbers from 1; 0 is none. u and v are the prices of rows and columns.
    var (u, v) = ([Double](repeating: 0, count: size + 1), [Double](repeating: 0, count: size + 1))
    var owner = [Int](repeating: 0, count: size + 1)
    for row in 1..<(size + 1) where size > 0 {
      BestAssignment.place(row, size, cost, &u, &v, &owner)
    }
    var columns = [Int?](repeating: nil, count: rows)
    for column in 1..<(size + 1) where size > 0 && column <= width && owner[column] <= rows {
      columns[owner[column] - 1] = column - 1
    }
    self.columns = columns
  }

  /// Gives a row a column along the shortest path of exchanges, and moves the prices.
  private static func place(
    _ row: Int, _ size: Int, _ cost: (Int, Int) -> Double, _ u: inout [Double], _ v: inout [Double],
    _ owner: inout [Int]
  ) {
    owner[0] = row
    var (slack, way) = (
      [Double](repeating: .infinity, count: size + 1), [Int](repeating: 0, count: size + 1)
    )
    var isUsed = [Bool](repeating: false, count: size + 1)
    var current = 0
    repeat {
      isUsed[current] = true
      var (delta, next) = (Double.infinity, 0)
      for column in 1...size where !isUsed[column] {
        let reduced = cost(owner[current] - 1, column - 1) - u[owner[current]] - v[column]
        if reduced < slack[column] { (slack[column], way[column]) = (reduced, current) }
        if slack[column] < delta { (delta, next) = (slack[column], column) }
      }
      for column in 0...size {
        if isUsed[column] {
          u[owner[column]] += delta
          v[column] -= delta
        } else {
          slack[column] -= delta
        }
      }
      current = next
    } while owner[current] != 0
    while current != 0 {
      owner[current] = owner[way[current]]
      current = way[current]
    }
  }
}
