using System.Globalization;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Arrow;

/// <summary>
/// Rows of Arrow files, one behind the other: one file, or a dataset that Hugging Face's <c>save_to_disk</c> wrote. A dataset whose rows were chosen or sorted
/// without being written anew has them in the order of its indices.
/// </summary>
internal sealed class ArrowDocuments : TableDocuments
{
    private const string IndexColumn = "indices";

    private readonly bool isDataset;
    private readonly List<(ArrowFile File, int Batch)> batches = [];
    private int[]? order;

    private ArrowDocuments(IReadOnlyList<StorePart> parts, bool isDataset, PayloadRules rules, SpillFolder spill)
        : base(parts, rules, spill) => this.isDataset = isDataset;

    /// <inheritdoc/>
    public override string Framework => isDataset ? "Hugging Face datasets" : "Arrow";

    /// <inheritdoc/>
    public override bool IsOrderedByFramework => isDataset;

    /// <inheritdoc/>
    public override string? Generation => Told(order is null ? null : "rows in the order of its indices");

    /// <inheritdoc/>
    public override int Count => order?.Length ?? base.Count;

    /// <inheritdoc/>
    protected override string Form => "Arrow file";

    /// <summary>Opens one file.</summary>
    /// <exception cref="MigrationException">It is missing, damaged, or has columns that are not read.</exception>
    public static ArrowDocuments Open(StorePart part, PayloadRules rules, SpillFolder spill, CancellationToken cancellationToken) =>
        Open([part], [], isDataset: false, rules, spill, cancellationToken);

    /// <summary>Opens the files of a dataset.</summary>
    /// <param name="data">The files of rows in their order.</param>
    /// <param name="indices">The files that say which rows there are, and in which order; none where it is all in theirs.</param>
    /// <param name="isDataset">Whether it was saved as one.</param>
    /// <param name="rules">What the payloads must be.</param>
    /// <param name="spill">Folder for what does not fit in memory.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">A file is missing, damaged, or has columns that are not read.</exception>
    public static ArrowDocuments Open(
        IReadOnlyList<StorePart> data, IReadOnlyList<StorePart> indices, bool isDataset, PayloadRules rules, SpillFolder spill,
        CancellationToken cancellationToken)
    {
        ArrowDocuments documents = new([.. data, .. indices], isDataset, rules, spill);
        try
        {
            foreach (StorePart part in data)
            {
                ArrowFile file = documents.Guard(part, () => new ArrowFile(part, cancellationToken));
                documents.batches.AddRange(Enumerable.Range(0, file.Rows.Count).Select(batch => (file, batch)));
            }

            documents.SetBlocks([.. documents.batches.Select(static batch => batch.File.Rows[batch.Batch])]);
            if (indices.Count > 0)
            {
                documents.ReadOrder(indices, cancellationToken);
            }

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
    public override void Prepare(bool scattered) => base.Prepare(scattered || order is not null);

    /// <inheritdoc/>
    protected override int PlaceOf(int document) => order is null ? document : order[document];

    /// <inheritdoc/>
    protected override TableBlock Load(int block, Func<string, bool> leavesOut) => batches[block].File.Load(batches[block].Batch, leavesOut);

    /// <inheritdoc/>
    protected override StorePart BlockPart(int block) => batches[block].File.Part;

    private void ReadOrder(IReadOnlyList<StorePart> indices, CancellationToken cancellationToken)
    {
        List<int> places = [];
        foreach (StorePart part in indices)
        {
            Guard(part, () =>
            {
                ArrowFile file = new(part, cancellationToken);
                for (int batch = 0; batch < file.Rows.Count; batch++)
                {
                    TableDamage.ThrowUnless(file.Rows[batch] is >= 0 and <= StoreLimits.MostEntries, "too many indices");
                    Add(places, file.Load(batch, static _ => false));
                }

                return true;
            });
        }

        order = [.. places];
    }

    private void Add(List<int> places, TableBlock block)
    {
        FixedColumn numbers = block.Columns is [(IndexColumn, FixedColumn column)] ? column
            : throw new TableDamage($"other columns than '{IndexColumn}' in a file of indices");
        for (int row = 0; row < block.Rows; row++)
        {
            long place = numbers.IsNull(row) ? -1 : numbers.Number(row);
            TableDamage.ThrowUnless(
                place >= 0 && place < base.Count,
                string.Create(CultureInfo.InvariantCulture, $"the index {place}, and the dataset has {Grouped.Of(base.Count)} rows"));
            StoreLimits.ThrowIfFull(Parts[0].Path, places.Count);
            places.Add((int)place);
        }
    }
}
