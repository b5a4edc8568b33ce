using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>
/// Makes values and records of a known class and its arguments. Arguments that the class's own pickles do not have make an inert token: it may stand where
/// nothing looks, and is refused elsewhere. What is made of something larger is counted, since a few bytes of a file may ask for it again and again.
/// </summary>
internal sealed class PickleMaker(PickleInput input, PickleLimits limits)
{
    private const long BytesOfItem = 16;

    private long made;

    /// <summary>What an object of a class becomes.</summary>
    public PickleValue Make(PickleClass type, PickleTuple arguments) => type.Form switch
    {
        PickleClassKind.Docstore or PickleClassKind.Document or PickleClassKind.VectorStore or PickleClassKind.Distance or PickleClassKind.FaissIndex
            or PickleClassKind.Uuid => new PickleRecord(type, arguments, input.OpcodeOffset),
        PickleClassKind.Reconstructor => Reconstruct(type, arguments),
        PickleClassKind.NewObject => arguments.Items is [PickleClass made, ..] items && !IsMaker(made) ? Make(made, Rest(items)) : Token(type),
        PickleClassKind.NewObjectEx => arguments.Items is [PickleClass made, PickleTuple own, PickleDict { Count: 0 }] && !IsMaker(made)
            ? Make(made, own)
            : Token(type),
        PickleClassKind.GetAttribute => Attribute(type, arguments),
        PickleClassKind.Other => new PickleToken(type.FullName, input.OpcodeOffset),
        _ => Placed(Value(type.Form, arguments)) ?? Token(type, "with arguments that its pickles do not have"),
    };

    /// <summary>True for functions that make an object of a class that they are given: one that is given another such function would recurse.</summary>
    private static bool IsMaker(PickleClass type) =>
        type.Form is PickleClassKind.NewObject or PickleClassKind.NewObjectEx or PickleClassKind.Reconstructor;

    private PickleTuple Rest(ReadOnlySpan<PickleValue> items)
    {
        Count(items.Length * BytesOfItem);
        return new PickleTuple(items[1..].ToArray());
    }

    private PickleValue? Placed(PickleValue? value)
    {
        if (value is PickleMade { Offset: < 0 } made)
        {
            made.Offset = input.OpcodeOffset;
        }

        return value;
    }

    private PickleToken Token(PickleClass type, string? reason = null) => new(type.FullName, input.OpcodeOffset, reason);

    /// <summary>Protocols 0 and 1: a class, the built-in class below it, and that one's state. Only plain objects are records.</summary>
    private PickleValue Reconstruct(PickleClass type, PickleTuple arguments) => arguments.Items switch
    {
        [PickleClass made, PickleClass { Form: PickleClassKind.Object }, PickleNone] => Make(made, PickleTuple.Empty),
        [PickleClass made, ..] => Token(made),
        _ => Token(type),
    };

    /// <summary>An attribute of an object is nothing that is known, but for one: zones are made by a method of their class.</summary>
    private PickleValue Attribute(PickleClass type, PickleTuple arguments) =>
        arguments.Items is [PickleClass { Form: PickleClassKind.ZoneInfo } zone, PickleText name] && name.Is("_unpickle"u8)
            ? new PickleClass($"{zone.FullName}._unpickle", PickleClassKind.ZoneInfoMaker, input.OpcodeOffset)
            : Token(type);

    private PickleValue? Value(PickleClassKind form, PickleTuple arguments) => form switch
    {
        PickleClassKind.PosixPath => Path(arguments, PicklePaths.Posix),
        PickleClassKind.WindowsPath => Path(arguments, PicklePaths.Windows),
        PickleClassKind.DateTime => PickleMoments.DateTime(arguments.Items, input.OpcodeOffset),
        PickleClassKind.PandasTimestamp => PickleMoments.PandasTimestamp(arguments.Items, input.OpcodeOffset),
        PickleClassKind.PandasNoTime => PickleNone.Value,
        PickleClassKind.Date => PickleMoments.Date(arguments.Items),
        PickleClassKind.Time => PickleMoments.Time(arguments.Items),
        PickleClassKind.Duration => PickleMoments.Duration(arguments.Items),
        PickleClassKind.TimeZone => PickleMoments.TimeZone(arguments.Items),
        PickleClassKind.ZoneInfoMaker or PickleClassKind.ZoneInfo => PickleMoments.NamedZone(arguments.Items),
        PickleClassKind.Utc => new PickleZone(TimeSpan.Zero),
        PickleClassKind.PytzZone => PickleMoments.PytzZone(arguments.Items),
        PickleClassKind.Decimal => Decimal(arguments.Items),
        PickleClassKind.OrderedDict => Ordered(arguments.Items),
        PickleClassKind.DefaultDict => new PickleDict(),
        PickleClassKind.Counter => arguments.Items switch { [] => new PickleDict(), [PickleDict counts] => counts, _ => null },
        PickleClassKind.Set => arguments.Items switch
        {
            [] => new PickleSet(),
            [PickleContainer and not PickleDict and PickleContainer held] => new PickleSet(held),
            _ => null,
        },
        PickleClassKind.Bytes => Bytes(arguments.Items),
        PickleClassKind.CodecsEncode => arguments.Items is [PickleText text, PickleText codec] ? Encode(text, codec) : null,
        PickleClassKind.NumpyType => PickleNumpyType.Make(arguments.Items),
        PickleClassKind.NumpyScalar => Scalar(arguments.Items),
        PickleClassKind.NumpyReconstruct => arguments.Items is [PickleClass { Form: PickleClassKind.NumpyArray }, ..] ? new PickleArray() : null,
        PickleClassKind.NumpyFromBuffer => PickleArray.OfBuffer(arguments.Items),
        _ => null,
    };

    private PickleScalar? Path(PickleTuple parts, Func<IReadOnlyList<string>, string> join)
    {
        List<string> texts = [];
        foreach (PickleValue part in parts.Items)
        {
            if (part is not PickleText text || !Utf8.IsValid(text.Utf8))
            {
                return null;
            }

            Count(text.Utf8.Length + BytesOfItem);
            texts.Add(text.ToString());
        }

        return new PickleScalar(PickleScalarKind.Path, join(texts));
    }

    private PickleScalar? Decimal(ReadOnlySpan<PickleValue> arguments)
    {
        if (arguments is not [PickleText text] || text.Utf8.Length > PickleLimits.MostIntegerDigits)
        {
            return null;
        }

        Count(text.Utf8.Length);
        return PythonDecimal.IsNumber(text.ToString()) ? new PickleScalar(PickleScalarKind.Decimal, text.ToString()) : null;
    }

    /// <summary>Python 2 gives an ordered dictionary its pairs as arguments; Python 3 puts them in later.</summary>
    private PickleDict? Ordered(ReadOnlySpan<PickleValue> arguments)
    {
        if (arguments is [])
        {
            return new PickleDict();
        }

        if (arguments is not [PickleContainer pairs])
        {
            return null;
        }

        Count(pairs.Size * BytesOfItem);
        List<PickleValue> entries = [];
        foreach (PickleValue pair in pairs.Items)
        {
            if (pair is not PickleContainer { Size: 2 } entry)
            {
                return null;
            }

            entries.AddRange(entry.Items);
        }

        return new PickleDict([.. entries]);
    }

    /// <summary>bytes() of protocols 0 to 2; bytearray(bytes), bytearray(text, 'latin-1').</summary>
    private PickleBytes? Bytes(ReadOnlySpan<PickleValue> arguments) => arguments switch
    {
        [] => new PickleBytes([]),
        [PickleBytes bytes] => bytes,
        [PickleText text, PickleText codec] => Encode(text, codec),
        _ => null,
    };

    private PickleBytes? Encode(PickleText text, PickleText codec)
    {
        if (!codec.Is("latin1"u8) && !codec.Is("latin-1"u8))
        {
            return null;
        }

        Count(text.Utf8.Length);
        byte[] bytes = new byte[Encoding.UTF8.GetCharCount(text.Utf8)];
        int written = 0;
        for (int i = 0; i < text.Utf8.Length; i++)
        {
            byte first = text.Utf8[i];
            if (first < 0x80)
            {
                bytes[written++] = first;
            }
            else if (first is 0xC2 or 0xC3 && i + 1 < text.Utf8.Length)
            {
                bytes[written++] = (byte)((first << 6) | (text.Utf8[++i] & 0x3F));
            }
            else
            {
                return null;
            }
        }

        return new PickleBytes(written == bytes.Length ? bytes : bytes[..written]);
    }

    private PickleValue? Scalar(ReadOnlySpan<PickleValue> arguments)
    {
        if (arguments is not [PickleNumpyType type, PickleValue value] || PickleBytes.Raw(value) is not byte[] raw || raw.Length != type.ItemSize)
        {
            return null;
        }

        Count(raw.Length);
        return type.Element(raw);
    }

    private void Count(long bytes)
    {
        made += bytes;
        if (made > (input.Length * PickleLimits.MostMade) + PickleLimits.AlwaysMade || bytes > limits.Text)
        {
            throw PickleErrors.TooLarge(
                input, string.Create(CultureInfo.InvariantCulture, $"objects built from others take more than {PickleLimits.MostMade} times the file"));
        }
    }
}
