using System.Globalization;

namespace VectorMigration.Qdrant;

/// <summary>The version of a server as far as it decides what may be sent: older servers drop unknown fields in silence (reference/qdrant.md §1.4).</summary>
internal readonly record struct ServerVersion(int Major, int Minor, int Patch)
{
    /// <summary><c>Vector.dense</c> is understood from here on; before, only <c>Vector.data</c>.</summary>
    public static readonly ServerVersion TakesDense = new(1, 12, 2);

    /// <summary>Upsert's <c>timeout</c> has its meaning from here on.</summary>
    public static readonly ServerVersion TakesUpsertTimeout = new(1, 17, 0);

    /// <summary>Upsert's <c>update_mode</c> is understood from here on; before, every upsert replaces.</summary>
    public static readonly ServerVersion TakesUpdateMode = new(1, 17, 0);

    /// <summary>Reads "1.16.3" or "1.17.0-dev"; null for anything else.</summary>
    public static ServerVersion? TryParse(string text)
    {
        string[] parts = text.Split('-', '+')[0].Split('.');
        return parts.Length >= 2 && TryNumber(parts[0], out int major) && TryNumber(parts[1], out int minor)
            ? new ServerVersion(major, minor, parts.Length > 2 && TryNumber(parts[2], out int patch) ? patch : 0)
            : null;
    }

    /// <summary>Whether this version is <paramref name="other"/> or a later one.</summary>
    public bool IsAtLeast(ServerVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch)) >= 0;

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
