using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>One slice of a plan.</summary>
internal sealed class SliceArguments
{
    private readonly Option<string?> slice = new("--slice")
    {
        Description = "with --plan: the slice to move, as i/N; i counts from 1 (Kubernetes: JOB_COMPLETION_INDEX plus 1)",
        HelpName = "I/N",
    };

    private readonly Option<string?> plan = PlanOption("plan whose slice is moved, made by plan; it contains the files, the collection and the options");
    private SlicePlan? read;

    /// <summary>The option that names the plan.</summary>
    public Option Plan => plan;

    /// <summary>The option that names a plan.</summary>
    public static Option<string?> PlanOption(string description) => new("--plan") { Description = description, HelpName = "F" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(plan);
        command.Add(slice);
        command.Validators.Add(result =>
        {
            bool hasPlan = result.GetResult(plan) is not null;
            if (hasPlan != result.GetResult(slice) is not null)
            {
                result.AddError(hasPlan ? "--plan needs --slice I/N." : "--slice needs --plan F.");
            }
        });
    }

    /// <summary>A slice was asked for.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(plan) is not null;

    /// <summary>The slice; null where none was asked for.</summary>
    /// <exception cref="MigrationException">The plan cannot be used, or has no such slice.</exception>
    public (SlicePlan Plan, SliceNumber Number)? Of(ParseResult parsed)
    {
        if (parsed.GetValue(plan) is not { } file)
        {
            return null;
        }

        SliceNumber number = SliceNumber.Parse(parsed.GetValue(slice));
        Address.RequirePath(file);
        read ??= SlicePlan.Read(FileNames.Full(file));
        _ = read.Slice(number);
        return (read, number);
    }
}
