import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

/// Our files, read by the programs they are made for.
@Suite(
  .enabled(
    if: Python.has("numpy, safetensors"), "needs python3 (or HOURGLASS_PYTHON) with numpy and safetensors"))
struct PythonTests {
  static let check = """
    import gzip, sys, numpy
    from safetensors import safe_open
    folder = sys.argv[1]
    ramp = numpy.arange(24).reshape(2, 3, 4)
    names = ['uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'float32', 'float64']
    with safe_open(folder + '/a.safetensors', 'numpy') as file:
      assert file.metadata() == {'text': 'Grüße \\n "quoted" \\\\ \\x01 😀'}, file.metadata()
      assert sorted(file.keys()) == sorted(names), file.keys()
      for name in names:
        array = file.get_tensor(name)
        assert array.dtype == name and (array == ramp).all(), name
    with numpy.load(folder + '/a.npz') as file:
      assert file.files == names
      for name in names:
        assert file[name].dtype == name and (file[name] == ramp).all(), name
    for name in names:
      array = numpy.load(folder + '/' + name + '.npy', mmap_mode='r')
      assert array.dtype == name and (array == ramp).all(), name
    table = numpy.loadtxt(folder + '/a.csv', delimiter=',', skiprows=1, dtype='f4')
    assert (table == numpy.load(folder + '/table.npy')).all()
    assert gzip.open(folder + '/a.csv.gz').read() == open(folder + '/a.csv', 'rb').read()
    print('well')
    """

  @Test func `reads what we write`() throws {
    let folder = try TemporaryFolder()
    let tensors = Element.allCases.map { NamedTensor(name: "\($0)", tensor: rampTensor($0)) }
    try SafeTensors(tensors: tensors, metadata: ["text": "Grüße \n \"quoted\" \\ \u{1} 😀"])
      .write(to: folder.file("a.safetensors"))
    try NPZ.write(tensors, to: folder.file("a.npz"))
    for named in tensors { try NPY.write(named.tensor, to: folder.file(named.name + ".npy")) }
    let random = Random(seed: 5, stream: 1)
    let table = Tensor([50, 4], (0..<200).map { random.normal(position: UInt64($0)) })
    try NPY.write(table, to: folder.file("table.npy"))
    for name in ["a.csv", "a.csv.gz"] {
      try CSV.write(table, columns: ["a", "b", "c", "d"], to: folder.file(name))
    }
    #expect(try Python.run(Self.check, folder.path) == "well\n")
  }
}
