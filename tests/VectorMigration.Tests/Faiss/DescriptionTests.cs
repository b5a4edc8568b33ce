using System.Text.Json;

namespace VectorMigration.Tests.Faiss;

public sealed class DescriptionTests
{
    public static TheoryData<string> All => Fixture.Names(Fixture.All);

    public static TheoryData<string> Others => Fixture.Names(Fixture.All.Except(Fixture.Readable));

    [Theory]
    [MemberData(nameof(All))]
    public void Every_kind_is_parsed_to_its_last_byte(string name)
    {
        Fixture fixture = Fixture.Of(name);
        IndexDescription description = FaissIndex.Describe(fixture.IndexPath);
        description.TrailingBytes.ShouldBe(0);
        description.Size.ShouldBe(new FileInfo(fixture.IndexPath).Length);
        description.Path.ShouldBe(fixture.IndexPath);
        description.Identity.Fingerprint.Length.ShouldBe(64);
        if (fixture.Meta() is not JsonElement meta)
        {
            return;
        }

        description.FourCC.ShouldBe(meta.GetProperty("fourcc").GetString());
        description.Dimension.ShouldBe(meta.GetProperty("d").GetInt32());
        if (description.Fidelity != Fidelity.NotRecoverable && !name.Contains("/indep_", StringComparison.Ordinal))
        {
            description.Count.ShouldBe(meta.GetProperty("ntotal").GetInt64());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_fidelity_told_is_the_fidelity_measured(string name)
    {
        Fixture fixture = Fixture.Of(name);
        if (fixture.Meta() is not JsonElement meta || !meta.TryGetProperty("lossless", out JsonElement lossless))
        {
            return;
        }

        Fidelity fidelity = FaissIndex.Describe(fixture.IndexPath).Fidelity;
        if (lossless.ValueKind == JsonValueKind.True)
        {
            // Codes of integers and of halves are lossless for integers and halves only.
            (fidelity is Fidelity.Exact || name.Contains("sq", StringComparison.Ordinal) || name.Contains("vt_", StringComparison.Ordinal) || name.Contains("hadamard", StringComparison.Ordinal))
                .ShouldBeTrue(fidelity.ToString());
        }
        else if (lossless.ValueKind == JsonValueKind.False)
        {
            fidelity.ShouldNotBe(Fidelity.Exact);
        }
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_kinds_are_refused_by_their_class_name(string name)
    {
        Fixture fixture = Fixture.Of(name);
        IndexDescription description = FaissIndex.Describe(fixture.IndexPath);
        description.IsSupported.ShouldBeFalse();
        description.Regions.ShouldBeEmpty();
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Open(fixture.IndexPath));
        error.ErrorId.ShouldBe("UnsupportedIndexKind");
        error.Kind.ShouldBe(ErrorKind.NotSupported);
        error.Message.ShouldContain(description.UnsupportedReason!);
        error.Message.ShouldContain(IndexKinds.Find(IndexKinds.CodeOf(description.FourCC))!.ClassName);
        error.Target.ShouldBe(fixture.IndexPath);
        error.RecommendedAction.ShouldNotBeNullOrWhiteSpace();
    }
}
