/// What the values of a column of a table mean.
///
/// | kind | values | in a sample |
/// |---|---|---|
/// | `number` | any number | (x - shift) / scale |
/// | `positive` | numbers from 0 on, spread over decades | (ln(1 + x) - shift) / scale |
/// | `count` | whole numbers from 0 on | x |
/// | `flag` | one of two | 0 or 1 |
/// | `category` | one of several, in no order | index of the level, one more for unseen ones |
/// | `ordinal` | one of several, in an order | index of the level |
/// | `time` | a date, with or without a time of day | (days - shift) / scale, and sine and cosine of cycles |
public enum FieldKind: String, Hashable, Sendable, Codable, CaseIterable {
  case number, positive, count, flag, category, ordinal, time

  /// Whether values are one of a list of levels.
  public var hasLevels: Bool { self == .flag || self == .category || self == .ordinal }
}

/// Who of an autoencoder sees a field.
///
/// | role | read by the encoder | given by the decoder |
/// |---|---|---|
/// | `both` | yes | yes |
/// | `in` | yes, and told to the decoder too: a condition | no |
/// | `out` | no | yes: a target |
/// | `aside` | no | no: carried through as it stands |
public enum FieldRole: String, Hashable, Sendable, Codable, CaseIterable {
  case both, `in`, out, aside
}
