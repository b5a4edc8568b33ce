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

    /// <inheritdoc/>
    private protected override MigrationOptions IndexOptions(QdrantConnection connection) =>
        Existing.Apply(Proof.Apply(base.IndexOptions(connection) with
        {
            Upload = Pacing.Options(Timeout(connection)),
            MergePayload = MergePayload.MergePayload,
        }));
}
