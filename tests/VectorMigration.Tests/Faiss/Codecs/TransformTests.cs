namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>Inverses of transforms against FAISS's own, and against the originals where FAISS's own is wrong.</summary>
public sealed class TransformTests
{
    /// <summary>FAISS takes these for orthonormal when it reads them, and gives something else than what went in.</summary>
    private static readonly string[] WrongInFaiss = ["vt_pcaw12_flat", "vt_pcawr12_flat", "vt_pcaw24_flat", "vt_linear_nonorthonormal"];

    public static TheoryData<string> Right => CodecCase.Names(static found => found.Code == "IxPT" && !WrongInFaiss.Contains(found.Name));

    public static TheoryData<string> Wrong => CodecCase.Names(static found => WrongInFaiss.Contains(found.Name));

    [Theory]
    [MemberData(nameof(Right))]
    public void Transforms_are_reversed_as_FAISS_does(string name)
    {
        CodecCase found = CodecCase.Of(name);
        Differences.Greatest(Reversed(found), found.Vectors).ShouldBeLessThanOrEqualTo(2e-6 * Differences.Greatest(found.Vectors));
    }

    /// <summary>What comes back must be taken to the stored vector again, and be the shortest vector that is.</summary>
    [Theory]
    [MemberData(nameof(Wrong))]
    public void Matrices_that_are_not_orthonormal_are_solved_for(string name)
    {
        CodecCase found = CodecCase.Of(name);
        (int rows, int columns) = (found.Int("dout"), found.Int("din"));
        float[] matrix = found.Floats("matrix");
        float[] bias = found.Floats("bias");
        float[] stored = found.Floats("codes");
        float[] vectors = Reversed(found);
        for (int i = 0; i < found.Rows.Length; i++)
        {
            for (int row = 0; row < rows; row++)
            {
                double image = bias.Length == 0 ? 0 : bias[row];
                for (int k = 0; k < columns; k++)
                {
                    image += (double)matrix[(row * columns) + k] * vectors[(i * columns) + k];
                }

                image.ShouldBe(stored[(i * rows) + row], 2e-5 * Differences.Greatest(stored));
            }
        }

        if (rows >= columns)
        {
            Differences.Greatest(vectors, found.Floats("originals")).ShouldBeLessThanOrEqualTo(1e-5 * Differences.Greatest(vectors));
        }
    }

    [Theory]
    [InlineData("vt_pca12_flat", Fidelity.Approximate)]
    [InlineData("vt_pca24_flat", Fidelity.RoundingOnly)]
    [InlineData("vt_pcaw12_flat", Fidelity.Approximate)]
    [InlineData("vt_pcaw24_flat", Fidelity.RoundingOnly)]
    [InlineData("vt_rr24_flat", Fidelity.RoundingOnly)]
    [InlineData("vt_rr16_flat", Fidelity.Approximate)]
    [InlineData("vt_pad32_flat", Fidelity.Exact)]
    [InlineData("vt_remap_uniform", Fidelity.Approximate)]
    [InlineData("vt_l2norm_flat", Fidelity.Approximate)]
    [InlineData("vt_centering", Fidelity.RoundingOnly)]
    [InlineData("hadamard_flat", Fidelity.RoundingOnly)]
    public void How_truly_is_told(string name, Fidelity expected) => CodecCase.Of(name).Transform().Fidelity.ShouldBe(expected);

    [Fact]
    public void A_matrix_that_loses_a_direction_has_no_inverse()
    {
        var reverse = new LinearReverse("Linear", 3, 3, [1, 2, 3, 2, 4, 6.5f, 2, 4, 6], []);
        reverse.Fidelity.ShouldBe(Fidelity.NotRecoverable);
        Should.Throw<InvalidOperationException>(() => reverse.Reverse(new float[3], new float[3]));
        new LinearReverse("Linear", 2, 2, [1, float.NaN, 0, 1], []).Fidelity.ShouldBe(Fidelity.NotRecoverable);
    }

    /// <summary>Solving takes the cube of the dimension, so a file cannot ask for it at any size; what needs no solving has no bound.</summary>
    [Fact]
    public void Large_systems_are_not_solved()
    {
        const int Size = 2049;
        float[] matrix = new float[Size * Size];
        for (int i = 0; i < Size; i++)
        {
            matrix[i * (Size + 1)] = 2f;
        }

        var scaled = new LinearReverse("Linear", Size, Size, matrix, []);
        scaled.Fidelity.ShouldBe(Fidelity.RoundingOnly);
        float[] vector = Differences.Numbers(new Random(1), Size);
        float[] back = new float[Size];
        scaled.Reverse(vector, back);
        back.ShouldBe([.. vector.Select(static component => component / 2)]);
        for (int i = 0; i < Size - 1; i++)
        {
            matrix[(i * Size) + i + 1] = 0.5f;
        }

        new LinearReverse("Linear", Size, Size, matrix, []).Fidelity.ShouldBe(Fidelity.NotRecoverable);
    }

    /// <summary>More rows than columns: least squares give the vector back.</summary>
    [Theory]
    [InlineData(5, 9)]
    [InlineData(40, 41)]
    [InlineData(30, 30)]
    public void Tall_matrices_give_vectors_back(int input, int output)
    {
        var random = new Random(input);
        float[] matrix = Differences.Numbers(random, input * output);
        float[] bias = Differences.Numbers(random, output);
        float[] vector = Differences.Numbers(random, input);
        float[] image = new float[output];
        for (int row = 0; row < output; row++)
        {
            double sum = bias[row];
            for (int k = 0; k < input; k++)
            {
                sum += (double)matrix[(row * input) + k] * vector[k];
            }

            image[row] = (float)sum;
        }

        var reverse = new LinearReverse("Linear", input, output, matrix, bias);
        reverse.Fidelity.ShouldBe(Fidelity.RoundingOnly);
        float[] back = new float[input];
        reverse.Reverse(image, back);
        Differences.Greatest(back, vector).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Chains_are_undone_from_the_last_to_the_first()
    {
        CodecCase found = CodecCase.Of("vt_rr24_flat");
        var chain = new TransformChain([found.Transform(), new RemapTransform(24, [.. Enumerable.Range(0, 24).Reverse()]), new NormalizationTransform(24)]);
        float[] stored = found.Floats("codes");
        float[] turned = new float[stored.Length];
        for (int i = 0; i < stored.Length; i++)
        {
            turned[(i / 24 * 24) + 23 - (i % 24)] = stored[i];
        }

        // More rows than the chain takes at once.
        float[] many = [.. Enumerable.Repeat(turned, 40).SelectMany(static rows => rows)];
        float[] vectors = new float[many.Length];
        chain.Reverse(many, vectors);
        float[] truth = [.. Enumerable.Repeat(found.Vectors, 40).SelectMany(static rows => rows)];
        Differences.Greatest(vectors, truth).ShouldBeLessThanOrEqualTo(2e-6 * Differences.Greatest(truth));
        chain.Fidelity.ShouldBe(Fidelity.Approximate);
        chain.Name.ShouldBe("rrot,RemapDimensions,Normalization");
        Should.Throw<ArgumentException>(() => new TransformChain([new NormalizationTransform(3), new NormalizationTransform(4)]));
        Should.Throw<ArgumentException>(() => new TransformChain([]));
    }

    [Fact]
    public void What_has_no_inverse_says_so()
    {
        var itq = new IrreversibleTransform("ITQTransform", 8, 4);
        itq.Fidelity.ShouldBe(Fidelity.NotRecoverable);
        Should.Throw<InvalidOperationException>(() => itq.Reverse(new float[4], new float[8]));
    }

    private static float[] Reversed(CodecCase found)
    {
        VectorTransform transform = found.Transform();
        float[] vectors = new float[found.Rows.Length * transform.InputDimension];
        transform.Reverse(found.Floats("codes"), vectors);
        return vectors;
    }
}
