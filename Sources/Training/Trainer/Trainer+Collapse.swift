import HourglassModels

/// How much a variational code carries in an epoch: the KL divergence from the prior, in nats a sample.
struct CarriedNats {
  private var sum = 0.0
  private var rows = 0
  var wasTold = false
  /// That of the epoch before.
  var previous = Double.infinity

  mutating func add(_ mean: Double, rows count: Int) {
    sum += mean * Double(count)
    rows += count
  }

  /// The mean of the epoch, which is then forgotten.
  mutating func take() -> Double? {
    defer { (sum, rows) = (0, 0) }
    return rows > 0 ? sum / Double(rows) : nil
  }
}

extension Trainer {
  /// Nats a sample under which a code tells samples hardly apart: e^0.1 is 1.1 kinds of them.
  package static let collapsed = 0.1

  /// Says once if the code carries nothing: the decoder does without it (posterior collapse, Bowman et al.
  /// 2016). Not in the first epoch, which begins there, not while a code that began with little carries more
  /// from one epoch to the next, and not while the weight of the divergence grows.
  func noticeCollapse() {
    guard let nats = carried.take() else { return }
    let isRising = nats > carried.previous
    carried.previous = nats
    guard !carried.wasTold, !isRising, nats < Trainer.collapsed else { return }
    let epoch = course.epochs.count + 1
    guard epoch > 1, Float(epoch) > start.architecture.code.warmUp else { return }
    carried.wasTold = true
    let rounded = (nats * 1000).rounded() / 1000
    notice =
      "posterior collapse: in epoch \(epoch) the code carried \(rounded) nats a sample, so that all samples look "
      + "alike to the decoder; lower --beta, let it grow (--beta-warmup), or give --free-bits"
  }
}
