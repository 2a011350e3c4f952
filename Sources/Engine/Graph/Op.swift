import HourglassTensor

/// What a node of a graph computes. A closed list: a `switch` over it is the checklist for a new one.
///
/// A *batched* value has one row a sample; its shape is that of one row, the batch axis is symbolic. A
/// *fixed* value has no batch axis: a parameter, a constant, a sum over the batch.
public enum Op: Hashable, Sendable {
  // Leaves
  /// Batched: the rows fed in slot `n`.
  case input(Int)
  /// Fixed: a part of the flat parameter block, `offset` values from its start.
  case parameter(offset: Int)
  /// Fixed: one number.
  case constant(Float)
  /// Fixed: numbers that never change, as many as the shape has places.
  case table([Float])
  /// Fixed: one number that is set anew for every run, slot `n`.
  case scalar(Int)
  /// Batched: a draw a value, fresh for every step.
  case random(Distribution, stream: UInt32)

  // Pointwise
  case unary(Unary)
  case binary(Binary)
  /// -log p(x | a, b) of a value and two parameters of one shape, in double precision inside.
  case surprise(Density)
  /// Its derivative by b, which has no derivative of its own.
  case surpriseSlope(Density)

  // Products
  /// y = x W: x `[…, K]`, W fixed `[K, N]` → `[…, N]`.
  case product
  /// Σ over rows xᵀ y: x `[…, K]`, y `[…, N]`, both batched → fixed `[K, N]`.
  case contraction

  // Products of rows, of every sample for itself, in blocks of columns
  /// Of each block x yᵀ: x `[m, blocks · k]`, y `[n, blocks · k]` → `[blocks, m, n]`.
  case innerProducts(blocks: Int)
  /// Of each block p y: p `[blocks, m, n]`, y `[n, blocks · k]` → `[m, blocks · k]`; transposed pᵀ y:
  /// y `[m, blocks · k]` → `[n, blocks · k]`.
  case combinations(isTransposed: Bool)

  // Rows by their numbers
  /// places `[…]`, a fixed matrix `[rows, columns]` → `[…, columns]`.
  case pickRows
  /// Σ over the batch of its transpose: places `[…]`, y `[…, columns]` → fixed `[count, columns]`.
  case placeRows(count: Int)

  /// places `[…]` → 1 at each, else 0: `[…, count]`. It has no derivative.
  case oneHot(count: Int)

  // Images, with their channels last
  /// Σ over a window of an image `[rows, columns, inputs]`, by a fixed weight
  /// `[outputs, inputs / groups, rows, columns]`.
  case convolution(Window)
  /// Its transpose in the image: what has the shape of its result, and the weight → an image.
  case convolutionInput(Window)
  /// Σ over the batch of its transpose in the weight: an image and what has the shape of its result → fixed
  /// weight.
  case convolutionWeight(Window)
  /// Of two images the value of the second where the first is greatest in its window; of equals the first.
  case pickMaximum(Window)
  /// Its transpose: an image, and a value a window → values where the image is greatest in the window.
  case placeMaximum(Window)
  /// A linear map along the middle of three axes: `[outer, input, inner]` → `[outer, output, inner]`.
  case resample(Resampling, outer: Int)

  // Sequences
  /// The tape of a recurrent cell, `[steps, what each step keeps]`: what its state is made of, the state
  /// before the step, the state. Of x, the weights and the bias, and a mask where there is one.
  case recurrence(Recurrence)
  /// The cotangents of the sums of each step, `[steps, 4 units]`, from the tape, the cotangent of the state,
  /// and the state's weight. It has no derivative of its own.
  case recurrenceSums(Recurrence)

  // Reductions
  /// Σ over the last axis, which stays with length 1.
  case sumLast
  /// Σ over all values of a row → `[1]`.
  case sumRow
  /// Σ over the middle of three axes: the values seen as `[outer, count, inner]` → `[outer, inner]`, in any
  /// shape.
  case sumAxis(outer: Int, count: Int)
  /// Σ over the batch: batched → fixed of the same shape.
  case sumBatch
  case softmax
  /// log Σ exp over the last axis, which stays with length 1.
  case logSumExp
  /// 1 at the `count` greatest values of the last axis, 0 at the others; of equals the first are the greater.
  /// Its derivative is taken as 0.
  case markGreatest(count: Int)
  /// The number of the greatest value of the last axis, which stays with length 1; of equals the first. It
  /// has no derivative.
  case greatestPlace

  // Places
  /// The same values, another shape.
  case reshape(Shape)
  /// The same values, whose derivative is taken as 0.
  case detach
  /// One value for many: axes of length 1 are repeated, axes in front added.
  case expand(Shape)
  /// A fixed value as a batched one, the same in every row.
  case broadcast
  /// A matrix with rows and columns exchanged.
  case transpose
  /// A range of the last axis.
  case slice(from: Int, count: Int)
  /// Several values end to end along the last axis.
  case concatenate
}

public enum Distribution: Hashable, Sendable { case uniform, normal }

/// Functions of one number. Each names its derivative by ordinary ops in `Gradient+Rules.swift`.
public enum Unary: Hashable, Sendable, CaseIterable {
  case negate, absolute, sign
  /// 1 where x > 0, else 0. Its derivative is taken as 0.
  case step
  case square, squareRoot, reciprocal, exponential, logarithm, sine, cosine
  /// max(x, 0)
  case rectifier
  case sigmoid, hyperbolicTangent
  /// log(1 + eˣ)
  case softplus
  /// erf(x) = 2/√π ∫₀ˣ e^(-t²) dt
  case errorFunction
}

/// Functions of two numbers, with broadcasting.
public enum Binary: Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum
  /// 1 where the left is greater, else 0. Its derivative is taken as 0.
  case greater
  /// log(1 + eˣ) - x t: minus the log-likelihood of t under a Bernoulli law with logit x.
  case bernoulliLoss
}
