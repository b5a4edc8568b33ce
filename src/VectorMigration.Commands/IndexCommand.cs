using System.Management.Automation;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Commands;

/// <summary>A cmdlet that holds an index against a collection, or moves one into the other: which file, which part of it, with which payloads.</summary>
public abstract class IndexCommand : CollectionCommand
{
    /// <summary>The index.</summary>
    private protected IndexParameters Index { get; } = new();

    /// <summary>Its inverted lists.</summary>
    private protected ListParameters Lists { get; } = new();

    /// <summary>Vectors that the index holds only codes of.</summary>
    private protected DecodingParameters Decoding { get; } = new();

    /// <summary>Its store.</summary>
    private protected StoreParameters Store { get; } = new();

    /// <summary>Its payloads.</summary>
    private protected PayloadParameters Payload { get; } = new();

    /// <summary>What becomes of their fields.</summary>
    private protected MappingParameters Mapping { get; } = new();

    /// <summary>Which ids become point ids.</summary>
    private protected IdOriginParameters Origin { get; } = new();

    private IReadOnlyList<string> notes = [];
    private long row;

    /// <summary>The path as it was given.</summary>
    private protected string GivenPath => ParameterSetName == ParameterSets.LiteralPath ? Index.LiteralPath : Index.Path;

    /// <inheritdoc/>
    protected sealed override void OnRecord()
    {
        Mapping.Renew();
        row++;
        try
        {
            RequireUsable();
            OnOne();
        }
        catch (MigrationException error) when (MyInvocation.ExpectingInput && error.Kind is not (ErrorKind.Connection or ErrorKind.Authentication))
        {
            // One index of several cannot be worked on; the next one may. A lost server is lost for all of them.
            EndProgress();
            OnRefusedRow(error);
            WriteRowError(CommandErrors.Record(error));
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (MyInvocation.ExpectingInput && row == 0)
        {
            WriteWarning("0 indexes were received through the pipeline. Nothing was done, and the server was not contacted.");
        }
    }

    /// <summary>Writes an error of one index. If the indexes come through the pipeline, it says which one.</summary>
    private protected void WriteRowError(ErrorRecord record) =>
        WriteError(MyInvocation.ExpectingInput ? CommandErrors.InRow(record, row, GivenPath, Target.Collection) : record);

    /// <summary>One of several indexes could not be begun.</summary>
    private protected virtual void OnRefusedRow(MigrationException error)
    {
    }

    private void OnOne()
    {
        bool literal = ParameterSetName == ParameterSets.LiteralPath;
        string path = IndexPaths.ResolveOne(this, GivenPath, literal);
        using FoundStore found = Parts.Find(path, Store.Choice(this, Payload));
        using IVectorSource source = Decoding.Apply(this, OpenIndex(found.IndexPath, Lists.Full(this)));
        QdrantConnection connection = FindConnection();
        notes = found.Notes;
        MigrationOptions options = WithJournal(IndexOptions(connection), source.Description);
        bool staysBehind = Store.StorePath is null && options is { Restart: false, Recreate: false, JournalPath: string journal }
            && DefaultJournal.BeganWithoutPayload(journal);
        IndexDescription index = source.Description;
        PayloadRules rules = options.PayloadRules with { IsFound = Payload.PayloadPath is null && !found.StoreIsNamed };
        IPayloadSource Open(string file) => Parts.OpenPayload(file, rules, options.SpillFolder, index, WriteWarning);
        using IPayloadSource? payload = Payload.PayloadPath is string named
            ? OpenPayload(named, () => Open(IndexPaths.ResolveOne(this, named, literal: false)))
            : found.StorePath is string store && !staysBehind ? OpenPayload(store, () => Open(store)) : null;
        OnIndex(source, payload, connection);
    }

    /// <summary>Does the work for one index.</summary>
    private protected abstract void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection);

    /// <summary>Opens the index.</summary>
    private protected virtual IVectorSource OpenIndex(string path, string? listPath) => Parts.OpenIndex(path, listPath);

    /// <summary>Opens the payloads that a path stands for.</summary>
    private protected virtual IPayloadSource OpenPayload(string path, Func<IPayloadSource> open) => open();

    /// <summary>The options with the journal of a run over an index; as they are where there is none.</summary>
    private protected virtual MigrationOptions WithJournal(MigrationOptions asked, IndexDescription index) => asked;

    /// <summary>What the parameters of this class and its bases ask for.</summary>
    private protected virtual MigrationOptions IndexOptions(QdrantConnection connection) => Mapping.Apply(Part.Apply(new MigrationOptions
    {
        Collection = Collection,
        VectorName = Named.VectorName,
        Distance = Decoding.Suited(Target.Distance, MyInvocation.ExpectingInput),
        Offset = Index.Skip ?? 0,
        Limit = Index.First,
        IdFrom = Origin.IdFrom,
        IdMapping = Ids.IdMapping,
        IdField = KeptId.IdField,
        PayloadKey = Payload.PayloadKey,
        PayloadByRow = Payload.PayloadByRow,
        DropPayloadKey = Payload.DropPayloadKey,
        OnMissingPayload = Payload.OnMissingPayload,
        LargeInteger = PayloadNumbers.LargeInteger,
        AllowDuplicateIds = Target.AllowDuplicateId,
        SkipInvalid = Index.SkipInvalid,
        AllowDecoded = Decoding.AllowDecoded,
        SourceNotes = notes,
        Upload = new UploadOptions { Timeout = Timeout(connection) },
    }));
}
