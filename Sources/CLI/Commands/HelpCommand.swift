extension Command {
  static let help = Command(
    name: "help", abstract: "tells about a command, or about the data that can be read",
    operands: [
      Operand(name: "COMMAND", meaning: "a command's name, or 'sources'", isOptional: true)
    ],
    options: [],
    run: { session in
      switch session.operand(0) {
      case "": try session.streams.output.write(Help.overview(Command.all))
      case "sources": try session.streams.output.write(Help.sources)
      case let name: try session.streams.output.write(Help.of(Program.command(name)))
      }
    })

  static let version = Command(
    name: "version", abstract: "prints the version", operands: [], options: [],
    run: { session in try session.streams.output.writeLine("hourglass \(Program.version)") })
}

extension Help {
  static let sources = """
    SOURCE names the data. The kind is told by the name and the first bytes.

      data.csv, data.tsv           a table, its header found by looking; also .gz
      data.npy, data.npz           an array whose first axis is the samples; data.npz:NAME is one of several
      train-images-idx3-ubyte      images as MNIST has them; also .gz
      a folder of .png and .jpg    images, brought to one size by --size; folders in it are classes
      a folder of .wav and .flac   sounds, cut into windows by --window
      series.ts                    time series as the UCR and UEA archives have them, with times or
                                   without; shorter ones are filled up with missing values,
                                   --window cuts all
      data.csv --window 64         a table whose rows are steps in time, times perhaps in its first column:
                                   2014-04-01 00:05:00 or numbers; --sort puts its rows in their order
      data.npy --window 64         one series of an array [steps, channels], or many of
                                   [n, channels, steps]; --model conv1d takes such for whole series
      builtin:digits               28x28 digits that the program draws; builtin:digits:5000 sets how many

    In a table an empty cell, NA, N/A, NaN, nan, null, ? and - are missing values, in an array NaN;
    --gaps allows them. Rows, steps and windows are counted from 0, in messages and files, as arrays are;
    lines of a file and columns by number from 1. --label takes a column of classes out of the data,
    --weight one of weights.
    Data may be larger than memory.

    """
}
