using VectorMigration.Qdrant;
using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Every supported fixture, migrated once into a collection of its own.</summary>
public sealed class MigratedFixtures(QdrantServerFixture fixture) : IAsyncLifetime
{
    /// <summary>The server that holds the collections.</summary>
    public QdrantServer Server => fixture.Server;

    internal IReadOnlyList<WitnessedCollection> Collections { get; private set; } = [];

    public async Task InitializeAsync()
    {
        List<WitnessedCollection> collections = [];
        foreach (Fixture index in Fixture.Readable)
        {
            collections.Add(await MigrateAsync(index));
        }

        Collections = collections;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    internal async Task<WitnessedCollection> MigrateAsync(Fixture index, long? limit = null)
    {
        using QdrantConnection connection = new(new QdrantConnectionOptions { Uri = fixture.Server.GrpcUri });
        using IVectorStore store = QdrantStore.Open(connection);
        using IVectorSource source = FaissIndex.Open(index.IndexPath);
        WitnessedCollection collection = new(index.Name, "w" + Guid.NewGuid().ToString("N"), index.Folder, index.Ids().Any(static id => id < 0));
        MigrationOptions options = new()
        {
            Collection = collection.Collection,
            Distance = source.Description.Distance is null ? Distance.Euclid : null,
            IdMapping = collection.Uuid5 ? IdMapping.Uuid5 : IdMapping.Keep,
            Limit = limit,
            AllowDuplicateIds = true,
            SkipInvalid = true,
            // The witness is to be the only one who says that all is there.
            Verification = VerificationMode.None,
            Upload = new UploadOptions { BatchSize = 64 },
        };
        MigrationResult result = await new Migration(source, null, store, new PollyRetryPolicy(), options, new CompositeObserver())
            .RunAsync(CancellationToken.None);
        result.Error.ShouldBeNull($"{index.Name}: {result.Error?.Message}");
        return collection;
    }
}

/// <summary>What Qdrant's own clients read back from the server is what FAISS itself read from the files, bit for bit.</summary>
[Collection(SharedServer.Name)]
public sealed class OfficialClientTests(MigratedFixtures migrated) : IClassFixture<MigratedFixtures>
{
    [Theory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task Every_supported_fixture_is_there_bit_for_bit(string client)
    {
        IReadOnlyList<WitnessReport> reports = await OfficialClient.CompareAsync(client, migrated.Server, migrated.Collections);
        reports.Select(static report => report.Name).ShouldBe(Fixture.Readable.Select(static index => index.Name));
        foreach (WitnessReport report in reports)
        {
            report.First.ShouldBeEmpty(report.Name);
            report.Differences.ShouldBe(0, report.Name);
            report.Compared.ShouldBe(report.Expected, report.Name);
        }

        reports.Where(static report => report.Expected == 0).Select(static report => report.Name)
            .ShouldBe(Fixture.Readable.Where(static index => index.Ids().Length == 0).Select(static index => index.Name));
    }

    [Theory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task Ids_over_two_to_the_53_are_among_them(string client)
    {
        WitnessedCollection[] large = [.. migrated.Collections.Where(static collection => Fixture.Of(collection.Name).Ids().Any(static id => id > 1L << 53))];
        large.ShouldNotBeEmpty();
        (await OfficialClient.CompareAsync(client, migrated.Server, large))
            .ShouldAllBe(static report => report.Differences == 0 && report.Compared == report.Expected);
    }

    [Theory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task A_changed_and_a_missing_point_are_seen(string client)
    {
        Fixture index = Fixture.Of("faiss-1.7.3/flat_l2");
        long[] ids = index.Ids();
        float[] first = index.Vectors()[..(index.Vectors().Length / ids.Length)];
        WitnessedCollection part = await migrated.MigrateAsync(index, limit: 3);
        using Witness witness = new(migrated.Server);
        first[5] = float.BitIncrement(first[5]);
        await witness.SetVectorAsync(part.Collection, (ulong)ids[0], first);
        await witness.DeleteAsync(part.Collection, (ulong)ids[1]);

        WitnessReport report = (await OfficialClient.CompareAsync(client, migrated.Server, [part])).ShouldHaveSingleItem();
        report.Expected.ShouldBe(ids.Length);
        report.Compared.ShouldBe(2);
        report.Differences.ShouldBe(1 + ids.Length - 2);
        report.First[0].ShouldStartWith($"{ids[0]}: component 5 of {first.Length} has the bits ");
        report.First[1].ShouldBe($"{ids[1]}: missing");
    }
}
