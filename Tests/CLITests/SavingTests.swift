import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A model file is the old one, whole, or the new one, whole.
@Suite struct SavingTests {
  private let words = ["train", "builtin:digits:100", "--epochs", "2", "--latent", "3", "-q"]

  @Test func placesThatTakeNoFileAreRefusedBeforeTraining() throws {
    let program = try BuiltProgram()
    program.makeFolder("folder")
    try program.write("file", "x")
    for (name, reason) in [
      ("nowhere/m.st", "no such folder"), ("folder", "found a folder"),
      ("file/m.st", "a file where a folder"),
      ("", "--output expects a file's name"),
    ] {
      let outcome = try program.run("train", "builtin:digits:50", "--epochs", "2", "-o", name)
      #expect(outcome.code == (name.isEmpty ? 2 : 1))
      #expect(
        outcome.messages.contains(reason) && !outcome.messages.contains("epoch 1/"), "\(outcome.messages)")
    }
    #expect(program.names() == ["file", "folder"] && program.names(in: "folder").isEmpty)
  }

  @Test func aReadOnlyFolderIsRefusedBeforeTraining() throws {
    let program = try BuiltProgram()
    program.makeFolder("kept")
    chmod(program.folder + "/kept", 0o555)
    let words = ["train", "builtin:digits:50", "--epochs", "2", "-o", "kept/m.st"]
    // The superuser may write anywhere.
    let under = getuid() == 0 ? ["setpriv", "--reuid", "65534", "--clear-groups"] : []
    let probe = try program.run(under: under, ["--version"])
    guard probe.code == 0 else { return print("skipped: \(probe.messages)") }
    let outcome = try program.run(under: under, words)
    #expect(outcome.code == 1)
    #expect(outcome.messages.contains("kept/m.st: expected permission to write there"), "\(outcome.messages)")
    #expect(!outcome.messages.contains("epoch 1/"))
    #expect(program.names(in: "kept").isEmpty)
  }

  @Test func aFullDiskLeavesTheOldModelWhole() throws {
    let program = try BuiltProgram()
    #expect(try program.run(words + ["-o", "m.st"]).code == 0)
    let before = program.bytes("m.st")
    // A file may not become larger than 64 blocks of 512 bytes, less than a model takes.
    let outcome = try program.run(
      under: ["/bin/sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"], words + ["-o", "m.st", "--seed", "2"])
    #expect(outcome.code == 1)
    #expect(
      outcome.messages.contains("m.st: expected a file size that the system allows"), "\(outcome.messages)")
    #expect(program.names() == ["m.st"] && program.bytes("m.st") == before)
    #expect(try program.run("inspect", "m.st").code == 0)
  }

  @Test func aSmallFileSystemThatFillsUpLeavesTheOldModelWhole() throws {
    let program = try BuiltProgram()
    program.makeFolder("disk")
    let disk = program.folder + "/disk"
    // As the superuser in a place where mounting is allowed; elsewhere the test above stands alone.
    guard getuid() == 0,
      try program.start(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).end().code == 0
    else { return print("skipped: no file system can be mounted here") }
    defer { _ = try? program.start(["umount", disk]).end() }
    // Some 0.9 MB: one fits, a second beside it does not.
    #expect(try program.run(words + ["-o", "disk/m.st"]).code == 0)
    let before = program.bytes("disk/m.st")
    let outcome = try program.run(words + ["-o", "disk/m.st", "--seed", "2"])
    #expect(outcome.code == 1)
    #expect(outcome.messages.contains("disk/m.st: expected room for the file"), "\(outcome.messages)")
    #expect(program.names(in: "disk") == ["m.st"] && program.bytes("disk/m.st") == before)
  }

  @Test func aFullDeviceIsAnError() throws {
    guard access("/dev/full", W_OK) == 0 else { return print("skipped: there is no /dev/full") }
    let program = try BuiltProgram()
    let outcome = try program.run(words + ["-o", "/dev/full"])
    #expect(outcome.code == 1 && outcome.messages.contains("/dev/full: expected room"), "\(outcome.messages)")
  }

  @Test func anInterruptSavesACheckpointThatIsAModel() throws {
    let program = try BuiltProgram()
    let path = BuiltProgram.path("hourglass")
    let running = try program.start([
      path, "train", "builtin:digits:2000", "--epochs", "1000000", "-o", "m.st", "--seed", "3",
    ])
    running.wait(for: "epoch       3/1000000")
    running.send(SIGINT)
    let outcome = running.end()
    #expect(outcome.code == 130 && outcome.output.isEmpty)
    #expect(outcome.messages.contains("--resume m.st to go on"), "\(outcome.messages.suffix(300))")
    #expect(program.names() == ["m.st"])
    #expect(try program.run("evaluate", "m.st", "builtin:digits:100").code == 0)
  }

  @Test func aTerminationDoesTheSame() throws {
    let program = try BuiltProgram()
    let running = try program.start([
      BuiltProgram.path("hourglass"), "train", "builtin:digits:1000", "--epochs", "1000000", "-o", "m.st",
    ])
    running.wait(for: "epoch       2/1000000")
    running.send(SIGTERM)
    #expect(running.end().code == 143)
    #expect(program.names() == ["m.st"])
  }
}
