namespace VectorMigration.SideFiles;

/// <summary>Payloads for which the framework's integrations for Qdrant have layouts.</summary>
public interface IPayloadLayouts : IPayloadSource
{
    /// <summary>True where they have one.</summary>
    bool HasLayouts { get; }
}

/// <summary>Whether payloads have the layout that is asked for.</summary>
public static class PayloadLayouts
{
    /// <summary>The source, where it has layouts or none is asked for; otherwise it is disposed of.</summary>
    /// <exception cref="MigrationException">No integration has a layout for these payloads.</exception>
    public static IPayloadSource Require(IPayloadSource source, PayloadLayout layout)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (layout == PayloadLayout.Default || source is IPayloadLayouts { HasLayouts: true })
        {
            return source;
        }

        source.Dispose();
        throw PayloadErrors.NoLayouts(source.Path, layout);
    }
}
