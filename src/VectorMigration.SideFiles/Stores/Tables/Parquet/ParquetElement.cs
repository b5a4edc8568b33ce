using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>An element of the schema as it is read: old writers say what it means by one number, newer ones by a structure too.</summary>
internal sealed class ParquetElement
{
    private string name = string.Empty;
    private int? type;
    private int width;
    private int repetition;
    private int children;
    private int scale;
    private ParquetMeaning old;
    private long oldPerSecond;
    private ParquetMeaning? meaning;
    private long perSecond;
    private bool isUtc;

    /// <summary>Takes one field.</summary>
    public void Read(ThriftReader reader)
    {
        switch (reader.Field)
        {
            case 1: type = reader.Int(); break;
            case 2: width = reader.Int(); break;
            case 3: repetition = reader.Int(); break;
            case 4: name = reader.Text(); break;
            case 5: children = reader.Int(); break;
            case 6: (old, oldPerSecond) = Old(reader.Int()); break;
            case 7: scale = reader.Int(); break;
            case 10: RequireStruct(reader).Struct(ReadMeaning); break;
            default: reader.Skip(); break;
        }
    }

    /// <summary>The element.</summary>
    public (ParquetNode Node, int Children) Make()
    {
        TableDamage.ThrowUnless(type is null or (>= 0 and <= 7), "a column without a type");
        TableDamage.ThrowUnless(repetition is >= 0 and <= 2 && children >= 0, "a column that is neither required nor optional");
        // A structure that says nothing known leaves the number.
        bool isOld = meaning is null or ParquetMeaning.None;
        ParquetNode node = new()
        {
            Name = name,
            Type = (ParquetType?)type,
            Width = width,
            IsOptional = repetition == 1,
            IsRepeated = repetition == 2,
            Meaning = isOld ? old : meaning!.Value,
            Scale = scale,
            PerSecond = isOld ? oldPerSecond : perSecond,
            // By the number alone they are in UTC.
            IsUtc = isOld || isUtc,
        };
        return (node, children);
    }

    private static (ParquetMeaning Meaning, long PerSecond) Old(int number) => number switch
    {
        0 or 4 or 19 => (ParquetMeaning.Text, 0),
        1 or 2 => (ParquetMeaning.Map, 0),
        3 => (ParquetMeaning.List, 0),
        5 => (ParquetMeaning.Decimal, 0),
        6 => (ParquetMeaning.Date, 0),
        7 => (ParquetMeaning.Time, 1_000),
        8 => (ParquetMeaning.Time, 1_000_000),
        9 => (ParquetMeaning.Moment, 1_000),
        10 => (ParquetMeaning.Moment, 1_000_000),
        >= 11 and <= 14 => (ParquetMeaning.Unsigned, 0),
        20 or 21 => (ParquetMeaning.NotRead, 0),
        _ => (ParquetMeaning.None, 0),
    };

    private void ReadMeaning(ThriftReader reader)
    {
        meaning = reader.Field switch
        {
            1 or 4 or 12 => ParquetMeaning.Text,
            2 => ParquetMeaning.Map,
            3 => ParquetMeaning.List,
            5 => ParquetMeaning.Decimal,
            6 => ParquetMeaning.Date,
            7 => ParquetMeaning.Time,
            8 => ParquetMeaning.Moment,
            13 => ParquetMeaning.NotRead,
            14 => ParquetMeaning.Uuid,
            15 => ParquetMeaning.Half,
            _ => ParquetMeaning.None,
        };
        short kind = reader.Field;
        RequireStruct(reader).Struct(inner => ReadDetail(inner, kind));
    }

    private void ReadDetail(ThriftReader reader, short kind)
    {
        switch (kind, reader.Field)
        {
            case (5, 1): scale = reader.Int(); break;
            case (7 or 8, 1): isUtc = reader.Bool(); break;
            case (7 or 8, 2): RequireStruct(reader).Struct(ReadUnit); break;
            case (10, 2): meaning = reader.Bool() ? ParquetMeaning.None : ParquetMeaning.Unsigned; break;
            default: reader.Skip(); break;
        }
    }

    private void ReadUnit(ThriftReader reader)
    {
        perSecond = reader.Field switch
        {
            1 => 1_000,
            2 => 1_000_000,
            3 => 1_000_000_000,
            _ => throw new TableDamage("a time without a unit"),
        };
        reader.Skip();
    }

    private static ThriftReader RequireStruct(ThriftReader reader)
    {
        TableDamage.ThrowUnless(reader.Type == ThriftType.Struct, "metadata of an unexpected type");
        return reader;
    }
}
