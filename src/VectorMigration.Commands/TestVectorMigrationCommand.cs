using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Test-VectorMigration: is everything there, bit for bit.</summary>
[Cmdlet(VerbsDiagnostic.Test, "VectorMigration", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool), typeof(VerificationResult))]
public sealed class TestVectorMigrationCommand : CollectionCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>Index file; a wildcard must stand for exactly one.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [PathTransformation]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Index file, taken as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>File with one JSON object a line, in the order of the index: payloads are compared too.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PayloadPath { get; set; }

    /// <summary>Most vectors to compare.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    /// <summary>Vectors to leave out at the beginning.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>Distance that the collection was created with, where it is not that of the index's metric.</summary>
    [Parameter]
    [ValidateSet("Cosine", "Dot", "Euclid", "Manhattan")]
    public Distance Distance { get; set; }

    /// <summary>Vectors with non-finite components were left out on purpose.</summary>
    [Parameter]
    public SwitchParameter SkipInvalid { get; set; }

    /// <summary>Emit the differences instead of true or false.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    internal override string Activity => $"Verifying {Collection}";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        bool literal = ParameterSetName == LiteralPathSet;
        string path = IndexPaths.ResolveOne(this, literal ? LiteralPath : Path, literal);
        using IVectorSource source = Parts.OpenIndex(path);
        using IPayloadSource? payload = PayloadPath is null ? null : Parts.OpenPayload(IndexPaths.ResolveOne(this, PayloadPath, literal: false));
        Migration migration = new(source, payload, Parts.OpenStore(FindConnection()), Parts.NewRetryPolicy(), Options(), Observer);
        try
        {
            Write(RunPumped(() => migration.VerifyAsync(StopToken)));
        }
        catch (MigrationException error) when (!Detailed && error.ErrorId is "CollectionMissing" or "CollectionDiffers")
        {
            // Both say for certain that not everything is there.
            WriteError(error);
            WriteObject(false);
        }
    }

    private void Write(VerificationResult result)
    {
        WriteVerbose($"{result.Compared} of {result.Expected} points compared ({result.Comparison}): {result.Missing} missing, {result.Different} different.");
        foreach (PointDifference difference in result.Differences.Take(10))
        {
            WriteVerbose($"Point {difference.Id} (ordinal {difference.Ordinal}): {difference.Reason}");
        }

        WriteObject(Detailed ? result : result.Passed);
    }

    private MigrationOptions Options() => new()
    {
        Collection = Collection,
        VectorName = VectorName,
        Distance = Distance == Distance.Unknown ? null : Distance,
        Offset = Skip,
        Limit = First == long.MaxValue ? null : First,
        IdMapping = IdMapping,
        AllowDuplicateIds = AllowDuplicateId,
        SkipInvalid = SkipInvalid,
    };
}
