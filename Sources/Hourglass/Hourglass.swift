@_exported import HourglassData
@_exported import HourglassEngine
@_exported import HourglassFormats
@_exported import HourglassInterchange
@_exported import HourglassModels
@_exported import HourglassTasks
@_exported import HourglassTensor
@_exported import HourglassTraining
