using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>
/// Tells a target that refuses whatever it is sent from one that refuses single vectors: the same words for so many parts of a batch while nothing has ever
/// been taken, or for three batches in a row of which nothing was taken. A few bad vectors in a row are neither.
/// </summary>
internal sealed class RefusedAlike
{
    /// <summary>Parts of one batch that are refused apart from each other while nothing was ever taken; fewer bad vectors make fewer.</summary>
    private const int MostParts = 8;

    /// <summary>Parts that are refused apart from each other before a batch counts as refused whole: its quarters.</summary>
    private const int WholeParts = 4;
    private const int MostBatches = 3;

    /// <summary>Halvings after which a part is no larger than a quarter.</summary>
    private const int DepthOfWhole = 2;

    /// <summary>By batch number since something was taken.</summary>
    private readonly Dictionary<long, Refusals> batches = [];
    private string? words;
    private bool everTaken;
    private long first = long.MaxValue;
    private int whole;

    /// <summary>
    /// The first ordinal that was refused since something was taken: what a run that ends for it has to begin with again; null where there is none.
    /// </summary>
    public long? First => first == long.MaxValue ? null : first;

    /// <summary>A batch was refused whole, and nothing was taken since: whether the next ones are tells more than the vectors of this one.</summary>
    public bool SuspectsAll => whole > 0;

    /// <summary>Further batches are wanted to judge by.</summary>
    public bool WantsMore => SuspectsAll && batches.Count < MostBatches;

    /// <summary>Whether a part belongs to what a batch is judged by.</summary>
    public static bool Decides(UploadWork work) => work.Depth <= DepthOfWhole;

    /// <summary>Something was taken.</summary>
    public void Taken()
    {
        everTaken = true;
        Forget();
    }

    /// <summary>A batch, or a part of one, was refused as it is; true where that says that everything will be.</summary>
    public bool Refused(UploadWork work, WriteAnswer answer)
    {
        if (words != answer.Reason)
        {
            Forget();
            words = answer.Reason;
        }

        if (!batches.TryGetValue(work.Number, out Refusals? refusals))
        {
            batches.Add(work.Number, refusals = new Refusals());
        }

        first = Math.Min(first, work.Batch.FirstOrdinal);
        refusals.Add(work);
        if (!refusals.IsWhole && refusals.Parts >= Math.Min(WholeParts, refusals.Vectors))
        {
            refusals.IsWhole = true;
            whole++;
        }

        return whole >= MostBatches || (!everTaken && refusals.Parts >= Math.Min(MostParts, refusals.Vectors));
    }

    private void Forget()
    {
        if (words is not null)
        {
            batches.Clear();
            whole = 0;
            words = null;
            first = long.MaxValue;
        }
    }

    /// <summary>What was refused of one batch.</summary>
    private sealed class Refusals
    {
        /// <summary>Refused parts none of whose own parts was refused yet.</summary>
        private readonly HashSet<UploadWork> parts = [];

        public int Parts => parts.Count;

        /// <summary>Vectors of the largest part that was refused.</summary>
        public int Vectors { get; private set; }

        public bool IsWhole { get; set; }

        public void Add(UploadWork work)
        {
            Vectors = Math.Max(Vectors, work.Batch.Count);
            if (work.PartOf is UploadWork larger)
            {
                parts.Remove(larger);
            }

            parts.Add(work);
        }
    }
}
