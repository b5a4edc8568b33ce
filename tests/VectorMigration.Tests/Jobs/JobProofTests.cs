namespace VectorMigration.Tests.Jobs;

/// <summary>The verification of all parts of a job as one.</summary>
public sealed class JobProofTests
{
    private static PlannedPart Part(int number, long count, string? vector = null, long duplicates = 0) => new()
    {
        Number = number,
        Part = new JobPart($"p{number}") { VectorName = vector },
        Label = $"p{number}",
        Path = $"/p{number}",
        Index = new MemorySource((int)count).Description,
        Duplicates = duplicates,
    };

    private static VerificationResult Proof(long expected, long total, VerificationMode mode = VerificationMode.Full) => new()
    {
        Mode = mode,
        Passed = true,
        Expected = expected,
        CollectionCount = total,
        Compared = expected,
    };

    [Fact]
    public void A_count_that_is_smaller_than_all_parts_does_not_pass()
    {
        VerificationResult Whole(long total, VerificationMode mode, string? other = null) => JobTotal.Verification(
            [(Part(1, 20, other is null ? null : "title"), Proof(20, total + 5, mode)), (Part(2, 10, other), Proof(10, total, mode))], null);
        foreach (VerificationMode mode in (VerificationMode[])[VerificationMode.Full, VerificationMode.Sample, VerificationMode.Count])
        {
            Whole(30, mode).Passed.ShouldBeTrue();
            Whole(99, mode).Passed.ShouldBeTrue();
            Whole(29, mode).Passed.ShouldBeFalse();
            Whole(29, mode).PointsOfParts.ShouldBe(30);

            // Parts with other vectors share their points.
            Whole(20, mode, "body").Passed.ShouldBeTrue();
            Whole(19, mode, "body").Passed.ShouldBeFalse();
        }

        Whole(28, VerificationMode.Count).Missing.ShouldBe(2);
        Whole(20, VerificationMode.Count, "body").Expected.ShouldBe(20);
    }

    [Fact]
    public void The_files_of_all_payloads_are_named()
    {
        VerificationResult Whole(params string?[] files) => JobTotal.Verification(
            [.. files.Select((file, at) => (Part(at + 1, 1), Proof(1, files.Length) with { PayloadPath = file }))], null);
        Whole("a", "b", null).PayloadPath.ShouldBe("a, b");
        Whole("a", "a").PayloadPath.ShouldBe("a");
        Whole(null, null).PayloadPath.ShouldBeNull();
    }

    [Fact]
    public void A_sample_is_one_sample_of_all_parts()
    {
        JobPlan plan = new() { Collection = "c", Parts = [Part(1, 100), Part(2, 900, duplicates: 100), Part(3, 100)] };
        JobSample sample = JobSample.Of(plan, 500, seed: 7);
        plan.Parts.Sum(sample.SizeOf).ShouldBe(500);
        sample.SizeOf(plan.Parts[1]).ShouldBeInRange(350, 450);
        plan.Parts.Select(sample.SeedOf).Distinct().Count().ShouldBe(3);
        JobSample again = JobSample.Of(plan, 500, seed: 7);
        plan.Parts.Select(again.SizeOf).ShouldBe(plan.Parts.Select(sample.SizeOf));
        plan.Parts.Select(again.SeedOf).ShouldBe(plan.Parts.Select(sample.SeedOf));
        JobSample all = JobSample.Of(plan, 10_000, seed: null);
        plan.Parts.Select(all.SizeOf).ShouldBe([100, 800, 100]);

        VerificationResult Sampled(PlannedPart part, long missing) => Proof(part.Count - part.Duplicates, 1_000, VerificationMode.Sample) with
        {
            Missing = missing,
            Sample = SampleChoice.Judge(part.Count - part.Duplicates, sample.SizeOf(part), missing, sample.SeedOf(part)),
        };
        SampleResult whole = JobTotal.Verification([.. plan.Parts.Select(part => (part, Sampled(part, part.Number == 2 ? 1 : 0)))], sample.Seed).Sample!;
        SampleResult expected = SampleChoice.Judge(1_000, 500, 1, 7);
        whole.ShouldBe(expected);
        whole.Statement.ShouldContain("With 95 % confidence");
    }

    [Theory]
    [InlineData(2, 0, VerificationMode.Full, "To send missing points again")]
    [InlineData(0, 3, VerificationMode.Full, "To send different points again")]
    [InlineData(1, 3, VerificationMode.Sample, "To send missing and different points again")]
    [InlineData(0, 0, VerificationMode.Sample, "verify all vectors of all parts")]
    [InlineData(2, 0, VerificationMode.Count, "verify all vectors of all parts")]
    [InlineData(0, 0, VerificationMode.Full, "Verify all parts again")]
    public void Advice_is_about_what_was_found(long missing, long different, VerificationMode mode, string advice)
    {
        JobErrors.Repair(Proof(10, 10, mode) with { Passed = false, Missing = missing, Different = different }).ShouldContain(advice);
    }
}
