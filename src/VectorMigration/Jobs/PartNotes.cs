using System.Text.RegularExpressions;

namespace VectorMigration.Jobs;

/// <summary>What next to a part is worth telling.</summary>
internal static partial class PartNotes
{
    /// <summary>A pickle of an empty list is shorter.</summary>
    private const int LongestEmpty = 16;

    /// <summary>A text about the files of one index, for a part: its files are named in a manifest, not by options.</summary>
    public static string ForManifest(string text) => NamedByOption().Replace(text, static match =>
        $"{(match.Groups["verb"].Value is "with" ? "in" : match.Groups["verb"].Value)} the column "
            + $"{(match.Groups["store"].Success ? "store" : "payload")} of a manifest");

    [GeneratedRegex(@"\b(?<verb>with|use|Use) (?:-PayloadPath|--payload|(?<store>-StorePath|--store-path))(?![\w-])", RegexOptions.CultureInvariant)]
    private static partial Regex NamedByOption();

    /// <summary>The notes, in whole sentences.</summary>
    /// <param name="indexPath">Full path of the index.</param>
    public static IReadOnlyList<string> Of(string indexPath)
    {
        string? folder = Path.GetDirectoryName(indexPath);
        string buffer = Path.Combine(folder ?? string.Empty, "buffer.pkl");
        return new FileInfo(buffer) is { Exists: true, Length: > LongestEmpty } && File.Exists(Path.Combine(folder!, "cfg.json"))
            ? [$"'{buffer}' can contain vectors that distributed-faiss had not added to the index when it was saved. They are not in the index, and "
                + "are not sent."]
            : [];
    }
}
