using System.Globalization;
using System.Text;

namespace VectorMigration.Qdrant;

/// <summary>The table of answers for people.</summary>
internal static partial class QdrantAnswers
{
    /// <summary>The table as Markdown, in the order in which its rows are tried.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder("| answer | for an upsert | error id | what the operator sees |\n|---|---|---|---|\n");
        foreach (AnswerRow row in Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Answer(row)} | {Outcome(row)} | {row.ErrorId} | {row.NextStep} |\n");
        }

        return text.ToString();
    }

    private static string Answer(AnswerRow row)
    {
        var parts = new List<string>();
        if (row.Fault is TransportFault fault)
        {
            parts.Add($"no answer: {fault}");
        }

        if (row.Code is GrpcCode code)
        {
            parts.Add($"gRPC {code} ({(int)code})");
        }

        if (row.HttpStatus != 0)
        {
            parts.Add($"HTTP {row.HttpStatus}");
        }

        if (row.Storage)
        {
            parts.Add("metadata `qdrant-insufficient-storage`");
        }

        if (row.Fragment is string words)
        {
            parts.Add($"contains \u201c{words}\u201d");
        }

        return parts.Count == 0 ? "any other" : string.Join(", ", parts);
    }

    private static string Outcome(AnswerRow row) => row.Outcome switch
    {
        WriteOutcome.Retry when row.Paced => "all batches wait for `retry-after`; the interval between requests is tuned by the requests that succeed",
        WriteOutcome.Retry when row.RateLimited => "all batches wait for `retry-after`, then one attempt goes first; without it, as in the next row",
        WriteOutcome.Retry => "retried with exponential backoff",
        WriteOutcome.Split => "the batch is halved; a single vector fails",
        WriteOutcome.Reject => "the batch is halved until the refused vector is alone; it fails, and the others are sent",
        WriteOutcome.Stop when row.ErrorId == ErrorIds.ReadOnlyKey => "the run fails (exit code 1); the journal keeps what was acknowledged",
        WriteOutcome.Stop => "the run ends and can be resumed",
        _ => row.Outcome.ToString(),
    };
}
