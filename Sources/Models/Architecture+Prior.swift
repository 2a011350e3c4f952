extension Architecture {
  /// Whether codes are held to a law that new ones can be drawn from, the standard normal: by the code
  /// itself, or by a penalty.
  public var hasPrior: Bool {
    code.hasPrior
      || penalties.contains { if case .mmd = $0 { true } else { false } }
  }
}
