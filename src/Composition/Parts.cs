using VectorMigration.Qdrant;
using VectorMigration.Reporting;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.VectorFiles;
using VectorMigration.Telemetry;

namespace VectorMigration.Composition;

/// <summary>
/// The parts that both faces put together; the only place that names their implementations. Compiled into each of them: the core must not know these
/// assemblies, and one more assembly for so little would be loaded and published for nothing.
/// </summary>
internal static class Parts
{
    /// <summary>Describes an index by its header.</summary>
    public static IndexDescription Describe(string path, string? listPath = null) => VectorFile.DescribeAny(path, listPath);

    /// <summary>What a path stands for: an index, and the store beside it.</summary>
    /// <param name="path">Path of a folder or a file.</param>
    /// <param name="choice">Which texts are to travel.</param>
    public static FoundStore Find(string path, StoreChoice choice)
    {
        FoundStore found = choice.Find(path, CancellationToken.None);
        return found with { Notes = [.. found.Notes.Select(OptionNames.Here)] };
    }

    /// <summary>The same to describe an index; what is wrong with a store that nobody named is a warning.</summary>
    public static FoundStore FindToDescribe(string path, StoreChoice choice, Action<string> warn) =>
        choice.FindToDescribe(path, note => warn(OptionNames.Here(note)), CancellationToken.None);

    /// <summary>An index with the store beside it, as it is described.</summary>
    /// <param name="index">The index.</param>
    /// <param name="found">The store.</param>
    /// <param name="warn">Is told what is wrong with a list or table that nobody named: the index is described nevertheless.</param>
    public static IndexDescription WithStore(IndexDescription index, FoundStore found, Action<string> warn)
    {
        if (found.StorePath is not string path)
        {
            return index;
        }

        try
        {
            PayloadRules rules = new() { IsFound = !found.StoreIsNamed };
            using (IPayloadSource store = OpenToDescribe(path, rules, index, warn))
            {
                StoreDescription? description = store switch
                {
                    IDescribedPayloadSource described => described.Describe(index, () => IdsOf(index)),
                    JsonLinesPayloadSource lines => lines.Describe(index, CancellationToken.None),
                    _ => null,
                };
                index = index with { Store = description };
                if (store is IDescribedPayloadSource { Doubt: string doubt })
                {
                    warn(doubt);
                }

                if (store is IRowPayloadSource rows && rows.Count == index.Count && index.IsSupported)
                {
                    WarnOfOrder(index, rows, warn);
                }
            }
        }
        catch (MigrationException error) when (!found.StoreIsNamed && !StoreFinder.IsStore(path, CancellationToken.None))
        {
            warn($"The store is not described. {error.Message} {error.RecommendedAction}");
        }

        return index;
    }

    /// <summary>Opens a payload file; what speaks against the order of its rows is a warning.</summary>
    private static IPayloadSource OpenToDescribe(string path, PayloadRules rules, IndexDescription index, Action<string> warn)
    {
        try
        {
            return OpenPayload(path, rules, null, index);
        }
        catch (MigrationException error) when (error.ErrorId == ErrorIds.PayloadOrderUnknown)
        {
            warn($"{error.Message} {error.RecommendedAction}");
            return OpenPayload(path, rules with { ByRow = true }, null, index);
        }
    }

    /// <summary>An index with what is proposed for it: a quantization like its codes, and Cosine where all vectors of a sample have length 1.</summary>
    public static IndexDescription WithProposals(IndexDescription index)
    {
        index = index with { ProposedQuantization = QuantizationMatch.Of(index, server: null)?.ToString() };
        if (index is not { Metric: FaissMetric.InnerProduct, IsSupported: true })
        {
            return index;
        }

        using IVectorSource source = VectorFile.OpenAny(index.Path, index.ListPath);
        IndexDescription sampled = NormSample.Describe(source, CancellationToken.None);
        return index with { SampledNorms = sampled.SampledNorms, ProposedDistance = sampled.ProposedDistance };
    }

    /// <summary>Tells what a migration would say of rows that are joined in the order of adding.</summary>
    private static void WarnOfOrder(IndexDescription index, IRowPayloadSource rows, Action<string> warn)
    {
        try
        {
            using IVectorSource source = VectorFile.OpenAny(index.Path, index.ListPath);
            PayloadFindings findings = new PayloadCheck(source, rows, MissingPayload.Fail, new ReasonList(collects: false), spill: null)
                .Run(0, index.Count, CancellationToken.None);
            if (findings.Doubt is string doubt)
            {
                warn(doubt);
            }
        }
        catch (MigrationException error)
        {
            warn($"{error.Message} {error.RecommendedAction}");
        }
    }

    /// <summary>Opens an index.</summary>
    public static IVectorSource OpenIndex(string path, string? listPath = null) => VectorFile.OpenAny(path, listPath);

    /// <summary>The same for a plan: an index whose vectors are not read is described nevertheless.</summary>
    public static IVectorSource PlanIndex(string path, string? listPath = null) =>
        VectorFile.Is(path) ? VectorFile.Open(path) : PlanningParts.OpenIndex(path, listPath);

    /// <summary>Opens a part of a job of several indexes, with the store next to it.</summary>
    /// <param name="part">The part.</param>
    /// <param name="asked">The options of its run.</param>
    /// <param name="noStore">Leave the texts of a store where they are.</param>
    /// <param name="binaryAs">Components of a binary index; null for float32.</param>
    /// <param name="warn">Told what memory a store takes that is loaded as a whole.</param>
    /// <exception cref="MigrationException">It cannot be read.</exception>
    public static OpenedPart OpenPart(JobPart part, MigrationOptions asked, bool noStore, BinaryComponent? binaryAs, Action<string> warn)
    {
        FoundStore? found = null;
        IVectorSource? index = null;
        try
        {
            found = Find(part.Path, new StoreChoice(part.StorePath, part.PayloadPath, noStore && part.StorePath is null));
            index = BinaryBytes.Of(OpenIndex(found.IndexPath), binaryAs ?? BinaryComponent.Float32);
            bool staysBehind = part is { StorePath: null, PayloadPath: null } && asked is { Restart: false, Recreate: false, JournalPath: string journal }
                && DefaultJournal.BeganWithoutPayload(journal);
            IPayloadSource? payload = !asked.ReadsIdsOnly && (part.PayloadPath ?? (staysBehind ? null : found.StorePath)) is string file
                ? OpenPayload(
                    file, asked.PayloadRules with { IsFound = part.PayloadPath is null && !found.StoreIsNamed }, asked.SpillFolder, index.Description, warn)
                : null;
            string[] notes = [.. found.Notes.Select(PartNotes.ForManifest), .. PartNotes.Of(found.IndexPath)];
            return new OpenedPart(index, payload, asked with { SourceNotes = notes }, found)
            {
                OtherLists = payload is null ? [.. found.OtherLists.Select(static list => (list.Path, list.Entries))] : [],
            };
        }
        catch (Exception error)
        {
            index?.Dispose();
            found?.Dispose();
            if (error is MigrationException refusal && PartNotes.ForManifest(refusal.RecommendedAction) is var advice && advice != refusal.RecommendedAction)
            {
                throw new MigrationException(refusal.ErrorId, refusal.Kind, refusal.Message, advice, refusal.Target, refusal);
            }

            throw;
        }
    }

    /// <summary>Writes one report of all runs of a job next to its record; null where there is none to write, or it cannot be written.</summary>
    /// <param name="total">The result of the job.</param>
    /// <param name="recordPath">Full path of the record; null without logs.</param>
    /// <param name="warn">Told why it cannot be written.</param>
    public static string? WriteJobReport(MigrationResult total, string? recordPath, Action<string> warn)
    {
        (string, Guid?)[] runs = [.. total.Parts?.Where(static part => part is { RunId: not null, JournalPath: not null })
            .Select(part => (total.LogDirectory!, part.RunId)) ?? []];
        if (total.LogDirectory is null || recordPath is null || runs.Length == 0)
        {
            return null;
        }

        try
        {
            return WriteReport(runs, Path.ChangeExtension(recordPath, ".html"), total.LogDirectory, CancellationToken.None).Path;
        }
        catch (MigrationException error)
        {
            warn($"There is no report of the job. {error.Message}");
            return null;
        }
    }

    /// <summary>Puts the original vectors of a file, or a folder of them, under the ids of an index.</summary>
    /// <exception cref="MigrationException">They do not belong together, or the file cannot be read; the index is closed.</exception>
    public static IVectorSource WithOriginals(IVectorSource index, string path)
    {
        IVectorSource originals;
        try
        {
            originals = OpenIndex(path);
        }
        catch
        {
            index.Dispose();
            throw;
        }

        return OriginalVectors.Of(index, originals, CancellationToken.None);
    }

    /// <summary>Opens a payload file, JSON Lines or the store of a framework; its rows are looked at by whoever plans.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="rules">What its rows must be.</param>
    /// <param name="spillFolder">Folder for tables that do not fit in memory; null for that of the system.</param>
    /// <param name="index">The index that they are for.</param>
    /// <param name="warn">Told, before a file is loaded as a whole, how much memory that takes; null where nobody is to be told.</param>
    public static IPayloadSource OpenPayload(string path, PayloadRules rules, string? spillFolder, IndexDescription index, Action<string>? warn = null)
    {
        Address.RequirePath(path);
        if (warn is not null && StoreMemory.Warning(path, CancellationToken.None) is string memory)
        {
            warn(memory);
        }

        VectorFile.ThrowIfNoPayload(path);
        rules = rules with { VectorDimension = index.Dimension };
        IPayloadSource payload = PayloadLayouts.Require(
            StorePayloads.Open(path, rules, spillFolder, index.Path, CancellationToken.None) ?? JsonLinesPayloadSource.Open(path, rules, spillFolder),
            rules.Layout);
        return PayloadOrder.Of(payload, rules, index, CancellationToken.None);
    }

    private static IEnumerable<long> IdsOf(IndexDescription index)
    {
        using IVectorSource source = VectorFile.OpenAny(index.Path, index.ListPath);
        long[] block = new long[1 << 15];
        for (long at = 0; at < source.Description.Count;)
        {
            int read = source.ReadIds(at, block, CancellationToken.None);
            for (int i = 0; i < read; i++)
            {
                yield return block[i];
            }

            at += Math.Max(1, read);
        }
    }

    /// <summary>The server of a connection, opened once.</summary>
    public static IVectorStore OpenStore(QdrantConnection connection) => connection.GetStore(QdrantStore.Open);

    /// <summary>A look at the ports of a connection's server; the caller closes it.</summary>
    public static IServerProbe OpenProbe(QdrantConnection connection) => ServerProbe.Open(connection);

    /// <summary>Asks the server how a collection is.</summary>
    public static Func<CancellationToken, Task<CollectionDescription?>> DescribeCollection(QdrantConnection connection, string collection) =>
        cancellationToken => OpenStore(connection).GetCollectionAsync(collection, cancellationToken);

    /// <summary>The aliases of a connection's server.</summary>
    public static IAliasStore OpenAliases(QdrantConnection connection) => (IAliasStore)OpenStore(connection);

    /// <summary>Draws the report of a run that has ended into a file of its folder.</summary>
    public static void DrawReport(RunReport run, string path) => ReportFile.Draw(RunList.WithStates(run), path);

    /// <summary>Sends metrics and the trace of a run to the collector that the environment names.</summary>
    public static IRunTelemetry OpenTelemetry(TelemetrySubject subject) => OpenTelemetryExport.Start(subject);

    /// <summary>Makes one report of runs that have left their logs, and says where it is.</summary>
    /// <param name="named">What names the runs, at least one: log folders, folders of runs, or files in them, and which run of a log folder; null for its
    /// last one.</param>
    /// <param name="output">Full path of the file; null for that of the run, or for a file in the current folder where there are several.</param>
    /// <param name="folder">Full path of the current folder.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static MigrationReport WriteReport(IReadOnlyList<(string Path, Guid? Run)> named, string? output, string folder, CancellationToken cancellationToken)
    {
        RunReport[] runs = [.. named.Select(one => RunList.WithStates(RunReport.Read(one.Path, one.Run, cancellationToken)))
            .DistinctBy(static run => run.RunId)];
        string file = output ?? (runs is [RunReport only] && RunFolder.LogsOf(only.LogPath) is not null
            ? Path.Combine(Path.GetDirectoryName(only.LogPath)!, RunFolder.ReportName) : Path.Combine(folder, MigrationReport.DefaultName));
        ReportFile.Write(runs, file);
        return new MigrationReport(file, [.. runs.Select(static run => run.RunId)], runs.Sum(static run => run.TornLines));
    }

    /// <summary>Backoff and circuit breaker of one run.</summary>
    /// <param name="giveUpAfter">Failures without one success for this long end the run.</param>
    public static IRetryPolicy NewRetryPolicy(TimeSpan giveUpAfter) => new PollyRetryPolicy(new RetryOptions { CircuitTime = giveUpAfter });
}
