using System.Text.Json;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>
/// Looks for the values of a field of a table in a file that is called ids and is no list of one value for each vector: it may be damaged, of another state
/// of the index, or in a form that is not read.
/// </summary>
internal static class ListedValues
{
    /// <summary>Share of the rows whose value is in the file.</summary>
    private const double MostlyShared = 0.5;

    /// <summary>Values of a file for each vector.</summary>
    private const int MostValues = 16;

    private const long AlwaysRead = 16 << 20;

    /// <summary>Rows of a sample: a field that has their values in the file is one that it lists.</summary>
    private const int Sample = 1_000;

    /// <summary>What the file has of a field, as the end of a sentence; null where it has nothing of any.</summary>
    public static string? Find(string file, IRowPayloadSource rows, IReadOnlyList<RowField> fields, IndexOrder index, CancellationToken cancellationToken)
    {
        RowField[] keys = [.. fields.Where(field => field.Rows == index.Count)];
        if (keys.Length == 0 || Directory.Exists(file))
        {
            return null;
        }

        HashSet<long>? values;
        try
        {
            values = ValuesOf(file, index.Count, cancellationToken);
        }
        catch (Exception error) when (error is MigrationException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return "and it cannot be read";
        }

        if (values is null or { Count: 0 })
        {
            return null;
        }

        (string Path, long Shared, long Rows)? found = SharedWith(values, rows, index, cancellationToken);
        return found is not (string path, long shared, long seen) ? null
            : $"and it has {Grouped.Of(shared)} of {Grouped.Of(seen)} compared values of the field '{PickleErrors.Clean(path)}', but not one value for each of "
                + $"the {Grouped.Of(index.Count)} vectors";
    }

    /// <summary>The field most of whose values, which are all different, are in the file.</summary>
    private static (string Path, long Shared, long Rows)? SharedWith(
        HashSet<long> values, IRowPayloadSource rows, IndexOrder index, CancellationToken cancellationToken)
    {
        Dictionary<string, (HashSet<long> Seen, long Shared, bool IsNumbering)> counts = new(StringComparer.Ordinal);
        using IRowPayloadSource? raw = RawRows.Open(rows.Path, default, index, cancellationToken);
        if (raw is null)
        {
            return null;
        }

        long compared = 0;
        long step = Math.Max(1, index.Count / Sample);
        RowFields.Of(raw, index.Count, null, (read, row) =>
        {
            if (row % step != 0)
            {
                return;
            }

            compared++;
            foreach (RowField field in read.All().Where(field => field.LastRow == row))
            {
                (HashSet<long> seen, long shared, bool isNumbering) = counts.GetValueOrDefault(field.Path, ([], 0, true));
                seen.Add(field.Value);
                counts[field.Path] = (seen, shared + (values.Contains(field.Value) ? 1 : 0), isNumbering && Math.Abs(field.Value - row) <= 1);
            }
        }, cancellationToken);
        foreach ((string path, (HashSet<long> seen, long shared, bool isNumbering)) in counts)
        {
            // Numbers of rows are among the numbers of any file.
            if (!isNumbering && seen.Count == compared && shared > compared * MostlyShared)
            {
                return (path, shared, compared);
            }
        }

        return null;
    }

    /// <summary>All values of a file, whatever its form; null where it has too many.</summary>
    private static HashSet<long>? ValuesOf(string file, int count, CancellationToken cancellationToken)
    {
        long most = AlwaysRead + ((long)count * 1_024);
        if (new FileInfo(file).Length > most)
        {
            return null;
        }

        HashSet<long> values = [];
        FileForm form;
        using (DiskBytes bytes = new(file, FileShare.ReadWrite | FileShare.Delete))
        {
            Span<byte> head = stackalloc byte[FileForms.Sample];
            form = FileForms.Of(head[..bytes.Read(0, head)]);
        }

        switch (form)
        {
            case FileForm.JsonObject or FileForm.JsonArray: ReadJson(file, values, cancellationToken); break;
            case FileForm.NumPy: OrderArrays.ReadAll(file, values); break;
            case FileForm.Text: ReadText(file, values); break;
            default: return null;
        }

        return values.Count > (long)count * MostValues ? null : values;
    }

    private static void ReadText(string file, HashSet<long> values)
    {
        foreach (string line in File.ReadLines(file))
        {
            foreach (string word in line.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                Add(System.Text.Encoding.UTF8.GetBytes(word), values);
            }
        }
    }

    private static readonly char[] Separators = ['\t', ',', ';', ' ', '|', '"', '\'', '[', ']', '{', '}', '(', ')', '\uFEFF'];

    private static void ReadJson(string file, HashSet<long> values, CancellationToken cancellationToken)
    {
        using StorePart part = new(file);
        JsonFileReader reader = new(part.Bytes, file);
        try
        {
            while (reader.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (reader.Token is JsonTokenType.String or JsonTokenType.PropertyName && reader.Raw.Length <= 2 * OrderValue.Longest)
                {
                    Add(reader.Utf8Text(), values);
                }
                else if (reader.Token == JsonTokenType.Number)
                {
                    Add(reader.Raw, values);
                }
            }
        }
        catch (MigrationException)
        {
            // Text in brackets that is no JSON, such as {5f4d…}: its words are its values.
            ReadText(file, values);
        }
    }

    private static void Add(ReadOnlySpan<byte> text, HashSet<long> values)
    {
        if (OrderValue.Of(text) is long value)
        {
            values.Add(value);
        }
    }
}
