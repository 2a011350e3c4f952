let program = Program(streams: .standard, terminal: .current)
System.exit(program.run(Array(CommandLine.arguments.dropFirst())))
