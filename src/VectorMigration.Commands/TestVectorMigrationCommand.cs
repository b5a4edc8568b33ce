using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Test-VectorMigration: is everything there, bit for bit.</summary>
[Cmdlet(VerbsDiagnostic.Test, "VectorMigration", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool), typeof(VerificationResult))]
public sealed class TestVectorMigrationCommand : IndexUploadCommand
{
    /// <summary>Emit the differences instead of true or false.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    internal override string Activity => $"Verifying {Collection}";

    /// <inheritdoc/>
    private protected override void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection)
    {
        Migration migration = new(source, payload, Parts.OpenStore(connection), Parts.NewRetryPolicy(), IndexOptions(connection), Observer);
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
}
