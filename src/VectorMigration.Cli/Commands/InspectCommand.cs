using System.CommandLine;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>inspect PATH</c>: what an index is, from its headers.</summary>
internal static class InspectCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Argument<string> path = new("PATH") { Description = "the FAISS index file" };
        Command command = new("inspect", "Tells what an index is and what it would become in Qdrant; reads its headers only, however large it is.")
        {
            path,
            Switches.Json(),
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(path), context.Screen));
        return command;
    }

    private static int Run(string path, Screen screen)
    {
        IndexDescription index = FaissIndex.Describe(Path.GetFullPath(path));
        screen.Show(IndexSheet.Of(index));
        screen.WarnAll(index.Warnings);
        screen.WriteJson(index, JsonOutput.Context.IndexDescription);
        return ExitCodes.Success;
    }
}
