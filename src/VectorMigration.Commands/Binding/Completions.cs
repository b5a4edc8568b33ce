using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What the completers share.</summary>
internal static class Completions
{
    /// <summary>The words that begin with what was typed. Where there are none the typed word stays: PowerShell would offer files otherwise.</summary>
    public static IReadOnlyList<CompletionResult> OrNothing(IEnumerable<string> words, string? typed)
    {
        string start = (typed ?? string.Empty).Trim('\'', '"');
        CompletionResult[] found = [.. words.Where(word => word.StartsWith(start, StringComparison.OrdinalIgnoreCase)).Where(static word => word.Length > 0)
            .Select(static word => new CompletionResult(Quoted(word), word, CompletionResultType.ParameterValue, word))];
        string kept = string.IsNullOrEmpty(typed) ? " " : typed;
        return found.Length > 0 ? found : [new CompletionResult(kept, kept, CompletionResultType.ParameterValue, "no value is known")];
    }

    /// <summary>The full path of what was typed, seen from the session's own folder.</summary>
    public static string FullPath(string path)
    {
        using PowerShell session = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return session.AddCommand("Microsoft.PowerShell.Management\\Convert-Path").AddParameter("Path", path)
            .AddParameter("ErrorAction", "Ignore").Invoke<string>()
            .FirstOrDefault() ?? Path.GetFullPath(path);
    }

    private static string Quoted(string word) => word.All(static sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '.' or '-' or ':' or '/') ? word
        : $"'{word.Replace("'", "''", StringComparison.Ordinal)}'";
}
