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
    private RowColumns? columns;
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
            if (!OnSeveral())
            {
                RequireUsable();
                RequireColumns();
                OnOne();
            }
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

    /// <summary>Works on several indexes as one job, where they were given; false where one was.</summary>
    private protected virtual bool OnSeveral() => false;

    /// <summary>The paths as they were given with the cmdlet, not through the pipeline; each object of the pipeline is an index of its own.</summary>
    private protected IReadOnlyList<string> GivenPaths() =>
        TakeSeveral(nameof(IndexParameters.Path), nameof(IndexParameters.LiteralPath)) is { } several
            ? [.. several.Cast<object?>().Select(static one => PathTransformationAttribute.PathOfFile(one)?.ToString() ?? string.Empty)]
            : [GivenPath];

    /// <summary>One of several indexes could not be begun.</summary>
    private protected virtual void OnRefusedRow(MigrationException error)
    {
    }

    /// <summary>Refuses a row with a mistyped column, and tells once of columns that are ignored.</summary>
    private void RequireColumns()
    {
        if (!MyInvocation.ExpectingInput || GivenRow is not PSObject given || !RowColumns.IsRow(given))
        {
            return;
        }

        columns ??= new RowColumns(RowParameters, IsGiven);
        if (columns.Mistyped(given) is (string column, string parameter))
        {
            throw CommandErrors.MistypedColumn(column, parameter, MyInvocation.MyCommand.Name);
        }

        if (columns.Ignored(given) is { Count: > 0 } ignored)
        {
            WriteWarning(CommandErrors.IgnoredColumns(ignored, MyInvocation.MyCommand.Name));
        }
    }

    private void OnOne()
    {
        bool literal = ParameterSetName == ParameterSets.LiteralPath;
        string path = IndexPaths.ResolveOne(this, GivenPath, literal);
        RunSource read = Files = AdoptedFiles(new RunSource(Full(Payload.PayloadPath), Full(Store.StorePath), Payload.NoStore, Lists.Full(this),
            Full(Decoding.OriginalVectors), Decoding.BinaryAs));
        using FoundStore found = Parts.Find(path, new StoreChoice(read.StorePath, read.PayloadPath, read.NoStore));
        using IVectorSource source = DecodingParameters.Apply(read, OpenIndex(found.IndexPath, read.ListPath));
        QdrantConnection connection = FindConnection();
        notes = found.Notes;
        MigrationOptions options = WithJournal(IndexOptions(connection), source.Description);
        bool staysBehind = read.StorePath is null && options is { Restart: false, Recreate: false, JournalPath: string journal }
            && DefaultJournal.BeganWithoutPayload(journal);
        if (staysBehind && read.PayloadPath is null && found.StorePath is string left)
        {
            OnStaysBehind(left, options.JournalPath!);
        }

        IndexDescription index = source.Description;
        PayloadIsFound = read.PayloadPath is null && !found.StoreIsNamed;
        PayloadRules rules = options.PayloadRules with { IsFound = PayloadIsFound };
        IPayloadSource Open(string file) => Parts.OpenPayload(file, rules, options.SpillFolder, index, WriteWarning);
        using IPayloadSource? payload = read.PayloadPath is string named ? OpenPayload(named, () => Open(named))
            : found.StorePath is string store && !staysBehind ? OpenPayload(store, () => Open(store)) : null;
        Files = read with { NoStore = payload is null };
        OnIndex(source, payload, connection);
    }

    /// <summary>The files that the index at hand is read with.</summary>
    private protected RunSource? Files { get; private set; }

    /// <summary>Whether payloads, if there are any, were found next to the index at hand, and not named.</summary>
    private protected bool PayloadIsFound { get; private set; }

    /// <summary>The files that were given, or those of a migration whose result stands for the index.</summary>
    private protected virtual RunSource AdoptedFiles(RunSource given) => given;

    /// <summary>Whether a parameter was given.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private string? Full(string? path) => path is null ? null : IndexPaths.ResolveOne(this, path, literal: false);

    /// <summary>Does the work for one index.</summary>
    private protected abstract void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection);

    /// <summary>Opens the index.</summary>
    private protected virtual IVectorSource OpenIndex(string path, string? listPath) => Parts.OpenIndex(path, listPath);

    /// <summary>Opens the payloads that a path stands for.</summary>
    private protected virtual IPayloadSource OpenPayload(string path, Func<IPayloadSource> open) => open();

    /// <summary>The texts of a store are left where they are, because the journal began without payloads.</summary>
    private protected virtual void OnStaysBehind(string store, string journal)
    {
    }

    /// <summary>The options with the journal of a run over an index; as they are where there is none.</summary>
    private protected virtual MigrationOptions WithJournal(MigrationOptions asked, IndexDescription index) => asked;

    /// <summary>What the parameters of this class and its bases ask for.</summary>
    private protected virtual MigrationOptions IndexOptions(QdrantConnection connection) =>
        (PlannedOptions ?? GivenOptions()) with { Upload = new UploadOptions { Timeout = Timeout(connection) } };

    /// <summary>The options of a plan, in the place of those that were given; null without a plan.</summary>
    private protected virtual MigrationOptions? PlannedOptions => null;

    private MigrationOptions GivenOptions() => Mapping.Apply(Part.Apply(Payload.Apply(new MigrationOptions
    {
        Collection = Collection,
        VectorName = Named.VectorName,
        Distance = Decoding.Suited(Target.Distance, MyInvocation.ExpectingInput),
        Offset = Index.Skip ?? 0,
        Limit = Index.First,
        IdFrom = Origin.IdFrom,
        IdMapping = Ids.IdMapping,
        IdField = KeptId.IdField,
        LargeInteger = PayloadNumbers.LargeInteger,
        AllowDuplicateIds = Target.AllowDuplicateId,
        SkipInvalid = Index.SkipInvalid,
        AllowDecoded = Decoding.AllowDecoded,
        SourceNotes = notes,
    })));
}
