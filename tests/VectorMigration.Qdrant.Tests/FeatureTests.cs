namespace VectorMigration.Qdrant.Tests;

/// <summary>What is asked of a collection that the server is too old for, as stubs of other versions: such servers drop unknown fields in silence.</summary>
public sealed class FeatureTests
{
    private static readonly CollectionSettings Plain = new() { Dimension = 4, Distance = Distance.Dot };

    public static TheoryData<string, string, string> TooOld => new()
    {
        { "1.0.3", "Scalar", "scalar quantization" },
        { "1.1.3", "Product", "product quantization" },
        { "1.4.1", "Binary", "binary quantization" },
        { "1.1.0", "OnDisk", "vectors on disk" },
        { "1.8.4", "Uint8", "the datatype Uint8" },
        { "1.9.7", "Float16", "the datatype Float16" },
        { "1.17.1", "Turbo", "TurboQuant" },
        { "1.19.2", "TurboOf8Bits", "TurboQuant of 8 bits" },
    };

    [Theory]
    [MemberData(nameof(TooOld))]
    public async Task A_server_that_is_too_old_is_refused_by_the_name_of_the_feature(string version, string asked, string feature)
    {
        await using StubServer server = await StubServer.StartVersionAsync(version, Protocol.UpdateStatus.Completed);
        using QdrantStore store = Samples.Store(server.Uri);
        MigrationException refused = await Should.ThrowAsync<MigrationException>(() => store.CreateCollectionAsync("c", Asking(asked), default));
        refused.ErrorId.ShouldBe("ServerTooOld");
        refused.Message.ShouldContain(version);
        refused.Message.ShouldContain(feature);
        refused.RecommendedAction.ShouldNotBeEmpty();
        server.Calls.Select(static call => call.Path).ShouldBe(["/qdrant.Qdrant/HealthCheck"]);
    }

    [Theory]
    [InlineData(QuantizationKind.Binary, 0.9f, null)]
    [InlineData(QuantizationKind.Scalar, 0.2f, null)]
    [InlineData(QuantizationKind.Scalar, null, ProductCompression.X8)]
    public async Task Details_of_another_code_or_out_of_range_are_refused_before_anything_is_sent(
        QuantizationKind kind, float? quantile, ProductCompression? compression)
    {
        await using StubServer server = await StubServer.StartVersionAsync("1.16.3", Protocol.UpdateStatus.Completed);
        using QdrantStore store = Samples.Store(server.Uri);
        CollectionSettings settings = Plain with { Quantization = new QuantizationSettings(kind) { Quantile = quantile, Compression = compression } };
        (await Should.ThrowAsync<MigrationException>(() => store.CreateCollectionAsync("c", settings, default))).ErrorId.ShouldBe("InvalidCollectionSettings");
        server.Calls.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Codes_go_into_the_message_and_come_back(QuantizationSettings settings) =>
        QuantizationMapping.ToSettings(QuantizationMapping.ToMessage("c", settings)).ShouldBe(settings);

    public static TheoryData<QuantizationSettings> Kinds => new()
    {
        new QuantizationSettings(QuantizationKind.Scalar),
        new QuantizationSettings(QuantizationKind.Scalar) { Quantile = 0.95f, AlwaysRam = true },
        new QuantizationSettings(QuantizationKind.Product) { Compression = ProductCompression.X64, AlwaysRam = false },
        new QuantizationSettings(QuantizationKind.Binary) { AlwaysRam = true },
        new QuantizationSettings(QuantizationKind.Turbo),
        new QuantizationSettings(QuantizationKind.Turbo) { Bits = TurboBits.Bits15, AlwaysRam = true },
    };

    /// <summary>A stub of 1.18: the pinned server, 1.16, has no TurboQuant.</summary>
    [Fact]
    public async Task TurboQuant_is_asked_of_a_server_that_has_it()
    {
        await using StubServer server = await StubServer.StartVersionAsync("1.18.0", Protocol.UpdateStatus.Completed);
        using QdrantStore store = Samples.Store(server.Uri);
        QuantizationSettings settings = new(QuantizationKind.Turbo) { Bits = TurboBits.Bits2 };
        await store.CreateCollectionAsync("c", Plain with { Quantization = settings }, default);
        Protocol.CreateCollection sent = Protocol.CreateCollection.Parser.ParseFrom(
            server.Calls.Single(call => call.Path.EndsWith("/Create", StringComparison.Ordinal)).Message);
        sent.QuantizationConfig.Turboquant.Bits.ShouldBe(Protocol.TurboQuantBitSize.Bits2);
    }

    [Fact]
    public void Bits_have_the_protocol_s_names_and_numbers() =>
        Enum.GetValues<TurboBits>().Select(static size => (size.ToString(), (int)size))
            .ShouldBe(Enum.GetValues<Protocol.TurboQuantBitSize>().Select(static size => (size.ToString(), (int)size)));

    private static CollectionSettings Asking(string what) => what switch
    {
        "OnDisk" => Plain with { OnDisk = true },
        "Uint8" => Plain with { Datatype = VectorDatatype.Uint8 },
        "Float16" => Plain with { Datatype = VectorDatatype.Float16 },
        "TurboOf8Bits" => Plain with { Quantization = new QuantizationSettings(QuantizationKind.Turbo) { Bits = TurboBits.Bits8 } },
        _ => Plain with { Quantization = new QuantizationSettings(Enum.Parse<QuantizationKind>(what)) },
    };
}
