namespace VectorMigration.Tests;

public sealed class ModelTests
{
    [Theory]
    [InlineData("0", false)]
    [InlineData("18446744073709551615", false)]
    [InlineData("5C2E4F3A-0000-0000-0000-000000000001", true)]
    public void Point_ids_are_read_and_written(string text, bool isGuid)
    {
        var id = PointId.Parse(text);
        id.IsGuid.ShouldBe(isGuid);
        id.ToString().ShouldBe(text.ToLowerInvariant());
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("18446744073709551616")]
    [InlineData("word")]
    [InlineData("")]
    public void What_is_no_point_id_is_said(string text) =>
        Should.Throw<FormatException>(() => PointId.Parse(text)).Message.ShouldContain("18446744073709551615 or a UUID");

    [Fact]
    public void Numbers_sort_before_uuids() =>
        new[] { PointId.FromGuid(Guid.Empty), PointId.FromNumber(ulong.MaxValue), PointId.FromNumber(1) }.Order()
            .ShouldBe([PointId.FromNumber(1), PointId.FromNumber(ulong.MaxValue), PointId.FromGuid(Guid.Empty)]);

    [Fact]
    public void Ids_become_ranges() =>
        IdRanges.Of([.. new ulong[] { 1, 2, 3, 7, 9, 10, 5, ulong.MaxValue }.Select(PointId.FromNumber), PointId.FromGuid(Guid.Empty)])
            .ShouldBe(["1-3", "7", "9-10", "5", "18446744073709551615", "00000000-0000-0000-0000-000000000000"]);

    [Theory]
    [InlineData("localhost", "http://localhost:6334/")]
    [InlineData("10.1.2.3:7000", "http://10.1.2.3:7000/")]
    [InlineData("https://x.cloud.example:6334", "https://x.cloud.example:6334/")]
    [InlineData("https://x.cloud.example", "https://x.cloud.example:6334/")]
    [InlineData("https://x.cloud.example:443/", "https://x.cloud.example/")]
    [InlineData(" [::1]:6334 ", "http://[::1]:6334/")]
    [InlineData("http://localhost:6333", "http://localhost:6334/")]
    [InlineData("https://x.cloud.example:6333", "https://x.cloud.example:6334/")]
    public void Endpoints_are_read_as_people_write_them(string text, string expected) => QdrantEndpoint.Parse(text).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("", "InvalidEndpoint")]
    [InlineData("ftp://x", "InvalidEndpoint")]
    [InlineData("http://user:secret@x:6334", "InvalidEndpoint")]
    [InlineData("http://x:6334/?api-key=secret", "InvalidEndpoint")]
    [InlineData("not an endpoint secret@", "InvalidEndpoint")]
    public void What_is_no_endpoint_is_refused_without_its_secrets(string text, string errorId)
    {
        MigrationException e = Should.Throw<MigrationException>(() => QdrantEndpoint.Parse(text));
        e.ErrorId.ShouldBe(errorId);
        (e.Message + e.RecommendedAction + e.Target).ShouldNotContain("secret");
    }

    [Fact]
    public void A_key_does_not_travel_in_plaintext_to_another_host()
    {
        var options = new QdrantConnectionOptions { Uri = new Uri("http://example.test:6334") };
        Should.Throw<MigrationException>(() => new QdrantConnection(options, "topsecret")).ErrorId.ShouldBe("PlaintextKeyRefused");
        using var allowed = new QdrantConnection(options with { AllowPlaintextKey = true }, "topsecret");
        using var loopback = new QdrantConnection(options with { Uri = QdrantEndpoint.Default }, "topsecret");
        using var encrypted = new QdrantConnection(options with { Uri = new Uri("https://example.test:6334") }, "topsecret");
        allowed.ToString().ShouldNotContain("topsecret");
        loopback.HasApiKey.ShouldBeTrue();
        encrypted.ToString().ShouldBe("https://example.test:6334");
    }

    [Theory]
    [InlineData("{\"a\":1,\"b\":[1.5,null]}", "{\"b\":[1.5,null],\"a\":1}", true)]
    [InlineData("{\"a\":1}", "{\"a\":1.0}", false)]
    [InlineData("{\"a\":9007199254740993}", "{\"a\":9007199254740992}", false)]
    [InlineData("{\"a\":0.1}", "{\"a\":0.1000000000000000055}", true)]
    [InlineData("{\"a\":2,\"a\":1}", "{\"a\":1}", true)]
    [InlineData("{\"a\":[1,2]}", "{\"a\":[1]}", false)]
    [InlineData("{\"a\":\"x\"}", "{\"a\":\"\\u0078\"}", true)]
    [InlineData("{\"a\":true}", "{\"a\":false}", false)]
    [InlineData("", null, true)]
    [InlineData("{}", null, true)]
    [InlineData("{\"a\":1}", null, false)]
    public void Payloads_are_compared_by_meaning(string sent, string? stored, bool same) =>
        JsonEquality.SamePayload(System.Text.Encoding.UTF8.GetBytes(sent), System.Text.Encoding.UTF8.GetBytes(stored ?? string.Empty), out _).ShouldBe(same);

    [Fact]
    public void Slices_share_memory_until_the_last_lease_is_gone()
    {
        BatchMemory memory = BatchMemory.Rent(4, 2);
        for (int i = 0; i < 8; i++)
        {
            memory.Components[i] = i;
        }

        var batch = VectorBatch.Create(SourceIdentity.Objects, 10, 2, memory.Ids.AsMemory(0, 4), memory.Components.AsMemory(0, 8), memory);
        VectorBatch slice = batch.Slice(1, 2);
        batch.Dispose();
        slice.FirstOrdinal.ShouldBe(11);
        slice.LastOrdinal.ShouldBe(12);
        slice.Vector(1).ToArray().ShouldBe([4f, 5f]);
        slice.Dispose();
        slice.Dispose();
        Should.Throw<ObjectDisposedException>(() => memory.Components);
    }
}
