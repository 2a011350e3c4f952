/// One key, the layer's name, over an object of its numbers: `{"dense": {"units": 128}}`. Numbers that have a
/// default may be left out; a name or number that is not known is an error.
extension Layer: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a layer")
    guard let form = Layer.forms.first(where: { $0.name == name }) else {
      throw values.unknown(name, of: Layer.names)
    }
    self = try form.layer(values)
  }

  /// The names that the JSON form knows.
  public static let names = forms.map { $0.name }

  public func encode(to encoder: any Encoder) throws {
    let form = form
    var tagged = Tagged.Writer(encoder)
    try tagged.write(type(of: form).name) { try form.encode(to: &$0) }
  }
}
