namespace VectorMigration.SideFiles.Stores;

/// <summary>Counts the fields of metadata: their types, how many documents have them, and how long their texts are.</summary>
internal sealed class FieldTally
{
    /// <summary>Fields that are told apart: metadata may use ids as keys.</summary>
    private const int MostFields = 1_000;

    private readonly Dictionary<string, Field> fields = new(StringComparer.Ordinal);

    /// <summary>Counts a value.</summary>
    /// <param name="name">The field.</param>
    /// <param name="type">Its type in JSON.</param>
    /// <param name="length">Length of a text.</param>
    public void Add(string name, string type, long? length)
    {
        if (!fields.TryGetValue(name, out Field? field))
        {
            if (fields.Count == MostFields)
            {
                return;
            }

            fields.Add(name, field = new Field());
        }

        field.Types.Add(type);
        field.Documents++;
        field.Texts += length is null ? 0 : 1;
        field.Length += length ?? 0;
    }

    /// <summary>What was counted, in the order of names.</summary>
    public StoreField[] ToFields() =>
    [
        .. fields.OrderBy(static field => field.Key, StringComparer.Ordinal).Select(static field =>
            new StoreField(field.Key, [.. field.Value.Types], field.Value.Documents)
            {
                AverageLength = field.Value.Texts == 0 ? null : field.Value.Length / field.Value.Texts,
            }),
    ];

    private sealed class Field
    {
        public SortedSet<string> Types { get; } = new(StringComparer.Ordinal);

        public long Documents { get; set; }

        public long Texts { get; set; }

        public long Length { get; set; }
    }
}
