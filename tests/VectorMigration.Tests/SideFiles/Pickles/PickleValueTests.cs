using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Pickles;

/// <summary>Values of the standard library and of NumPy become what JSON has; what it has no form for is refused with document and key.</summary>
public sealed class PickleValueTests
{
    public static TheoryData<int> Protocols => [0, 1, 2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Values_of_the_standard_library(int protocol)
    {
        Json(Call("pathlib.PosixPath", Text("/"), Text("data"), Text("a b.pdf"))).ShouldBe("\"/data/a b.pdf\"");
        Json(Call("pathlib.PurePosixPath", Text("data/./x//y"))).ShouldBe("\"data/x/y\"");
        Json(Call("pathlib._local.PosixPath")).ShouldBe("\".\"");
        Json(Call("pathlib.WindowsPath", Text("C:\\"), Text("data"), Text("x.pdf"))).ShouldBe("\"C:\\\\data\\\\x.pdf\"");
        Json(Moment([0x07, 0xE8, 2, 29, 23, 59, 58, 0, 0, 0])).ShouldBe("\"2024-02-29T23:59:58\"");
        Json(Moment([0x07, 0xE8, 2, 29, 23, 59, 58, 0x01, 0xE2, 0x40])).ShouldBe("\"2024-02-29T23:59:58.123456\"");
        PickleValue zone = Call("datetime.timezone", Call("datetime.timedelta", Number(-1), Number(68_400), Number(0)));
        Json(Moment([0x07, 0xE8, 2, 29, 23, 59, 58, 0, 0, 0], zone)).ShouldBe("\"2024-02-29T23:59:58-05:00\"");
        Json(Moment([0x07, 0xE8, 2, 29, 23, 59, 58, 0, 0, 0], Call("pytz._UTC"))).ShouldBe("\"2024-02-29T23:59:58+00:00\"");
        PickleValue lmt = Call("pytz._p", Text("Europe/Berlin"), Number(3_208), Number(0), Text("LMT"));
        Json(Moment([0x07, 0xE8, 2, 29, 23, 59, 58, 0, 0, 0], lmt)).ShouldBe("\"2024-02-29T23:06:30+00:00\"");
        Json(Call("datetime.date", new PickleBytes([0x07, 0xE8, 2, 29]))).ShouldBe("\"2024-02-29\"");
        Json(Call("datetime.time", new PickleBytes([1, 2, 3, 0, 0, 5]))).ShouldBe("\"01:02:03.000005\"");
        Json(Call("datetime.timedelta", Number(1), Number(3), Number(500_000))).ShouldBe("\"PT86403.5S\"");
        Json(Object("uuid.UUID", Dict(("int", PickleInteger.Of(System.Numerics.BigInteger.Parse("24197857161011715162171839636988778104"))))))
            .ShouldBe("\"12345678-1234-5678-1234-567812345678\"");
        Json(Call("collections.OrderedDict", List(List(Text("b"), Number(1)), List(Text("a"), Number(2))))).ShouldBe("{\"b\":1,\"a\":2}");
        Json(Call("collections.Counter", Dict(("x", Number(3))))).ShouldBe("{\"x\":3}");
        Json(Call("collections.defaultdict", Name("builtins.list"))).ShouldBe("{}");
        Json(Set(Text("b"), Number(10), Text("a"), Number(9), new PickleFloat(9.5), PickleNone.Value)).ShouldBe("[9,9.5,10,\"a\",\"b\",null]");
        Json(Call("builtins.frozenset", List(Text("b"), Text("a")))).ShouldBe("[\"a\",\"b\"]");

        string Json(PickleValue value) => Pickled.Json(value, protocol);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-12", "-12")]
    [InlineData("1.10", "1.1")]
    [InlineData("0.1", "0.1")]
    [InlineData("5.00", "5.0")]
    [InlineData("1E+3", "1000.0")]
    [InlineData("123456789012345678901234567890", "\"123456789012345678901234567890\"")]
    [InlineData("0.12345678901234567890123", "\"0.12345678901234567890123\"")]
    [InlineData("1E+999", "\"1E+999\"")]
    public void A_decimal_is_a_number_where_a_number_has_its_value(string text, string json) =>
        Pickled.Json(Call("decimal.Decimal", Text(text)), 4).ShouldBe(json);

    [Fact]
    public void Moments_of_pandas_are_RFC_3339()
    {
        PickleValue none = PickleNone.Value;
        PickleValue utc = Call("datetime.timezone", Call("datetime.timedelta", Number(0)));
        PickleValue berlin = new PickleCall("zoneinfo", "ZoneInfo._unpickle", Tuple(Text("Europe/Berlin"), PickleBool.True));
        Json(1_709_211_598_000_000_000, none).ShouldBe("\"2024-02-29T12:59:58\"");
        Json(1_709_211_598_123_456_000, none).ShouldBe("\"2024-02-29T12:59:58.123456\"");
        Json(1_709_211_598_123_456_789, utc).ShouldBe("\"2024-02-29T12:59:58.123456789+00:00\"");
        Json(-1, none).ShouldBe("\"1969-12-31T23:59:59.999999999\"");
        Json(1_709_211_598_000_000_000, berlin).ShouldBe("\"2024-02-29T13:59:58+01:00\"");
        Json(1_709_211_598, none, 7).ShouldBe("\"2024-02-29T12:59:58\"");
        Json(1_709_211_598_123, utc, 8).ShouldBe("\"2024-02-29T12:59:58.123000+00:00\"");
        Json(1_709_211_598_123_456, none, 9).ShouldBe("\"2024-02-29T12:59:58.123456\"");
        Json(1_709_211_598_123_456_789, none, 10).ShouldBe("\"2024-02-29T12:59:58.123456789\"");
        Pickled.Json(Call("pandas._libs.tslibs.nattype._nat_unpickle", none), 4).ShouldBe("null");
        Refused(Call("pandas._libs.tslibs.timestamps._unpickle_timestamp", Number(long.MaxValue), none, none, Number(7))).ShouldContain("_unpickle_timestamp");

        static string Json(long since, PickleValue zone, int? unit = null) => Pickled.Json(unit is int code
            ? Call("pandas._libs.tslibs.timestamps._unpickle_timestamp", Number(since), PickleNone.Value, zone, Number(code))
            : Call("pandas._libs.tslibs.timestamps._unpickle_timestamp", Number(since), PickleNone.Value, zone), 4);
    }

    [Fact]
    public void Zones_by_name_have_the_offset_that_the_moment_has()
    {
        PickleValue byMethod = new PickleCall("zoneinfo", "ZoneInfo._unpickle", Tuple(Text("Europe/Berlin"), PickleBool.True));
        Pickled.Json(Moment([0x07, 0xE8, 7, 1, 12, 0, 0, 0, 0, 0], byMethod), 4).ShouldBe("\"2024-07-01T12:00:00+02:00\"");
        Pickled.Json(Moment([0x07, 0xE8, 1, 1, 12, 0, 0, 0, 0, 0], byMethod), 4).ShouldBe("\"2024-01-01T12:00:00+01:00\"");

        // The hour that comes twice: the first time, and, by the bit in the month, the second.
        Pickled.Json(Moment([0x07, 0xE8, 10, 27, 2, 30, 0, 0, 0, 0], byMethod), 4).ShouldBe("\"2024-10-27T02:30:00+02:00\"");
        Pickled.Json(Moment([0x07, 0xE8, 10 | 0x80, 27, 2, 30, 0, 0, 0, 0], byMethod), 4).ShouldBe("\"2024-10-27T02:30:00+01:00\"");
        PickleValue nowhere = new PickleCall("zoneinfo", "ZoneInfo._unpickle", Tuple(Text("Mars/Base"), PickleBool.True));
        Refused(Moment([0x07, 0xE8, 1, 1, 12, 0, 0, 0, 0, 0], nowhere)).ShouldContain("in the time zone Mars/Base, which this machine does not know");
    }

    /// <summary>The system would open what such a name leads to.</summary>
    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("../../../etc/passwd")]
    [InlineData("Europe/../../x")]
    [InlineData("")]
    [InlineData("Europe//Berlin")]
    [InlineData("C:\\x")]
    public void A_zone_whose_name_is_a_path_is_no_zone(string name)
    {
        PickleValue zone = new PickleCall("zoneinfo", "ZoneInfo._unpickle", Tuple(Text(name), PickleBool.True));
        Refused(zone).ShouldContain("an object of zoneinfo.ZoneInfo._unpickle (offset ");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Scalars_and_arrays_of_NumPy(int protocol)
    {
        Json(Scalar("f8", "<", BitConverter.GetBytes(0.1))).ShouldBe("0.1");
        Json(Scalar("f4", "<", BitConverter.GetBytes(1.5f))).ShouldBe("1.5");
        Json(Scalar("f4", ">", [0x3F, 0xC0, 0, 0])).ShouldBe("1.5");
        Json(Scalar("f2", "<", BitConverter.GetBytes((Half)0.5))).ShouldBe("0.5");
        Json(Scalar("i8", "<", BitConverter.GetBytes(-5L))).ShouldBe("-5");
        Json(Scalar("i2", ">", [0xFF, 0xFE])).ShouldBe("-2");
        Json(Scalar("u1", "|", [200])).ShouldBe("200");
        Json(Scalar("u4", "<", [0xFF, 0xFF, 0xFF, 0xFF])).ShouldBe("4294967295");
        Json(Scalar("b1", "|", [1])).ShouldBe("true");
        Json(Scalar("U3", "<", [0x61, 0, 0, 0, 0xAC, 0x20, 0, 0, 0, 0, 0, 0])).ShouldBe("\"a€\"");
        byte[] six = [1, 2, 3, 4, 5, 6];
        Json(Array("u1", "|", six, isFortran: false, 2, 3)).ShouldBe("[[1,2,3],[4,5,6]]");
        Json(Array("u1", "|", six, isFortran: true, 2, 3)).ShouldBe("[[1,3,5],[2,4,6]]");
        Json(Array("u1", "|", [], isFortran: false, 0)).ShouldBe("[]");
        Json(Array("i2", "<", six, isFortran: false, 3)).ShouldBe("[513,1027,1541]");
        Json(Call("numpy._core.numeric._frombuffer", new PickleBytes(six), Type("i2", ">"), Tuple(Number(3)), Text("C"))).ShouldBe("[258,772,1286]");

        string Json(PickleValue value) => Pickled.Json(value, protocol);
    }

    [Fact]
    public void What_no_such_object_is_made_of_is_refused_by_class()
    {
        Refused(Moment([0x07, 0xE8, 13, 1, 0, 0, 0, 0, 0, 0])).ShouldContain("an object of datetime.datetime (offset ");
        Refused(Moment([1, 2])).ShouldContain("datetime.datetime");
        Refused(Call("decimal.Decimal", Text("NaN"))).ShouldContain("decimal.Decimal");
        Refused(Call("pathlib.PosixPath", Number(1))).ShouldContain("pathlib.PosixPath");
        Refused(Scalar("c16", "<", new byte[16])).ShouldContain("numpy.core.multiarray.scalar");
        Refused(Scalar("f8", "<", new byte[4])).ShouldContain("numpy.core.multiarray.scalar");
        Refused(Array("u1", "|", [1, 2], isFortran: false, 3)).ShouldContain("a NumPy array of a type or form that is not known");
        Refused(Array("u1", "|", [1, 2], isFortran: false, 1L << 62, 1L << 62)).ShouldContain("a NumPy array of a type or form that is not known");
        Refused(Object("uuid.UUID", Dict(("int", Number(-1))))).ShouldContain("uuid.UUID");
        Refused(Object("uuid.UUID", null)).ShouldContain("uuid.UUID");
    }

    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(123.456, "123.456")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1e23, "1e+23")]
    [InlineData(1.5e300, "1.5e+300")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-1.25e-7, "-1.25e-07")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(9.999999999999997e22, "9.999999999999997e+22")]
    public void Floats_are_written_as_Python_writes_them(double number, string json) => Pickled.Json(new PickleFloat(number)).ShouldBe(json);

    [Fact]
    public void Keys_are_written_as_json_dumps_writes_them()
    {
        Pickled.Json(DictOf(
            (PickleBool.True, Number(1)),
            (PickleBool.False, Number(2)),
            (PickleNone.Value, Number(3)),
            (Number(4), Number(4)),
            (new PickleFloat(1.5), Number(5))))
            .ShouldBe("{\"true\":1,\"false\":2,\"null\":3,\"4\":4,\"1.5\":5}");
        Refused(DictOf((Tuple(Number(1)), Number(1)))).ShouldContain("a key that is a tuple");
        Refused(DictOf((Number(1), Number(1)), (Text("1"), Number(2)))).ShouldContain("'v.1' two keys that are the same string in JSON");
    }

    [Fact]
    public void What_JSON_has_no_form_for_is_refused_with_document_and_key()
    {
        Refused(Dict(("a", List(new PickleFloat(double.NaN))))).ShouldContain("the document 'd' has in 'v.a[0]' NaN");
        Refused(new PickleFloat(double.NegativeInfinity)).ShouldContain("an infinite number");
        Refused(new PickleBytes([1])).ShouldContain("bytes, which JSON cannot represent");
        Refused(new PickleText([0x61, 0xED, 0xA0, 0x80])).ShouldContain("half of a surrogate pair");
        PickleValue large = PickleInteger.Of(System.Numerics.BigInteger.Pow(10, 30));
        Refused(large).ShouldContain("beyond 64 bits");
        Pickled.Json(large, LargeInteger.Text).ShouldBe("\"1000000000000000000000000000000\"");
        Pickled.Json(Number(long.MinValue)).ShouldBe("-9223372036854775808");
        Pickled.Json(Text("a\"\\\n\u0001ä€😀")).ShouldBe("\"a\\\"\\\\\\n\\u0001ä€\\uD83D\\uDE00\"");
    }

    private static string Refused(PickleValue value)
    {
        MigrationException error = Should.Throw<MigrationException>(() => Pickled.Json(value is PickleContainer or PickleText or PickleBytes or PickleFloat
            or PickleBigInteger ? value : Pickled.Read(value, 4)));
        error.RecommendedAction.ShouldNotBeNullOrWhiteSpace();
        return error.Message;
    }

    private static PickleCall Moment(byte[] raw, PickleValue? zone = null) =>
        zone is null ? Call("datetime.datetime", new PickleBytes(raw)) : Call("datetime.datetime", new PickleBytes(raw), zone);

    private static PickleCall Type(string code, string order)
    {
        PickleTuple state = Tuple(Number(3), Text(order), PickleNone.Value, PickleNone.Value, PickleNone.Value, Number(-1), Number(-1), Number(0));
        return new PickleCall("numpy", "dtype", Tuple(Text(code), PickleBool.False, PickleBool.True), state);
    }

    private static PickleCall Scalar(string code, string order, byte[] raw) =>
        Call("numpy.core.multiarray.scalar", Type(code, order), new PickleBytes(raw));

    private static PickleCall Array(string code, string order, byte[] raw, bool isFortran, params long[] shape) => new PickleCall(
        "numpy._core.multiarray",
        "_reconstruct",
        Tuple(Name("numpy.ndarray"), Tuple(Number(0)), new PickleBytes([(byte)'b'])),
        Tuple(Number(1), new PickleTuple([.. shape.Select(Number)]), Type(code, order), PickleBool.Of(isFortran), new PickleBytes(raw)));
}
