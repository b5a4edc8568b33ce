namespace VectorMigration.Commands;

/// <summary>Where the project is found.</summary>
internal static class ProjectAddress
{
    /// <summary>What Get-Help -Online opens: an absolute address, the ProjectUri of the manifest. Empty as long as the project has none.</summary>
    public const string Help = "";
}
