using VectorMigration.Errors;

namespace VectorMigration.Jobs;

/// <summary>What next to a part is worth telling.</summary>
internal static class PartNotes
{
    /// <summary>A pickle of an empty list is shorter.</summary>
    private const int LongestEmpty = 16;

    /// <summary>A text about the files of one index, for a part: its files are named in a manifest, not by options.</summary>
    public static string ForManifest(string text)
    {
        foreach ((string option, string column) in ((string, string)[])[("-PayloadPath", "payload"), ("-StorePath", "store")])
        {
            foreach (string named in (string[])[option, OptionNames.ForCommandLine(option)])
            {
                text = Replace(text, $"with {named}", $"in the column {column} of a manifest");
                text = Replace(text, $"use {named}", $"use the column {column} of a manifest");
                text = Replace(text, $"Use {named}", $"Use the column {column} of a manifest");
            }
        }

        return text;
    }

    /// <summary>A next step for a job: each part has a journal of its own, so that none is named.</summary>
    public static string ForJob(string action)
    {
        string[] sentences = action.Split(". ");
        string[] left = [.. sentences.Where(static sentence => !sentence.Contains("-JournalPath", StringComparison.Ordinal)
            && !sentence.Contains(OptionNames.ForCommandLine("-JournalPath"), StringComparison.Ordinal))];
        if (left.Length == sentences.Length || left.Length == 0)
        {
            return action;
        }

        string text = string.Join(". ", left);
        foreach (string connective in (string[])["Otherwise ", "Or "])
        {
            if (text.StartsWith(connective, StringComparison.Ordinal))
            {
                text = char.ToUpperInvariant(text[connective.Length]) + text[(connective.Length + 1)..];
            }
        }

        return text;
    }

    /// <summary>Replaces words, but not those that a longer name begins with.</summary>
    private static string Replace(string text, string words, string others)
    {
        for (int at = 0; (at = text.IndexOf(words, at, StringComparison.Ordinal)) >= 0; at += others.Length)
        {
            int end = at + words.Length;
            if (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '-'))
            {
                at = end - others.Length;
                continue;
            }

            text = string.Concat(text.AsSpan(0, at), others, text.AsSpan(end));
        }

        return text;
    }

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
