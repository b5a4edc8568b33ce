using System.Text.Json;
using VectorMigration.Tests.Faiss;
using VectorMigration.Tests.Feeds;

namespace VectorMigration.Tests;

/// <summary>Point ids that come from a framework's store, and mapped payloads: from the plan to the repair.</summary>
public sealed class StoreIdTests : IDisposable
{
    private static readonly MigrationOptions Options = new() { Collection = "c", IdFrom = IdOrigin.StoreId, Seed = 3 };
    private readonly MemoryStore store = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("sequential", false)]
    [InlineData("id map", false)]
    [InlineData("id map", true)]
    public async Task Points_have_the_ids_of_their_documents(string ids, bool scattered)
    {
        var source = new MemorySource(200, id: i => scattered ? (i * 37 % 200) + 1_000 : i, idSource: ids);
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => i % 3 == 0 ? $"{i * 7}" : Uuid(i));
        MigrationResult result = await Run(source, documents, Options);
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        result.Verification!.Passed.ShouldBeTrue();
        result.Plan!.IdFrom.ShouldBe(IdOrigin.StoreId);
        PlanText.IdState(result.Plan).ShouldBe("ids of the store, kept as point ids");
        store.Points.Count.ShouldBe(200);
        foreach ((long faissId, (string? id, string? json)) in documents)
        {
            store.Points[PointId.Parse(id!)].Payload.ShouldBe(json, $"{faissId}");
        }
    }

    [Fact]
    public async Task Any_id_becomes_a_uuid_and_stays_in_the_payload()
    {
        var source = new MemorySource(50);
        MigrationOptions mapped = Options with { IdMapping = IdMapping.Uuid5 };
        MigrationResult result = await Run(source, Documents(source, static i => $"doc \"{i}\""), mapped);
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        PlanText.IdState(result.Plan!).ShouldBe("UUIDv5 of the store's id; the original stays in the payload as store_id");
        JsonDocument.Parse(store.Points[PointId.FromGuid(UuidV5.OfText("doc \"7\""))].Payload!).RootElement.GetProperty("store_id").GetString()
            .ShouldBe("doc \"7\"");
        (await Check(source, Documents(source, static i => $"doc \"{i}\""), mapped).VerifyAsync(false, default)).Passed.ShouldBeTrue();

        store.Points.Clear();
        store.Collections.Clear();
        (await Run(source, Documents(source, static i => $"doc {i}"), mapped with { IdField = "own", IdNamespace = "part" })).ExitCode.ShouldBe(0);
        JsonDocument.Parse(store.Points[PointId.FromGuid(NamedUuid.OfText(NamedUuid.OfPart("part"), "doc 7"))].Payload!).RootElement
            .GetProperty("own").GetString().ShouldBe("doc 7");
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("18446744073709551615", true)]
    [InlineData("9e36f1a2-6a30-4d0e-8f5a-0d3c5a2b7c11", true)]
    [InlineData("9E36F1A26A304D0E8F5A0D3C5A2B7C11", true)]
    [InlineData("18446744073709551616", false)]
    [InlineData("007", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData(" 1", false)]
    [InlineData("{9e36f1a2-6a30-4d0e-8f5a-0d3c5a2b7c11}", false)]
    [InlineData("doc-1", false)]
    [InlineData("", false)]
    public void A_uuid_or_a_number_is_an_id_by_itself(string id, bool isOne) => PointIdTable.Parse(id).HasValue.ShouldBe(isOne);

    [Fact]
    public async Task Ids_of_another_form_are_refused_with_their_number_before_anything_is_created()
    {
        var source = new MemorySource(20);
        MigrationResult result = await Run(source, Documents(source, static i => i < 5 ? $"doc\n{i}" : $"{i}"), Options);
        result.ExitCode.ShouldBe(2);
        result.Error!.ErrorId.ShouldBe("StoreIdsInvalid");
        result.Error.Message.ShouldContain("5 ids of memory.store are neither a UUID nor a whole number");
        result.Error.Message.ShouldContain("'doc?0' (vector 0), 'doc?1' (vector 1), 'doc?2' (vector 2), …");
        result.Error.RecommendedAction.ShouldContain("-IdMapping Uuid5");
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ids_that_repeat_are_refused_also_where_only_their_form_differs()
    {
        var source = new MemorySource(20);
        string upper = Uuid(4).ToUpperInvariant();
        MigrationResult result = await Run(source, Documents(source, i => i == 9 ? upper : i == 12 ? Uuid(3) : Uuid(i)), Options);
        result.ExitCode.ShouldBe(2);
        result.Error!.ErrorId.ShouldBe("StoreIdsRepeated");
        result.Error.Message.ShouldContain("2 vectors of the index have an id of memory.store that another vector has");
        result.Error.Message.ShouldContain(upper);
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Vectors_that_share_a_FAISS_id_share_the_one_of_their_document()
    {
        var source = new MemorySource(20, id: static i => i % 10);
        MigrationResult result = await Run(source, Documents(source, static i => Uuid(i)), Options with { AllowDuplicateIds = true });
        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        store.Points.Count.ShouldBe(10);
        store.Points[PointId.Parse(Uuid(3))].Vector[0].ShouldBe(13);
    }

    [Fact]
    public async Task Vectors_without_an_id_are_refused_or_left_out_as_asked()
    {
        var source = new MemorySource(20);
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => Uuid(i));
        documents.Remove(7);
        documents.Remove(13);
        (await Run(source, documents, Options)).Error!.ErrorId.ShouldBe("PayloadKeysMissing");
        MigrationResult empty = await Run(source, documents, Options with { OnMissingPayload = MissingPayload.Empty });
        empty.Error!.ErrorId.ShouldBe("StoreIdsMissing");
        empty.Error.Message.ShouldContain("no id for 2 vectors of the index: id 7 at position 7, 13 at position 13.");
        store.Collections.ShouldBeEmpty();

        MigrationOptions skips = Options with { OnMissingPayload = MissingPayload.Skip };
        MigrationResult left = await Run(source, documents, skips);
        left.ExitCode.ShouldBe(4);
        store.Points.Count.ShouldBe(18);
        VerificationResult proof = await Check(source, documents, skips).VerifyAsync(false, default);
        (proof.Passed, proof.Compared, proof.Invalid).ShouldBe((true, 18, 2));
    }

    [Fact]
    public async Task A_store_without_ids_and_a_run_without_a_store_are_refused()
    {
        var source = new MemorySource(5);
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => Uuid(i));
        using MemoryDocuments none = new(documents, default, hasIds: false);
        MigrationResult without = await new Migration(source, none, store, new FixedRetryPolicy(), Options, new Recorder()).RunAsync(default);
        without.Error!.ErrorId.ShouldBe("StoreIdsMissing");
        without.Error.Message.ShouldContain("has no ids for its documents");
        MigrationResult bare = await new Migration(source, null, store, new FixedRetryPolicy(), Options, new Recorder()).RunAsync(default);
        bare.Error!.ErrorId.ShouldBe("StoreIdsMissing");
        bare.Error.Message.ShouldContain("-NoStore");
        (await Run(source, documents, Options with { IdOffset = 5 })).Error!.ErrorId.ShouldBe("IdOffsetOutOfRange");
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mapping_without_payloads_is_refused()
    {
        MigrationOptions mapped = new() { Collection = "c", PayloadMapping = PayloadMappingTests.Make(flattens: true) };
        foreach (MigrationOptions asked in (MigrationOptions[])[mapped, new MigrationOptions { Collection = "c", PayloadLayout = PayloadLayout.Python }])
        {
            MigrationResult result = await new Migration(new MemorySource(5), null, store, new FixedRetryPolicy(), asked, new Recorder()).RunAsync(default);
            result.ExitCode.ShouldBe(2);
            result.Error!.ErrorId.ShouldBe("PayloadMappingInvalid");
        }
    }

    [Fact]
    public async Task The_look_at_points_that_are_there_asks_for_the_same_ids()
    {
        var source = new MemorySource(60, idSource: "sequential");
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => Uuid(i));
        (await Run(source, documents, Options with { Limit = 30 })).ExitCode.ShouldBe(0);
        MigrationResult rest = await Run(source, documents, Options);
        rest.ExitCode.ShouldBe(0, rest.Error?.Message);
        rest.Plan!.Existing!.Equal.ShouldBe(30);
        rest.Counts.Sent.ShouldBe(30);

        store.Points[PointId.Parse(Uuid(5))] = (store.Points[PointId.Parse(Uuid(5))].Vector, """{"other":1}""");
        MigrationResult refused = await Run(source, documents, Options);
        refused.Error!.ErrorId.ShouldBe("PointsExist");
        refused.Error.Message.ShouldContain(Uuid(5));
    }

    [Fact]
    public async Task Verification_finds_one_field_of_one_payload_and_a_repair_mends_it()
    {
        var source = new MemorySource(100);
        MigrationOptions mapped = Options with
        {
            OnExisting = ExistingPoints.Overwrite,
            PayloadMapping = PayloadMappingTests.Make(renames: [("n", "meta.n")], types: [("n", "keyword")]),
        };
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => Uuid(i));
        (await Run(source, documents, mapped)).ExitCode.ShouldBe(0);
        PointId changed = PointId.Parse(Uuid(42));
        store.Points[changed].Payload.ShouldBe("""{"text":"t42","meta":{"n":"42"}}""");
        store.Points[changed] = (store.Points[changed].Vector, """{"text":"t42","meta":{"n":"43"}}""");
        store.Points.TryRemove(PointId.Parse(Uuid(7)), out _);
        PointId extra = PointId.FromNumber(7);
        store.Points[extra] = ([0, 0, 0, 0], null);

        MigrationCheck check = Check(source, documents, mapped);
        VerificationResult found = await check.VerifyAsync(forRepair: true, default);
        (found.Passed, found.Different, found.Missing).ShouldBe((false, 1, 1));
        found.Differences.Select(static difference => difference.Id).ShouldBe([PointId.Parse(Uuid(7)).Value, changed.Value], ignoreOrder: true);
        found.ExtraIds.ShouldBe([extra.Value]);
        (await check.RepairAsync(default)).Passed.ShouldBeTrue();
        store.Points[changed].Payload.ShouldBe("""{"text":"t42","meta":{"n":"42"}}""");
    }

    [Fact]
    public async Task Recall_knows_the_points_by_the_same_ids()
    {
        var source = new MemorySource(100);
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => Uuid(i));
        (await Run(source, documents, Options)).ExitCode.ShouldBe(0);
        store.Search = (query, limit, _) => [.. store.Points
            .OrderBy(point => point.Value.Vector.Zip(query).Sum(static pair => (pair.First - pair.Second) * (pair.First - pair.Second)))
            .Take(limit).Select(static point => new ScoredPoint(point.Key, 0, default))];
        VerificationResult proof = await Check(source, documents, Options with { RecallK = 5, RecallQueries = 10 }).VerifyAsync(false, default);
        proof.Recall!.ForeignAnswers.ShouldBe(0);
        proof.Recall.Approximate.Recall.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_mapping_goes_on_and_another_one_is_refused_with_both()
    {
        var source = new MemorySource(100);
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => Uuid(i));
        MigrationOptions begun = Options with
        {
            JournalPath = Path.Combine(folder.Path, "c.journal"),
            PayloadMapping = PayloadMappingTests.Make(renames: [("n", "meta.n")]),
        };
        (await Run(source, documents, begun with { Limit = 40 })).ExitCode.ShouldBe(0);
        MigrationResult resumed = await Run(source, documents, begun);
        (resumed.ExitCode, resumed.Counts.Skipped, resumed.Counts.Sent).ShouldBe((0, 40, 60));
        resumed.Plan!.PayloadMapping.ShouldBe("n becomes meta.n");
        PlanText.Of(resumed.Plan).ShouldContain("mapped: n becomes meta.n");

        (MigrationOptions Asked, string Told)[] others =
        [
            (begun with { PayloadMapping = null }, "payload mapping: n becomes meta.n in the journal, none now"),
            (begun with { PayloadMapping = PayloadMappingTests.Make(renames: [("n", "n2")]) },
                "payload mapping: n becomes meta.n in the journal, n becomes n2 now"),
            (begun with { PayloadLayout = PayloadLayout.JavaScript }, "payload layout: Default in the journal, JavaScript now"),
            (begun with { IdFrom = IdOrigin.FaissId }, "ids: StoreId in the journal, FaissId now"),
        ];
        foreach ((MigrationOptions asked, string told) in others)
        {
            MigrationResult refused = await Run(source, documents, asked);
            refused.ExitCode.ShouldBe(2);
            refused.Error!.ErrorId.ShouldBe("JournalDiffers");
            refused.Error.Message.ShouldContain(told);
        }
    }

    [Fact]
    public async Task Every_document_is_mapped_before_anything_is_created()
    {
        var source = new MemorySource(10);
        Dictionary<long, (string? Id, string? Json)> documents = Documents(source, static i => Uuid(i));
        documents[8] = (Uuid(8), """{"text":"t","n":"many"}""");
        foreach (bool dry in (bool[])[true, false])
        {
            MigrationResult result = await Run(
                source, documents, Options with { DryRun = dry, PayloadMapping = PayloadMappingTests.Make(types: [("n", "integer")]) });
            result.ExitCode.ShouldBe(2);
            result.Error!.ErrorId.ShouldBe("PayloadTypeMismatch");
            result.Error.Message.ShouldContain("the document of 8: expected a whole number");
            result.Error.Message.ShouldNotContain("many");
            store.Collections.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_path_that_no_payload_has_is_warned_of()
    {
        var source = new MemorySource(5);
        MigrationOptions asked = Options with { PayloadMapping = PayloadMappingTests.Make(["text", "n", "m.x"], types: [("n", "keyword")]) };
        MigrationResult result = await Run(source, Documents(source, static i => Uuid(i)), asked);
        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Warnings.ShouldContain("No payload of memory.store has the field m.x, which the mapping names.");
    }

    [Fact]
    public async Task Fields_of_which_no_payload_has_any_are_refused()
    {
        var source = new MemorySource(5);
        MigrationOptions asked = Options with { PayloadMapping = PayloadMappingTests.Make(["txet", "m.x"]) };
        MigrationResult result = await Run(source, Documents(source, static i => Uuid(i)), asked);
        (result.ExitCode, result.Error!.ErrorId).ShouldBe((2, "PayloadMappingInvalid"));
        result.Error.Message.ShouldBe("No payload of memory.store has a field that -PayloadField names: 'm.x', 'txet'. Every payload would be empty.");
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public void Marks_of_stores_meet_where_their_numbers_or_their_stores_do()
    {
        RunMark mark = RunMark.For(Options, Guid.NewGuid(), "a.faiss", DateTimeOffset.UnixEpoch);
        RunMark index = RunMark.For(Options with { IdFrom = IdOrigin.FaissId }, Guid.NewGuid(), "b.faiss", DateTimeOffset.UnixEpoch) with
        {
            First = 0,
            Last = 9,
        };
        var source = new MemorySource(5);
        RunMark Of(Func<int, string> id, string identity)
        {
            using MemoryDocuments documents = new(Documents(source, id), default);
            return mark.OfStore(new StoreIdScan(source, documents, IdMapping.Keep, null).Run(0, 5, new HashSet<long>(), null, default).Table, identity);
        }

        Of(static i => $"{i + 5}", "x").Overlaps(index).ShouldBeTrue();
        Of(static i => $"{i + 10}", "x").Overlaps(index).ShouldBeFalse();
        Of(Uuid, "x").Overlaps(index).ShouldBeFalse();
        Of(Uuid, "x").Overlaps(Of(Uuid, "x")).ShouldBeTrue();
        Of(Uuid, "x").Overlaps(Of(Uuid, "y")).ShouldBeFalse();
    }

    private static string Uuid(int number) => UuidV5.OfFaissId(number + 1_000_000).ToString("D");

    private static Dictionary<long, (string? Id, string? Json)> Documents(MemorySource source, Func<int, string> id)
    {
        long[] ids = new long[source.Description.Count];
        source.ReadIds(0, ids, default);
        Dictionary<long, (string? Id, string? Json)> documents = [];
        for (int i = 0; i < ids.Length; i++)
        {
            documents.TryAdd(ids[i], (id(i), $$"""{"text":"t{{i}}","n":{{i}}}"""));
        }

        return documents;
    }

    private async Task<MigrationResult> Run(MemorySource source, Dictionary<long, (string? Id, string? Json)> documents, MigrationOptions asked)
    {
        using MemoryDocuments payload = new(documents, asked.PayloadRules);
        return await new Migration(source, payload, store, new FixedRetryPolicy(), asked, new Recorder()).RunAsync(default);
    }

    private MigrationCheck Check(MemorySource source, Dictionary<long, (string? Id, string? Json)> documents, MigrationOptions asked) =>
        new(source, new MemoryDocuments(documents, asked.PayloadRules), store, new FixedRetryPolicy(), asked, new Recorder());
}
