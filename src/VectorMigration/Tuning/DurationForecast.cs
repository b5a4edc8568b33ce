namespace VectorMigration.Tuning;

/// <summary>
/// Predicts durations from rehearsals. What was sent is read off the curves; beyond, the longest curve goes on as its later half went, in which the server
/// indexes as it will. The interval is that of the logarithms (load makes a run so many times slower, not so many seconds): the spread of like runs among
/// each other, mixed with one that experience teaches, because few runs seldom show how much a machine can differ.
/// </summary>
internal sealed class DurationForecast
{
    /// <summary>Standard deviation of the logarithms that is believed in before anything is measured: a fifth up or down. It counts as so many runs.</summary>
    private const double UsualSpread = 0.2;
    private const double UsualWeight = 3;

    /// <summary>Runs of a fraction of a second differ more: a single pause of the machine is a large part of them.</summary>
    private const double ShortSpread = 0.3;
    private const double Short = 0.5;

    /// <summary>Quantile of nine in ten on both sides together, with the few degrees of freedom that there are.</summary>
    private const double Quantile = 1.8;

    /// <summary>
    /// Further to both sides than like runs differ: the real run is another process on a server that has more behind it. Of twenty held against
    /// an interval of 0.9 downwards, two were faster than its end, by three and seven hundredths.
    /// </summary>
    private const double Upwards = 1.2;
    private const double Downwards = 1.3;

    /// <summary>Means of runs that differ by less than nine in ten pairs of like means do cannot be told apart.</summary>
    private const double Significant = 1.65;

    /// <summary>Doubt for every doubling beyond what was tried.</summary>
    private const double DoubtOfDoubling = 0.05;

    /// <summary>Curves that came less far than this part of the longest are not extrapolated.</summary>
    private const double LeastPart = 0.25;

    /// <summary>Paces whose runs differ by less, or by less than chance explains, are as good as each other.</summary>
    private const double AsWell = 1.1;

    private readonly List<GrowthCurve> curves = [];
    private readonly List<double[]> like = [];

    /// <summary>The first run of the process: connections were still to be opened, and code to be compiled, as they are in the next process again.</summary>
    public GrowthCurve? FirstRun { get; set; }

    /// <summary>Seconds for reading back and comparing one vector; null where that was not measured.</summary>
    public double? VerificationSecondsPerVector { get; set; }

    /// <summary>Seconds that the server worked on one vector of the longest rehearsal of the recommended values, with as many batches at once; null
    /// where it does not tell.</summary>
    public double? ServerSecondsPerVector { get; set; }

    /// <summary>Bytes of a request for one vector, payload included; null where that was not measured.</summary>
    public double? BytesPerVector { get; set; }

    /// <summary>Most vectors of a rehearsal.</summary>
    public long MostVectors => curves.Count == 0 ? 0 : Longest.Vectors;

    /// <summary>True where the pace that is found while sending is as good as the recommended values.</summary>
    public bool AdaptiveDoesAsWell => Has(adaptive: true) && Has(adaptive: false) && Math.Log(PaceRatio) <= Discernible;

    /// <summary>True where the two paces can be told apart, whichever is faster.</summary>
    public bool AdaptiveDiffers => Has(adaptive: true) && Has(adaptive: false) && Math.Abs(Math.Log(PaceRatio)) > Discernible;

    /// <summary>How many times the recommended values' duration the adaptive pace takes.</summary>
    public double PaceRatio
    {
        get
        {
            long at = Math.Min(LongestOf(adaptive: true).Vectors, LongestOf(adaptive: false).Vectors);
            return Math.Exp(Mean(Logarithms(at, adaptive: true)) - Mean(Logarithms(at, adaptive: false)));
        }
    }

    /// <summary>The factor between the fastest and the slowest of like runs, where they differ most.</summary>
    public double Unsteadiness =>
        like.Where(static group => group.Length > 1).Select(static group => Math.Exp(group.Max() - group.Min())).DefaultIfEmpty(1).Max();

    /// <summary>Seconds that the first run of a process takes longer than later ones of its size.</summary>
    private double ColdStart => FirstRun is GrowthCurve first && Has(first.IsAdaptive)
        ? Math.Max(0, first.Seconds - Math.Exp(Mean(Logarithms(first.Vectors, first.IsAdaptive))))
        : 0;

    private GrowthCurve Longest => curves.MaxBy(static curve => curve.Vectors)!;

    /// <summary>The logarithm of a ratio of the paces that tells them apart.</summary>
    private double Discernible => Math.Max(Math.Log(AsWell), Significant * Chance);

    /// <summary>How much two means differ by chance, as a standard deviation.</summary>
    private double Chance
    {
        get
        {
            long at = Math.Min(LongestOf(adaptive: true).Vectors, LongestOf(adaptive: false).Vectors);
            double[] adaptive = Logarithms(at, adaptive: true);
            double[] recommended = Logarithms(at, adaptive: false);
            return Spread([adaptive, recommended, .. like], UsualSpread) * Math.Sqrt((1.0 / adaptive.Length) + (1.0 / recommended.Length));
        }
    }

    /// <summary>Adds a rehearsal, or a trial at the recommended setting.</summary>
    public void Add(GrowthCurve curve)
    {
        if (curve.Vectors > 0 && curve.Seconds > 0)
        {
            curves.Add(curve);
        }
    }

    /// <summary>Rates of one setting that was tried several times: what they differ by is chance.</summary>
    public void AddLike(IEnumerable<double> rates) => like.Add([.. rates.Where(static rate => rate > 0).Select(static rate => Math.Log(rate))]);

    /// <summary>Whether there is a rehearsal of this pace.</summary>
    public bool Has(bool adaptive) => curves.Any(curve => curve.IsAdaptive == adaptive);

    /// <summary>Vectors a second over the longest rehearsal of a pace.</summary>
    public double Rate(bool adaptive)
    {
        long at = LongestOf(adaptive).Vectors;
        return at / Math.Exp(Mean(Logarithms(at, adaptive)));
    }

    /// <summary>The prediction for so many vectors at a pace of which there is a rehearsal.</summary>
    public MigrationPrediction For(long vectors, bool adaptive)
    {
        double[] own = Logarithms(vectors, adaptive);
        double[] other = Has(!adaptive) ? Logarithms(vectors, !adaptive) : [];

        // If the two paces cannot be told apart, the runs of both are used for both.
        double[] counted = other.Length > 0 && Math.Abs(Math.Log(PaceRatio)) <= Discernible ? [.. own, .. other] : own;
        double middle = Math.Exp(Mean(counted)) + ColdStart;
        bool isShort = middle < Short;
        double spread = Spread(isShort || vectors < LeastPart * MostVectors ? [own, other] : [own, other, .. like], isShort ? ShortSpread : UsualSpread);
        double doubt = vectors > MostVectors ? DoubtOfDoubling * Math.Log2((double)vectors / MostVectors) : 0;
        double half = Quantile * Math.Sqrt((spread * spread * (1 + (1.0 / counted.Length))) + (doubt * doubt));
        return new MigrationPrediction
        {
            Vectors = vectors,
            Upload = TimeSpan.FromSeconds(middle),
            Low = TimeSpan.FromSeconds(middle * Math.Exp(-half * Downwards)),
            High = TimeSpan.FromSeconds(middle * Math.Exp(half * Upwards)),
            Verification = VerificationSecondsPerVector is double each ? TimeSpan.FromSeconds(each * vectors) : null,
            Extrapolated = vectors > MostVectors,
        };
    }

    /// <summary>Standard deviation within the groups, mixed with the usual one.</summary>
    internal static double Spread(IReadOnlyList<double[]> groups, double usual)
    {
        double squares = UsualWeight * usual * usual;
        double degrees = UsualWeight;
        foreach (double[] group in groups)
        {
            double mean = Mean(group);
            squares += group.Sum(value => (value - mean) * (value - mean));
            degrees += Math.Max(0, group.Length - 1);
        }

        return Math.Sqrt(squares / degrees);
    }

    private static double Mean(double[] values) => values.Length == 0 ? 0 : values.Average();

    private GrowthCurve LongestOf(bool adaptive) => curves.Where(curve => curve.IsAdaptive == adaptive).MaxBy(static curve => curve.Vectors)!;

    /// <summary>Logarithms of the seconds that runs of a pace took, or would have taken, for so many vectors.</summary>
    private double[] Logarithms(long vectors, bool adaptive)
    {
        GrowthCurve[] paced = [.. curves.Where(curve => curve.IsAdaptive == adaptive)];
        GrowthCurve[] exact = [.. paced.Where(curve => curve.IsExact && curve.Vectors == vectors)];
        if (exact.Length > 1)
        {
            return [.. exact.Select(static curve => Math.Log(curve.Seconds))];
        }

        double enough = LeastPart * Math.Min(vectors, LongestOf(adaptive).Vectors);
        return [.. paced.Where(curve => curve.Vectors >= enough).Select(curve => Math.Log(Math.Max(1e-6, SecondsAt(curve, vectors))))];
    }

    /// <summary>Beyond its own end a curve goes on in the shape of the longest, so many times slower or faster as it was.</summary>
    private double SecondsAt(GrowthCurve curve, long vectors) => vectors <= curve.Vectors
        ? curve.SecondsAt(vectors)
        : curve.Seconds * Longest.SecondsAt(vectors) / Longest.SecondsAt(curve.Vectors);
}
