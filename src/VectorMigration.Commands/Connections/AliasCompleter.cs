using System.Collections;

namespace VectorMigration.Commands;

/// <summary>Completes names of aliases.</summary>
public sealed class AliasCompleter : ServerCompleter
{
    private protected override IEnumerable<string> Names(Uri endpoint, IDictionary? bound) =>
        Ask(endpoint, static (server, token) => Parts.OpenAliases(server).ListAliasesAsync(token)) is { } aliases
            ? aliases.Keys.Order(StringComparer.Ordinal) : [];
}
