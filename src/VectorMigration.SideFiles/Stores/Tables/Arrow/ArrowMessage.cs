using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Arrow;

/// <summary>What a message of Arrow's format holds.</summary>
internal enum ArrowMessageKind
{
    /// <summary>Something else.</summary>
    Other = 0,

    /// <summary>The schema.</summary>
    Schema = 1,

    /// <summary>A dictionary.</summary>
    Dictionary = 2,

    /// <summary>Rows.</summary>
    Batch = 3,
}

/// <summary>A message in a stream or file of Arrow: what it says about its body, and where that lies.</summary>
internal sealed class ArrowMessage
{
    private const int MostMetadata = 64 << 20;

    private readonly FlatTable header;

    private ArrowMessage(FlatTable message, long bodyStart, long bodyLength)
    {
        Kind = (ArrowMessageKind)message.Byte(1);
        header = message.Table(2) ?? throw new TableDamage("a message without a header");
        BodyStart = bodyStart;
        BodyLength = bodyLength;
    }

    /// <summary>What it holds.</summary>
    public ArrowMessageKind Kind { get; }

    /// <summary>Where its body begins.</summary>
    public long BodyStart { get; }

    /// <summary>Bytes of the body.</summary>
    public long BodyLength { get; }

    /// <summary>Where the next message begins.</summary>
    public long End => BodyStart + BodyLength;

    /// <summary>The header: a schema, a dictionary or a batch.</summary>
    public FlatTable Header => header;

    /// <summary>The batch of rows, which a dictionary has within.</summary>
    public FlatTable Batch => Kind == ArrowMessageKind.Dictionary ? header.Table(1) ?? throw new TableDamage("a dictionary without values") : header;

    /// <summary>Reads the message at an offset; null at the end of a stream.</summary>
    /// <exception cref="TableDamage">It is damaged or cut short.</exception>
    public static ArrowMessage? At(StorePart part, long offset)
    {
        long left = part.Bytes.Length - offset;
        if (left == 0)
        {
            return null;
        }

        TableDamage.ThrowUnless(left >= 4, "a message that is cut short");
        int start = 4;
        int length = BinaryPrimitives.ReadInt32LittleEndian(part.Read(offset, 4));
        if (length == -1)
        {
            // Since 0.15 a marker goes before the length.
            TableDamage.ThrowUnless(left >= 8, "a message that is cut short");
            start = 8;
            length = BinaryPrimitives.ReadInt32LittleEndian(part.Read(offset + 4, 4));
        }

        if (length == 0)
        {
            return null;
        }

        TableDamage.ThrowUnless(length is > 0 and <= MostMetadata && length <= left - start, $"a message of {length} bytes, {left - start} bytes left");
        FlatTable message = FlatTable.Root(part.Read(offset + start, length));
        long bodyStart = offset + start + length;
        long bodyLength = message.Long(3);
        TableDamage.ThrowUnless(
            bodyLength >= 0 && bodyLength <= part.Bytes.Length - bodyStart,
            $"a body of {bodyLength} bytes, {part.Bytes.Length - bodyStart} bytes left");
        return new ArrowMessage(message, bodyStart, bodyLength);
    }
}
