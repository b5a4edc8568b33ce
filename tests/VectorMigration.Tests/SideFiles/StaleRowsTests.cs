using System.Globalization;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Tests.SideFiles;

/// <summary>A table of another state of the index: most of its ids are FAISS ids, and some of them stand in the rows of other vectors.</summary>
public sealed class StaleRowsTests : IDisposable
{
    private const int Count = 100;

    private readonly string folder = Directory.CreateTempSubdirectory("vm-stale-").FullName;
    private readonly MemoryStore store = new();

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The row of vector 50 was deleted, and one that the index does not have was added.</summary>
    [Theory]
    [InlineData("faiss_id", 10, "", true, "refused")]
    [InlineData("faiss_id", 10, "", false, "refused")]
    [InlineData("id", 10, "", true, "refused")]
    [InlineData("id", 10, "", false, "refused")]
    [InlineData("doc", 10, "", true, "refused")]
    [InlineData("doc", 10, "", false, "told")]
    [InlineData("doc", 10, "D-", true, "refused")]
    [InlineData("vector_id", 1, "", true, "refused")]
    [InlineData("vector_id", 1, "", false, "refused")]
    [InlineData("id", 1, "", true, "told")]
    public async Task A_table_of_another_state_of_the_index_is_not_joined_by_row(string field, int step, string letters, bool isFound, string outcome)
    {
        long[] numbers = [.. Enumerable.Range(0, Count + 1).Where(static row => row != 50).Select(row => (long)row * step)];
        MigrationResult result = await Run(field, letters, numbers, step, isFound);
        Judge(result, outcome, field);
        string words = result.Error?.Message ?? result.Plan!.Warnings[0];
        if (outcome == "told" && isFound)
        {
            // Where ids are positions, the rows may have been deleted before the index was built.
            words.ShouldContain("has 100 values from 0 to 100: entries were deleted");
        }
        else
        {
            words.ShouldContain($"99 values of 100 compared of its field '{field}' are FAISS ids of the index, but 49 of these belong to the vectors of other");
        }
    }

    /// <summary>In another order, with one id that the index does not have.</summary>
    [Theory]
    [InlineData("doc", true, "refused")]
    [InlineData("doc", false, "told")]
    [InlineData("id", false, "refused")]
    public async Task One_foreign_id_does_not_excuse_another_order(string field, bool isFound, string outcome)
    {
        long[] numbers = [.. Enumerable.Range(0, Count).Select(static row => (long)(row * 37 % Count) * 10)];
        numbers[3] = 77_777;
        Judge(await Run(field, string.Empty, numbers, step: 10, isFound), outcome, field);
    }

    /// <summary>Ids of thousands of rows are compared by a sample.</summary>
    [Fact]
    public async Task A_large_table_is_judged_by_a_sample()
    {
        const int Many = 20_000;
        long[] numbers = [.. Enumerable.Range(0, Many + 1).Where(static row => row != Many / 2).Select(static row => (long)row * 10)];
        MigrationResult result = await Run("id", string.Empty, numbers, step: 10, isFound: true);
        Judge(result, "refused", "id");
        result.Error!.Message.ShouldContain("of 512 compared of its field 'id'");
    }

    /// <summary>What counts the rows, or has nothing to do with the ids, is no id.</summary>
    [Theory]
    [InlineData("nr", 0, 1)]
    [InlineData("nr", 1, 1)]
    [InlineData("year", 5_000, 3)]
    public async Task Numbers_of_their_own_speak_against_nothing(string field, int first, int by)
    {
        long[] numbers = [.. Enumerable.Range(0, Count).Select(row => first + ((long)row * by))];
        Judge(await Run(field, string.Empty, numbers, step: 10, isFound: true), "joined", field);
    }

    private static void Judge(MigrationResult result, string outcome, string field)
    {
        if (outcome == "refused")
        {
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe("PayloadOrderUnknown");
            result.Error.Message.ShouldContain($"'{field}'");
            return;
        }

        result.Status.ShouldBe(MigrationStatus.Completed, result.Error?.Message);
        result.Plan!.Warnings.Count.ShouldBe(outcome == "told" ? 1 : 0);
    }

    private async Task<MigrationResult> Run(string field, string letters, long[] numbers, int step, bool isFound)
    {
        string path = Path.Combine(folder, "docs.json");
        File.WriteAllText(path, "[" + string.Join(',', numbers.Select(number => letters.Length > 0
            ? $$"""{"{{field}}":"{{letters}}{{number + 1_000_000_000}}"}"""
            : string.Create(CultureInfo.InvariantCulture, $$"""{"{{field}}":{{number}}}"""))) + "]");
        long first = letters.Length > 0 ? 1_000_000_000 : 0;
        MemorySource source = new(numbers.Length, 2, ordinal => first + (ordinal * step));
        PayloadRules rules = new() { IsFound = isFound };
        using IPayloadSource payload = StorePayloads.Open(path, rules, null, Path.Combine(folder, "index.faiss"), default)!;
        MigrationOptions options = new() { Collection = Guid.NewGuid().ToString("N"), IdField = "other" };
        return await new Migration(source, payload, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
    }
}
