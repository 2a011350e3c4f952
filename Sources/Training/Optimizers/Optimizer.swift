/// How parameters follow their gradient. g is the gradient, p the parameters, η the learning rate, t the step
/// from 1.
///
/// Before its rule, every one but ``lbfgs(memory:)`` multiplies p by 1 - η · decay where the recipe asks for
/// decoupled weight decay (Loshchilov and Hutter 2019). ``scheduleFree(beta1:beta2:epsilon:)`` says what it
/// does.
public enum Optimizer: Hashable, Sendable {
  /// v ← momentum · v + g;  p ← p - η v. Polyak 1964, in the form of Sutskever et al. 2013; momentum 0 is
  /// plain descent. With `nesterov` p ← p - η (g + momentum · v).
  case sgd(momentum: Float = 0, nesterov: Bool = false)
  /// s ← s + g²;  p ← p - η g / (√s + ε). Duchi, Hazan and Singer 2011.
  case adagrad(epsilon: Float = 1e-10)
  /// s ← ρ s + (1 - ρ) g²;  d = √(u + ε) / √(s + ε) · g;  u ← ρ u + (1 - ρ) d²;  p ← p - η d. Zeiler 2012,
  /// with η = 1 and his ρ and ε.
  case adadelta(rho: Float = 0.95, epsilon: Float = 1e-6)
  /// s ← ρ s + (1 - ρ) g²;  v ← momentum · v + g / (√s + ε);  p ← p - η v. Tieleman and Hinton 2012, lecture
  /// 6.5.
  case rmsprop(rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-8)
  /// m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  p ← p - η m̂ / (√v̂ + ε) with m̂ = m / (1 - β₁ᵗ), v̂ =
  /// v / (1 - β₂ᵗ). Kingma and Ba 2015, with the defaults of their section 2.
  case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  /// Adam with decoupled decay of 0.01 unless the recipe gives another. Loshchilov and Hutter 2019.
  case adamw(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  /// Adam whose momentum looks ahead: with μₜ = β₁ (1 - 0.96^(0.004 t) / 2) and Πₜ = μ₁ … μₜ the numerator is
  /// (1 - μₜ) g / (1 - Πₜ) + μₜ₊₁ m / (1 - Πₜ₊₁). Dozat 2016, with his ψ = 0.004.
  case nadam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  /// p ← p - η sign(β₁ m + (1 - β₁) g);  m ← β₂ m + (1 - β₂) g. Chen et al. 2023.
  case lion(beta1: Float = 0.9, beta2: Float = 0.99)
  /// Adam without momentum on z, whose mean x is what the training comes to; the gradient is taken between
  /// the two, at y = (1 - β₁) z + β₁ x:
  ///
  ///     v ← β₂ v + (1 - β₂) g²;  z ← z - η g / (√v̂ + ε) - η · decay · y
  ///     x ← (1 - c) x + c z,  c = η² / Σ η²
  ///
  /// with the sum over all steps so far. The parameters that are validated and kept are x; running statistics
  /// of a normalisation are those at y. No schedule is needed, and none need know when the training ends.
  /// Defazio et al. 2024, algorithm 1, with their rate.
  case scheduleFree(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  /// Follows the momentum of each matrix with all its singular values brought to about 1: with M ← μ M +
  /// (1 - μ) G and U = (1 - μ) G + μ M, W ← W - 0.2 √max(rows, columns) · η · orthogonal(U), by five rounds
  /// of Newton and Schulz in single precision. What is no matrix follows Adam, with the same rate: the factor
  /// makes both steps about as long (Liu et al. 2025). Jordan 2024, with his momentum; torch.optim.Muon has
  /// the factor as `match_rms_adamw`.
  case muon(momentum: Float = 0.95, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  /// Adam in the axes of each matrix's own gradients: with Q_L and Q_R the eigenvectors of
  /// L ← β₂ L + (1 - β₂) G Gᵀ and R ← β₂ R + (1 - β₂) Gᵀ G,
  ///
  ///     G' = Q_Lᵀ G Q_R,  M ← β₁ M + (1 - β₁) G,  V ← β₂ V + (1 - β₂) G'²
  ///     W ← W - η Q_L (Q_Lᵀ M̂ Q_R / (√V̂ + ε)) Q_Rᵀ
  ///
  /// The first step only looks; every `every` steps the bases are turned by one round of orthogonal
  /// iteration. A side of more than `side` values keeps its own axes. What is no matrix follows Adam. Vyas et
  /// al. 2024, algorithm 3, with their β and interval; their limit of 10000 would cost more than it brings
  /// here.
  case soap(beta1: Float = 0.95, beta2: Float = 0.95, epsilon: Float = 1e-8, every: Int = 10, side: Int = 256)
  /// A quasi-Newton step on all samples at once from the last `memory` steps and gradients, with a line
  /// search that meets the strong Wolfe conditions. Liu and Nocedal 1989. For small data: an epoch is one
  /// step.
  case lbfgs(memory: Int = 10)

  /// The words of the command line.
  public static let names = [
    "sgd", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam", "lion", "schedule-free",
    "muon", "soap", "lbfgs",
  ]

  /// By the word of the command line, with its authors' numbers.
  public init?(name: String) {
    switch name {
    case "sgd": self = .sgd()
    case "adagrad": self = .adagrad()
    case "adadelta": self = .adadelta()
    case "rmsprop": self = .rmsprop()
    case "adam": self = .adam()
    case "adamw": self = .adamw()
    case "nadam": self = .nadam()
    case "lion": self = .lion()
    case "schedule-free": self = .scheduleFree()
    case "muon": self = .muon()
    case "soap": self = .soap()
    case "lbfgs": self = .lbfgs()
    default: return nil
    }
  }

  /// The word of the command line.
  public var name: String {
    switch self {
    case .sgd: "sgd"
    case .adagrad: "adagrad"
    case .adadelta: "adadelta"
    case .rmsprop: "rmsprop"
    case .adam: "adam"
    case .adamw: "adamw"
    case .nadam: "nadam"
    case .lion: "lion"
    case .scheduleFree: "schedule-free"
    case .muon: "muon"
    case .soap: "soap"
    case .lbfgs: "lbfgs"
    }
  }

  /// The learning rate that its authors give, or that became usual.
  public var usualRate: Float {
    switch self {
    case .sgd, .adagrad: 0.01
    case .adadelta, .lbfgs: 1
    case .rmsprop, .adam, .adamw, .nadam: 0.001
    case .lion: 0.0001
    case .scheduleFree: 0.0025
    case .muon: 0.002
    case .soap: 0.003
    }
  }

  /// Decoupled weight decay where the recipe gives none.
  public var usualDecay: Float { if case .adamw = self { 0.01 } else { 0 } }

  /// What `train` lets the rate do where nobody says: it ends in a fall, but for a rule that does without.
  public var usualSchedule: Schedule { averagesItself ? .constant : .trapezoid() }

  /// Whether what the training comes to is a mean of the places that it was at.
  public var averagesItself: Bool { if case .scheduleFree = self { true } else { false } }

  /// Whether a step sees all samples.
  public var isFullBatch: Bool { if case .lbfgs = self { true } else { false } }
}
