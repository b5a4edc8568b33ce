using System.Buffers;
using System.Globalization;
using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Tests.SideFiles.Pickles;

/// <summary>Reads pickles that tests write, and tells what was read.</summary>
internal static class Pickled
{
    public static PickleContent Read(byte[] pickle, PickleLimits? limits = null) =>
        PickleReader.Read(new MemoryStream(pickle), pickle.Length, "test.pkl", limits ?? new PickleLimits(), CancellationToken.None);

    public static PickleValue Read(PickleValue value, int protocol) => Read(PickleWriter.Write(value, protocol)).Root;

    /// <summary>A pickle of opcodes as Latin-1 text.</summary>
    public static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);

    public static PickleValue Read(string latin1) => Read(Bytes(latin1)).Root;

    public static MigrationException Refused(byte[] pickle, PickleLimits? limits = null) => Should.Throw<MigrationException>(() => Read(pickle, limits));

    /// <summary>JSON of a value, in a field "v" of a document "d".</summary>
    public static string Json(PickleValue value, LargeInteger largeInteger = LargeInteger.Fail)
    {
        ArrayBufferWriter<byte> output = new();
        new ValueJson("test.pkl", StorePickles.Text("d"), largeInteger).WriteObject(output, [("v", value)]);
        string text = Encoding.UTF8.GetString(output.WrittenSpan);
        return text["{\"v\":".Length..^1];
    }

    /// <summary>JSON of a value that is written and read in a protocol.</summary>
    public static string Json(PickleValue value, int protocol) => Json(Read(value, protocol));

    /// <summary>All that a value is, in a form that can be compared.</summary>
    public static string Describe(PickleValue value) => value switch
    {
        PickleNone => "None",
        PickleBool truth => truth.Value ? "True" : "False",
        PickleInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        PickleBigInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        PickleFloat number => BitConverter.DoubleToInt64Bits(number.Value).ToString("x16", CultureInfo.InvariantCulture),
        PickleText text => $"'{Convert.ToHexString(text.Utf8)}'",
        PickleBytes bytes => $"b'{Convert.ToHexString(bytes.Data!)}'",
        PickleTuple tuple => $"({Join(tuple)})",
        PickleList list => $"[{Join(list)}]",
        PickleSet set => $"set({Join(set)})",
        PickleDict dictionary => $"{{{Join(dictionary)}}}",
        _ => value.Kind,
    };

    private static string Join(PickleContainer container) => string.Join(",", container.Items.ToArray().Select(Describe));
}
