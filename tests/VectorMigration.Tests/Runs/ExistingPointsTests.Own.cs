namespace VectorMigration.Tests;

/// <summary>Points of the migration itself are not said to be of others.</summary>
public sealed partial class ExistingPointsTests
{
    [Fact]
    public async Task A_growing_limit_over_repeated_ids_writes_over_its_own_points()
    {
        // Vector 150 has the id of vector 50, which the first run wrote.
        var source = new MemorySource(200, id: static i => i == 150 ? 50 : i);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal"), AllowDuplicateIds = true, Limit = 100 };
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Completed);
        MigrationResult grown = await Run(source, options with { Limit = 200 });
        grown.Error.ShouldBeNull();
        grown.Status.ShouldBe(MigrationStatus.Completed);
        grown.Verification.ShouldNotBeNull().CountExpected.ShouldBeNull();
        store.Points[PointId.FromNumber(50)].Vector.ShouldBe(source.Vector(150).ToArray());
        store.Points.Count.ShouldBe(199);
    }

    [Fact]
    public async Task Of_repeated_ids_a_point_of_others_is_still_of_others()
    {
        var source = new MemorySource(200, id: static i => i == 150 ? 50 : i);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal"), AllowDuplicateIds = true, Limit = 100 };
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Completed);
        PutOthers(170);
        MigrationError error = (await Run(source, options with { Limit = 200 })).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("PointsExist");
        error.Message.ShouldContain("1 id is already used");
        error.Message.ShouldContain(": 170.");
        store.Points[PointId.FromNumber(170)].Vector.ShouldBe([9f, 9f, 9f, 9f]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_replaces_only_the_vector_of_own_points_that_may_hold_others(bool indexChanges)
    {
        AddSecondVector();
        var source = new MemorySource(50);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") };
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Completed);
        store.Upserted.Clear();
        store.Points[PointId.FromNumber(7)] = ([1f, 1f, 1f, 1f], null);
        if (indexChanges)
        {
            source.Description = source.Description with { Identity = new SourceIdentity("memory.faiss", 2, default, "changed") };
        }

        MigrationResult again = await Run(
            source, indexChanges ? options with { OnChanged = ChangedSource.Restart } : options with { Restart = true });
        again.Error.ShouldBeNull();
        again.Status.ShouldBe(MigrationStatus.Completed);
        store.Points[PointId.FromNumber(7)].Vector.ShouldBe(source.Vector(7).ToArray());
        store.Replaced.ShouldBe([PointId.FromNumber(7)]);
        store.Upserted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Own_points_with_another_payload_that_may_hold_other_vectors_are_refused_as_own()
    {
        AddSecondVector();
        var source = new MemorySource(50);
        MigrationOptions options = new() { Collection = "c", JournalPath = Path.Combine(folder, "a.journal") };
        (await Run(source, options)).Status.ShouldBe(MigrationStatus.Completed);
        store.Points[PointId.FromNumber(7)] = (source.Vector(7).ToArray(), "{\"set\":1}");
        MigrationError error = (await Run(source, options with { Restart = true })).Error.ShouldNotBeNull();
        error.Message.ShouldContain("1 point that this migration wrote");
        error.Message.ShouldNotContain("did not write");
        error.RecommendedAction.ShouldNotContain("verwrite");
        store.Points[PointId.FromNumber(7)].Payload.ShouldBe("{\"set\":1}");
    }

    private void AddSecondVector() => store.Collections["c"] = store.Collections["c"] with
    {
        Vectors = [.. store.Collections["c"].Vectors, new CollectionVector("title", 4, Distance.Euclid, VectorDatatype.Default, false)],
    };
}
