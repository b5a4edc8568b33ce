namespace VectorMigration.Files;

/// <summary>Tells a heartbeat file from any other: it is replaced every few seconds, and nothing else may be.</summary>
internal static class HeartbeatFile
{
    /// <summary>What a heartbeat file calls itself.</summary>
    public const string Format = "vector-migration-heartbeat/1";

    /// <summary>Why a path cannot be taken for a heartbeat; null where nothing is there, an empty file, or the heartbeat of an earlier run.</summary>
    public static Exception? Refusal(string path) => OwnFile.Refusal(path, Format, "a heartbeat");
}
