import Foundation
import HourglassFormats
import HourglassInterchange
import HourglassTensor
import HourglassTestSupport
import Testing

/// Our event files, read by the package they are made for.
@Suite(
  .enabled(
    if: Python.has("numpy, tensorboard.backend.event_processing.event_accumulator"),
    "needs python3 (or HOURGLASS_PYTHON) with tensorboard; Scripts/setup-oracles installs it"))
struct TensorBoardTests {
  /// What every check begins with: the events of the folder, all of them.
  static let reader = """
    import math, sys, numpy
    from tensorboard.backend.event_processing import event_accumulator
    folder = sys.argv[1]
    everything = event_accumulator.STORE_EVERYTHING_SIZE_GUIDANCE
    log = event_accumulator.EventAccumulator(folder, size_guidance=everything).Reload()

    """

  func check(_ folder: TemporaryFolder, _ program: String) throws {
    let output = try Python.run(Self.reader + program + "\nprint('well')", folder.path)
    #expect(output.hasSuffix("well\n"), "\(output)")
  }

  @Test func `scalars, as they are`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path)
    for step in 0..<100 { try log.scalar("loss/training", 1 / Double(step + 1), step: step) }
    for (step, value) in [.nan, .infinity, -.infinity, 0, -0.0, 1e300, 1e-45].enumerated() {
      try log.scalar("rate", value, step: step)
    }
    try log.scalar("Größe 😀", 7, step: 1 << 40)
    try log.scalar("before", 1, step: -3)
    try log.close()
    try check(
      folder,
      """
      assert sorted(log.Tags()['scalars']) == ['Größe 😀', 'before', 'loss/training', 'rate'], log.Tags()
      points = log.Scalars('loss/training')
      assert [p.step for p in points] == list(range(100))
      assert [p.value for p in points] == [float(numpy.float32(1 / (n + 1))) for n in range(100)]
      import time
      assert all(abs(time.time() - p.wall_time) < 600 for p in points)
      rate = [p.value for p in log.Scalars('rate')]
      assert math.isnan(rate[0]) and rate[1:6] == [math.inf, -math.inf, 0, 0, math.inf], rate
      assert math.copysign(1, rate[4]) == -1 and rate[6] == numpy.float32(1e-45)
      assert [(p.step, p.value) for p in log.Scalars('Größe 😀')] == [(1 << 40, 7)]
      assert [p.step for p in log.Scalars('before')] == [-3]
      assert log.file_version == 2 and log.GetSourceWriter() == 'hourglass', log.GetSourceWriter()
      """)
  }

  /// The oracle is TensorBoard's own function that makes histograms.
  @Test func `histograms equal TensorBoard's own`() throws {
    let folder = try TemporaryFolder()
    let random = Random(seed: 2, stream: 1)
    let normal = (0..<20_000).map { random.normal(position: UInt64($0)) }
    let samples: [[Float]] = [
      normal, normal.map { 1 + $0 / 1000 }, normal.map { max($0, 0) }, [3, 3, 3], (0...60).map(Float.init),
      [-1e38, 1e38], normal + [.nan, .infinity, -.infinity, .nan],
    ]
    let log = try EventLog(folder: folder.path)
    for (step, values) in samples.enumerated() {
      try log.histogram("weights", values, step: step)
      try NPY.write(Tensor([values.count], values), to: "\(folder.path)/\(step).npy")
    }
    try log.histogram("empty", [], step: 1)
    try log.close()
    try check(
      folder,
      """
      from tensorboard import data_compat
      from tensorboard.compat.proto import summary_pb2
      from tensorboard.plugins.histogram import summary_v2
      from tensorboard.util import tensor_util
      events = log.Histograms('weights')
      assert [e.step for e in events] == list(range(\(samples.count)))
      for event in events:
        values = numpy.load(f'{folder}/{event.step}.npy').astype('f8')
        values = values[numpy.isfinite(values)]
        histo = event.histogram_value
        assert (histo.min, histo.max, histo.num) == (values.min(), values.max(), values.size)
        assert numpy.allclose(histo.sum, values.sum(), rtol=1e-9, atol=1e-9)
        assert numpy.allclose(histo.sum_squares, (values * values).sum(), rtol=1e-9)
        oracle = summary_v2.histogram_pb('weights', values).value[0]
        buckets = tensor_util.make_ndarray(oracle.tensor)
        assert histo.bucket_limit == list(buckets[:, 1]), (histo.bucket_limit, buckets[:, 1])
        assert histo.bucket == list(buckets[:, 2]), (histo.bucket, buckets[:, 2])
        # What the Histograms tab shows.
        value = summary_pb2.Summary.Value(tag='weights')
        value.histo.min, value.histo.max = histo.min, histo.max
        value.histo.bucket_limit.extend(histo.bucket_limit)
        value.histo.bucket.extend(histo.bucket)
        shown = data_compat.migrate_value(value)
        assert shown.metadata.plugin_data.plugin_name == 'histograms'
        shown = tensor_util.make_ndarray(shown.tensor)
        if values.min() < values.max():
          assert (shown == buckets.astype('f4')).all(), (shown, buckets)
        else:
          assert shown.tolist() == [[3, 3, 3]], shown
      assert [(e.step, e.value) for e in log.Scalars('weights/not finite')] == [(6, 4)]
      assert sum(log.Histograms('empty')[0].histogram_value.bucket) == 0
      """)
  }

  @Test func `images and texts`() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(folder: folder.path)
    let grey = (0..<(28 * 30)).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let colours = (0..<(5 * 4 * 3)).map { UInt8(truncatingIfNeeded: $0 * 31) }
    try log.image("reconstructions", pixels: grey, width: 28, height: 30, channels: 1, step: 3)
    try log.image("colours", pixels: colours, width: 5, height: 4, channels: 3, step: 4)
    try log.text("architecture", "# Köpfe\n\n| a | b |\n|---|---|\n| 1 | 2 |", step: 0)
    try log.close()
    // The pictures themselves need another package; without it, the sizes in their headers.
    try check(
      folder,
      """
      import io, struct
      for tag, step, width, height, channels, factor in [
          ('reconstructions', 3, 28, 30, 1, 7), ('colours', 4, 5, 4, 3, 31)]:
        image, = log.Images(tag)
        assert (image.step, image.width, image.height) == (step, width, height), image
        assert struct.unpack('>II', image.encoded_image_string[16:24]) == (width, height)
        try:
          from PIL import Image
        except ImportError:
          continue
        picture = Image.open(io.BytesIO(image.encoded_image_string))
        assert picture.mode == {1: 'L', 3: 'RGB'}[channels]
        pixels = [n * factor % 256 for n in range(width * height * channels)]
        assert list(picture.tobytes()) == pixels
      text, = log.Tensors('architecture')
      assert (text.step, text.tensor_proto.dtype) == (0, 7)
      assert text.tensor_proto.string_val[0].decode() == '# Köpfe\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |'
      assert len(text.tensor_proto.tensor_shape.dim) == 0
      assert list(log.PluginTagToContent('text')) == ['architecture']
      """)
  }

  @Test func `a run taken up again has one curve`() throws {
    let folder = try TemporaryFolder()
    let first = try EventLog(folder: folder.path)
    for step in 1...10 { try first.scalar("loss", 1, step: step) }
    try first.close()
    let second = try EventLog(folder: folder.path, from: 6)
    for step in 6...8 { try second.scalar("loss", 2, step: step) }
    try second.close()
    try check(
      folder,
      """
      points = [(p.step, p.value) for p in log.Scalars('loss')]
      assert points == [(n, 1) for n in range(1, 6)] + [(n, 2) for n in range(6, 9)], points
      # The reader behind the page.
      from tensorboard.backend.event_processing import plugin_event_accumulator
      page = plugin_event_accumulator.EventAccumulator(folder).Reload()
      assert [e.step for e in page.Tensors('loss')] == list(range(1, 9)), page.Tensors('loss')
      """)
  }

  /// Wherever a killed process or a full disk stopped, what is whole before it is read.
  @Test func `a damaged end costs nothing but itself`() throws {
    let whole = try TemporaryFolder()
    let log = try EventLog(folder: whole.path)
    for step in 0..<5 { try log.scalar("loss", Double(step), step: step) }
    try log.close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: log.path))
    let content = try #require(try records(log.path).last ?? nil)
    let last = bytes.count - (content.count + 16)
    let folder = try TemporaryFolder()
    for count in last..<bytes.count {
      let cut = folder.path + "/\(count)"
      try FileManager.default.createDirectory(atPath: cut, withIntermediateDirectories: false)
      try bytes.prefix(count).write(to: URL(fileURLWithPath: cut + "/events.out.tfevents.1.cut"))
    }
    let flipped = folder.path + "/flipped"
    try FileManager.default.createDirectory(atPath: flipped, withIntermediateDirectories: false)
    var damaged = bytes
    damaged[bytes.count - 10] ^= 1
    try damaged.write(to: URL(fileURLWithPath: flipped + "/events.out.tfevents.1.flipped"))
    try check(
      folder,
      """
      import os
      names = [name for name in os.listdir(folder) if os.path.isdir(folder + '/' + name)]
      assert len(names) > 30, names
      for name in names:
        log = event_accumulator.EventAccumulator(folder + '/' + name, everything).Reload()
        assert [p.value for p in log.Scalars('loss')] == [0, 1, 2, 3], name
      """)
  }
}
