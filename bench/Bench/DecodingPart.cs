namespace VectorMigration.Bench;

/// <summary>Decoding: all vectors of an index of codes, beside FAISS's own.</summary>
internal static class DecodingPart
{
    /// <summary>By the names that FAISS's factory gives them, and by our own where it has none.</summary>
    private static readonly string[] Kinds =
    [
        "Flat", "IVF64,Flat", "HNSW8,Flat", "IDMap,Flat", "IDMap2,Flat",
        "SQ8", "SQ8 uniform", "SQ8 direct", "SQ6", "SQ4", "SQ4 uniform", "SQfp16", "IVF64,SQ8", "IVF64,SQ4", "IVF64,SQfp16", "HNSW8,SQ8",
        "PQ48x8", "PQ48x12", "PQ96x4", "PQ48x4fs", "IVF64,PQ48x8", "IVF64,PQ48x4fs", "IVF64,PQ48+48", "HNSW8,PQ48", "Residual256,PQ48x8",
        "OPQ48,PQ48x8", "OPQ48,IVF64,PQ48x8", "PCA192,SQ8", "PCAW192,SQ8", "RR384,SQ8", "L2norm,SQ8", "SQ8,RFlat", "PQ48x8,Refine(SQfp16)",
        "LSH", "LSHrt", "RQ16x8", "LSQ16x8", "PRQ4x4x8", "PLSQ4x4x8", "PRQ4x4x4fs_32_Nrq2x4", "PLSQ4x4x4fs_32_Nlsq2x4",
        "BFlat", "BIVF64", "BHNSW8",
    ];

    /// <summary>What takes longer than this, seconds, is not timed a second time.</summary>
    private const double Long = 3;

    public static async Task RunAsync(Workshop workshop)
    {
        int count = workshop.Quick ? 20_000 : 200_000;
        const int dimension = 384;
        if (!await Peers.PresentAsync("/usr/bin/python3", "-c", "import faiss"))
        {
            Console.Error.WriteLine("decoding: skipped, because FAISS for Python is not present.");
            return;
        }

        var rows = new List<string[]>();
        foreach (string kind in Kinds)
        {
            string index = await ReadingPart.MakeAsync(workshop, kind, count, dimension);
            var ours = new List<double>();
            var theirs = new List<double>();
            for (int repetition = 0; repetition < workshop.Repetitions + 1; repetition++)
            {
                ours.Add(await ReadingPart.OursAsync(index));
                if (theirs.Count == 0 || theirs[0] < Long)
                {
                    theirs.Add(await ReadingPart.FaissAsync(workshop, index));
                }
            }

            double bytes = (double)count * dimension * sizeof(float);
            rows.Add([
                kind, CodeOf(index), Page.Number(Page.Median(ours), 3), Page.Number(Page.Median(theirs), 3), Page.Number(bytes / Page.Median(ours) / 1e9, 2),
                Page.Number(Page.Median(theirs) / Page.Median(ours))]);
            Console.Error.WriteLine(string.Join(' ', rows[^1]));
            File.Delete(index);
        }

        workshop.Publish("decoding", new Page($"Decoding {Page.Whole(count)} × {dimension}", "decoding")
            .Table(["kind", "code", "ours, s", "FAISS read_index + reconstruct_n, s", "ours, GB/s of vectors", "FAISS ÷ ours"], rows)
            .Say("Seconds from the path of the index to the last vector, files in the page cache, the two taking turns. **ours**: the batches of 100 that "
                + "the engine is given, ids and all checks included; the last of six readings in a fresh process, so that compiling does not count. "
                + "**FAISS**: `read_index` and `reconstruct_n`, of binary indexes `binary_to_real` too, 1.7.3 from Debian, whose matrix products are "
                + "those of the reference BLAS unless another is installed: see OPQ, PCA, RR and LSHrt with that in mind. Where it took longer than three "
                + "seconds, once. Codes are random and quantizers hardly trained: decoding does not tell them from good ones."));
    }

    /// <summary>The four characters that the file begins with: docs/index-kinds.md takes the figures from the page by them.</summary>
    private static string CodeOf(string index)
    {
        Span<byte> code = stackalloc byte[4];
        using FileStream file = File.OpenRead(index);
        file.ReadExactly(code);
        return System.Text.Encoding.ASCII.GetString(code);
    }
}
