import COneDNN

/// What the factors of large matrix products are rounded to before they are multiplied.
///
/// With `bfloat16` the products x W, and xᵀ g and g Wᵀ of their gradients too, take factors of 8 significant
/// bits and the range of a `Float`, and add up in `Float`. Everything else stays in single precision:
/// parameters and their updates, sums, pointwise operations, and recurrences as well. Where the processor has
/// AVX512_BF16 and no AMX the products are our own, and those of convolutions are rounded too; else oneDNN's.
/// Products so small that rounding their factors costs more than it brings stay as they are.
///
/// - Source: Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training".
public enum Precision: String, Hashable, Sendable, CaseIterable, Codable {
  case float32 = "f32"
  case bfloat16 = "bf16"

  /// Whether this processor multiplies numbers of this kind: bf16 by AVX512_BF16 or AMX-BF16.
  public var isSupported: Bool { self == .float32 || onednn_bfloat16_support() == 2 }

  /// Whether it can do so at all, if only by slower instructions for `Float`: what tests need.
  package var canBeEmulated: Bool { self == .float32 || onednn_bfloat16_support() > 0 }

  /// Why this processor cannot; nil if it can.
  public var complaint: String? {
    isSupported ? nil : "this processor has neither AVX512_BF16 nor AMX-BF16"
  }
}
