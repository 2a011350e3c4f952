import Hourglass

extension Command {
  static let help = Command(
    name: "help", abstract: "tells about a command, or about the data that can be read",
    operands: [
      Operand(name: "COMMAND", meaning: "a command's name, or 'sources'", isOptional: true),
      Operand(
        name: "WORD", meaning: "'all' for all options of the command, or one of its headings",
        isOptional: true),
    ],
    options: [],
    examples: ["hourglass help train", "hourglass help train all", "hourglass help sources"],
    run: { session in
      switch session.operand(0) {
      case "": try session.streams.output.write(Help.overview(Command.all))
      case "sources": try session.streams.output.write(Help.sources)
      case let name:
        let command = try Program.command(name)
        try session.streams.output.write(Help.of(command, command.extent(session.operand(1))))
      }
    })

  /// How much of the help a word asks for; no word, the common part.
  ///
  /// - Throws: ``Failure`` for a word that is neither "all" nor a heading.
  func extent(_ word: String) throws(Failure) -> Help.Extent {
    if word.isEmpty { return .common }
    if let extent = Help.Extent(word, of: self) { return extent }
    let words = ["all"] + options.sections.map(\.heading.word)
    let nearest = Nearest.word(to: word, among: words).map { "; did you mean \($0)?" } ?? ""
    throw Failure.commandLine(
      "help \(name) expects \(words.joined(separator: ", ")), found '\(word)'\(nearest)")
  }

  static let version = Command(
    name: "version", abstract: "prints the version", operands: [], options: [],
    run: { session in try session.streams.output.writeLine("hourglass \(Program.version)") })
}

extension Help {
  static let sources = """
    SOURCE names the data. The kind is told by the name and the first bytes.

      data.csv, data.tsv           a table, its header found by looking; also .gz; .txt and .dat with blanks
                                   between cells; --drop leaves columns out
      counts.mtx, rows.svm         a sparse table, as the Matrix Market and SVMlight write them, also .gz; or
                                   a folder with matrix.mtx; --samples-in columns turns genes by cells
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
      -                            any file of these on standard input, its kind told by the first bytes;
                                   text is a table, or series where a line begins with @
      builtin:digits               28x28 digits that the program draws; builtin:digits:5000 sets how many

    In a table an empty cell, NA, N/A, NaN, NULL, None, ? and - are missing values, in an array NaN;
    --gaps allows them. Decimal commas, thousands apart, signs of money, percent and units, true and false
    are read as numbers, comments and names of rows left out; a line says what was taken for what. Rows,
    steps and windows are counted from 0, in messages and files, as arrays are; lines of a file and columns
    by number from 1. --label takes a column of classes out of the data, --weight one of weights.
    Data may be larger than memory. What comes on standard input is kept in a temporary file ($TMPDIR).
    Where data are written, -o - is standard output, as CSV; -.tsv, -.npy and, of pictures, -.png say
    otherwise. Whatever else there is to say goes to standard error.

    """
}
