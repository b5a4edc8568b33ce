namespace VectorMigration.Tests;

/// <summary>A reading back that takes many answers for a batch shows each of them.</summary>
public sealed class RowProgressTests
{
    [Fact]
    public void Every_answer_counts_and_nothing_counts_twice()
    {
        List<long> told = [];
        RowProgress progress = new(told.Add);
        progress.Answer(75);
        progress.Answer(75);
        progress.Finish(150);
        progress.Answer(40);
        told.ShouldBe([75, 150, 190]);
    }

    [Fact]
    public void Rows_that_no_answer_is_about_count_with_their_batch()
    {
        List<long> told = [];
        RowProgress progress = new(told.Add);
        progress.Answer(90);
        progress.Finish(100);
        progress.Finish(20);
        told.ShouldBe([90, 100, 120]);
    }
}
