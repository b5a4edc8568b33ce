using System.Globalization;
using System.Management.Automation;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Commands;

/// <summary>Get-FaissVector: streams the vectors of index files; each object owns its memory.</summary>
[Cmdlet(VerbsCommon.Get, "FaissVector", DefaultParameterSetName = ParameterSets.Path, SupportsPaging = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(FaissVector), typeof(FaissVector[]))]
public sealed class GetFaissVectorCommand : PathCommand
{
    /// <summary>Vectors read at once: large enough to read well, small enough that the first object comes at once.</summary>
    private const int BlockSize = 256;

    private const int IdBlockSize = 65_536;

    /// <summary>Only vectors with these FAISS ids, in the index's order.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public long[]? Id { get; set; }

    /// <summary>Emit arrays of this many vectors instead of single ones.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 1_000_000)]
    public int? ReadCount { get; set; }

    /// <summary>Its inverted lists.</summary>
    private ListParameters Lists { get; } = new();

    /// <summary>Vectors that the index holds only codes of.</summary>
    private DecodingParameters Decoding { get; } = new();

    /// <summary>The store of the index.</summary>
    private StoreParameters Store { get; } = new();

    /// <summary>Payloads of the vectors.</summary>
    private PayloadParameters Payload { get; } = new();

    /// <summary>What becomes of ids.</summary>
    private IdParameters Ids { get; } = new();

    /// <summary>What becomes of numbers in payloads that Qdrant cannot keep.</summary>
    private PayloadNumberParameters PayloadNumbers { get; } = new();

    /// <inheritdoc/>
    protected override void ProcessFile(string path)
    {
        using FoundStore found = Parts.Find(path, Store.Choice(this, Payload));
        using IVectorSource source = Decoding.Apply(this, Parts.OpenIndex(found.IndexPath, Lists.Full(this)));
        if (source.Description.Fidelity == Fidelity.Approximate && !Decoding.AllowDecoded)
        {
            throw FaissErrors.NotExact(source.Description);
        }

        using IPayloadSource? payload = OpenPayload(source, found);
        foreach (string warning in source.Description.Warnings.Select(warning => $"{path}: {warning}").Concat(found.Notes))
        {
            WriteWarning(warning);
        }

        long count = source.Description.Count;
        if (PagingParameters.IncludeTotalCount)
        {
            WriteObject(PagingParameters.NewTotalCount((ulong)count, 1.0));
        }

        VectorWriter writer = new(this, source, payload, Ids.IdMapping, Payload.OnMissingPayload, ReadCount ?? 1);
        long skip = (long)Math.Min(PagingParameters.Skip, long.MaxValue);
        long first = (long)Math.Min(PagingParameters.First, long.MaxValue);
        if (Id is null)
        {
            WriteRange(writer, Math.Min(skip, count), Math.Min(first, count - Math.Min(skip, count)));
        }
        else
        {
            WriteIds(writer, source, skip, first);
        }

        writer.Flush();
    }

    /// <summary>Opens the payload file and holds it against the index, so that no vector gets another one's payload.</summary>
    private IPayloadSource? OpenPayload(IVectorSource source, FoundStore found)
    {
        PayloadRules rules = new()
        {
            Key = Payload.PayloadKey,
            ByRow = Payload.PayloadByRow,
            DropKey = Payload.DropPayloadKey,
            LargeInteger = PayloadNumbers.LargeInteger,
            KeepsRepeatedFields = true,
            IsFound = Payload.PayloadPath is null && !found.StoreIsNamed,
        };
        string? file = Payload.PayloadPath is string named ? IndexPaths.ResolveOne(this, named, literal: false) : found.StorePath;
        IPayloadSource? payload = file is null ? null : Parts.OpenPayload(file, rules, spillFolder: null, source.Description, WriteWarning);
        try
        {
            PayloadCheck.RefuseOptions(rules, Payload.OnMissingPayload, Payload.OnSurplusPayload, payload);
            if (payload is null)
            {
                return null;
            }

            PayloadFindings findings = new PayloadCheck(source, payload, Payload.OnMissingPayload, new ReasonList(collects: false), spill: null)
            {
                OnSurplus = Payload.OnSurplusPayload,
            }.Run(0, source.Description.Count, StopToken);
            if (findings.Doubt is string doubt)
            {
                WriteWarning(doubt);
            }

            if (findings.Surplus > 0)
            {
                WriteWarning(PayloadJoinErrors.SurplusNote(payload.Path, payload.RowName, findings));
            }

            return payload;
        }
        catch
        {
            payload?.Dispose();
            throw;
        }
    }

    private void WriteRange(VectorWriter writer, long ordinal, long count)
    {
        for (long end = ordinal + count; ordinal < end; ordinal += BlockSize)
        {
            writer.Write(ordinal, (int)Math.Min(BlockSize, end - ordinal), StopToken);
        }
    }

    private void WriteIds(VectorWriter writer, IVectorSource source, long skip, long first)
    {
        HashSet<long> wanted = [.. Id!];
        HashSet<long> found = [];
        long[] ids = new long[IdBlockSize];
        for (long ordinal = 0; ordinal < source.Description.Count;)
        {
            int read = source.ReadIds(ordinal, ids, StopToken);
            if (read == 0)
            {
                break;
            }

            for (int i = 0; i < read; i++)
            {
                if (wanted.Contains(ids[i]))
                {
                    found.Add(ids[i]);
                    if (skip > 0)
                    {
                        skip--;
                    }
                    else if (first > 0)
                    {
                        first--;
                        writer.Write(ordinal + i, 1, StopToken);
                    }
                }
            }

            ordinal += read;
        }

        foreach (long id in Id!.Where(id => !found.Contains(id)).Distinct())
        {
            WriteError(CommandErrors.IdNotFound(id.ToString(CultureInfo.InvariantCulture), source.Description.Path));
        }
    }

    /// <summary>Reads blocks and writes them as objects, one by one or in arrays.</summary>
    private sealed class VectorWriter(Cmdlet command, IVectorSource source, IPayloadSource? payload, IdMapping mapping, MissingPayload policy, int readCount)
    {
        private readonly List<FaissVector> pending = [];
        private readonly PayloadJoin? join = payload is null ? null : new PayloadJoin(source, payload);

        public void Write(long ordinal, int count, CancellationToken cancellationToken)
        {
            using VectorBatch batch = source.Read(ordinal, count, cancellationToken);
            PayloadBlock? texts = join?.ReadWithin(ordinal, batch.FaissIds.Span, long.MaxValue, cancellationToken);
            for (int row = 0; row < batch.Count; row++)
            {
                if (policy == MissingPayload.Skip && texts is not null && texts[row].IsEmpty)
                {
                    continue;
                }

                long id = batch.FaissIds.Span[row];
                byte[]? payload = texts is null || texts[row].IsEmpty ? null : texts[row].ToArray();
                Write(new FaissVector(source.Description, batch.Ordinal(row), id, IndexFeed.MapId(id, mapping), batch.Vector(row).ToArray(), payload,
                    PayloadReader.Plain));
            }
        }

        public void Flush()
        {
            if (pending.Count > 0)
            {
                command.WriteObject(pending.ToArray(), enumerateCollection: false);
                pending.Clear();
            }
        }

        private void Write(FaissVector vector)
        {
            if (readCount == 1)
            {
                command.WriteObject(vector);
                return;
            }

            pending.Add(vector);
            if (pending.Count == readCount)
            {
                Flush();
            }
        }
    }
}
