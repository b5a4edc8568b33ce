using System.Text.Json;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>The lists of one value per vector that a file holds: as lines, JSON, YAML, CSV, a NumPy array or archive, a pickle, or bare numbers.</summary>
internal sealed class OrderFile
{
    /// <summary>A file that takes more for a vector holds more than an id for it.</summary>
    private const long MostBytesByVector = 1 << 10;

    private const long AlwaysRead = 64 << 20;

    /// <summary>A pickle beyond this is not loaded to find a list in it.</summary>
    private const long MostPickle = 256 << 20;

    private readonly string path;
    private readonly IndexOrder index;
    private readonly bool isOwn;
    private readonly CancellationToken cancellationToken;
    private readonly List<OrderList> found = [];

    private OrderFile(string path, IndexOrder index, bool isOwn, CancellationToken cancellationToken)
    {
        (this.path, this.index, this.isOwn) = (path, index, isOwn);
        this.cancellationToken = cancellationToken;
    }

    /// <summary>Full path.</summary>
    public string Path => path;

    /// <summary>Vectors of the index.</summary>
    public int Count => index.Count;

    /// <summary>The lists of a file; none where it holds none, or cannot be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">The index.</param>
    /// <param name="isOwn">The file has the name of the index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static IReadOnlyList<OrderList> ListsOf(string path, IndexOrder index, bool isOwn, CancellationToken cancellationToken)
    {
        OrderFile file = new(path, index, isOwn, cancellationToken);
        try
        {
            file.Read();
        }
        catch (Exception error) when (error is MigrationException or IOException or UnauthorizedAccessException or NotSupportedException
            or InvalidDataException)
        {
            // What cannot be read says nothing. Where it may be texts, it is reported as such.
        }

        return file.found;
    }

    /// <summary>A new column for this file.</summary>
    public OrderColumn Column(string? name = null) => new(index.Count + 1L, name);

    /// <summary>Keeps one or two columns, if they are a list.</summary>
    public void Keep(string? member, params OrderColumn[] columns)
    {
        if (index.ListOf(path, columns, member, isOwn || System.IO.Path.GetFileName(path) == Tables.DocIdLines.FileName) is OrderList list)
        {
            found.Add(list);
        }
    }

    private void Read()
    {
        if (Directory.Exists(path) || new FileInfo(path).Length > AlwaysRead + (index.Count * MostBytesByVector))
        {
            return;
        }

        StoreForm form = StorePayloads.FormOf(path, cancellationToken);
        switch (form)
        {
            case StoreForm.Csv or StoreForm.Parquet or StoreForm.Arrow or StoreForm.SqliteTable: ThinTable.Read(this, index, cancellationToken); break;
            case StoreForm.NumPy: OrderArrays.ReadFile(this); break;
            case StoreForm.Pickle: ReadPickle(); break;
            case StoreForm.DocIds: OrderLines.Read(this, cancellationToken); break;
            case StoreForm.JsonList or StoreForm.JsonPairs or StoreForm.JsonDictionary: ReadJson(); break;
            case StoreForm.None: ReadUnknown(); break;
        }
    }

    private void ReadUnknown()
    {
        FileForm form;
        long length;
        using (DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete))
        {
            Span<byte> head = stackalloc byte[FileForms.Sample];
            length = bytes.Length;
            form = FileForms.Of(head[..bytes.Read(0, head)]);
        }

        switch (form)
        {
            case FileForm.JsonObject when JsonLinesFiles.CountOf(path, cancellationToken) > 1: ThinTable.Read(this, index, cancellationToken); break;
            case FileForm.JsonObject or FileForm.JsonArray: ReadJson(); break;
            case FileForm.Text: OrderLines.Read(this, cancellationToken); break;
            case FileForm.Zip: OrderArrays.ReadArchive(this, AlwaysRead + (index.Count * MostBytesByVector)); break;
            case FileForm.NumPy: OrderArrays.ReadFile(this); break;
            case FileForm.Pickle: ReadPickle(); break;
            case FileForm.Unknown when length == 8L * index.Count || length == 4L * index.Count: OrderArrays.ReadNumbers(this, length); break;
        }
    }

    private void ReadPickle()
    {
        if (UnpackedBytes.LengthOf(path) > MostPickle)
        {
            return;
        }

        PickleValue root = PickledDocuments.RootOf(path, cancellationToken);
        ReadPickled(root, null);
        if (root is PickleDict { Size: <= 64 } fields)
        {
            for (int i = 0; i < fields.Size; i += 2)
            {
                ReadPickled(fields.Items[i + 1], fields.Items[i] is PickleText name ? name.ToString() : "?");
            }
        }
        else if (root is PickleContainer { Size: <= 8 } parts)
        {
            for (int i = 0; i < parts.Size; i++)
            {
                ReadPickled(parts.Items[i], $"{i}");
            }
        }
    }

    private void ReadPickled(PickleValue value, string? member)
    {
        OrderColumn first = Column();
        OrderColumn second = Column();
        if (value is PickleArray { Shape: [long length], Type: not null } array && length == index.Count)
        {
            for (long i = 0; i < length; i++)
            {
                Add(first, array.Element([i]));
            }

            Keep(member, first);
        }
        else if (value is PickleDict dictionary && dictionary.Count == index.Count)
        {
            for (int i = 0; i < dictionary.Size; i += 2)
            {
                Add(first, dictionary.Items[i]);
                Add(second, dictionary.Items[i + 1]);
            }

            Keep(member, first, second);
        }
        else if (value is PickleList or PickleTuple && value is PickleContainer list && list.Size == index.Count)
        {
            foreach (PickleValue item in list.Items)
            {
                bool isPair = item is PickleContainer { Size: 2 } and (PickleList or PickleTuple);
                Add(first, isPair ? ((PickleContainer)item).Items[0] : item);
                Add(second, isPair ? ((PickleContainer)item).Items[1] : null);
            }

            Keep(member, second.IsOut ? [first] : [first, second]);
        }
    }

    private static void Add(OrderColumn column, PickleValue? value)
    {
        switch (value)
        {
            case PickleText text: column.Add(text.Utf8); break;
            case PickleInteger whole: column.Add(whole.Value); break;
            case PickleFloat real: column.Add(real.Value); break;
            case PickleScalar { Form: PickleScalarKind.Uuid } uuid: column.Add(uuid.Text); break;
            case PickleBigInteger large: column.Add(large.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
            default: column.Drop(); break;
        }
    }

    private void ReadJson()
    {
        using (StorePart part = new(path))
        {
            JsonFileReader reader = new(part.Bytes, path);
            if (reader.Next() == JsonTokenType.StartArray)
            {
                if (ReadArray(reader, null))
                {
                    return;
                }
            }
            else if (reader.Token == JsonTokenType.StartObject)
            {
                ReadObject(reader, null, isRoot: true);
                return;
            }
        }

        ThinTable.Read(this, index, cancellationToken);
    }

    /// <summary>Reads a list; false where it is one of objects.</summary>
    private bool ReadArray(JsonFileReader reader, string? member)
    {
        OrderColumn first = Column();
        OrderColumn second = Column();
        bool isPairs = false;
        while (reader.Next() != JsonTokenType.EndArray)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.Token == JsonTokenType.StartObject && member is null)
            {
                return false;
            }

            if (reader.Token == JsonTokenType.StartArray)
            {
                isPairs = true;
                ReadPair(reader, first, second);
            }
            else
            {
                Add(reader, isPairs ? second : first);
            }
        }

        Keep(member, isPairs ? [first, second] : [first]);
        return true;
    }

    private static void ReadPair(JsonFileReader reader, OrderColumn first, OrderColumn second)
    {
        int at = 0;
        while (reader.Next() != JsonTokenType.EndArray)
        {
            Add(reader, at == 0 ? first : second);
            at++;
        }

        if (at != 2)
        {
            first.Drop();
        }
    }

    private void ReadObject(JsonFileReader reader, string? member, bool isRoot)
    {
        OrderColumn names = Column();
        OrderColumn values = Column();
        while (reader.Next() != JsonTokenType.EndObject)
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] name = reader.Raw.Length <= OrderValue.Longest ? reader.Utf8Text() : [];
            reader.Next();
            if (isRoot && reader.Token == JsonTokenType.StartArray)
            {
                ReadArray(reader, System.Text.Encoding.UTF8.GetString(name));
            }
            else if (isRoot && reader.Token == JsonTokenType.StartObject)
            {
                ReadObject(reader, System.Text.Encoding.UTF8.GetString(name), isRoot: false);
            }
            else
            {
                names.Add(name);
                Add(reader, values);
            }
        }

        Keep(member, names, values);
    }

    private static void Add(JsonFileReader reader, OrderColumn column)
    {
        switch (reader.Token)
        {
            case JsonTokenType.String when reader.Raw.Length <= 2 * OrderValue.Longest && !column.IsOut: column.Add(reader.Utf8Text()); break;
            case JsonTokenType.Number: column.Add(reader.Raw); break;
            default:
                column.Drop();
                reader.Skip();
                break;
        }
    }
}
