using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What becomes of the fields of payloads.</summary>
internal sealed class MappingParameters : ParameterGroup
{
    private PayloadMapping? mapping;

    /// <summary>The fields of the payload that go to the point, with dots between names; a star at the end means every field of an object.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PayloadFieldCompleter))]
    public string[]? PayloadField { get; set; }

    /// <summary>Fields of the payload that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PayloadFieldCompleter))]
    public string[]? ExcludePayloadField { get; set; }

    /// <summary>New places of fields: @{ 'metadata.source' = 'source' }.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PayloadTableCompleter))]
    public IDictionary? RenamePayload { get; set; }

    /// <summary>Make the fields of nested objects fields of the payload, under the last of their names.</summary>
    [Parameter]
    public SwitchParameter FlattenPayload { get; set; }

    /// <summary>Types of fields: @{ 'metadata.year' = 'integer' }.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PayloadTableCompleter))]
    public IDictionary? PayloadType { get; set; }

    /// <summary>Which of a framework's layouts payloads get: that of Python or of JavaScript.</summary>
    [Parameter]
    public PayloadLayout PayloadLayout { get; set; }

    /// <summary>The next index of a pipeline comes: what was noted of the payloads of the last one does not count for it.</summary>
    internal void Renew() => mapping = null;

    /// <summary>The options with the mapping.</summary>
    /// <exception cref="MigrationException">A path or a type is none, or two of them contradict each other.</exception>
    internal MigrationOptions Apply(MigrationOptions options) => options with
    {
        // One for all who ask: it notes which of its fields the payloads have.
        PayloadMapping = mapping ??= PayloadMapping.Of(PayloadField, ExcludePayloadField, Pairs(RenamePayload), FlattenPayload, Pairs(PayloadType)),
        PayloadLayout = PayloadLayout,
    };

    private static IEnumerable<KeyValuePair<string, string>>? Pairs(IDictionary? given) => given?.Cast<DictionaryEntry>().Select(static pair =>
        KeyValuePair.Create(Text(pair.Key), Text(pair.Value)));

    private static string Text(object? value) =>
        Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture) ?? string.Empty;
}
