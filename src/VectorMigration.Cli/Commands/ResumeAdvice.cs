using System.Text.RegularExpressions;

namespace VectorMigration.Cli.Commands;

/// <summary>How an interrupted run goes on, in the words of the command line.</summary>
internal static partial class ResumeAdvice
{
    /// <summary>The error with the options to go on with; as it is for a run that cannot go on, or that has nothing left to send.</summary>
    public static MigrationError Add(MigrationError error, MigrationResult result, MigrationOptions options)
    {
        if (result.Status != MigrationStatus.Interrupted
            || result.ResumeOffset is not long offset
            || (result.Plan is MigrationPlan plan && offset >= plan.Offset + plan.Count))
        {
            return error;
        }

        if (options.JournalPath is string journal)
        {
            string[] once = [.. options.Recreate ? ["--recreate"] : Array.Empty<string>(), .. options.Restart ? ["--restart"] : Array.Empty<string>()];
            string again = $"Run the same command again{(once.Length > 0 ? $", without {string.Join(" and ", once)}" : string.Empty)}. It resumes where "
                + $"this run stopped (journal: {journal}).";
            return error with { RecommendedAction = After(error, again) };
        }

        string limit = options.Limit is long asked ? $" --limit {Math.Max(1, asked - (offset - options.Offset))}" : string.Empty;
        string without = options.Recreate ? ", without --recreate" : string.Empty;
        string advice = $"All vectors before position {offset} were sent. Resume with the same command and --offset {offset}{limit}{without}.";
        return error with { RecommendedAction = After(error, advice) };
    }

    /// <summary>The next step of an error, and then how to resume, which it may say by itself in fewer words.</summary>
    private static string After(MigrationError error, string advice) => error.ErrorId == ErrorIds.Interrupted ? advice
        : $"{Again().Replace(error.RecommendedAction, string.Empty).Trim()} {advice}".Trim();

    [GeneratedRegex(@"(Then r|R)un the same command again( to resume)?\.( |$)", RegexOptions.CultureInvariant)]
    private static partial Regex Again();
}
