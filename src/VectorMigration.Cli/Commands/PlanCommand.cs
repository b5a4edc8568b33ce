using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>plan PATH...</c>: a job in slices, for several workers.</summary>
internal sealed class PlanCommand
{
    private readonly CommandContext context;
    private readonly SourceArguments source = new();
    private readonly JobArguments job = new();
    private readonly PartArguments part = new();
    private readonly Option<int> slices = Numbers.Whole("--slices", "number of slices", 1, SliceNumber.Most, 1);
    private readonly Option<string> output = new("--out") { Description = "file to write the plan to", HelpName = "F", Required = true };
    private readonly Option<bool> force = new("--force") { Description = "replace the file of --out; not while workers use it" };
    private readonly Option<string?> from = new("--from")
    {
        Description = "plan whose remaining vectors are divided again: those that the journals of its slices do not record as acknowledged",
        HelpName = "F",
    };
    private readonly Option<string[]> logDirectory = JoinCommand.LogFolders(
        "with --from: log folder of the slices; repeat the option for more");

    private PlanCommand(CommandContext context) => this.context = context;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        PlanCommand plan = new(context);
        Command command = new("plan", "Divides indexes into slices, which several workers can migrate at the same time. Needs no server.");
        plan.source.TakeSeveral();
        plan.source.AddTo(command, ofWhole: true);
        plan.job.AddTo(command, plan.source, plan.from, skips: false);
        plan.part.AddTo(command);
        plan.slices.Required = true;
        plan.slices.DefaultValueFactory = null;
        foreach (Option option in (Option[])[plan.slices, plan.output, plan.force, plan.from, plan.logDirectory, Switches.Json()])
        {
            command.Add(option);
        }

        plan.source.TellFor("distance of a created collection (default: that of the index)", "do not send the texts of a store next to the index");
        plan.source.TakePlan(command, plan.from);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(plan.Run(parsed, cancellationToken)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string given = parsed.GetRequiredValue(output);
        Address.RequirePath(given);
        string path = FileNames.Full(given);
        bool replaces = parsed.GetValue(force);
        SlicePlan plan = parsed.GetValue(from) is { Length: > 0 } before
            ? Slices.Cut(FileNames.Full(before), [.. parsed.GetRequiredValue(logDirectory).Select(FileNames.Full)], parsed.GetValue(slices), path, replaces,
                context.Screen.Warn)
            : New(parsed, path, replaces, cancellationToken);
        MigrationSlicePlan made = MigrationSlicePlan.Of(plan);
        context.Screen.Show(new Sheet($"plan: {Units.Of(made.Slices, "slice", "slices")} for '{made.Collection}'")
            .Add("vectors", $"{Units.Count(made.Vectors)} of {Units.Of(made.Parts, "part", "parts")}"
                + (made.Acknowledged > 0 ? $", {Units.Count(made.Acknowledged)} already acknowledged" : string.Empty))
            .Add("slice", $"at most {Units.Of(made.LargestSlice, "vector", "vectors")}")
            .Add("plan", made.Path)
            .Add("next", $"vector-migration migrate --plan {CommonErrors.Quoted(made.Path)} --slice 1/{made.Slices}"));
        context.Screen.WriteJson(new PlanOutput(MigrationStatus.Completed, ExitCodes.Success, made), ResultJson.Context.PlanOutput);
        return ExitCodes.Success;
    }

    private SlicePlan New(ParseResult parsed, string path, bool replaces, CancellationToken cancellationToken)
    {
        IReadOnlyList<JobPart>? several = job.Of(parsed, source);
        source.RefuseForSeveral(parsed, isOne: several is null);
        MigrationOptions options = part.Apply(parsed, source.Options(parsed, several: true));
        return Slices.New(
            several ?? [source.OnePart(parsed)], options, source.PlanOptions(parsed, options), parsed.GetValue(slices), path, replaces, context.Screen.Warn,
            cancellationToken);
    }
}
