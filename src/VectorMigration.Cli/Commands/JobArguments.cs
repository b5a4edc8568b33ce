using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>Several indexes as one job; one path that stands for one index is none.</summary>
internal sealed class JobArguments
{
    private readonly Option<string?> manifest = new("--manifest")
    {
        Description = "file that lists the parts of an index: CSV with a header, or a JSON array, with path, idOffset, "
            + "idNamespace, store, payload and vectorName",
        HelpName = "F",
    };

    private readonly Option<BadPart?> onBadPart = Choices.Of(
        "--on-bad-part", "with several files: handling of a file that cannot be read (default fail; skip ends with exit code 4)", "P",
        ("fail", BadPart.Fail), ("skip", BadPart.Skip));

    private IReadOnlyList<JobPart>? parts;
    private bool isKnown;

    /// <summary>Adds the options to a command, which then may go without a path.</summary>
    /// <param name="command">The command.</param>
    /// <param name="source">Its paths.</param>
    /// <param name="plan">The option that names a plan, which contains the paths; null for none.</param>
    /// <param name="skips">A part that cannot be read can be skipped.</param>
    public void AddTo(Command command, SourceArguments source, Option? plan = null, bool skips = true)
    {
        command.Add(manifest);
        if (skips)
        {
            command.Add(onBadPart);
        }

        command.Validators.Add(result =>
        {
            bool hasManifest = result.GetResult(manifest) is not null;
            if (source.MistypedOption(result) is string mistyped)
            {
                result.AddError($"There is no option '{mistyped.Split('=', ':')[0]}'.");
            }
            else if (plan is not null && result.GetResult(plan) is not null)
            {
                // The plan names the files; whoever takes it refuses the rest.
            }
            else if (!hasManifest && !source.HasPath(result))
            {
                result.AddError("The argument <PATH> is missing.");
            }
            else if (hasManifest && source.HasPath(result))
            {
                result.AddError("--manifest names all files. Omit <PATH>.");
            }
        });
    }

    /// <summary>What happens to a part that cannot be read.</summary>
    public BadPart OnBadPart(ParseResult parsed) => parsed.GetValue(onBadPart) ?? BadPart.Fail;

    /// <summary>The manifest that was named; null for none.</summary>
    public string? Manifest(ParseResult parsed) => parsed.GetValue(manifest) is { Length: > 0 } file ? FileNames.Full(file) : null;

    /// <summary>The parts; null where one path stands for one index.</summary>
    /// <exception cref="MigrationException">The manifest cannot be used, or a pattern matches nothing.</exception>
    public IReadOnlyList<JobPart>? Of(ParseResult parsed, SourceArguments source)
    {
        if (!isKnown)
        {
            parts = Manifest(parsed) is string file ? PartManifest.Read(file)
                : PartPaths.Several(source.Paths(parsed)) is { } paths ? [.. paths.Select(static path => new JobPart(path))]
                : null;
            isKnown = true;
        }

        return parts;
    }
}
