using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;
using VectorMigration.SideFiles.Stores.Tables.Parquet;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>The column of a Parquet file that holds vectors: lists of real numbers, as many in every row. Two row groups are in memory.</summary>
internal sealed class ParquetRows : VectorRows
{
    private const string ParquetForm = "Parquet file";

    // Two, because readers side by side may be on both sides of a border.
    private const int MostHeld = 2;

    private readonly ParquetFile file;
    private readonly List<ParquetGroup> groups;
    private readonly long[] firsts;
    private readonly string column;
    private readonly int width;
    private readonly Lock gate = new();
    private readonly List<(int Number, ListColumn Column)> held = [];

    private ParquetRows(StorePart part)
        : base(part)
    {
        file = Guard(part, () => new ParquetFile(part));
        groups = [.. file.Groups.Where(static group => group.Rows > 0)];
        firsts = new long[groups.Count + 1];
        for (int i = 0; i < groups.Count; i++)
        {
            firsts[i + 1] = firsts[i] + groups[i].Rows;
        }

        if (groups.Count == 0)
        {
            throw VectorFileErrors.NoVectors(part.Path, "it has no rows");
        }

        (string Name, ListColumn List)[] found =
        [
            .. Guard(part, () => new ParquetGroupReader(file, groups[0]).Read(name => !MayBeVectors(name))).Columns
                .Where(static entry => entry.Column is ListColumn { VectorDimension: not null }).Select(static entry => (entry.Name, (ListColumn)entry.Column)),
        ];
        if (found is not [(string only, ListColumn vectors)])
        {
            throw found.Length == 0 ? VectorFileErrors.NoVectors(part.Path, "no column has a list of as many real numbers in every row")
                : VectorFileErrors.SeveralArrays(part.Path, "columns", [.. found.Select(static entry => entry.Name)]);
        }

        column = only;
        width = vectors.RealWidth;
        Dimension = vectors.VectorDimension!.Value;
        held.Add((0, vectors));
    }

    /// <inheritdoc/>
    public override string Form => $"Parquet column '{Pickles.PickleErrors.Clean(column)}', float{width * 8}";

    /// <inheritdoc/>
    public override long Count => firsts[^1];

    /// <inheritdoc/>
    public override int Dimension { get; }

    /// <inheritdoc/>
    public override bool IsRounded => width == sizeof(double);

    /// <summary>Whether a file may hold vectors, by its schema alone.</summary>
    public static bool MayHoldVectors(StorePart part)
    {
        try
        {
            return new ParquetFile(part).Root.Children.Any(static node => IsListOfReals(node));
        }
        catch (Exception error) when (error is TableDamage or TableNotRead or MigrationException)
        {
            return false;
        }
    }

    /// <summary>Opens a file, which belongs to it from here on.</summary>
    /// <exception cref="MigrationException">It is damaged, or has no such column, or several.</exception>
    public static ParquetRows Open(StorePart part)
    {
        try
        {
            return new ParquetRows(part);
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Read(long row, Span<float> components, CancellationToken cancellationToken)
    {
        while (!components.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int number = Array.BinarySearch(firsts, row);
            number = number < 0 ? ~number - 1 : number;
            ListColumn list = Hold(number);
            int at = (int)(row - firsts[number]);
            int rows = Math.Min(components.Length / Dimension, list.Count - at);
            try
            {
                for (int i = 0; i < rows; i++)
                {
                    list.CopyTo(at + i, components.Slice(i * Dimension, Dimension));
                }
            }
            catch (TableDamage damage)
            {
                throw VectorFileErrors.Invalid(Part.Path, ParquetForm, $"rows {row} to {row + rows - 1}: {damage.Message}");
            }

            row += rows;
            components = components[(rows * Dimension)..];
        }
    }

    private bool MayBeVectors(string name) => file.Root.Children.First(node => node.Name == name) is ParquetNode node && IsListOfReals(node);

    /// <summary>A list, or a repeated field as old writers have it, of one column of floats.</summary>
    private static bool IsListOfReals(ParquetNode node)
    {
        bool isList = node.IsRepeated || node.Meaning == ParquetMeaning.List;
        ParquetNode inner = node;
        while (inner.Children.Count == 1)
        {
            inner = inner.Children[0];
            isList |= inner.IsRepeated;
        }

        return isList && inner is { Type: ParquetType.Float or ParquetType.Double } or { Meaning: ParquetMeaning.Half };
    }

    private ListColumn Hold(int number)
    {
        lock (gate)
        {
            int at = held.FindIndex(entry => entry.Number == number);
            if (at >= 0)
            {
                return held[at].Column;
            }

            if (held.Count == MostHeld)
            {
                held.RemoveAt(0);
            }

            TableColumn read = Guard(Part, () => new ParquetGroupReader(file, groups[number]).Read(name => name != column)).Columns[0].Column;
            if (read is not ListColumn list || !list.AreVectors(Dimension) || list.RealWidth != width)
            {
                throw VectorFileErrors.Invalid(Part.Path, ParquetForm, $"rows {firsts[number]} to {firsts[number + 1] - 1} have no list of {Dimension} real "
                    + $"numbers each in '{Pickles.PickleErrors.Clean(column)}'");
            }

            held.Add((number, list));
            return list;
        }
    }

    private static T Guard<T>(StorePart part, Func<T> read)
    {
        try
        {
            return part.Guard(read);
        }
        catch (TableDamage damage)
        {
            part.ThrowIfChanged();
            throw VectorFileErrors.Invalid(part.Path, ParquetForm, damage.Message);
        }
        catch (TableNotRead notRead)
        {
            throw VectorFileErrors.NotSupported(part.Path, notRead.Message, notRead.Action);
        }
    }
}
