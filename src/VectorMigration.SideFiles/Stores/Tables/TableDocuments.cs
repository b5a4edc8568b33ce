using System.Buffers;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>
/// The rows of a table that is read block by block. Two blocks at most are in memory. Where rows are asked for in no order they are written as JSON once,
/// into a file of their owner alone that is removed at the end, because a block would be read again for every row.
/// </summary>
internal abstract class TableDocuments(IReadOnlyList<StorePart> parts, PayloadRules rules, SpillFolder spill) : StoredDocuments(parts)
{
    // Two, because batches that are read side by side may lie on both sides of a border.
    private const int MostHeld = 2;

    /// <summary>What all rows may take as JSON, in lengths of the files: rows may share values.</summary>
    private const int MostExpansion = 256;

    private const long AlwaysAllowed = 64 << 20;

    private readonly Lock gate = new();
    private readonly List<(int Number, TableBlock Block)> held = [];
    private (int Number, string Field, ListColumn? Column)? vectors;
    private int[] firsts = [0];
    private long most = AlwaysAllowed;
    private SpilledRows? rows;
    private volatile bool isSpilled;
    private int inOrder;
    private long written;

    /// <inheritdoc/>
    public override int Count => firsts[^1];

    /// <summary>Columns that are left out because they are the vectors themselves, by name.</summary>
    public IReadOnlyList<string> Vectors { get; private set; } = [];

    /// <summary>What a file of this kind is called in messages.</summary>
    protected abstract string Form { get; }

    /// <inheritdoc/>
    public override void Prepare(bool scattered)
    {
        lock (gate)
        {
            inOrder = 0;
            written = 0;
            if (scattered && Blocks > 1 && !isSpilled)
            {
                rows?.Dispose();
                rows = new SpilledRows(spill);
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        if (isSpilled)
        {
            PayloadErrors.GuardSpill(() => rows!.Read(document, output));
            return;
        }

        int place = PlaceOf(document);
        int number = Array.BinarySearch(firsts, place);
        number = number < 0 ? ~number - 1 : LastOf(number);
        TableBlock block = Hold(number);
        ArrayBufferWriter<byte> text = new(1 << 10);
        Guard(BlockPart(number), () => block.Write(place - firsts[number], BlockPart(number).Path, NameOf(document), text));
        NoteInOrder(document, text.WrittenSpan);
        output.Write(text.WrittenSpan);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        ArrayBufferWriter<byte> output = new();
        Write(document, LargeInteger.Text, output);
        return output.WrittenMemory;
    }

    /// <inheritdoc/>
    public override string NameOf(int document)
    {
        int place = PlaceOf(document);
        if (Parts.Count == 1)
        {
            return $"row {place + 1}";
        }

        int number = Array.BinarySearch(firsts, place);
        number = number < 0 ? ~number - 1 : LastOf(number);
        StorePart part = BlockPart(number);
        int first = number;
        while (first > 0 && BlockPart(first - 1) == part)
        {
            first--;
        }

        return $"row {place - firsts[first] + 1} of {Path.GetFileName(part.Path)}";
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        rows?.Dispose();
        base.Dispose();
    }

    /// <summary>The row of the files that a document is.</summary>
    protected virtual int PlaceOf(int document) => document;

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindVectorFields(int dimension) => [.. Vectors, .. base.FindVectorFields(dimension).Except(Vectors)];

    /// <inheritdoc/>
    public override bool TryReadVector(string field, int document, Span<float> components)
    {
        if (!Vectors.Contains(field))
        {
            return base.TryReadVector(field, document, components);
        }

        int place = PlaceOf(document);
        int number = Array.BinarySearch(firsts, place);
        number = number < 0 ? ~number - 1 : LastOf(number);
        ListColumn? column = VectorsOf(field, number);
        if (column?.LengthOf(place - firsts[number]) != components.Length)
        {
            return false;
        }

        float[] vector = new float[components.Length];
        Guard(BlockPart(number), () => column.CopyTo(place - firsts[number], vector));
        vector.CopyTo(components);
        return true;
    }

    /// <summary>Reads a block.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="leavesOut">Says which columns are not read.</param>
    /// <exception cref="TableDamage">It is damaged.</exception>
    protected abstract TableBlock Load(int block, Func<string, bool> leavesOut);

    /// <summary>The file that a block lies in.</summary>
    protected abstract StorePart BlockPart(int block);

    /// <summary>Says how many rows each block has, once all files are open.</summary>
    protected void SetBlocks(IReadOnlyList<long> counts)
    {
        firsts = new int[counts.Count + 1];
        long sum = 0;
        for (int i = 0; i < counts.Count; i++)
        {
            sum += counts[i];
            if (counts[i] < 0 || sum > StoreLimits.MostEntries)
            {
                throw TableErrors.TooLarge(Parts[0].Path, "rows", StoreLimits.MostEntries, "Split the store.");
            }

            firsts[i + 1] = (int)sum;
        }

        long length = Parts.Sum(static part => part.Bytes.Length);
        most = length > (long.MaxValue - AlwaysAllowed) / MostExpansion ? long.MaxValue : AlwaysAllowed + (length * MostExpansion);
    }

    /// <summary>Finds the columns that are the vectors themselves, by the first block that has rows.</summary>
    protected void FindVectors()
    {
        int first = Enumerable.Range(0, Blocks).FirstOrDefault(block => firsts[block + 1] > firsts[block], -1);
        if (rules.VectorDimension is not int dimension || first < 0)
        {
            return;
        }

        Vectors = [.. Hold(first).Columns.Where(column => column.Column is ListColumn list && list.AreVectors(dimension)).Select(static column => column.Name)];
        held.Clear();
    }

    /// <summary>Whether a column is not read: it holds the vectors themselves, or the mapping leaves it out.</summary>
    protected bool IsLeftOut(string column) => Vectors.Contains(column) || (column != rules.Key && rules.Mapping?.LeavesOut(column) == true);

    /// <summary>What is told of the columns that are left out.</summary>
    protected string? Told(string? generation) => Vectors.Count == 0 ? generation
        : (generation is null ? string.Empty : generation + ", ")
            + $"without the vectors in {string.Join(", ", Vectors.Select(static name => $"'{Pickles.PickleErrors.Clean(name)}'"))}";

    /// <summary>Reads something of a file; what is wrong with it becomes an error that names it.</summary>
    protected T Guard<T>(StorePart part, Func<T> read)
    {
        try
        {
            return part.Guard(read);
        }
        catch (TableDamage damage)
        {
            part.ThrowIfChanged();
            throw TableErrors.Invalid(part.Path, Form, damage.Message);
        }
        catch (TableNotRead notRead)
        {
            throw TableErrors.NotRead(part.Path, notRead.Message, notRead.Action);
        }
    }

    private int Blocks => firsts.Length - 1;

    private void Guard(StorePart part, Action work) => Guard(part, () =>
    {
        work();
        return true;
    });

    /// <summary>Of blocks that begin with the same row, all but the last are empty.</summary>
    private int LastOf(int number)
    {
        while (number + 1 < Blocks && firsts[number + 1] == firsts[number])
        {
            number++;
        }

        return number;
    }

    /// <summary>The vectors of a block, the last one of which is held: they are no part of the payload.</summary>
    private ListColumn? VectorsOf(string field, int number)
    {
        lock (gate)
        {
            if (vectors?.Number != number || vectors?.Field != field)
            {
                vectors = null;
                vectors = (number, field, Guard(BlockPart(number), () => Load(number, name => name != field)).Columns
                    .Select(static column => column.Column).OfType<ListColumn>().FirstOrDefault());
            }

            return vectors.Value.Column;
        }
    }

    private TableBlock Hold(int number)
    {
        lock (gate)
        {
            int at = held.FindIndex(block => block.Number == number);
            if (at >= 0)
            {
                return held[at].Block;
            }

            if (held.Count == MostHeld)
            {
                held.RemoveAt(0);
            }

            TableBlock block = Guard(BlockPart(number), () => Load(number, IsLeftOut));
            if (block.Rows != firsts[number + 1] - firsts[number])
            {
                throw TableErrors.Invalid(BlockPart(number).Path, Form, $"{Grouped.Of(firsts[number + 1] - firsts[number])} rows announced, "
                    + $"{Grouped.Of(block.Rows)} found");
            }

            held.Add((number, block));
            return block;
        }
    }

    /// <summary>Rows that come in their order are counted, and kept where they will be asked for in none.</summary>
    private void NoteInOrder(int document, ReadOnlySpan<byte> json)
    {
        lock (gate)
        {
            if (document != inOrder)
            {
                return;
            }

            inOrder++;
            written += json.Length;
            if (written > most)
            {
                throw TableErrors.Expands(Parts[0].Path, most);
            }

            if (rows is null || isSpilled || rows.Count != document)
            {
                return;
            }

            byte[] text = json.ToArray();
            PayloadErrors.GuardSpill(() =>
            {
                rows.Add(text);
                if (rows.Count == Count)
                {
                    rows.Complete();
                    isSpilled = true;
                    held.Clear();
                }
            });
        }
    }
}
