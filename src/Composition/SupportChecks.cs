namespace VectorMigration.Composition;

/// <summary>The checks of a server for a support package: without measuring, and without writing.</summary>
internal static class SupportChecks
{
    /// <summary>Makes them.</summary>
    /// <param name="connection">The server.</param>
    /// <param name="logDirectory">Full path of the log folder.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyList<ConnectionCheck>> MakeAsync(QdrantConnection connection, string logDirectory, CancellationToken cancellationToken)
    {
        using QdrantConnection own = connection.Open(
            static (options, key) => new QdrantConnection(options with { Timeout = DiagnosisRequest.UsualTimeout }, key));
        using IServerProbe probe = Parts.OpenProbe(own);
        DiagnosisRequest request = new()
        {
            Connection = own.Options,
            HasKey = own.HasApiKey,
            LogDirectory = logDirectory,
            Measuring = TimeSpan.Zero,
            NewRetry = static () => Parts.NewRetryPolicy(DiagnosisRequest.UsualTimeout),
        };
        List<ConnectionCheck> checks = [];
        await foreach (ConnectionCheck check in new ConnectionDiagnosis(probe, Parts.OpenStore(own), request, TimeProvider.System)
            .RunAsync(cancellationToken).ConfigureAwait(false))
        {
            checks.Add(check);
        }

        return checks;
    }
}
