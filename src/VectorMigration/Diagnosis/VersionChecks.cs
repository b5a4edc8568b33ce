using VectorMigration.Store;

namespace VectorMigration.Diagnosis;

/// <summary>The version of the server, what is known to be wrong with it, and whether it is whole.</summary>
internal static class VersionChecks
{
    private static readonly KnownFault[] Faults =
    [
        new(null, new Version(1, 10), "has no query interface. Recall cannot be measured.", "Use Qdrant 1.10 or later."),
        new(null, new Version(1, 16), "does not keep the metadata of collections. Two runs into one collection do not notice each other, and a recreated "
            + "collection is not noticed.", "Let one run at a time write to a collection, or use Qdrant 1.16 or later."),
        new(null, new Version(1, 17), "deletes the files of all collections if a client asks for a collection named '.' or '..' (GHSA-jwrp-6pff-wg9c). "
            + "This tool never asks for these names.", "Let only trusted clients reach the server, and upgrade Qdrant."),
        new(null, new Version(1, 17), "cannot add points without replacing others. A point that another client writes under the same id during a run is "
            + "overwritten.", "Let no other client write to the collection during the run, or use Qdrant 1.17 or later."),
        new(new Version(1, 17), new Version(1, 18, 4), "answers reads after a restart before it has applied its log. Acknowledged points look missing for a "
            + "while.", "If the server restarts, wait until its update queue is empty before you count points. Verification waits by itself."),
    ];

    /// <summary>The version, and one check for each known fault of it.</summary>
    public static IEnumerable<ConnectionCheck> Of(ServerInfo server)
    {
        yield return server.VersionWarning is string warning
            ? ConnectionCheck.Warn(CheckNames.ServerVersion, warning[..(warning.IndexOf(". ", StringComparison.Ordinal) + 1)],
                "Try the migration on a copy first, with full verification.")
            : ConnectionCheck.Pass(CheckNames.ServerVersion, $"The server is Qdrant {server.Version}.");
        if (!Version.TryParse(server.Version.Split('-', '+')[0], out Version? version))
        {
            yield return ConnectionCheck.Skip(CheckNames.KnownFault, $"'{server.Version}' is not a version number.");
            yield break;
        }

        bool any = false;
        foreach (KnownFault fault in Faults.Where(fault => fault.Concerns(version)))
        {
            any = true;
            yield return ConnectionCheck.Warn(CheckNames.KnownFault, $"Qdrant {server.Version} {fault.Words}", fault.Advice);
        }

        if (!any)
        {
            yield return ConnectionCheck.Pass(CheckNames.KnownFault, $"No fault of Qdrant {server.Version} that concerns a migration is known here.");
        }
    }

    /// <summary>Whether the server loads its collections, and whether its nodes have one version.</summary>
    public static ConnectionCheck Recovery(ServerTelemetry? told, string reason) => told?.IsInRecovery switch
    {
        true => ConnectionCheck.Fail(
            CheckNames.RecoveryMode, "The server is in recovery mode. It loads no collection and accepts no points.",
            "Remove or repair the damaged collection, then start the server without recovery mode."),
        false => ConnectionCheck.Pass(CheckNames.RecoveryMode, "The server is not in recovery mode."),
        _ => ConnectionCheck.Skip(CheckNames.RecoveryMode, reason),
    };

    /// <summary>A fault of some versions.</summary>
    /// <param name="Since">First version with it; null for all before <paramref name="Until"/>.</param>
    /// <param name="Until">First version without it.</param>
    /// <param name="Words">What such a server does.</param>
    /// <param name="Advice">What to do.</param>
    private sealed record KnownFault(Version? Since, Version Until, string Words, string Advice)
    {
        public bool Concerns(Version version) => version < Until && (Since is null || version >= Since);
    }
}
