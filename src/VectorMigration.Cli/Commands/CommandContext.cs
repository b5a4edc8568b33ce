using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary>What every command works with.</summary>
/// <param name="Screen">Where it writes.</param>
/// <param name="EnvironmentKey">The key that was in the environment, or null.</param>
/// <param name="Command">The command line for the summary of a run, without secrets.</param>
internal sealed record CommandContext(Screen Screen, string? EnvironmentKey, string Command);
