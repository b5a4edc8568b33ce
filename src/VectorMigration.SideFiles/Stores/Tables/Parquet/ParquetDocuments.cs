using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>
/// Rows of Parquet files, one behind the other: one file, or the parts in a folder, as clip-retrieval keeps them. Parts stand in the order of their names,
/// which is that in which clip-retrieval itself reads them and in which their vectors were added.
/// </summary>
internal sealed class ParquetDocuments : TableDocuments
{
    /// <summary>What clip-retrieval calls the folder of its parts.</summary>
    public const string ClipRetrievalFolder = "metadata";

    private readonly List<(ParquetFile File, ParquetGroup Group)> groups = [];
    private readonly bool isFolder;

    private ParquetDocuments(IReadOnlyList<StorePart> parts, bool isFolder, PayloadRules rules, SpillFolder spill)
        : base(parts, rules, spill) => this.isFolder = isFolder;

    /// <inheritdoc/>
    public override string Framework => IsOrderedByFramework ? "clip-retrieval" : "Parquet";

    /// <inheritdoc/>
    public override bool IsOrderedByFramework => isFolder && Path.GetFileName(Path.GetDirectoryName(Parts[0].Path)) == ClipRetrievalFolder;

    /// <inheritdoc/>
    public override string? Generation =>
        Told(isFolder ? $"{Parts.Count} {(Parts.Count == 1 ? "part" : "parts in the order of their names")}" : null);

    /// <inheritdoc/>
    protected override string Form => "Parquet file";

    /// <summary>Opens one file, or the parts of a folder.</summary>
    /// <exception cref="MigrationException">A file is missing, damaged, or has columns that are not read.</exception>
    public static ParquetDocuments Open(
        IReadOnlyList<StorePart> parts, bool isFolder, PayloadRules rules, SpillFolder spill, CancellationToken cancellationToken)
    {
        ParquetDocuments documents = new(parts, isFolder, rules, spill);
        try
        {
            foreach (StorePart part in parts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ParquetFile file = documents.Guard(part, () => new ParquetFile(part));
                documents.groups.AddRange(file.Groups.Select(group => (file, group)));
            }

            documents.SetBlocks([.. documents.groups.Select(static group => group.Group.Rows)]);
            documents.FindVectors();
            return documents;
        }
        catch
        {
            documents.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override TableBlock Load(int block, Func<string, bool> leavesOut) =>
        new ParquetGroupReader(groups[block].File, groups[block].Group).Read(leavesOut);

    /// <inheritdoc/>
    protected override StorePart BlockPart(int block) => groups[block].File.Part;
}
