import HourglassTensor

extension Dataset {
  /// Two parts of the samples that share nothing but the bytes: see `split(holdingOut:by:seed:)`, which says
  /// besides how it was done.
  ///
  /// - Throws: ``DataError`` unless 0 < fraction < 1 and there are two samples or more.
  public func split(
    holdingOut fraction: Double, seed: UInt64
  ) throws -> (training: Dataset, held: Dataset) {
    let split = try split(holdingOut: fraction, by: nil, seed: seed)
    return (split.training, split.held)
  }

  /// Two parts of the samples. Both keep the order of the whole.
  ///
  /// With n = round(count · fraction), at least one and at most all but one:
  /// - ``HoldOut/random``: the first n of a permutation by the seed, so a larger fraction holds what a
  ///   smaller
  ///   one held.
  /// - ``HoldOut/last``: round(windows · fraction) of each series, the last in time; at least one in all. A
  ///   window that begins less than a window's length before the first of them is left out.
  /// - ``HoldOut/group``: series or files, of samples that are none the classes, in an order drawn by the
  ///   seed, each taken if that brings the number
  ///   of
  ///   held samples nearer to n; at least one, at most all but one.
  ///
  /// Samples that are neither windows nor parts of files share no values however they are held out, and are
  /// drawn at random where nothing is said. Windows are held out by series or file where that comes within n
  /// / 2 … 2 n, else by time; windows of pictures by whole pictures where there are two; only where a
  /// single series is too short for that, at random, and then
  /// ``Split/sharesValues`` says so.
  ///
  /// - Parameter manner: nil: so that nothing is shared.
  /// - Throws: ``DataError`` unless 0 < fraction < 1, there are two samples or more, and the samples can be
  ///   held
  ///   out in that manner.
  public func split(holdingOut fraction: Double, by manner: HoldOut?, seed: UInt64) throws -> Split {
    guard fraction > 0, fraction < 1 else {
      throw DataError(
        place: "held-out fraction of \(origin)", expected: "a number between 0 and 1", found: "\(fraction)",
        remedy: "0.1 is usual")
    }
    guard count > 1 else {
      throw DataError(
        place: origin, expected: "two samples or more to split", found: "\(count)",
        remedy: "train without a held-out part")
    }
    let cut = Cut(
      self, size: min(max(Int((Double(count) * fraction).rounded()), 1), count - 1), seed: seed)
    switch manner {
    case .random: return split(.random, cut.random, cut)
    case .last:
      guard let sides = cut.last(fraction) else { throw tooShort }
      return split(.last, sides, cut)
    case .group:
      let cut = cut.isCut ? cut : cut.byClass
      guard let sides = cut.group else { throw ungrouped(cut) }
      return split(.group, sides, cut)
    case nil: break
    }
    guard cut.isCut else { return split(.random, cut.random, cut) }
    let group = cut.group
    // Patches move within their pictures: none of a picture that is held out may be trained on.
    if let group, patches != nil { return split(.group, group, cut) }
    if let group, (cut.size...(4 * cut.size)).contains(2 * group.count { $0 == .held }) {
      return split(.group, group, cut)
    }
    if let last = cut.last(fraction) { return split(.last, last, cut) }
    return group.map { split(.group, $0, cut) } ?? split(.random, cut.random, cut)
  }

  private func split(_ manner: HoldOut, _ sides: [Cut.Side], _ cut: Cut) -> Split {
    func positions(_ side: Cut.Side) -> [UInt32] {
      (0..<UInt32(count)).filter { sides[Int($0)] == side }
    }
    let (training, held, neither) = (positions(.training), positions(.held), positions(.neither))
    return Split(
      training: subset(training),
      held: subset(held).with(holdOut: manner, leftOut: neither.map { UInt32(row(Int($0))) }),
      positions: (training, held), manner: manner, leftOut: neither.count,
      sharesValues: cut.sharesValues(sides),
      groups: cut.isCut ? (cut.groupCount, Set(held.map { cut.groups[Int($0)] }).count) : nil)
  }

  private var tooShort: DataError {
    DataError(
      place: origin,
      expected:
        "series long enough that a window lies before the held ones and shares no value with them",
      found: "at most \((spans ?? []).map(\.total).max() ?? count) steps",
      remedy:
        "give a shorter --window, or hold out at random (--held-out random), where values are shared"
    )
  }

  private func ungrouped(_ cut: Cut) -> DataError {
    DataError(
      place: origin,
      expected: "samples cut out of two series or files at least, to hold out whole ones",
      found: cut.isCut ? "windows of one series" : "samples that each stand alone",
      remedy:
        "name a column that says which belong together (--label), hold out the last (--held-out last), or at random (--held-out random)"
    )
  }
}
