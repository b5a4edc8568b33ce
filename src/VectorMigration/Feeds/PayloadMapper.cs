using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// Makes payloads into what a mapping says, field by field; values that are not taken apart are copied as they stand. Nothing is ever lost: two fields
/// that would become one are a fault. Rows were judged to be JSON objects before. Thread-safe.
/// </summary>
/// <param name="mapping">The mapping.</param>
/// <param name="key">The field that holds the FAISS id; null for none.</param>
/// <param name="dropsKey">It is left out.</param>
/// <param name="reserved">The field that the migration adds itself; null for none.</param>
internal sealed class PayloadMapper(PayloadMapping mapping, string? key, bool dropsKey, string? reserved)
{
    // As deep as rows are judged.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000 };

    private readonly byte[]? key = key is null ? null : Encoding.UTF8.GetBytes(key);
    private readonly byte[]? reserved = reserved is null ? null : Encoding.UTF8.GetBytes(reserved);
    private readonly bool dropsKey = dropsKey;
    private readonly bool keyIsReserved = reserved is not null && reserved == key;
    private readonly ConcurrentBag<MappedDocument> documents = [];

    /// <summary>Maps a row and writes it; the fault where that cannot be done, and then nothing is written.</summary>
    /// <param name="row">One JSON object.</param>
    /// <param name="output">Takes the payload.</param>
    public RowFault? Map(ReadOnlySpan<byte> row, IBufferWriter<byte> output)
    {
        MappedDocument document = documents.TryTake(out MappedDocument? used) ? used : new MappedDocument();
        document.Clear();
        Walk walk = new(this, document, row);
        Utf8JsonReader reader = new(row, Options);
        reader.Read();
        RowFault? fault = walk.Object(ref reader, mapping.Root, keeps: !mapping.Selects, new Level { Object = MappedDocument.Root });
        if (fault is null)
        {
            document.WriteTo(row, output);
        }

        documents.Add(document);
        return fault;
    }

    /// <summary>An object of the row that is looked into, and where in the payload its fields belong. The object is made with the first of them.</summary>
    private sealed class Level
    {
        /// <summary>The object in the payload; negative until it is made.</summary>
        public int Object { get; set; } = -1;

        /// <summary>The level around it; null where it has a place of its own.</summary>
        public Level? Around { get; init; }

        /// <summary>Its name.</summary>
        public FieldName Name { get; init; }

        /// <summary>Its new place; null where it stays.</summary>
        public IReadOnlyList<MadeName>? Target { get; init; }

        /// <summary>Where it begins in the row.</summary>
        public int Origin { get; init; }

        /// <summary>It, or one around it, was renamed: it is not flattened.</summary>
        public bool IsMoved { get; init; }

        /// <summary>It is the row itself.</summary>
        public bool IsRow => Around is null && Target is null;
    }

    private ref struct Walk(PayloadMapper mapper, MappedDocument document, ReadOnlySpan<byte> row)
    {
        private readonly ReadOnlySpan<byte> row = row;

        /// <summary>Takes the fields of an object to their places; the reader stands at its beginning, and then at its end.</summary>
        public RowFault? Object(ref Utf8JsonReader reader, MappingNode? node, bool keeps, Level level)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                MappingNode? said = node?.Find(ref reader);
                bool isKey = level.IsRow && mapper.key is not null && reader.ValueTextEquals(mapper.key);
                FieldName name = NameOf(ref reader);
                reader.Read();
                if (said?.Drop == true || (isKey && mapper.dropsKey))
                {
                    reader.Skip();
                }
                else if (Field(ref reader, said, keeps || said?.Keep == true, name, level) is RowFault fault)
                {
                    return fault;
                }
            }

            return null;
        }

        private RowFault? Field(ref Utf8JsonReader reader, MappingNode? said, bool keeps, in FieldName name, Level level)
        {
            int start = (int)reader.TokenStartIndex;
            bool isMoved = said?.Target is not null;
            bool flattens = mapper.Flattens && !level.IsMoved && !isMoved;
            if (reader.TokenType == JsonTokenType.StartObject && said?.Type is null && (flattens || said?.LooksInto == true))
            {
                return Inner(ref reader, said, keeps, new Level
                {
                    Around = isMoved ? null : level,
                    Name = name,
                    Target = said?.Target,
                    Origin = start,
                    IsMoved = isMoved || level.IsMoved,
                });
            }

            if (!keeps)
            {
                reader.Skip();
                return null;
            }

            MappedDocument.Field field = new() { Name = name, Origin = start, Start = start };
            if (said?.Type is PayloadFieldType type)
            {
                int made = document.Made.WrittenCount;
                if (PayloadConversion.Convert(ref reader, row, type, document.Made) is string found)
                {
                    return RowFault.TypeMismatch(JsonPath.At(row, start), PayloadConversion.Wanted(type), found);
                }

                field = field with { Start = made, Length = document.Made.WrittenCount - made, IsMade = true };
            }
            else
            {
                reader.Skip();
                field = field with { Length = (int)reader.BytesConsumed - start };
            }

            return Put(field, said?.Target, level);
        }

        private RowFault? Inner(ref Utf8JsonReader reader, MappingNode? said, bool keeps, Level inner)
        {
            if (said?.DropBelow == true)
            {
                reader.Skip();
                return null;
            }

            int before = (int)reader.BytesConsumed;
            if (Object(ref reader, said, keeps || said?.KeepBelow == true, inner) is RowFault fault)
            {
                return fault;
            }

            bool isEmpty = keeps && row[before..((int)reader.BytesConsumed - 1)].IndexOfAnyExcept(" \t\r\n"u8) < 0;
            return isEmpty ? MakeEmpty(inner) : null;
        }

        /// <summary>An object without fields stays one, under flattening too.</summary>
        private RowFault? MakeEmpty(Level level)
        {
            bool flattens = mapper.Flattens && !level.IsMoved;
            RowFault? fault = null;
            int made = flattens ? ObjectIn(MappedDocument.Root, level.Name, level.Origin, claims: true, out fault) : Make(level, out fault);
            if (fault is null)
            {
                document.Claim(made, isEmpty: true, level.Origin);
            }

            return fault;
        }

        /// <summary>Puts a value where it belongs.</summary>
        private RowFault? Put(MappedDocument.Field field, IReadOnlyList<MadeName>? target, Level level)
        {
            int holder;
            RowFault? fault = null;
            if (target is not null)
            {
                holder = Holder(target, field.Origin, out fault);
                field = field with { Name = new FieldName(target[^1], 0, 0, null) };
            }
            else
            {
                holder = mapper.Flattens && !level.IsMoved ? MappedDocument.Root : Make(level, out fault);
            }

            if (fault is not null)
            {
                return fault;
            }

            if (holder == MappedDocument.Root && IsReserved(field.Name) && !(mapper.keyIsReserved && level.IsRow && target is null && !field.IsMade))
            {
                return RowFault.FieldTaken(Encoding.UTF8.GetString(mapper.reserved!));
            }

            int there = document.Find(row, holder, field.Name);
            if (there >= 0)
            {
                return Collision(there, field.Origin, field.Name);
            }

            document.Add(row, holder, field);
            return null;
        }

        private readonly bool IsReserved(in FieldName name) => mapper.reserved is not null && name.PlainIn(row).SequenceEqual(mapper.reserved);

        /// <summary>The object in the payload that a level stands for.</summary>
        private int Make(Level level, out RowFault? fault)
        {
            fault = null;
            if (level.Object >= 0)
            {
                return level.Object;
            }

            int around = level.Target is not null ? Holder(level.Target, level.Origin, out fault) : Make(level.Around!, out fault);
            FieldName name = level.Target is not null ? new FieldName(level.Target[^1], 0, 0, null) : level.Name;
            return fault is not null ? -1 : level.Object = ObjectIn(around, name, level.Origin, claims: true, out fault);
        }

        /// <summary>The object that a new place lies in.</summary>
        private int Holder(IReadOnlyList<MadeName> target, int origin, out RowFault? fault)
        {
            int holder = MappedDocument.Root;
            fault = null;
            for (int i = 0; i < target.Count - 1 && fault is null; i++)
            {
                holder = ObjectIn(holder, new FieldName(target[i], 0, 0, null), origin, claims: false, out fault);
            }

            return holder;
        }

        /// <summary>The object of a name, made where it is not there; a fault where that name has another value, or an object of its own already.</summary>
        private int ObjectIn(int holder, in FieldName name, int origin, bool claims, out RowFault? fault)
        {
            fault = holder == MappedDocument.Root && IsReserved(name) ? RowFault.FieldTaken(Encoding.UTF8.GetString(mapper.reserved!)) : null;
            int there = fault is null ? document.Find(row, holder, name) : -1;
            if (fault is null && there >= 0 && (document[there] is { IsObject: false } || (claims && document[there].IsClaimed)))
            {
                fault = Collision(there, origin, name);
            }

            if (fault is not null)
            {
                return -1;
            }

            there = there >= 0 ? there : document.Add(row, holder, new MappedDocument.Field { Name = name, IsObject = true, Origin = origin });
            if (claims)
            {
                document.Claim(there, isEmpty: false, origin);
            }

            return there;
        }

        private RowFault Collision(int there, int origin, in FieldName name) => RowFault.Collision(
            JsonPath.At(row, document[there].Origin), JsonPath.At(row, origin), Encoding.UTF8.GetString(name.PlainIn(row)));

        private static FieldName NameOf(ref Utf8JsonReader reader)
        {
            int start = (int)reader.TokenStartIndex;
            byte[]? plain = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : null;
            return new FieldName(null, start, reader.ValueSpan.Length + 2, plain);
        }
    }

    private bool Flattens => mapping.Flattens;
}
