using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Composition;

/// <summary>The index of a run that is to be checked, with its store; or why there is none.</summary>
internal sealed class DiagnosisInput : IDisposable
{
    private FoundStore? found;
    private IVectorSource? source;
    private IPayloadSource? payload;
    private MigrationException? fault;

    /// <summary>Opens what is there. A fault is told by a check.</summary>
    /// <param name="path">The index, or the folder of a store; null for none.</param>
    /// <param name="logDirectory">Folder for tables that do not fit in memory.</param>
    /// <param name="warn">Told what memory a store takes.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public static DiagnosisInput Open(string? path, string logDirectory, Action<string> warn, CancellationToken cancellationToken)
    {
        DiagnosisInput input = new();
        if (path is null)
        {
            return input;
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            Address.RequirePath(path);
            FoundStore found = input.found = Parts.Find(path, new StoreChoice(null, null, false));
            IVectorSource source = input.source = Parts.PlanIndex(found.IndexPath);
            PayloadRules rules = new() { IsFound = !found.StoreIsNamed };
            string? spill = Directory.Exists(logDirectory) ? logDirectory : null;
            input.payload = found.StorePath is string store
                ? PlanningParts.OpenPayload(store, () => Parts.OpenPayload(store, rules, spill, source.Description, warn)) : null;
        }
        catch (MigrationException error)
        {
            input.fault = error;
        }

        return input;
    }

    /// <summary>The request with what was opened.</summary>
    public DiagnosisRequest Apply(DiagnosisRequest request) => request with
    {
        Source = fault is null ? source : null,
        Payload = fault is null ? payload : null,
        SourceFault = fault,
        SourceNotes = found?.Notes ?? [],
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        payload?.Dispose();
        source?.Dispose();
        found?.Dispose();
    }
}
