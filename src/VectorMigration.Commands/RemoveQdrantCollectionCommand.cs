using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Remove-QdrantCollection: deletes collections with all their points.</summary>
[Cmdlet(VerbsCommon.Remove, "QdrantCollection", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(void))]
public sealed class RemoveQdrantCollectionCommand : ServerCommand
{
    private CollectionNamesParameters Collections { get; } = new();

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        string[] names = Possible(Collections.Name);
        if (names.Length == 0)
        {
            return;
        }

        IReadOnlyDictionary<string, string> aliases = Wait(AliasStore.ListAliasesAsync(StopToken));
        foreach (string name in names)
        {
            if (aliases.TryGetValue(name, out string? behind))
            {
                WriteError(CommandErrors.AliasGiven(name, behind, Server));
            }
            else if (Describe(name, aliases) is not { } collection)
            {
                WriteError(Missing(name));
            }
            else
            {
                Remove(collection);
            }
        }
    }

    private void Remove(QdrantCollectionInfo collection)
    {
        string what = $"Delete the collection with about {Units.Of((long)collection.PointsCount, "point", "points")}";
        if (collection.Aliases.Count > 0)
        {
            what += $" and its aliases {string.Join(", ", collection.Aliases)}";
        }

        if (!ShouldProcess(At(collection.Name), what))
        {
            return;
        }

        bool removed = Wait(Store.DeleteCollectionAsync(collection.Name, StopToken));
        SessionMemory.Current.Forget(Server.Uri, collection.Name);
        if (!removed)
        {
            WriteError(CommandErrors.CollectionMissing(collection.Name, Server));
        }
    }
}
