/// The ways to write each digit.
///
/// Drawn for this project on a grid 60 wide and 100 high, y downwards.
enum Glyph {
  static let height: Float = 100
  static let center = SIMD2<Float>(30, 50)
  /// Standard deviation of a control point's place on the grid.
  static let jitter: Float = 4

  struct Point: Sendable {
    let place: SIMD2<Float>
    let isCorner: Bool
  }

  /// By class, then style, then stroke.
  static let styles: [[[[Point]]]] = [zero, one, two, three, four, five, six, seven, eight, nine]

  private static func at(_ x: Float, _ y: Float) -> Point { Point(place: SIMD2(x, y), isCorner: false) }
  private static func corner(_ x: Float, _ y: Float) -> Point { Point(place: SIMD2(x, y), isCorner: true) }

  private static let zero: [[[Point]]] = [
    [
      [
        at(38, 1), at(14, 9), at(1, 42), at(8, 82), at(30, 100), at(52, 84), at(59, 48), at(48, 12),
        at(30, 1),
      ]
    ],
    [
      [at(44, 8), at(24, 0), at(8, 22), at(4, 62), at(18, 95), at(38, 96), at(54, 70), at(54, 30), at(36, 2)]
    ],
    [
      [
        at(20, 4), at(4, 30), at(4, 72), at(24, 99), at(48, 86), at(57, 52), at(46, 14), at(22, 2),
        at(14, 16),
      ]
    ],
  ]

  private static let one: [[[Point]]] = [
    [[at(31, 0), at(30, 34), at(30, 68), at(29, 100)]],
    [[at(14, 22), at(24, 12), corner(33, 0), at(32, 34), at(31, 68), at(30, 100)]],
    [
      [at(16, 20), at(26, 11), corner(33, 0), at(32, 34), at(31, 68), at(31, 98)],
      [at(10, 99), at(30, 98), at(52, 98)],
    ],
    [[at(33, 0), at(31, 50), at(29, 100)]],
  ]

  private static let two: [[[Point]]] = [
    [
      [
        at(4, 22), at(14, 5), at(34, 0), at(52, 14), at(50, 36), at(28, 66), corner(4, 97), at(30, 96),
        at(60, 95),
      ]
    ],
    [
      [
        at(5, 18), at(20, 2), at(42, 3), at(52, 22), at(42, 50), at(22, 78), at(6, 93), at(2, 84), at(14, 77),
        at(34, 90), at(60, 96),
      ]
    ],
    [
      [
        at(6, 14), at(24, 1), at(46, 6), at(50, 28), at(34, 56), at(8, 88), at(14, 97), at(36, 92),
        at(58, 94),
      ]
    ],
  ]

  private static let three: [[[Point]]] = [
    [
      [
        at(6, 12), at(24, 0), at(46, 7), at(48, 28), at(36, 42), corner(20, 46), at(44, 52), at(57, 72),
        at(46, 93),
        at(22, 100), at(2, 88),
      ]
    ],
    [
      [
        at(4, 4), at(28, 3), corner(50, 2), at(38, 22), corner(22, 40), at(44, 46), at(56, 68), at(45, 93),
        at(22, 100), at(2, 90),
      ]
    ],
    [
      [
        at(8, 10), at(28, 0), at(47, 11), at(44, 34), at(26, 45), at(30, 50), at(50, 58), at(56, 82),
        at(34, 99),
        at(4, 91),
      ]
    ],
  ]

  private static let four: [[[Point]]] = [
    [
      [at(14, 2), at(8, 28), corner(1, 56), at(30, 56), at(60, 53)],
      [at(46, 8), at(44, 52), at(40, 100)],
    ],
    [[at(43, 100), at(45, 50), corner(47, 0), at(24, 32), corner(0, 64), at(30, 64), at(61, 62)]],
    [
      [at(6, 4), at(3, 28), at(10, 48), at(30, 51), at(50, 40)],
      [at(54, 2), at(50, 48), at(44, 100)],
    ],
  ]

  private static let five: [[[Point]]] = [
    [
      [at(13, 3), at(11, 22), corner(8, 43), at(30, 37), at(52, 50), at(54, 76), at(36, 97), at(2, 93)],
      [at(13, 3), at(34, 2), at(58, 0)],
    ],
    [
      [
        at(57, 1), at(36, 2), corner(15, 3), at(12, 22), at(8, 42), at(28, 40), at(50, 52), at(53, 77),
        at(33, 98),
        at(2, 92),
      ]
    ],
    [
      [
        at(55, 5), at(34, 2), at(15, 9), at(12, 30), at(28, 44), at(48, 56), at(52, 80), at(32, 99),
        at(4, 94),
      ]
    ],
  ]

  private static let six: [[[Point]]] = [
    [
      [
        at(46, 2), at(24, 17), at(8, 44), at(4, 74), at(16, 96), at(38, 98), at(53, 82), at(48, 62),
        at(30, 55),
        at(12, 66), at(7, 80),
      ]
    ],
    [
      [
        at(36, 0), at(20, 28), at(8, 60), at(10, 88), at(30, 100), at(50, 88), at(50, 66), at(30, 60),
        at(10, 76),
      ]
    ],
    [
      [
        at(50, 6), at(30, 6), at(10, 34), at(3, 70), at(18, 97), at(42, 96), at(54, 76), at(40, 58),
        at(16, 64),
      ]
    ],
  ]

  private static let seven: [[[Point]]] = [
    [[at(2, 6), at(28, 4), corner(57, 3), at(44, 36), at(31, 68), at(22, 100)]],
    [
      [at(2, 6), at(28, 4), corner(57, 2), at(44, 36), at(31, 68), at(22, 100)],
      [at(16, 52), at(36, 50), at(55, 49)],
    ],
    [[at(5, 20), corner(6, 6), at(30, 7), at(52, 5), at(54, 16), at(40, 42), at(30, 70), at(28, 100)]],
  ]

  private static let eight: [[[Point]]] = [
    [
      [
        at(51, 14), at(34, 0), at(12, 8), at(12, 30), at(32, 48), at(52, 66), at(50, 90), at(28, 100),
        at(8, 88),
        at(10, 66), at(30, 48), at(48, 32), at(51, 16),
      ]
    ],
    [
      [at(32, 47), at(12, 38), at(11, 12), at(30, 0), at(49, 11), at(48, 37), at(30, 47)],
      [at(30, 47), at(7, 60), at(6, 88), at(30, 100), at(55, 87), at(53, 60), at(30, 47)],
    ],
    [
      [
        at(54, 8), at(32, 1), at(10, 14), at(18, 36), at(42, 56), at(52, 80), at(34, 100), at(12, 90),
        at(18, 66),
        at(42, 40), at(56, 12),
      ]
    ],
  ]

  private static let nine: [[[Point]]] = [
    [
      [
        at(52, 18), at(34, 2), at(12, 9), at(5, 30), at(18, 47), at(38, 42), corner(53, 16), at(51, 46),
        at(47, 74),
        at(44, 100),
      ]
    ],
    [
      [
        at(50, 14), at(30, 0), at(9, 14), at(9, 38), at(28, 48), at(48, 34), at(53, 14), at(54, 46),
        at(46, 80),
        at(26, 99), at(6, 94),
      ]
    ],
    [
      [
        at(48, 8), at(24, 3), at(8, 22), at(14, 44), at(36, 44), corner(53, 6), at(42, 40), at(32, 70),
        at(24, 100),
      ]
    ],
  ]
}
