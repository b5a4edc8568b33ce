using System.Buffers;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// A JSON object with one text or object for each vector, under names that are ids of the application. Its entries are joined by a file next to the index
/// that has these ids in the order of the vectors; without one, their order says nothing. Only places are in memory.
/// </summary>
internal sealed class JsonNamedDocuments : StoredDocuments
{
    private static readonly string[] Fields = ["id", "key", "_key"];

    private readonly StorePart part;
    private readonly List<(byte[] Name, long Start, int Length)> entries = [];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private JsonTokenType kind;
    private string nameField = Fields[0];

    private JsonNamedDocuments(StorePart part)
        : base([part]) => this.part = part;

    /// <inheritdoc/>
    public override string Framework => "JSON dictionary";

    /// <inheritdoc/>
    public override string? Generation => $"with the names as '{nameField}'";

    /// <inheritdoc/>
    public override string RowName => "entry";

    /// <inheritdoc/>
    public override int Count => entries.Count;

    /// <summary>Whether a file is such an object with as many entries as an index has vectors.</summary>
    public static bool Fits(string path, long vectors, CancellationToken cancellationToken)
    {
        using JsonNamedDocuments? documents = Open(path, vectors, cancellationToken);
        return documents is not null;
    }

    /// <summary>Opens an object that has as many entries as an index has vectors; null where a file is anything else.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="index">Path of the index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static JsonNamedDocuments? Open(string path, string? index, CancellationToken cancellationToken)
    {
        try
        {
            return index is null ? null : Open(path, VectorFile.DescribeAny(index).Count, cancellationToken);
        }
        catch (MigrationException)
        {
            // Opening the index reports what is wrong with it.
            return null;
        }
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"the entry '{PickleErrors.Clean(System.Text.Encoding.UTF8.GetString(entries[document].Name))}'";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        (byte[] name, long start, int length) = entries[document];
        byte[] json = part.Read(start, length);
        output.Write("{"u8);
        output.Write(System.Text.Encoding.UTF8.GetBytes($"\"{nameField}\":"));
        using (Utf8JsonWriter writer = new(output, Tables.JsonText.Options))
        {
            writer.WriteStringValue(name);
        }

        if (kind == JsonTokenType.String)
        {
            output.Write(",\"text\":"u8);
            output.Write(json);
            output.Write("}"u8);
            return;
        }

        ReadOnlySpan<byte> rest = json.AsSpan(1).TrimStart(" \t\r\n"u8);
        output.Write(rest[0] == '}' ? ""u8 : ","u8);
        output.Write(rest);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        ArrayBufferWriter<byte> output = new();
        Write(document, LargeInteger.Text, output);
        return output.WrittenMemory;
    }

    private static JsonNamedDocuments? Open(string path, long vectors, CancellationToken cancellationToken)
    {
        JsonNamedDocuments? documents = null;
        try
        {
            StorePart part = new(path);
            documents = new JsonNamedDocuments(part);
            JsonNamedDocuments parsed = documents;
            bool isOne = vectors > 1 && part.Guard(() => parsed.TryParse(new JsonFileReader(part.Bytes, path), vectors, cancellationToken));
            documents = isOne ? null : documents;
            return isOne ? parsed : null;
        }
        catch (Exception error) when (error is MigrationException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // It is something else: its own reader reports what is wrong with it.
            return null;
        }
        finally
        {
            documents?.Dispose();
        }
    }

    private bool TryParse(JsonFileReader reader, long vectors, CancellationToken cancellationToken)
    {
        if (reader.Next() != JsonTokenType.StartObject)
        {
            return false;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Next() != JsonTokenType.EndObject)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Count == vectors)
            {
                return false;
            }

            string name = reader.Text(StoreLimits.MostIdBytes);
            reader.Next();
            kind = Count == 0 ? reader.Token : kind;
            if (!names.Add(name) || reader.Token != kind || kind is not (JsonTokenType.String or JsonTokenType.StartObject))
            {
                return false;
            }

            long start = reader.Start;
            while (kind == JsonTokenType.StartObject && reader.Next() != JsonTokenType.EndObject)
            {
                NoteField(reader);
                reader.Next();
                reader.Skip();
            }

            entries.Add((System.Text.Encoding.UTF8.GetBytes(name), start, StoreLimits.LengthOf(reader, start, name)));
        }

        reader.ExpectEnd();
        nameField = Fields.FirstOrDefault(candidate => !taken.Contains(candidate)) ?? Fields[^1];
        return Count == vectors;
    }

    private void NoteField(JsonFileReader reader)
    {
        foreach (string candidate in Fields)
        {
            if (reader.Is(System.Text.Encoding.UTF8.GetBytes(candidate)))
            {
                taken.Add(candidate);
            }
        }
    }
}
