using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>
/// Tells a target that refuses whatever it is sent from one that refuses single vectors: the same words for all parts of a batch while nothing has ever
/// been taken, or for three batches in a row of which nothing was taken. A few bad vectors in a row are neither.
/// </summary>
internal sealed class RefusedAlike
{
    /// <summary>Parts of one batch that are refused apart from each other; two bad vectors make two.</summary>
    private const int MostParts = 4;
    private const int MostBatches = 3;

    /// <summary>By batch number since something was taken: refused parts none of whose own parts was refused yet.</summary>
    private readonly Dictionary<long, HashSet<UploadWork>> parts = [];
    private readonly HashSet<long> whole = [];
    private string? words;
    private bool everTaken;
    private long first = long.MaxValue;

    /// <summary>
    /// The first ordinal that was refused since something was taken: what a run that ends for it has to begin with again; null where there is none.
    /// </summary>
    public long? First => first == long.MaxValue ? null : first;

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

        if (!parts.TryGetValue(work.Number, out HashSet<UploadWork>? refused))
        {
            parts.Add(work.Number, refused = []);
        }

        first = Math.Min(first, work.Batch.FirstOrdinal);
        if (work.PartOf is UploadWork larger)
        {
            refused.Remove(larger);
        }

        refused.Add(work);
        if (refused.Count > 1 || (work.PartOf is null && work.Batch.Count == 1))
        {
            whole.Add(work.Number);
        }

        return (!everTaken && refused.Count >= MostParts) || whole.Count >= MostBatches;
    }

    private void Forget()
    {
        if (words is not null)
        {
            parts.Clear();
            whole.Clear();
            words = null;
            first = long.MaxValue;
        }
    }
}
