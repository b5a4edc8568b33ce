using VectorMigration.Errors;
using VectorMigration.Faiss;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Index and payload as a dry run needs them: where one of them cannot be opened, that becomes one reason among the others
/// instead of the end of the planning.
/// </summary>
public static class PlanningParts
{
    /// <summary>Opens an index; one whose vectors this version does not read is described nevertheless.</summary>
    /// <exception cref="MigrationException">The file is missing, is no index, or is damaged: there is nothing to plan with.</exception>
    /// <param name="path">The index file.</param>
    /// <param name="listPath">The file of its inverted lists, where one is named.</param>
    public static IVectorSource OpenIndex(string path, string? listPath = null)
    {
        IndexDescription index = FaissIndex.Describe(path, listPath);
        return index.IsSupported ? FaissIndex.Open(path, listPath, allowDecoded: true) : new DescribedSource(index);
    }

    /// <summary>Opens a payload file by <paramref name="open"/>; one that cannot be read fails when the planner asks it, not before.</summary>
    public static IPayloadSource OpenPayload(string path, Func<IPayloadSource> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        try
        {
            return open();
        }
        catch (MigrationException e)
        {
            return new UnreadablePayload(path, e);
        }
    }

    private sealed class DescribedSource(IndexDescription index) : IVectorSource
    {
        public IndexDescription Description => index;

        public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken) => throw FaissErrors.Unsupported(index);

        public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken) => throw FaissErrors.Unsupported(index);

        public void Dispose()
        {
        }
    }

    private sealed class UnreadablePayload(string path, MigrationException reason) : IPayloadSource
    {
        public string Path => path;

        public string Identity => throw Reason;

        public long? Count => throw Reason;

        public void Check(bool scattered, CancellationToken cancellationToken) => throw Reason;

        public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken) => throw Reason;

        public void Dispose()
        {
        }

        private MigrationException Reason => new(reason.ErrorId, reason.Kind, reason.Message, reason.RecommendedAction, reason.Target, reason);
    }
}
