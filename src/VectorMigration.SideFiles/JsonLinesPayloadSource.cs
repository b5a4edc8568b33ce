using System.Buffers;

namespace VectorMigration.SideFiles;

/// <summary>
/// Payloads from a JSON Lines file in the order of adding: line i belongs to the vector that was added i-th. The file is never loaded: rows are read
/// with positional reads as batches ask for them.
/// </summary>
public sealed class JsonLinesPayloadSource : IRowPayloadSource, IChangeDetector, IVectorFields
{
    private readonly JsonLinesFile file;
    private readonly LineIndex lines;
    private readonly PayloadRows rows;
    private readonly RowFetcher fetcher;
    private readonly SpillFolder spill;
    private readonly PayloadMapping? mapping;
    private RowOffsets? offsets;
    private RowNumberTally? numbers;
    private bool judged;

    /// <summary>Opens the file; no row is read yet.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="rules">What the rows must be.</param>
    /// <param name="spillFolder">Folder for a table that is too large for memory; null for that of the system.</param>
    /// <exception cref="MigrationException">The file is missing, cannot be read, or is of another form.</exception>
    public JsonLinesPayloadSource(string path, PayloadRules rules = default, string? spillFolder = null)
    {
        file = new JsonLinesFile(path);
        lines = new LineIndex(file.Bytes, file.Path, file.FirstOffset);
        this.rows = new PayloadRows(rules);
        fetcher = new RowFetcher(file, this.rows);
        spill = new SpillFolder(spillFolder);
        IsNamed = !rules.IsFound;
        IsByRow = rules.ByRow;
        mapping = rules.Mapping;
    }

    /// <inheritdoc/>
    public string Path => file.Path;

    /// <inheritdoc/>
    public string Identity => file.Identity;

    /// <inheritdoc/>
    public long? Bytes => file.Bytes.Length;

    /// <inheritdoc/>
    public string RowName => "line";

    /// <inheritdoc/>
    public string Form => JsonLinesFile.Form;

    /// <inheritdoc/>
    public bool IsNamed { get; }

    /// <inheritdoc/>
    public bool IsFound => !IsNamed;

    /// <inheritdoc/>
    public bool IsByRow { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RowNumbers> Numbers => numbers?.Fields ?? [];

    /// <summary>Rows of the file without blank lines at its end; null until the file has been passed through.</summary>
    public long? Count => lines.Count;

    /// <summary>Opens the source that the rules ask for: by key where they name one, otherwise in the order of adding.</summary>
    /// <exception cref="MigrationException">The file is missing, cannot be read, or is of another form.</exception>
    public static IPayloadSource Open(string path, PayloadRules rules, string? spillFolder) =>
        rules.Key is null ? new JsonLinesPayloadSource(path, rules, spillFolder) : new KeyedJsonLinesSource(path, rules, spillFolder);

    /// <summary>Passes through the file once, without judging its rows, and answers how many it holds.</summary>
    /// <exception cref="MigrationException">The file cannot be read or has changed.</exception>
    public long CountRows(CancellationToken cancellationToken) => lines.CountAll(cancellationToken);

    /// <summary>Describes the file beside an index; it is passed through once.</summary>
    /// <param name="index">The index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The file cannot be read, or a line is no JSON object.</exception>
    public StoreDescription Describe(IndexDescription index, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(index);
        Check(scattered: false, cancellationToken);
        long count = Count!.Value;
        bool fits = count == index.Count;
        Stores.FieldTally fields = new();
        file.Guard(() =>
        {
            lines.PassThrough((_, _, text) => Stores.Json.StoreFields.Add(fields, Lines.IsBlank(text) ? [] : text), cancellationToken);
            return true;
        });
        return new StoreDescription
        {
            Framework = JsonLinesFile.Form,
            Path = Path,
            Documents = count,
            Matched = fits ? count : 0,
            DocumentsWithoutVector = fits ? 0 : count,
            VectorsWithoutDocument = fits ? 0 : index.Count,
            PositionsBeyondIndex = Math.Max(0, count - index.Count),
            Fields = fields.ToFields(),
        };
    }

    /// <inheritdoc/>
    public void Check(bool scattered, CancellationToken cancellationToken)
    {
        if (judged && (offsets is not null || !scattered))
        {
            return;
        }

        RowOffsets? table = scattered ? new RowOffsets(spill) : null;
        try
        {
            PayloadErrors.GuardSpill(() => file.Guard(() => PassThrough(table, cancellationToken)));
        }
        catch
        {
            table?.Dispose();
            throw;
        }

        offsets = table;
        judged = true;
    }

    /// <inheritdoc/>
    public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken) => ReadWithin(places, long.MaxValue, cancellationToken);

    /// <inheritdoc/>
    public PayloadBlock ReadWithin(ReadOnlySpan<long> places, long mostBytes, CancellationToken cancellationToken)
    {
        long[] asked = places.ToArray();
        return file.Guard(() => InSequence(asked) ? ReadSequence(asked, mostBytes, cancellationToken) : ReadScattered(asked, mostBytes, cancellationToken));
    }

    /// <inheritdoc/>
    public IReadOnlyList<VectorField> FindVectorFields(int dimension, CancellationToken cancellationToken)
    {
        using LineReader? reader = lines.Open(0, cancellationToken);
        return reader is null ? [] : RowVectors.FindFields(reader, dimension, mapping);
    }

    /// <inheritdoc/>
    public bool TryReadVector(string field, long place, Span<float> components, CancellationToken cancellationToken)
    {
        using LineReader? reader = lines.Open(place, cancellationToken);
        return reader is not null && reader.TryRead(out ReadOnlySpan<byte> line) && RowVectors.TryRead(line, field, components);
    }

    /// <inheritdoc/>
    void IChangeDetector.ThrowIfChanged() => file.ThrowIfChanged();

    /// <inheritdoc/>
    void IChangeDetector.ThrowIfContentChanged() => file.ThrowIfContentChanged();

    /// <inheritdoc/>
    public void Dispose()
    {
        offsets?.Dispose();
        file.Dispose();
    }

    private static bool InSequence(long[] places)
    {
        for (int i = 1; i < places.Length; i++)
        {
            if (places[i] != places[0] + i)
            {
                return false;
            }
        }

        return true;
    }

    private bool PassThrough(RowOffsets? table, CancellationToken cancellationToken)
    {
        long firstBlank = -1;
        RowNumberTally tally = new();
        lines.PassThrough(
            (line, offset, text) =>
            {
                if (Lines.IsBlank(text))
                {
                    firstBlank = firstBlank < 0 ? line : firstBlank;
                    return;
                }

                if (firstBlank >= 0)
                {
                    throw PayloadErrors.RowBlank(Path, firstBlank + 1);
                }

                if (rows.Judge(text, out _) is RowFault fault)
                {
                    throw PayloadErrors.RowInvalid(Path, line + 1, fault);
                }

                tally.Add(text);
                table?.Add(offset);
            },
            cancellationToken);
        table?.Complete();
        numbers = tally;
        return true;
    }

    /// <summary>Rows in no order, by the table; without one they are sought one by one.</summary>
    private PayloadBlock ReadScattered(long[] places, long mostBytes, CancellationToken cancellationToken)
    {
        long[] found = new long[places.Length];
        if (offsets is RowOffsets table)
        {
            RefuseBeyondEnd(places, cancellationToken);
            PayloadErrors.GuardSpill(() => table.Find(places, found));
        }
        else
        {
            for (int i = 0; i < places.Length; i++)
            {
                using LineReader reader = lines.Open(places[i], cancellationToken)
                    ?? throw PayloadErrors.TooFewRows(Path, lines.CountAll(cancellationToken), places[i] + 1);
                found[i] = reader.Offset;
            }
        }

        return fetcher.Fetch(found, mostBytes, cancellationToken);
    }

    private void RefuseBeyondEnd(long[] places, CancellationToken cancellationToken)
    {
        long count = lines.CountAll(cancellationToken);
        long greatest = places.Max();
        if (greatest >= count || places.Min() < 0)
        {
            throw PayloadErrors.TooFewRows(Path, count, greatest + 1);
        }
    }

    private PayloadBlock ReadSequence(long[] places, long mostBytes, CancellationToken cancellationToken)
    {
        int[] ends = new int[places.Length + 1];
        ArrayBufferWriter<byte>? text = null;
        long first = places.Length == 0 ? 0 : places[0];
        ArgumentOutOfRangeException.ThrowIfNegative(first, nameof(places));
        using LineReader? reader = lines.Open(first, cancellationToken);
        int row = 0;
        for (; row < places.Length && (row == 0 || text!.WrittenCount < mostBytes); row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader is null || !reader.TryRead(out ReadOnlySpan<byte> line))
            {
                throw PayloadErrors.TooFewRows(Path, lines.CountAll(cancellationToken), first + places.Length);
            }

            RefuseBlank(line, first + row, first + places.Length, cancellationToken);
            // Rows are much alike: room for all of them at once, or for what may be read, spares growing by copying.
            text ??= NewText(RoomFor(line.Length, places.Length, mostBytes));
            if (rows.Take(line, text, out _) is RowFault fault)
            {
                throw PayloadErrors.RowInvalid(Path, first + row + 1, fault);
            }

            ends[row + 1] = text.WrittenCount;
        }

        if (reader is not null)
        {
            lines.Note(reader);
        }

        return new PayloadBlock(text?.WrittenMemory ?? default, row == places.Length ? ends : ends[..(row + 1)]);
    }

    private static ArrayBufferWriter<byte> NewText(int room)
    {
        // The previous buffer of that size is no longer in use, or will not be once the next row is read.
        LargeBytes.MakeRoom();
        LargeBytes.Leave(room);
        return new ArrayBufferWriter<byte>(room);
    }

    private static int RoomFor(int line, int count, long mostBytes)
    {
        if (line >= mostBytes)
        {
            return line + 256;
        }

        long alike = Math.Max(1, line) * 9L / 8;
        return (int)Math.Max(alike, Math.Min(count * alike, Math.Min(mostBytes, int.MaxValue / 4) + alike));
    }

    private void RefuseBlank(ReadOnlySpan<byte> line, long row, long expected, CancellationToken cancellationToken)
    {
        if (Lines.IsBlank(line))
        {
            long count = lines.CountAll(cancellationToken);
            throw row < count ? PayloadErrors.RowBlank(Path, row + 1) : PayloadErrors.TooFewRows(Path, count, expected);
        }
    }
}
