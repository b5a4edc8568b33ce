namespace VectorMigration.Commands;

/// <summary>A cmdlet that sends vectors of an index, all or what is missing, and reads them back: pacing, logs and the proof.</summary>
public abstract class IndexUploadCommand : IndexCommand
{
    /// <summary>How fast is sent.</summary>
    private protected PacingParameters Pacing { get; } = new();

    /// <summary>What is told meanwhile, and how long logs stay.</summary>
    private protected LoggingParameters Logging { get; } = new();

    /// <summary>A sample as the proof.</summary>
    private protected SampleParameters Proof { get; } = new();

    /// <summary>What becomes of points of others.</summary>
    private protected ExistingParameters Existing { get; } = new();

    /// <summary>Fields of a payload beside those of others.</summary>
    private protected MergePayloadParameters MergePayload { get; } = new();

    /// <summary>Several indexes as one job.</summary>
    private protected JobParameters Job { get; } = new();

    /// <summary>Parameters that name a file of one index, and do not apply to several.</summary>
    private protected virtual string[] ForOneIndex => ["PayloadPath", "StorePath", "ListPath", "OriginalVectors"];

    /// <summary>What to do where one of them was given with several indexes.</summary>
    private protected abstract string InsteadForOneIndex { get; }

    /// <summary>Does the work for a slice of a plan; false where none was given.</summary>
    private protected virtual bool OnPlan() => false;

    /// <summary>Does the work for the parts of a job.</summary>
    private protected abstract void OnParts(IReadOnlyList<JobPart> parts);

    /// <inheritdoc/>
    private protected sealed override bool OnSeveral()
    {
        if (OnPlan())
        {
            return true;
        }

        if (MyInvocation.ExpectingInput && Job.ManifestPath is null)
        {
            return false;
        }

        IReadOnlyList<string> given = Job.ManifestPath is null ? GivenPaths() : [];
        if (Job.Of(this, given, ParameterSetName == ParameterSets.LiteralPath) is not { } parts)
        {
            return false;
        }

        RequireUsable();
        if (Array.Find(ForOneIndex, IsGiven) is string option)
        {
            throw JobErrors.NotForSeveral($"-{option}", InsteadForOneIndex);
        }

        OnParts(parts);
        return true;
    }

    /// <summary>The job over parts.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="folder">Folder of its journals and record; null where none is kept.</param>
    private protected MigrationJob NewJob(IReadOnlyList<JobPart> parts, MigrationOptions options, string? folder) =>
        new(parts, options, (part, asked) => Parts.OpenPart(part, asked, Payload.NoStore, Decoding.BinaryAs, WriteWarning), Job.OnBadPart)
        {
            Folder = folder,
        };

    /// <inheritdoc/>
    private protected override MigrationOptions IndexOptions(QdrantConnection connection) =>
        Existing.Apply(Proof.Apply(base.IndexOptions(connection) with
        {
            Upload = Pacing.Options(Timeout(connection)),
            MergePayload = MergePayload.MergePayload,
        }));
}
