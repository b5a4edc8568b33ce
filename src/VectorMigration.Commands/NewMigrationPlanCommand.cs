using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>New-MigrationPlan: divides indexes into slices, which several workers can migrate at the same time. Needs no server.</summary>
[Cmdlet(VerbsCommon.New, "MigrationPlan", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationSlicePlan))]
public sealed class NewMigrationPlanCommand : MigrationCommand
{
    private readonly List<string> found = [];

    /// <summary>The indexes.</summary>
    private IndexFilesParameters Files { get; } = new();

    /// <summary>What becomes of ids.</summary>
    private IdParameters Ids { get; } = new();

    /// <summary>Ids of the whole.</summary>
    private PartParameters Part { get; } = new();

    /// <summary>Where an id stays that became a UUID.</summary>
    private IdFieldParameters KeptId { get; } = new();

    /// <summary>What becomes of numbers in payloads.</summary>
    private PayloadNumberParameters PayloadNumbers { get; } = new();

    /// <summary>The store of one index.</summary>
    private StoreParameters Store { get; } = new();

    /// <summary>Payloads.</summary>
    private PayloadParameters Payload { get; } = new();

    /// <summary>What becomes of their fields.</summary>
    private MappingParameters Mapping { get; } = new();

    /// <summary>Which vector of a point.</summary>
    private VectorNameParameters Named { get; } = new();

    /// <summary>Vectors that are codes or bits in the index.</summary>
    private CodedParameters Coded { get; } = new();

    /// <summary>Vectors that are not finite.</summary>
    private InvalidParameters Invalid { get; } = new();

    /// <summary>Whether a file is replaced.</summary>
    private ForceParameters Forced { get; } = new();

    /// <summary>What is planned.</summary>
    private NewPlanParameters Plan { get; } = new();

    /// <summary>How many slices.</summary>
    [Parameter(Mandatory = true)]
    [ValidateRange(1, SliceNumber.Most)]
    public int SliceCount { get; set; }

    /// <summary>File to write the plan to.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlanCompleter))]
    public string OutputPath { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        bool literal = ParameterSetName == ParameterSets.LiteralPath;
        foreach (string path in ParameterSetName is ParameterSets.Path or ParameterSets.LiteralPath ? literal ? Files.LiteralPath : Files.Path : [])
        {
            found.AddRange(IndexPaths.Resolve(this, path, literal));
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        string output = IndexPaths.Unresolved(this, OutputPath);
        if (Plan.From is not null && MyInvocation.BoundParameters.Keys.FirstOrDefault(InPlan) is string given)
        {
            throw SliceErrors.NotForSlices($"-{given}", "The plan of -From contains it. To change it, make a new plan of the files.");
        }

        if (Plan.From is null && Plan.ManifestPath is null && found.Count == 0)
        {
            WriteWarning("0 indexes were received through the pipeline. No plan was written.");
            return;
        }

        if (ShouldProcess(output, "Write plan"))
        {
            SlicePlan plan = Plan.From is null ? Make(output) : Slices.Cut(
                IndexPaths.ResolveOne(this, Plan.From, literal: false), [.. Plan.LogDirectory.Select(folder => IndexPaths.Unresolved(this, folder))],
                SliceCount, output, Forced.Force, WriteWarning);
            WriteObject(MigrationSlicePlan.Of(plan));
        }
    }

    /// <summary>Whether a parameter is about what a plan contains.</summary>
    private static bool InPlan(string parameter) => parameter is not (nameof(NewPlanParameters.From) or nameof(NewPlanParameters.LogDirectory)
        or nameof(SliceCount) or nameof(OutputPath) or nameof(ForceParameters.Force) or "WhatIf" or "Confirm")
        && !CommonParameters.Contains(parameter) && !OptionalCommonParameters.Contains(parameter);

    private SlicePlan Make(string output)
    {
        CollectionNames.Require(Plan.Collection);
        IReadOnlyList<JobPart> parts = Parts();
        if (parts.Count > 1 && Array.Find((string[])["PayloadPath", "StorePath"], MyInvocation.BoundParameters.ContainsKey) is string option)
        {
            throw JobErrors.NotForSeveral($"-{option}", "Name the store or the payload file of each part in a manifest.");
        }

        MigrationOptions options = Mapping.Apply(Part.Apply(Payload.Apply(new MigrationOptions
        {
            Collection = Plan.Collection,
            VectorName = Named.VectorName,
            Distance = Plan.Distance,
            IdMapping = Ids.IdMapping,
            IdField = KeptId.IdField,
            LargeInteger = PayloadNumbers.LargeInteger,
            SkipInvalid = Invalid.SkipInvalid,
            AllowDecoded = Coded.AllowDecoded,
        })));
        return Slices.New(
            parts, options, SlicePlanOptions.Of(options, Payload.NoStore, Coded.BinaryAs), SliceCount, output, Forced.Force, WriteWarning, StopToken);
    }

    private IReadOnlyList<JobPart> Parts()
    {
        if (Plan.ManifestPath is not null)
        {
            return PartManifest.Read(IndexPaths.ResolveOne(this, Plan.ManifestPath, literal: false));
        }

        if (found is [string only] && PartPaths.OfFolder(only) is { Count: > 1 } inside)
        {
            return [.. inside.Select(static path => new JobPart(path))];
        }

        found.Sort(PartOrder.Natural);
        return
        [
            .. found.Select(path => new JobPart(path)
            {
                StorePath = Store.StorePath is string store ? IndexPaths.ResolveOne(this, store, literal: false) : null,
                PayloadPath = Payload.PayloadPath is string payload ? IndexPaths.ResolveOne(this, payload, literal: false) : null,
            }),
        ];
    }
}
