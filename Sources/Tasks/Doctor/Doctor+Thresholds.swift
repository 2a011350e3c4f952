extension Doctor {
  /// From where on a number is a finding. Where no source is named, the number is a choice of ours: well
  /// above what sound models show and well below what spoilt ones do (the tests hold both against it).
  public enum Threshold {
    /// Share of a layer's units that do nothing. Sound models lose some by chance: on images with a black
    /// border, relu and Adam at its usual rate, a seventh to a fifth of the first layer.
    public static let idleUnits = 0.25
    /// Share of the code's values that do not vary.
    public static let constantCode = 0.1
    /// Share of the samples for which a unit must sit at an end of its range to count as saturated: "nearly
    /// all". A unit that moves for one sample in twenty may be of use.
    public static let saturatedSamples = 0.98
    /// Slope of sigmoid or tanh, relative to its steepest, under which a unit hardly learns: tanh beyond
    /// ±0.98, sigmoid outside 0.0101 … 0.9899. Glorot and Bengio 2010 show how layers stop learning there.
    public static let saturatedSlope: Float = 0.04
    /// Variance of a value of the code, relative to the largest, under which it is constant. Burda et al.
    /// 2016 count a unit as active from a variance of 0.01 on, where the prior's is 1.
    public static let codeVariance = 0.01
    /// Perplexity of a discrete code under which it tells samples hardly apart.
    public static let lonelyEntry = 1.1
    /// Variance of reconstructions, relative to that of the samples, under which they are constant.
    public static let outputVariance = 1e-4
    /// Samples below which units are not judged: a unit that is active for one sample in 30 is missed among
    /// 100 in 3 % of cases, among 20 in half of them.
    public static let fewestSamples = 100
    /// Share of the samples' values that the output cannot give. Scaling fitted to a training part leaves a
    /// few values of other parts outside.
    public static let unreachableValues = 0.01
    /// How far outside a value must lie to count, on the model's own scale.
    public static let unreachableDistance: Float = 0.01
    /// How much the last fifth of the epochs brought the loss down. This and the two rises below are relative
    /// to the loss, or to that of principal components where that is larger.
    public static let lateFall = 0.05
    /// Rise of the validation loss above its lowest, while the training loss goes on falling.
    public static let validationRise = 0.1
    /// Validation loss relative to the training loss, in the epoch that was kept.
    public static let validationGap = 2.0
    /// Slope of the training loss over the last fifth of the epochs, relative to the slope over all of them.
    /// A loss that falls like a power of the epochs, as learning curves do (Hestness et al. 2017), has less
    /// than 1 / log(epochs): 0.43 after ten.
    public static let steadiness = 0.5
    /// What is left of the loss of the first epoch, and of the samples' variance, for a rate to be called too
    /// low.
    public static let farFromDone = 0.5
    /// Mean rise of the training loss from one epoch to the next, falls counted as 0.
    public static let meanRise = 0.03
    /// Mean height of the validation loss above both epochs beside it, 0 where it is not above both. Sound
    /// trainings on published tables, images and series have 0.005 at most; Adam at 30 to 100 times its usual
    /// rate 0.02 to 0.05.
    public static let peaks = 0.015
    /// The part of all that was learned, or of the loss where that is more, that one epoch lost again.
    public static let setback = 0.25
    /// Epochs under which the curve is not judged.
    public static let fewestEpochs = 3
    /// Epochs under which the rate is not called too low.
    public static let fewestSteadyEpochs = 10
    /// Share of the validation samples that stand among the training samples too. Barz and Denzler 2020 found
    /// 3.3 % of near duplicates in CIFAR-10 worth a new test set; exact ones should be rarer.
    public static let duplicates = 0.01
  }
}
