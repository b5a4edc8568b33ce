using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>A random sample instead of everything. Shared by migrate and verify.</summary>
internal sealed class SampleArguments
{
    private readonly Option<int?> sample = Numbers.WholeOrNone("--sample",
        "verify only this many vectors, picked at random, and estimate the result for all", 1, SampleChoice.Most);
    private readonly Option<int?> seed = Numbers.WholeOrNone("--seed", "seed of the random sample (default: a new one, shown in the result)", 0,
        int.MaxValue);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(sample);
        command.Add(seed);
    }

    /// <summary>The options with a sample, where one is asked for.</summary>
    public MigrationOptions Apply(ParseResult parsed, MigrationOptions options) => options with
    {
        Verification = parsed.GetValue(sample) is null ? options.Verification : VerificationMode.Sample,
        SampleSize = parsed.GetValue(sample) ?? options.SampleSize,
        Seed = parsed.GetValue(seed),
    };
}
