using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

public sealed class MigrationTests : IDisposable
{
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task A_whole_run_creates_sends_counts_and_compares()
    {
        var source = new MemorySource(1_234, id: i => 1_000 + (7L * i));
        MigrationResult result = await Run(source, new MigrationOptions { Collection = "words" });

        result.Status.ShouldBe(MigrationStatus.Completed);
        result.ExitCode.ShouldBe(0);
        result.Counts.ShouldBe(new MigrationCounts { Source = 1_234, Sent = 1_234 });
        VerificationResult proof = result.Verification.ShouldNotBeNull();
        proof.Passed.ShouldBeTrue();
        proof.Compared.ShouldBe(1_234);
        proof.CollectionCount.ShouldBe(1_234);
        proof.Comparison.ShouldBe("bits");
        store.Points[PointId.FromNumber(1_000 + (7 * 33))].Vector.ShouldBe(source.Vector(33).ToArray());
        store.Created.ShouldNotBeNull().Metadata["vector_migration_run"].ShouldBe(result.RunId.ToString());
        recorder.Events[^1].ShouldBeOfType<RunEnded>().Result.ShouldBe(result);
        recorder.Events.OfType<PhaseStarted>().Select(e => e.Phase).ShouldBe(["plan", "collection", "upload", "verify"]);
    }

    [Fact]
    public async Task Hnsw_settings_of_the_index_are_carried_over()
    {
        var source = new MemorySource(10);
        source.Description = source.Description with { HnswM = 32, HnswEfConstruction = 200 };
        await Run(source, new MigrationOptions { Collection = "c" });
        store.Created.ShouldNotBeNull().HnswM.ShouldBe(32);
        store.Created!.HnswEfConstruction.ShouldBe(200);
    }

    [Fact]
    public async Task A_lost_point_is_missing_and_the_run_is_incomplete()
    {
        store.Loses = id => id == PointId.FromNumber(77);
        MigrationResult result = await Run(new MemorySource(200), new MigrationOptions { Collection = "c" });
        result.Status.ShouldBe(MigrationStatus.Incomplete);
        result.ExitCode.ShouldBe(4);
        result.Verification.ShouldNotBeNull().Missing.ShouldBe(1);
        result.Verification!.Differences.ShouldBe([new PointDifference(77UL, 77, "missing")]);
    }

    [Theory]
    [InlineData(VerificationMode.Count, 4)]
    [InlineData(VerificationMode.None, 0)]
    public async Task Lesser_proofs_say_what_they_are(VerificationMode mode, int exitCode)
    {
        store.Loses = id => id == PointId.FromNumber(77);
        MigrationResult result = await Run(new MemorySource(200), new MigrationOptions { Collection = "c", Verification = mode });
        result.ExitCode.ShouldBe(exitCode);
        (result.Verification is null).ShouldBe(mode == VerificationMode.None);
    }

    [Fact]
    public async Task A_changed_bit_is_different()
    {
        var source = new MemorySource(50);
        Migration migration = NewMigration(source, new MigrationOptions { Collection = "c" });
        await migration.RunAsync(default);
        float[] stored = store.Points[PointId.FromNumber(7)].Vector;
        stored[3] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(stored[3]) ^ 1);
        VerificationResult proof = await NewMigration(source, new MigrationOptions { Collection = "c" }).VerifyAsync(default);
        proof.Passed.ShouldBeFalse();
        proof.Different.ShouldBe(1);
        proof.Differences.Single().Reason.ShouldStartWith("component 3 is ");
    }

    [Fact]
    public async Task Negative_ids_are_refused_or_mapped()
    {
        MigrationResult refused = await Run(new MemorySource(10, id: i => i - 3), new MigrationOptions { Collection = "c" });
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldNotBeNull().ErrorId.ShouldBe("NegativeIds");
        refused.Error!.Message.ShouldContain("-3 at position 0");
        store.Collections.ShouldBeEmpty();

        MigrationResult mapped = await Run(new MemorySource(10, id: i => i - 3), new MigrationOptions { Collection = "c", IdMapping = IdMapping.Uuid5 });
        mapped.Status.ShouldBe(MigrationStatus.Completed);
        store.Points[PointId.FromGuid(UuidV5.OfFaissId(-3))].Payload.ShouldBe("{\"faiss_id\":-3}");
    }

    [Fact]
    public async Task Duplicate_ids_are_refused_or_the_last_one_is_kept()
    {
        MigrationResult refused = await Run(new MemorySource(10, id: i => i % 8), new MigrationOptions { Collection = "c" });
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldNotBeNull().ErrorId.ShouldBe("DuplicateIds");
        refused.Error!.Message.ShouldContain("0 at position 8");

        var source = new MemorySource(10, id: i => i % 8);
        MigrationResult kept = await Run(source, new MigrationOptions { Collection = "c", AllowDuplicateIds = true });
        kept.Status.ShouldBe(MigrationStatus.Completed);
        kept.Counts.ShouldBe(new MigrationCounts { Source = 10, Sent = 8, Superseded = 2 });
        store.Points[PointId.FromNumber(1)].Vector.ShouldBe(source.Vector(9).ToArray());
    }

    [Fact]
    public async Task Non_finite_components_stop_the_run_or_are_left_out()
    {
        var source = new MemorySource(300);
        source.Vector(150)[1] = float.PositiveInfinity;
        MigrationResult stopped = await Run(source, new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 100 } });
        stopped.ExitCode.ShouldBe(1);
        stopped.Error.ShouldNotBeNull().Message.ShouldContain("Vector 150 (id 150)");
        stopped.ResumeOffset.ShouldBe(100);

        MigrationResult skipped = await Run(source, new MigrationOptions { Collection = "c", SkipInvalid = true });
        skipped.ExitCode.ShouldBe(4);
        skipped.Counts.Sent.ShouldBe(199);
        skipped.Counts.AlreadyThere.ShouldBe(100);
        skipped.Counts.Invalid.ShouldBe(1);
        skipped.LeftOut.Single().ShouldBe(new SkippedVector(150, 150, "component 1 is Infinity"));
        skipped.Verification.ShouldNotBeNull().Passed.ShouldBeTrue();
        store.Points.ShouldNotContainKey(PointId.FromNumber(150));
    }

    [Theory]
    [InlineData(5, Distance.Euclid, "", VectorDatatype.Default, false, "its dimension is 5, expected 4")]
    [InlineData(4, Distance.Dot, "", VectorDatatype.Default, false, "its distance is Dot, expected Euclid")]
    [InlineData(4, Distance.Euclid, "text", VectorDatatype.Default, false, "it has only the vector 'text', expected the unnamed vector")]
    [InlineData(4, Distance.Euclid, "", VectorDatatype.Uint8, false, "its datatype is Uint8, expected Float32")]
    [InlineData(4, Distance.Euclid, "", VectorDatatype.Float16, false, "its datatype is Float16, expected Float32")]
    [InlineData(4, Distance.Euclid, "", VectorDatatype.Default, true, "it holds multivectors")]
    public async Task A_collection_that_does_not_fit_is_refused_before_the_first_vector(
        int dimension, Distance distance, string name, VectorDatatype datatype, bool multivector, string expected)
    {
        store.Add("c", dimension, distance, name, datatype, multivector);
        MigrationResult result = await Run(new MemorySource(10), new MigrationOptions { Collection = "c" });
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("CollectionDiffers");
        result.Error!.Message.ShouldContain(expected);
        store.Points.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "Name a vector that fits: -VectorName va.")]
    [InlineData("vb", "To store them as 'vb', use a collection that was created with that vector.")]
    public async Task Vectors_of_another_name_are_not_sent_to_the_one_that_is_there_by_advice(string? asked, string advice)
    {
        store.Add("c", 4, Distance.Euclid, "va");
        MigrationResult result = await Run(new MemorySource(10), new MigrationOptions { Collection = "c", VectorName = asked });
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("CollectionDiffers");
        result.Error!.RecommendedAction.ShouldContain(advice);
        result.Error.RecommendedAction.ShouldContain("-VectorName va");
    }

    [Fact]
    public async Task Recreate_deletes_first()
    {
        store.Add("c", 9, Distance.Dot);
        MigrationResult result = await Run(new MemorySource(10), new MigrationOptions { Collection = "c", Recreate = true });
        result.Status.ShouldBe(MigrationStatus.Completed);
        store.Deleted.ShouldBe(["c"]);
    }

    [Fact]
    public async Task Points_that_were_there_before_are_counted_not_failures()
    {
        store.Add("c", 4, Distance.Euclid);
        for (ulong i = 0; i < 5; i++)
        {
            store.Points[PointId.FromNumber(900 + i)] = (new float[4], null);
        }

        MigrationResult result = await Run(new MemorySource(10), new MigrationOptions { Collection = "c" });
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Counts.PresentBefore.ShouldBe(5);
        result.Verification.ShouldNotBeNull().Extra.ShouldBe(5);
        result.Verification!.ExtraIds.ShouldBe([900UL, 901UL, 902UL, 903UL, 904UL]);
    }

    [Fact]
    public async Task Limit_and_offset_send_that_part_and_expect_that_many()
    {
        MigrationResult result = await Run(new MemorySource(1_000), new MigrationOptions { Collection = "c", Offset = 100, Limit = 250 });
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Counts.Sent.ShouldBe(250);
        store.Points.Keys.Min().ShouldBe(PointId.FromNumber(100));
        store.Points.Keys.Max().ShouldBe(PointId.FromNumber(349));
        (await Run(new MemorySource(10), new MigrationOptions { Collection = "d", Offset = 11 })).Error.ShouldNotBeNull().ErrorId.ShouldBe("OffsetBeyondEnd");
    }

    [Fact]
    public async Task A_dry_run_touches_nothing()
    {
        MigrationResult result = await Run(new MemorySource(1_000), new MigrationOptions
        {
            Collection = "c",
            DryRun = true,
            Upload = new UploadOptions { BatchSize = 100 }
        });
        result.Status.ShouldBe(MigrationStatus.Planned);
        result.ExitCode.ShouldBe(0);
        result.Plan.ShouldNotBeNull().Batches.ShouldBe(10);
        result.Plan!.CreatesCollection.ShouldBeTrue();
        store.Collections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Metrics_that_qdrant_lacks_are_refused_with_the_alternatives()
    {
        MigrationResult refused = await Run(new MemorySource(10, metric: FaissMetric.Canberra, distance: null), new MigrationOptions { Collection = "c" });
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldNotBeNull().ErrorId.ShouldBe("MetricNotSupported");
        refused.Error!.Message.ShouldContain("Euclid, Dot, Cosine and Manhattan");
        MigrationResult overridden = await Run(new MemorySource(10, metric: FaissMetric.Canberra, distance: null),
            new MigrationOptions { Collection = "c", Distance = Distance.Manhattan });
        overridden.Status.ShouldBe(MigrationStatus.Completed);
        overridden.Warnings.ShouldContain(w => w.Contains("Canberra"));
    }

    [Fact]
    public async Task Cosine_over_inner_product_needs_unit_vectors()
    {
        MigrationResult refused = await Run(new MemorySource(10, metric: FaissMetric.InnerProduct, distance: Distance.Dot),
            new MigrationOptions { Collection = "c", Distance = Distance.Cosine });
        refused.Error.ShouldNotBeNull().ErrorId.ShouldBe("NormsNotUnit");
        var unit = new MemorySource(10, metric: FaissMetric.InnerProduct, distance: Distance.Dot);
        for (int i = 0; i < 10; i++)
        {
            unit.Vector(i).Clear();
            unit.Vector(i)[i % 4] = 1;
        }

        MigrationResult agreed = await Run(unit, new MigrationOptions { Collection = "c", Distance = Distance.Cosine });
        agreed.Status.ShouldBe(MigrationStatus.Completed);
        agreed.Verification.ShouldNotBeNull().Comparison.ShouldBe("normalised");
    }

    [Fact]
    public async Task An_interrupted_run_tells_where_to_go_on()
    {
        using var cancel = new CancellationTokenSource();
        recorder.Also = e =>
        {
            if (e is BatchEnded { Result.Number: 3 })
            {
                cancel.Cancel();
            }
        };
        var options = new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 } };
        MigrationResult result = await NewMigration(new MemorySource(100), options).RunAsync(cancel.Token);
        result.ExitCode.ShouldBe(3);
        result.ResumeOffset.ShouldNotBeNull().ShouldBe(result.Counts.Sent);
        result.Error.ShouldNotBeNull().RecommendedAction.ShouldContain($"-Skip {result.ResumeOffset}");
        recorder.Also = null;
        MigrationResult rest = await Run(new MemorySource(100), options with { Offset = result.ResumeOffset!.Value });
        rest.Status.ShouldBe(MigrationStatus.Completed);
        store.Points.Count.ShouldBe(100);
    }

    [Theory]
    [InlineData(ChangedSource.Refuse, "70 of 100 vectors are acknowledged, 20 of them by this run.")]
    [InlineData(ChangedSource.Sync, "70 of 100 vectors are acknowledged or already in the collection, 20 of them by this run.")]
    public async Task A_stopped_run_counts_what_earlier_runs_did(ChangedSource onChanged, string said)
    {
        using var folder = new TemporaryFolder();
        var options = new MigrationOptions
        {
            Collection = "c",
            Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 },
            JournalPath = Path.Combine(folder.Path, "c.journal"),
            OnChanged = onChanged,
        };
        MigrationResult first = await StopAfter(5, options);
        first.Error.ShouldNotBeNull().Message.ShouldBe("Stopped on request. 50 vectors were acknowledged by this run.");
        MigrationResult second = await StopAfter(2, options);
        second.Error.ShouldNotBeNull().Message.ShouldBe("Stopped on request. " + said);

        async Task<MigrationResult> StopAfter(int batches, MigrationOptions asked)
        {
            using var cancel = new CancellationTokenSource();
            recorder.Also = e =>
            {
                if (e is BatchEnded ended && ended.Result.Number == batches)
                {
                    cancel.Cancel();
                }
            };
            return await NewMigration(new MemorySource(100), asked).RunAsync(cancel.Token);
        }
    }

    [Fact]
    public async Task A_server_that_is_lost_ends_resumable_and_a_wrong_key_does_not_retry()
    {
        int calls = 0;
        store.Answer = _ => ++calls <= 2 ? WriteAnswer.Ok(1) : WriteAnswer.Retry("NoServer", ErrorKind.Connection, "connection refused", "start it");
        var options = new MigrationOptions { Collection = "c", Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 } };
        MigrationResult lost = await Run(new MemorySource(100), options);
        lost.ExitCode.ShouldBe(3);
        lost.ResumeOffset.ShouldBe(20);
        store.Answer = _ => WriteAnswer.Stop("WrongApiKey", ErrorKind.Authentication, "Invalid API key or JWT", resumable: false, "check the key");
        MigrationResult refused = await Run(new MemorySource(100), options);
        refused.ExitCode.ShouldBe(1);
        refused.Perf.ShouldNotBeNull().Attempts.ShouldBe(1);
    }

    [Theory]
    [InlineData("1.16.3", false)]
    [InlineData("1.0.0", false)]
    [InlineData("2.0.0", true)]
    [InlineData("0.11.7", true)]
    [InlineData("", true)]
    public async Task A_server_of_another_major_version_is_warned_of(string version, bool warned)
    {
        store.Version = version;
        MigrationResult result = await Run(new MemorySource(10), new MigrationOptions { Collection = "c" });
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Warnings.Any(w => w.Contains("tested with version 1.x")).ShouldBe(warned);
    }

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options) => NewMigration(source, options).RunAsync(default);

    private Migration NewMigration(MemorySource source, MigrationOptions options) => new(source, null, store, new FixedRetryPolicy(), options, recorder);
}
