using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A random sample as the proof instead of everything.</summary>
internal sealed class SampleParameters : ParameterGroup
{
    /// <summary>Read back so many vectors picked at random instead of all.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, SampleChoice.Most)]
    public int? Sample { get; set; }

    /// <summary>Seed of what is picked at random; a new one when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, int.MaxValue)]
    public int? Seed { get; set; }

    /// <summary>The options with a sample, where one is asked for.</summary>
    internal MigrationOptions Apply(MigrationOptions options) => options with
    {
        Verification = Sample is null ? options.Verification : VerificationMode.Sample,
        SampleSize = Sample ?? options.SampleSize,
        Seed = Seed,
    };
}
