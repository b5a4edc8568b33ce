using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>What a page says about itself.</summary>
internal sealed class ParquetPage
{
    /// <summary>Values behind each other.</summary>
    public const int Plain = 0;

    /// <summary>Runs and packed bits.</summary>
    public const int Runs = 3;

    /// <summary>Whole numbers as differences.</summary>
    public const int Deltas = 5;

    /// <summary>Texts behind their lengths, which are differences.</summary>
    public const int DeltaLengths = 6;

    /// <summary>Texts that share their beginning with the one before.</summary>
    public const int DeltaTexts = 7;

    /// <summary>The first bytes of all values, then the second ones.</summary>
    public const int Split = 9;

    private const int MostPage = 1 << 30;

    private int type = -1;

    /// <summary>Bytes when unpacked.</summary>
    public int Length { get; private set; } = -1;

    /// <summary>Bytes as it lies in the file.</summary>
    public int Packed { get; private set; } = -1;

    /// <summary>Values, those that are missing included.</summary>
    public int Values { get; private set; } = -1;

    /// <summary>How they are written.</summary>
    public int Encoding { get; private set; }

    /// <summary>How levels are written, in pages of the first kind.</summary>
    public int LevelEncoding { get; private set; } = Runs;

    /// <summary>Bytes of repetition levels, in pages of the second kind.</summary>
    public int RepetitionLength { get; private set; }

    /// <summary>Bytes of definition levels, in pages of the second kind.</summary>
    public int DefinitionLength { get; private set; }

    /// <summary>Whether its values are compressed, in pages of the second kind.</summary>
    public bool IsCompressed { get; private set; } = true;

    /// <summary>Whether it holds values of the column.</summary>
    public bool IsData => type is 0 or 3;

    /// <summary>Whether its levels lie before what is compressed.</summary>
    public bool IsSecondKind => type == 3;

    /// <summary>Whether it holds the dictionary.</summary>
    public bool IsDictionary => type == 2;

    /// <summary>Whether its values are places in the dictionary.</summary>
    public bool IsOfPlaces => Encoding is 2 or 8;

    /// <summary>Reads a header.</summary>
    /// <exception cref="TableDamage">It is damaged.</exception>
    public static ParquetPage Of(ThriftReader reader)
    {
        ParquetPage page = new();
        reader.Struct(page.Read);
        TableDamage.ThrowUnless(
            page.Length is >= 0 and <= MostPage && page.Packed is >= 0 and <= MostPage && page.type is >= 0 and <= 3, "a page without a length");
        TableDamage.ThrowUnless(page.type == 1 || page.Values >= 0, "a page without a type");
        bool isWithin = page.RepetitionLength >= 0 && page.DefinitionLength >= 0
            && (long)page.RepetitionLength + page.DefinitionLength <= Math.Min(page.Packed, page.Length);
        TableDamage.ThrowUnless(isWithin, "levels longer than their page");
        return page;
    }

    private void Read(ThriftReader reader)
    {
        switch (reader.Field)
        {
            case 1: type = reader.Int(); break;
            case 2: Length = reader.Int(); break;
            case 3: Packed = reader.Int(); break;
            case 5 or 7 or 8 when reader.Type == ThriftType.Struct:
                short kind = reader.Field;
                reader.Struct(inner => ReadKind(inner, kind));
                break;
            default: reader.Skip(); break;
        }
    }

    private void ReadKind(ThriftReader reader, short kind)
    {
        switch (kind, reader.Field)
        {
            case (_, 1): Values = reader.Int(); break;
            case (5 or 7, 2) or (8, 4): Encoding = reader.Int(); break;
            case (5, 3): LevelEncoding = reader.Int(); break;
            case (8, 5): DefinitionLength = reader.Int(); break;
            case (8, 6): RepetitionLength = reader.Int(); break;
            case (8, 7): IsCompressed = reader.Bool(); break;
            default: reader.Skip(); break;
        }
    }
}
