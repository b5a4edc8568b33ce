using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Get-QdrantCollection: the collections of a server.</summary>
[Cmdlet(VerbsCommon.Get, "QdrantCollection", HelpUri = ProjectAddress.Help)]
[OutputType(typeof(QdrantCollectionInfo))]
public sealed class GetQdrantCollectionCommand : ServerCommand
{
    /// <summary>Names of collections or aliases; wildcards are expanded over the collections.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Collection")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CollectionCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        // A pattern may hold what a name cannot.
        string[] impossible = [.. Name.Where(static name => !WildcardPattern.ContainsWildcardCharacters(name))];
        impossible = [.. impossible.Except(Possible(impossible))];
        string[] names = [.. Name.Except(impossible)];
        if (names.Length == 0)
        {
            return;
        }

        IReadOnlyDictionary<string, string> aliases = Wait(AliasStore.ListAliasesAsync(StopToken));
        foreach (string name in names)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteMatching(name, aliases);
            }
            else if (Describe(name, aliases) is { } collection)
            {
                SessionMemory.Current.Remember(Server.Uri, collection.Name);
                WriteObject(collection);
            }
            else
            {
                WriteError(Missing(name));
            }
        }
    }

    private void WriteMatching(string pattern, IReadOnlyDictionary<string, string> aliases)
    {
        WildcardPattern wildcard = WildcardPattern.Get(pattern, WildcardOptions.None);
        IReadOnlyList<string> names = Wait(Store.ListCollectionsAsync(StopToken));
        SessionMemory.Current.RememberAll(Server.Uri, names);
        foreach (string name in names.Where(wildcard.IsMatch).Order(StringComparer.Ordinal))
        {
            // One that has been deleted since the list was made is simply not there.
            if (Describe(name, aliases) is { } collection)
            {
                WriteObject(collection);
            }
        }
    }
}
