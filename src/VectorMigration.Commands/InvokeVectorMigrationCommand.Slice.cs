namespace VectorMigration.Commands;

/// <summary>One slice of a plan.</summary>
public sealed partial class InvokeVectorMigrationCommand
{
    /// <summary>Parameters whose values are in the plan.</summary>
    private static readonly string[] InPlan =
    [
        nameof(CollectionParameters.AllowDuplicateId), nameof(CollectionParameters.Distance), nameof(IndexParameters.First), nameof(IndexParameters.Skip),
        nameof(IndexParameters.SkipInvalid), nameof(ListParameters.ListPath), nameof(DecodingParameters.AllowDecoded),
        nameof(DecodingParameters.OriginalVectors), nameof(DecodingParameters.BinaryAs), nameof(StoreParameters.StorePath),
        nameof(PayloadParameters.PayloadPath), nameof(PayloadParameters.NoStore), nameof(PayloadParameters.PayloadKey),
        nameof(PayloadParameters.PayloadByRow), nameof(PayloadParameters.DropPayloadKey), nameof(PayloadParameters.OnMissingPayload),
        nameof(PayloadParameters.OnSurplusPayload), nameof(PayloadNumberParameters.LargeInteger), nameof(MappingParameters.PayloadField),
        nameof(MappingParameters.ExcludePayloadField), nameof(MappingParameters.RenamePayload), nameof(MappingParameters.FlattenPayload),
        nameof(MappingParameters.PayloadType), nameof(MappingParameters.PayloadLayout), nameof(IdOriginParameters.IdFrom),
        nameof(IdParameters.IdMapping), nameof(IdFieldParameters.IdField), nameof(PartParameters.IdOffset), nameof(PartParameters.IdNamespace),
        nameof(VectorNameParameters.VectorName), nameof(JobParameters.OnBadPart),
    ];

    private SlicePlan? plan;

    /// <summary>Which slice.</summary>
    private SliceParameters Slice { get; } = new();

    /// <inheritdoc/>
    private protected override MigrationOptions? PlannedOptions => plan?.Options.Options(plan.Collection);

    /// <inheritdoc/>
    private protected override bool OnPlan()
    {
        if (Slice.PlanPath is null)
        {
            return false;
        }

        RequireUsable();
        if (Array.Find(InPlan, IsGiven) is string given)
        {
            throw SliceErrors.NotForSlices($"-{given}", "The plan contains it. To change it, make a new plan.");
        }

        SliceNumber number = SliceNumber.Parse(Slice.Slice);
        plan = SlicePlan.Read(IndexPaths.ResolveOne(this, Slice.PlanPath, literal: false));
        _ = plan.Slice(number);
        Target.Collection = plan.Collection;
        MigrateSlice(plan, number);
        return true;
    }

    private void MigrateSlice(SlicePlan planned, SliceNumber number)
    {
        QdrantConnection connection = FindConnection();
        MigrationOptions options = SliceJob.Options(planned, IndexOptions(connection), journalGiven: Journal.JournalPath is not null);
        SliceJob one = new(planned, number, options, Slices.Opener(planned, WriteWarning));
        JobPlan ranges = one.Plan();
        string lines = string.Concat(ranges.Parts.Select(range => $"{Environment.NewLine}  {ranges.Name(range)}, {JobPlan.Line(range)}"));
        string action = $"Migrate slice {number} to '{planned.Collection}': {Units.Of(ranges.Count, "vector", "vectors")}";
        if (!ShouldProcess($"{action}.{lines}", $"{action}?{lines}", "Migrate vectors") && !OnlyPlans)
        {
            return;
        }

        job = one.Job;
        try
        {
            MigrationResult total = one.RunAsync(ranges, range => Task.FromResult(RunPart(one.Job, ranges, range, connection)), StopToken)
                .GetAwaiter().GetResult();
            if (!OnlyPlans)
            {
                EndAll(total);
            }
        }
        finally
        {
            job = null;
        }
    }
}
