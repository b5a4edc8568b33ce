using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Which node belongs to which FAISS id in a LlamaIndex store.</summary>
/// <param name="File">The file that says so.</param>
/// <param name="Field">The field in it.</param>
/// <param name="Store">The class of the vector store that writes it.</param>
/// <param name="Entries">FAISS ids and ids of nodes.</param>
internal sealed record LlamaIndexMap(string File, string Field, string Store, IReadOnlyList<(long Position, string Id)> Entries)
{
    private const string Nodes = "nodes_dict";

    private const string ToNodes = "faiss_id_to_node_id_map";

    private const string ToFaiss = "node_id_to_faiss_id_map";

    /// <summary>The map of the one index of type <c>vector_store</c> in an index store: JSON in a text of JSON.</summary>
    /// <exception cref="MigrationException">It is damaged, holds no such index, or several.</exception>
    public static LlamaIndexMap OfIndexStore(StorePart part, CancellationToken cancellationToken)
    {
        JsonFileReader reader = new(part.Bytes, part.Path, StoreLimits.MostMapBytes);
        List<(string Id, IReadOnlyList<(long Position, string Id)> Entries)> indexes = [];
        bool found = false;
        reader.Expect(JsonTokenType.StartObject, "an index store of LlamaIndex");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            bool isData = reader.Is("index_store/data"u8);
            if (isData && found)
            {
                throw JsonErrors.Repeated(reader.Name, "'index_store/data'");
            }

            found |= isData;
            if (!isData)
            {
                reader.Next();
                reader.Skip();
                continue;
            }

            reader.Expect(JsonTokenType.StartObject, "'index_store/data'");
            while (reader.Next() != JsonTokenType.EndObject)
            {
                string id = reader.Text(StoreLimits.MostIdBytes);
                if (ReadIndex(reader, id, cancellationToken) is List<(long, string)> entries)
                {
                    indexes.Add((id, entries));
                }
            }
        }

        reader.ExpectEnd();
        return indexes switch
        {
            [(_, IReadOnlyList<(long, string)> entries)] => new LlamaIndexMap(part.Path, Nodes, "FaissVectorStore", entries),
            [] => throw JsonErrors.Invalid(part.Path, "an index of type vector_store", "none"),
            _ => throw JsonErrors.SeveralIndexesInStore(part.Path, [.. indexes.Select(static index => index.Id)]),
        };
    }

    /// <summary>The map of a FaissMapVectorStore: JSON, or a dictionary as Python's <c>str</c> writes it.</summary>
    /// <exception cref="MigrationException">It is damaged, or its two directions contradict each other.</exception>
    public static LlamaIndexMap OfIdMap(StorePart part, CancellationToken cancellationToken)
    {
        if (part.Bytes.Length > StoreLimits.MostMapBytes)
        {
            throw JsonErrors.TooLarge(part.Path, "bytes", StoreLimits.MostMapBytes);
        }

        byte[] data = part.Read(0, (int)part.Bytes.Length);
        int first = data.AsSpan().IndexOfAnyExcept(" \t\r\n{"u8);
        byte[] json = first >= 0 && data[first] == '\'' ? PythonLiteral.ToJson(data, part.Path) : data;
        JsonFileReader reader = new(new HeldBytes(json), part.Path);
        List<(string Key, string Value)>? toNodes = null;
        List<(string Key, string Value)>? toFaiss = null;
        reader.Expect(JsonTokenType.StartObject, "a map of ids");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            bool isToNodes = reader.Is("faiss_id_to_node_id_map"u8);
            if (!isToNodes && !reader.Is("node_id_to_faiss_id_map"u8))
            {
                reader.Next();
                reader.Skip();
                continue;
            }

            if ((isToNodes ? toNodes : toFaiss) is not null)
            {
                throw JsonErrors.Repeated(reader.Name, $"'{(isToNodes ? ToNodes : ToFaiss)}'");
            }

            List<(string Key, string Value)> entries = ReadDictionary(reader, isToNodes ? ToNodes : ToFaiss, cancellationToken);
            (toNodes, toFaiss) = isToNodes ? (entries, toFaiss) : (toNodes, entries);
        }

        reader.ExpectEnd();
        return new LlamaIndexMap(part.Path, ToNodes, "FaissMapVectorStore", Joined(part.Path, toNodes, toFaiss));
    }

    private static List<(long Position, string Id)> Joined(string file, List<(string Key, string Value)>? toNodes, List<(string Key, string Value)>? toFaiss)
    {
        if (toNodes is null || toFaiss is null)
        {
            throw JsonErrors.Invalid(file, $"'{(toNodes is null ? ToNodes : ToFaiss)}'", "no such field");
        }

        List<(long Position, string Id)> entries = [.. toNodes.Select(entry => (PositionTable.Parse(file, entry.Key, ToNodes), entry.Value))];
        HashSet<(long, string)> backwards = [.. toFaiss.Select(entry => (PositionTable.Parse(file, entry.Value, ToFaiss), entry.Key))];
        int alone = entries.Count(entry => !backwards.Contains(entry));
        return alone == 0 && backwards.Count == entries.Count && toFaiss.Count == entries.Count
            ? entries
            : throw JsonErrors.Invalid(
                file,
                $"{ToNodes} and {ToFaiss} to match",
                $"{Grouped.Of(entries.Count)} entries and {Grouped.Of(toFaiss.Count)}, {Grouped.Of(alone)} of the former without a counterpart");
    }

    private static List<(string Key, string Value)> ReadDictionary(JsonFileReader reader, string field, CancellationToken cancellationToken)
    {
        List<(string Key, string Value)> entries = [];
        reader.Expect(JsonTokenType.StartObject, $"'{field}'");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoreLimits.ThrowIfFull(reader.Name, entries.Count);
            string key = reader.Text(StoreLimits.MostIdBytes);
            string value = reader.Next() switch
            {
                JsonTokenType.String => reader.Text(StoreLimits.MostIdBytes),
                JsonTokenType.Number when reader.Raw.Length <= 20 => System.Text.Encoding.ASCII.GetString(reader.Raw),
                _ => throw JsonErrors.Unexpected(reader, "an id", $"'{field}'"),
            };
            entries.Add((key, value));
        }

        return entries;
    }

    private static List<(long Position, string Id)>? ReadIndex(JsonFileReader reader, string id, CancellationToken cancellationToken)
    {
        string name = $"the index '{PickleErrors.Clean(id)}'";
        bool isVectorStore = false;
        bool hasData = false;
        FileBytes? data = null;
        reader.Expect(JsonTokenType.StartObject, name);
        while (reader.Next() != JsonTokenType.EndObject)
        {
            bool isType = reader.Is("__type__"u8);
            bool isData = reader.Is("__data__"u8);
            if (isData && hasData)
            {
                throw JsonErrors.Repeated(reader.Name, $"'__data__' in {name}");
            }

            hasData |= isData;
            reader.Next();
            if (isType)
            {
                isVectorStore = reader.Token == JsonTokenType.String && reader.Is("vector_store"u8);
            }

            if (isData)
            {
                data = reader.Token == JsonTokenType.String
                    ? new HeldBytes(reader.Utf8Text())
                    : throw JsonErrors.Unexpected(reader, "a string", $"'__data__' of {name}");
            }

            reader.Skip();
        }

        return !isVectorStore ? null
            : data is null ? throw JsonErrors.Invalid(reader.Name, $"'__data__' in {name}", "no such field")
            : ReadNodes(new JsonFileReader(data, $"{reader.Name} ({name})"), reader.Name, cancellationToken);
    }

    private static List<(long Position, string Id)> ReadNodes(JsonFileReader reader, string file, CancellationToken cancellationToken)
    {
        List<(string Key, string Value)>? nodes = null;
        reader.Expect(JsonTokenType.StartObject, "'__data__'");
        while (reader.Next() != JsonTokenType.EndObject)
        {
            if (!reader.Is("nodes_dict"u8))
            {
                reader.Next();
                reader.Skip();
                continue;
            }

            nodes = nodes is null ? ReadDictionary(reader, Nodes, cancellationToken) : throw JsonErrors.Repeated(reader.Name, $"'{Nodes}'");
        }

        reader.ExpectEnd();
        return nodes is null
            ? throw JsonErrors.Invalid(reader.Name, $"'{Nodes}'", "no such field")
            : [.. nodes.Select(entry => (PositionTable.Parse(file, entry.Key, Nodes), entry.Value))];
    }
}
