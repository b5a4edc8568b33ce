using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Set-QdrantAlias: points an alias to a collection in one step, the cut-over of a migration.</summary>
[Cmdlet(VerbsCommon.Set, "QdrantAlias", DefaultParameterSetName = PointSet, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(QdrantAliasChange))]
public sealed class SetQdrantAliasCommand : ServerCommand
{
    private const string PointSet = "Point";
    private const string RemoveSet = "Remove";

    /// <summary>The alias.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Alias")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AliasCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>The collection that it is to point to.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = PointSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CollectionCompleter))]
    public string Collection { get; set; } = string.Empty;

    /// <summary>Take the alias away; its collection stays.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RemoveSet)]
    public SwitchParameter Remove { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        CollectionNames.Require(Name);
        if (!Remove)
        {
            CollectionNames.Require(Collection);
        }

        IReadOnlyDictionary<string, string> aliases = Wait(AliasStore.ListAliasesAsync(StopToken));
        string? before = aliases.TryGetValue(Name, out string? behind) ? behind : null;
        if (Remove)
        {
            TakeAway(before);
        }
        else
        {
            Point(before, aliases);
        }
    }

    private void Point(string? before, IReadOnlyDictionary<string, string> aliases)
    {
        // An alias of an alias: the collection behind it is meant.
        string target = aliases.TryGetValue(Collection, out string? behind) ? behind : Collection;
        IReadOnlyList<string> collections = Wait(Store.ListCollectionsAsync(StopToken));
        if (!collections.Contains(target))
        {
            throw CommandErrors.CollectionMissing(Collection, Server, collections);
        }

        if (collections.Contains(Name))
        {
            throw CommandErrors.NameIsCollection(Name, Server);
        }

        if (ShouldProcess($"Alias {At(Name)}", $"Point to '{target}' ({Now(before)})"))
        {
            Wait(AliasStore.SetAliasAsync(Name, target, StopToken));
            WriteObject(new QdrantAliasChange(Name, target, before, Server) { ImpliesServer = ImpliesServer() });
        }
    }

    private void TakeAway(string? before)
    {
        if (before is null)
        {
            throw CommandErrors.AliasMissing(Name, Server);
        }

        if (ShouldProcess($"Alias {At(Name)}", $"Remove ({Now(before)})"))
        {
            Wait(AliasStore.DeleteAliasAsync(Name, StopToken));
            WriteObject(new QdrantAliasChange(Name, null, before, Server) { ImpliesServer = ImpliesServer() });
        }
    }

    /// <summary>
    /// Whether the way back needs no -Uri: on the default server, and on the session's connection if that has settings which -Uri does not repeat, such as a
    /// key or a certificate. An unnamed server elsewhere could be another one by the time the command is run.
    /// </summary>
    private bool ImpliesServer()
    {
        QdrantConnection? session = SessionMemory.Current.Connection;
        if (ReferenceEquals(Server, session))
        {
            return Server.HasApiKey || Server.Options with { Uri = QdrantEndpoint.Default } != new QdrantConnectionOptions { Uri = QdrantEndpoint.Default };
        }

        return session is null && Server.Uri == QdrantEndpoint.Default && EnvironmentEndpoints() is null;
    }

    private static string Now(string? before) => before is null ? "new" : $"now '{before}'";
}
