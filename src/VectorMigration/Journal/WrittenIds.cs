using System.Text.Json;
using System.Text.Json.Serialization;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>The first line of a record of written ids.</summary>
/// <param name="Record">The record; the journal beside it names the same one.</param>
/// <param name="Index">The index whose ids stand in the order of its vectors, as the key of the journal tells it.</param>
/// <param name="Covered">So many of its vectors, from the first on.</param>
internal sealed record WrittenIdsHeader(Guid Record, string Index, long Covered);

/// <summary>
/// Which ids the runs of one journal wrote, kept beside it: <c>NAME.journal.ids</c>. The journal itself knows places in an index; when the index changes,
/// places move, and vectors go, so only this says which points of a collection are its own. Two sections: ids that runs over earlier versions of the index
/// wrote, and all ids of the present version in the order of its vectors, of which those count that the journal has as written. The FAISS ids are meant: the
/// mapping to point ids is the journal's. Written anew before the journal moves on, in one step, so that both together never say less than was written.
/// </summary>
internal sealed class WrittenIds
{
    /// <summary>What a record begins with.</summary>
    public const string Magic = "VectorMigration-ids 1 ";
    private const int Buffer = 128 << 10;
    private const int LongestHeader = 4096;

    private readonly string path;

    private WrittenIds(string path, WrittenIdsHeader header)
    {
        this.path = path;
        Header = header;
    }

    /// <summary>What it belongs to.</summary>
    public WrittenIdsHeader Header { get; }

    /// <summary>Where the record of a journal lies.</summary>
    public static string PathOf(string journal) => journal + ".ids";

    /// <summary>The record that a journal names; null where it names none, or the one that is there is another's.</summary>
    /// <exception cref="MigrationException">It is damaged or cannot be read.</exception>
    public static WrittenIds? Find(string journal, JournalHeader? header)
    {
        string path = PathOf(journal);
        if (header?.Record is not Guid record || !File.Exists(path))
        {
            return null;
        }

        return Guarded(path, () =>
        {
            using FileStream file = OpenAtHeader(path, out WrittenIdsHeader? found);
            return found is null ? throw new InvalidDataException("its first line is not that of a record of ids")
                : found.Record == record ? new WrittenIds(path, found) : null;
        });
    }

    /// <summary>Every id that runs of the journal wrote; some may come twice.</summary>
    /// <param name="journal">What the journal beside it says.</param>
    /// <exception cref="MigrationException">The record is damaged or cannot be read.</exception>
    public IEnumerable<long> All(JournalContent journal)
    {
        using IEnumerator<long> ids = Read(journal).GetEnumerator();
        while (Guarded(path, ids.MoveNext))
        {
            yield return ids.Current;
        }
    }

    /// <summary>The ids that runs over earlier versions of the index wrote.</summary>
    /// <exception cref="MigrationException">The record is damaged or cannot be read.</exception>
    public IEnumerable<long> Carried()
    {
        using IEnumerator<long> ids = ReadCarried().GetEnumerator();
        while (Guarded(path, ids.MoveNext))
        {
            yield return ids.Current;
        }
    }

    /// <summary>Writes a record in the place of the one that is there, in one step.</summary>
    /// <param name="journal">Full path of the journal.</param>
    /// <param name="header">What it belongs to.</param>
    /// <param name="carried">Ids that runs over earlier versions wrote.</param>
    /// <param name="current">Ids of the index in the order of its vectors, as many as the header says.</param>
    /// <exception cref="MigrationException">It cannot be written.</exception>
    public static void Write(string journal, WrittenIdsHeader header, IEnumerable<long> carried, IEnumerable<long> current)
    {
        string path = PathOf(journal);
        string fresh = path + ".new";
        SideFile.Refuse(journal);
        try
        {
            using (FileStream file = PrivateFile.Create(fresh))
            {
                using var buffered = new BufferedStream(file, Buffer);
                uint sum = JournalLine.Seed;
                buffered.Write(JournalLine.Encode(Magic + JsonSerializer.Serialize(header, WrittenIdsJson.Default.WrittenIdsHeader), ref sum));
                var encoder = new WrittenIdEncoder(buffered);
                foreach (IEnumerable<long> section in (IEnumerable<long>[])[carried, current])
                {
                    foreach (long id in section)
                    {
                        encoder.Add(id);
                    }

                    encoder.EndSection();
                }

                buffered.Flush();
                file.Flush(flushToDisk: true);
            }

            HeldFile.Replace(fresh, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(fresh);
            throw JournalErrors.Broken(path, e);
        }
    }

    private IEnumerable<long> ReadCarried()
    {
        using FileStream file = OpenAtHeader(path, out _);
        using var buffered = new BufferedStream(file, Buffer);
        foreach (long id in new WrittenIdDecoder(buffered).Section())
        {
            yield return id;
        }
    }

    private IEnumerable<long> Read(JournalContent journal)
    {
        using FileStream file = OpenAtHeader(path, out _);
        using var buffered = new BufferedStream(file, Buffer);
        var decoder = new WrittenIdDecoder(buffered);
        foreach (long id in decoder.Section())
        {
            yield return id;
        }

        if (journal.Header?.Key.Index != Header.Index)
        {
            // The run that moved the record on was killed before the journal followed: everything written until then stands in the first section.
            yield break;
        }

        OrdinalSet written = journal.Acknowledged.Copy();
        written.AddAll(journal.Owned);
        long ordinal = 0;
        foreach (long id in decoder.Section())
        {
            if (written.Contains(ordinal++))
            {
                yield return id;
            }
        }
    }

    /// <summary>The file, read up to the end of its first line.</summary>
    private static FileStream OpenAtHeader(string path, out WrittenIdsHeader? header)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        try
        {
            byte[] start = new byte[LongestHeader];
            int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            int end = start.AsSpan(0, length).IndexOf((byte)'\n');
            uint sum = JournalLine.Seed;
            string? text = end < 0 ? null : JournalLine.Decode(start.AsSpan(0, end), ref sum);
            header = text?.StartsWith(Magic, StringComparison.Ordinal) == true ? Parse(text[Magic.Length..]) : null;
            file.Position = end + 1;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static WrittenIdsHeader? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, WrittenIdsJson.Default.WrittenIdsHeader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw JournalErrors.RecordDamaged(path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Unreadable(path, e);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made, or stays beside the record, which is whole.
        }
    }
}

/// <summary>JSON of the first line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WrittenIdsHeader))]
internal sealed partial class WrittenIdsJson : JsonSerializerContext;
