/// Contents of an event file, as bytes.
///
/// Field numbers are those of TensorFlow's `event.proto`, `summary.proto`, `histogram.proto`, `tensor.proto`
/// and `tensor_shape.proto`.
enum Event {
  /// One event: what happened at a step.
  ///
  /// - Parameter time: seconds since 1970.
  static func bytes(time: Double, step: Int, _ body: (inout Message) -> Void) -> [UInt8] {
    var event = Message()
    event.double(1, time)
    event.integer(2, step)
    body(&event)
    return event.bytes
  }

  /// What every event file begins with: version 2 is the one that knows of starts.
  static func version(in event: inout Message) {
    event.text(3, "brain.Event:2")
    event.message(10) { $0.text(1, "hourglass") }
  }

  /// A run that starts or goes on: readers hide what earlier files of the folder have from this step on.
  static func start(in event: inout Message) {
    event.message(7) { $0.integer(1, 1) }
  }

  /// A summary of one value: its tag and its content.
  static func value(_ tag: String, in event: inout Message, _ content: (inout Message) -> Void) {
    event.message(5) { summary in
      summary.message(1) { value in
        value.text(1, tag)
        content(&value)
      }
    }
  }

  static func scalar(_ scalar: Float, in value: inout Message) {
    value.float(2, scalar)
  }

  static func image(_ png: [UInt8], width: Int, height: Int, channels: Int, in value: inout Message) {
    value.message(4) { image in
      image.integer(1, height)
      image.integer(2, width)
      image.integer(3, channels)
      image.bytes(4, png)
    }
  }

  static func histogram(_ histogram: Histogram, in value: inout Message) {
    value.message(5) { message in
      message.double(1, histogram.least)
      message.double(2, histogram.greatest)
      message.double(3, Double(histogram.count))
      message.double(4, histogram.sum)
      message.double(5, histogram.sumOfSquares)
      message.doubles(6, histogram.limits)
      message.doubles(7, histogram.counts)
    }
  }

  /// A tensor of one string, with the name of the dashboard that shows it.
  static func text(_ text: String, in value: inout Message) {
    value.message(9) { metadata in
      metadata.message(1) { $0.text(1, "text") }
      // Shown as a tensor.
      metadata.integer(4, 2)
    }
    value.message(8) { tensor in
      // Strings.
      tensor.integer(1, 7)
      // A shape without axes: a single text, not a table of texts.
      tensor.message(2) { _ in }
      tensor.text(8, text)
    }
  }
}
