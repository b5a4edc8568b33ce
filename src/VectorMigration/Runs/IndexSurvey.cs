using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Reads of an index and its payloads what a plan needs to know. Between two steps it looks whether the run is refused already, because ids and norms of a
/// large index take minutes; a dry run reads on, and is told every reason.
/// </summary>
/// <param name="source">The index.</param>
/// <param name="payload">Its payloads, or null.</param>
/// <param name="options">What was asked for.</param>
internal sealed class IndexSurvey(IVectorSource source, IPayloadSource? payload, MigrationOptions options)
{
    private const int NormsAtOnce = 1_024;
    private const int MostNamed = 10;

    /// <summary>Reads everything but the norms.</summary>
    /// <exception cref="MigrationException">The run is refused; the first reason. Not for a dry run.</exception>
    public IndexFindings Read(CancellationToken cancellationToken)
    {
        IndexFindings found = Judged(IndexFindings.Of(source.Description, options));
        found = Judged(ReadIds(found, cancellationToken));
        found = Judged(ReadPayload(found, cancellationToken));
        bool isOpen = options.Distance is null || options.Distance == found.Index.Distance;
        return isOpen && found.Count > 0 ? found with { Index = NormSample.Describe(source, cancellationToken) } : found;
    }

    /// <summary>Looks for the first vector that is not of unit length; reads all where there is none.</summary>
    public IndexFindings ReadNorms(IndexFindings found, CancellationToken cancellationToken)
    {
        found = found with { NormsAreKnown = true };
        try
        {
            return found with { NonUnitNorm = FindNonUnitNorm(found, cancellationToken) };
        }
        catch (MigrationException fault)
        {
            return found with { NormsFault = fault };
        }
    }

    private IndexFindings Judged(IndexFindings found)
    {
        if (!options.DryRun && IndexFit.Reasons(found, options).FirstOrDefault() is MigrationException reason)
        {
            throw reason;
        }

        return found;
    }

    private IndexFindings ReadIds(IndexFindings found, CancellationToken cancellationToken)
    {
        if (found.Index.IdSource == "sequential" || found.Count == 0)
        {
            return found with { Ids = new IdScanResult { Count = found.Count, Least = found.Offset, Greatest = found.Offset + found.Count - 1 } };
        }

        try
        {
            IdScan scan = new(source);
            IdScanResult ids = scan.Run(found.Offset, found.Count, cancellationToken);
            bool writesOver = options.Restart || options.OnChanged != ChangedSource.Refuse || options.OnExisting == ExistingPoints.Overwrite;
            return found with
            {
                Ids = ids,
                ReplacedLater = writesOver && !options.ComparesRounded ? scan.CountReplacedLater(found.Offset, found.Count, ids, cancellationToken) : 0,
            };
        }
        catch (MigrationException fault)
        {
            return found with { Ids = new IdScanResult { Count = found.Count }, IdsFault = fault };
        }
    }

    /// <summary>Holds the payloads against the whole index, whatever part of it is asked for.</summary>
    private IndexFindings ReadPayload(IndexFindings found, CancellationToken cancellationToken)
    {
        var reasons = new ReasonList(collects: options.DryRun);
        reasons.Check(() => PayloadCheck.RefuseOptions(options.PayloadRules, options.OnMissingPayload, options.OnSurplusPayload, payload));
        if (payload is not null)
        {
            // Do not read a payload that is refused as a whole.
            found = Judged(found with
            {
                PayloadPath = payload.Path,
                PayloadIsFound = payload.IsFound,
                PayloadField = (payload as IKeyedPayloadSource)?.Field,
                PayloadJoin = (payload as IRowPayloadSource)?.Join,
                PayloadForm = payload.Form,
                PayloadBytes = payload.Bytes,
                PayloadRow = payload.RowName,
            });
            PayloadFindings payloads = new PayloadCheck(source, payload, options.OnMissingPayload, reasons, options.SpillFolder)
            {
                OnSurplus = options.OnSurplusPayload,
                IdOffset = options.IdOffset,
            }.Run(found.Offset, found.Count, cancellationToken);
            found = found with { Payloads = payloads, Store = reasons.All.Count == 0 ? (payload as IDescribedPayloadSource)?.Counts : null };
            reasons.Check(() => found = found with { PayloadIdentity = payload.Identity });
        }

        if (options.IdFrom == IdOrigin.StoreId && reasons.All.Count == 0)
        {
            reasons.Check(() => found = found with { StoreIds = ReadStoreIds(found, cancellationToken) });
        }

        if (options.PayloadMapping is { KeepsNothing: true } mapping && payload is not null && found.Index.Count > 0 && reasons.All.Count == 0)
        {
            reasons.Check(() => throw MappingErrors.KeepsNothing(payload.Path, mapping.Unseen.Take(MostNamed)));
        }

        return found with { PayloadFaults = reasons.All };
    }

    /// <summary>Reads the ids of the store; what cannot be an id is refused before anything is created.</summary>
    private PointIdTable ReadStoreIds(IndexFindings range, CancellationToken cancellationToken)
    {
        IStoreIds store = payload is IStoreIds { HasIds: true } own ? own : throw StoreIdErrors.NoIds(payload?.Path);
        StoreIdFindings found = new StoreIdScan(source, store, options.IdMapping, options.IdNamespace)
            .Run(range.Offset, range.Count, range.Ids.Superseded, options.SpillFolder, cancellationToken);
        if (found.Missing > 0 && options.OnMissingPayload != MissingPayload.Skip)
        {
            throw StoreIdErrors.Missing(payload!.Path, found);
        }

        return found.Unusable > 0 ? throw StoreIdErrors.Unusable(payload!.Path, found)
            : found.Repeated > 0 ? throw StoreIdErrors.Repeated(payload!.Path, found)
            : found.Table;
    }

    private NonUnitNorm? FindNonUnitNorm(IndexFindings found, CancellationToken cancellationToken)
    {
        long end = found.Offset + found.Count;
        for (long next = found.Offset; next < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using VectorBatch batch = source.Read(next, (int)Math.Min(NormsAtOnce, end - next), cancellationToken);
            for (int row = 0; row < batch.Count; row++)
            {
                double norm = Norms.Of(batch.Vector(row));
                if (!double.IsNaN(norm) && !Norms.IsUnit(norm))
                {
                    return new NonUnitNorm(batch.Ordinal(row), batch.FaissIds.Span[row], norm);
                }
            }

            next += Math.Max(1, batch.Count);
        }

        return null;
    }
}
