namespace VectorMigration.Cli.Output;

/// <summary>Checks for people: one block each, its parts below one another, so that nothing is cut off.</summary>
internal static class CheckText
{
    /// <summary>Columns of the status and the name.</summary>
    private const int StatusWidth = 9;
    private const int NameWidth = 22;

    /// <summary>The lines of a check.</summary>
    /// <param name="check">The check.</param>
    /// <param name="columns">Width of the screen; null leaves finding and advice on a line each.</param>
    public static IEnumerable<(string Status, string Text)> Lines(ConnectionCheck check, int? columns)
    {
        int? width = columns - StatusWidth - NameWidth;
        string status = $"{check.Status.ToString().ToLowerInvariant(),-StatusWidth}";
        string name = $"{check.Name,-NameWidth}";
        IEnumerable<string> lines = TextLines.Of(Screen.Harmless(check.Finding), width);
        if (check.Advice.Length > 0)
        {
            lines = lines.Concat(TextLines.Of("next: " + Screen.Harmless(check.Advice), width));
        }

        foreach (string line in lines)
        {
            yield return (status, name + line);
            (status, name) = (new string(' ', StatusWidth), new string(' ', NameWidth));
        }
    }

    /// <summary>All checks in one line.</summary>
    public static string Summary(IReadOnlyList<ConnectionCheck> checks)
    {
        int Count(CheckStatus status) => checks.Count(check => check.Status == status);
        return $"{Units.Of(checks.Count, "check", "checks")}: {Count(CheckStatus.Pass)} passed, {Count(CheckStatus.Warn)} with a warning, "
            + $"{Count(CheckStatus.Fail)} failed, {Count(CheckStatus.Skipped)} skipped.";
    }

    /// <summary>How a status is meant.</summary>
    public static Tone ToneOf(CheckStatus status) => status switch
    {
        CheckStatus.Pass => Tone.Good,
        CheckStatus.Warn => Tone.Notice,
        CheckStatus.Fail => Tone.Bad,
        _ => Tone.Plain,
    };
}
