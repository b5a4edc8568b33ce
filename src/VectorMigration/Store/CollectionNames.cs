using System.Text;
using VectorMigration.Errors;

namespace VectorMigration.Store;

/// <summary>
/// What can be the name of a collection or of an alias. Asked before the server is: some of them answer <c>.</c> and <c>..</c> by clearing the folder that
/// all collections lie in (Qdrant before the fix of GHSA-jwrp-6pff-wg9c, 1.16.3 among them).
/// </summary>
public static class CollectionNames
{
    /// <summary>Most characters of a name.</summary>
    public const int MostCharacters = 255;

    private const string Forbidden = "<>:\"/\\|?*";

    /// <summary>Why a text cannot be a name; null where it can.</summary>
    public static string? Problem(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "it is empty";
        }

        if (name is "." or "..")
        {
            return "it is the name of a folder, which a server may clear";
        }

        int length = name.EnumerateRunes().Count();
        if (length > MostCharacters)
        {
            return $"it has {length} characters";
        }

        foreach (char sign in name)
        {
            if (char.IsControl(sign))
            {
                return $"it contains the control character U+{(int)sign:X4}";
            }

            if (Forbidden.Contains(sign, StringComparison.Ordinal))
            {
                return $"it contains {sign}";
            }
        }

        return null;
    }

    /// <summary>Refuses a text that cannot be a name.</summary>
    /// <exception cref="MigrationException">It cannot.</exception>
    public static void Require(string? name)
    {
        if (Problem(name) is string problem)
        {
            throw Refused(name ?? string.Empty, problem);
        }
    }

    /// <summary>The refusal of a name; null where it can be one.</summary>
    public static MigrationException? Refusal(string? name) => Problem(name) is string problem ? Refused(name ?? string.Empty, problem) : null;

    private static MigrationException Refused(string name, string problem) => new(
        ErrorIds.InvalidCollectionName,
        ErrorKind.InvalidArgument,
        $"'{Shown(name)}' cannot be the name of a collection or an alias: {problem}. The server was not contacted.",
        $"Use 1 to {MostCharacters} characters without < > : \" / \\ | ? * or control characters, and neither . nor .. alone.",
        Shown(name));

    /// <summary>A name as it can be printed: short, and without what a terminal would obey.</summary>
    private static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (Rune sign in name.EnumerateRunes().Take(60))
        {
            shown.Append(Rune.IsControl(sign) ? "\uFFFD" : sign.ToString());
        }

        return name.EnumerateRunes().Count() > 60 ? shown.Append('…').ToString() : shown.ToString();
    }
}
