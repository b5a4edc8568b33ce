namespace VectorMigration.Tests;

/// <summary>Original vectors under the ids of an index, and originals that are not its own.</summary>
public sealed class OriginalVectorsTests
{
    private const int Count = 400;
    private const int Dimension = 16;

    [Fact]
    public void The_vectors_come_from_the_originals_and_the_ids_from_the_index()
    {
        using OriginalVectors both = OriginalVectors.Of(Coded(), Originals(static row => row), default);
        both.Description.Fidelity.ShouldBe(Fidelity.Exact);
        both.Description.OriginalsPath.ShouldBe("originals");
        both.Description.Warnings.ShouldBeEmpty();
        ShouldHold(both, static ordinal => ordinal);
    }

    [Fact]
    public void Rows_follow_the_ids_of_inverted_lists()
    {
        Source lists = Coded(static ordinal => ordinal * 7 % Count, RowOrder.Id);
        using OriginalVectors both = OriginalVectors.Of(lists, Originals(static row => row), default);
        ShouldHold(both, static ordinal => ordinal * 7 % Count);
    }

    [Theory]
    [InlineData(Count - 1, Dimension, "has 399 vectors, and memory.faiss has 400")]
    [InlineData(Count, Dimension + 1, "has vectors of 17 components, and memory.faiss has vectors of 16")]
    public void Another_number_or_dimension_is_refused(int count, int dimension, string words) =>
        Refused(Coded(), new Source(count, dimension, static (row, at) => Component(row, at), "originals")).ShouldContain(words);

    [Theory]
    [InlineData("shifted by one")]
    [InlineData("of another index")]
    [InlineData("shifted by one from the ninth tenth on")]
    [InlineData("two rows changed places")]
    [InlineData("zeros")]
    [InlineData("one")]
    [InlineData("seven times as long")]
    [InlineData("noise added")]
    [InlineData("one row of zeros")]
    [InlineData("one row of NaN")]
    public void Originals_that_are_not_those_of_the_index_are_refused(string what)
    {
        foreach (Fidelity fidelity in (Fidelity[])[Fidelity.Exact, Fidelity.RoundingOnly, Fidelity.Approximate])
        {
            Source index = fidelity == Fidelity.Approximate ? Coded() : new Source(Count, Dimension, Component, "memory.faiss", fidelity: fidelity);
            Source originals = new(Count, Dimension, Changed(what), "originals");
            MigrationException error = Should.Throw<MigrationException>(() =>
            {
                using OriginalVectors both = OriginalVectors.Of(index, originals, default);
                using VectorBatch all = both.Read(0, Count, default);
            });
            error.ErrorId.ShouldBe("OriginalVectorsDiffer", $"{what}, {fidelity}");
        }
    }

    private static Func<int, int, float> Changed(string what) => what switch
    {
        "shifted by one" => static (row, at) => Component((row + 1) % Count, at),
        "of another index" => static (row, at) => Component(row + 10_000, at),
        "shifted by one from the ninth tenth on" => static (row, at) => Component(row < Count * 8 / 10 ? row : (row + 1) % Count, at),
        "two rows changed places" => static (row, at) => Component(row == 17 ? 333 : row == 333 ? 17 : row, at),
        "zeros" => static (_, _) => 0,
        "one" => static (_, _) => 1,
        "seven times as long" => static (row, at) => Component(row, at) * 7,
        "noise added" => static (row, at) => Component(row, at) + Component(row + 50_000, at),
        "one row of zeros" => static (row, at) => row == 217 ? 0 : Component(row, at),
        _ => static (row, at) => row == 217 ? float.NaN : Component(row, at),
    };

    [Theory]
    [InlineData("shifted by one")]
    [InlineData("of another index")]
    [InlineData("shifted by one from the ninth tenth on")]
    [InlineData("two rows changed places")]
    [InlineData("zeros")]
    [InlineData("one")]
    [InlineData("seven times as long")]
    [InlineData("one row of zeros")]
    [InlineData("one row of NaN")]
    public void Codes_that_leave_a_quarter_of_the_variance_tell_their_originals_from_others(string what)
    {
        Source index = Transformed(static x => x < 0 ? -0.5f : 0.5f, bits: Dimension);
        using (OriginalVectors both = OriginalVectors.Of(index, Originals(static row => row), default))
        {
            ShouldHold(both, static ordinal => ordinal);
        }

        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using OriginalVectors both = OriginalVectors.Of(index, new Source(Count, Dimension, Changed(what), "originals"), default);
            using VectorBatch all = both.Read(0, Count, default);
        });
        error.ErrorId.ShouldBe("OriginalVectorsDiffer");
    }

    [Fact]
    public void Noise_is_told_from_the_error_of_a_code_by_the_bits_of_the_code() =>
        Refused(
            Transformed(static x => MathF.Round(x * 1.5f) / 1.5f, bits: 2 * Dimension),
            new Source(Count, Dimension, Changed("noise added"), "originals")).ShouldContain("does not belong");

    [Fact]
    public void Clusters_narrower_than_a_step_belong_to_their_codes()
    {
        static float Clustered(int row, int at) => (row * 8 / Count * 0.37f) + (at * 0.05f) + (Component(row, at) * 0.03f);
        Source index = new(
            Count, Dimension, static (row, at) => (MathF.Floor(Clustered(row, at) * 5) + 0.5f) / 5, "memory.faiss",
            fidelity: Fidelity.Approximate, halfStep: 0.1f);
        using OriginalVectors both = OriginalVectors.Of(index, new Source(Count, Dimension, Clustered, "originals"), default);
        using VectorBatch all = both.Read(0, Count, default);
        all.Vector(77)[3].ShouldBe(Clustered(77, 3));
    }

    [Fact]
    public void Rows_that_share_a_code_cannot_be_told_apart_and_that_is_told()
    {
        // Eleven clusters of some forty vectors, which the codes do not tell apart.
        static float Clustered(int row, int at) => (Component(9_000 + (row % 11), at) * 20) + (Component(row, at) * 0.1f);
        Source index = new(
            Count, Dimension, static (row, at) => Component(9_000 + (row % 11), at) * 20, "memory.faiss", fidelity: Fidelity.Approximate);
        using OriginalVectors both = OriginalVectors.Of(index, new Source(Count, Dimension, static (row, at) => Clustered(row, at), "originals"), default);
        both.Description.Warnings.ShouldHaveSingleItem().ShouldContain("do not distinguish vectors that are close to each other");
    }

    [Fact]
    public void Rows_that_changed_places_within_a_cluster_are_refused()
    {
        // Ten clusters of forty vectors, which codes tell apart, far from each other.
        static float Clustered(int row, int at) => (Component(9_000 + (row % 10), at) * 20) + Component(row, at);
        Source index = new(
            Count, Dimension, static (row, at) => MathF.Round(Clustered(row, at) * 3) / 3, "memory.faiss", fidelity: Fidelity.Approximate);
        OriginalVectors.Of(index, new Source(Count, Dimension, Clustered, "originals"), default).Dispose();
        Refused(index, new Source(Count, Dimension, static (row, at) => Clustered((row + 10) % Count, at), "originals")).ShouldContain("does not belong");
    }

    [Fact]
    public void One_vector_alone_is_compared_too()
    {
        Source one = new(1, Dimension, Component, "memory.faiss", fidelity: Fidelity.Approximate);
        Refused(one, new Source(1, Dimension, static (_, at) => Component(9, at), "originals")).ShouldContain("does not belong to memory.faiss");
    }

    [Fact]
    public void An_index_that_does_not_tell_the_order_of_adding_is_refused() =>
        Refused(Coded(static ordinal => ordinal * 2, RowOrder.Id), Originals(static row => row)).ShouldContain("does not keep the order");

    [Fact]
    public void The_identity_is_that_of_both()
    {
        using OriginalVectors both = OriginalVectors.Of(Coded(), Originals(static row => row), default);
        both.Description.Identity.Fingerprint.ShouldNotBe(Coded().Description.Identity.Fingerprint);
        both.Description.Identity.Fingerprint.Length.ShouldBe(64);
    }

    private static string Refused(IVectorSource index, IVectorSource originals)
    {
        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using OriginalVectors both = OriginalVectors.Of(index, originals, default);
        });
        error.ErrorId.ShouldBe("OriginalVectorsDiffer");
        error.RecommendedAction.ShouldNotBeNullOrEmpty();
        return error.Message;
    }

    private static void ShouldHold(OriginalVectors both, Func<int, int> row)
    {
        using VectorBatch batch = both.Read(3, Count, default);
        batch.Count.ShouldBe(Count - 3);
        for (int i = 0; i < batch.Count; i++)
        {
            batch.FaissIds.Span[i].ShouldBe(row(i + 3));
            batch.Vector(i)[5].ShouldBe(Component(row(i + 3), 5));
        }
    }

    /// <summary>Codes of two bits, about, of the originals.</summary>
    private static Source Coded(Func<int, int>? id = null, RowOrder order = RowOrder.Position) => new(
        Count, Dimension, (ordinal, at) => MathF.Round(Component(id is null || order == RowOrder.Position ? ordinal : id(ordinal), at) * 1.5f) / 1.5f,
        "memory.faiss", id, order, Fidelity.Approximate);

    private static Source Transformed(Func<float, float> code, int bits) =>
        new(Count, Dimension, (row, at) => code(Component(row, at)), "memory.faiss", fidelity: Fidelity.Approximate, bits: bits);

    private static Source Originals(Func<int, int> row) => new(Count, Dimension, (ordinal, at) => Component(row(ordinal), at), "originals");

    /// <summary>A number from -1 to 1 that nothing else tells.</summary>
    private static float Component(int row, int at) => (RowNumbers.Hash(row, at) % 2_001 / 1_000f) - 1f;

    private sealed class Source(
        int count, int dimension, Func<int, int, float> component, string path, Func<int, int>? id = null, RowOrder order = RowOrder.Position,
        Fidelity fidelity = Fidelity.Exact, long? bits = null, float? halfStep = null) : IVectorSource
    {
        public IndexDescription Description { get; } = new()
        {
            Path = path,
            Kind = "PQ",
            FourCC = "IxPq",
            Dimension = dimension,
            Count = count,
            Metric = FaissMetric.L2,
            Fidelity = fidelity,
            BitsPerVector = bits,
            ExpectedError = halfStep,
            RowOrder = order,
            IdSource = id is null ? "sequential" : "inverted lists",
            Identity = new SourceIdentity(path, 1, DateTime.UnixEpoch, path),
        };

        public VectorBatch Read(long ordinal, int some, CancellationToken cancellationToken)
        {
            int rows = (int)Math.Min(some, count - ordinal);
            float[] components = [.. Enumerable.Range((int)ordinal, rows).SelectMany(row => Enumerable.Range(0, dimension).Select(at => component(row, at)))];
            long[] ids = new long[rows];
            ReadIds(ordinal, ids, cancellationToken);
            return VectorBatch.Create(Description.Identity, ordinal, dimension, ids, components);
        }

        public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken)
        {
            int rows = (int)Math.Min(destination.Length, count - ordinal);
            for (int i = 0; i < rows; i++)
            {
                destination[i] = id?.Invoke((int)ordinal + i) ?? ordinal + i;
            }

            return rows;
        }

        public void Dispose()
        {
        }
    }
}
