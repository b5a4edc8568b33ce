using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// What becomes of the fields of payloads on their way to points: which of them go, which type they get, and where they go. All paths name fields as file or
/// store have them. A renamed field goes where its new name says, with all that is in it; what is not renamed stays where it is, or, where nested objects are
/// flattened, becomes a field of the payload itself under the last of its names. Immutable.
/// </summary>
public sealed class PayloadMapping : IEquatable<PayloadMapping>
{
    private const string KeepParameter = "-PayloadField";
    private const string DropParameter = "-ExcludePayloadField";
    private const string RenameParameter = "-RenamePayload";
    private const string TypeParameter = "-PayloadType";

    private readonly List<FieldPath> kept;
    private readonly List<FieldPath> dropped;
    private readonly List<(FieldPath From, FieldPath To)> renamed;
    private readonly List<(FieldPath Path, PayloadFieldType Type)> typed;

    private PayloadMapping(
        List<FieldPath> kept, List<FieldPath> dropped, List<(FieldPath From, FieldPath To)> renamed, bool flattens, List<(FieldPath, PayloadFieldType)> typed)
    {
        this.kept = kept;
        this.dropped = dropped;
        this.renamed = renamed;
        this.typed = typed;
        Flattens = flattens;
        Check();
        Text = InWords();
        NeedsJudging = typed.Any(static field => field.Item2 == PayloadFieldType.Array)
            || renamed.Any(static rename => rename.To.Names.Count > rename.From.Names.Count);
        Build();
    }

    /// <summary>The mapping in words; two that do the same to every payload have the same ones.</summary>
    public string Text { get; }

    /// <summary>What is said of each place.</summary>
    internal MappingNode Root { get; } = new();

    /// <summary>Only what is named goes.</summary>
    internal bool Selects => kept.Count > 0;

    /// <summary>Nested objects become fields of the payload.</summary>
    internal bool Flattens { get; }

    /// <summary>Payloads may hold what their rows did not have as such: objects deeper in each other, or arrays that were texts.</summary>
    internal bool NeedsJudging { get; }

    /// <summary>The paths that no payload had so far, in words: a misspelt one would leave a field behind unnoticed.</summary>
    internal IEnumerable<string> Unseen => kept.Concat(dropped).Concat(renamed.Select(static rename => rename.From))
        .Concat(typed.Select(static type => type.Path)).Where(path => !Root.At(path.Names).IsSeen).Select(static path => path.Text)
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Whether fields were chosen of which no payload had any: every payload would be empty.</summary>
    internal bool KeepsNothing => Selects && kept.All(path => path.Names.Count > 0 && !Root.At(path.Names).IsSeen);

    /// <summary>Whether nothing of a field at the top of a payload goes to the point, so that its value need not be read. A field that is excluded by its name
    /// counts as seen.</summary>
    /// <param name="field">Name of the field.</param>
    public bool LeavesOut(string field)
    {
        if (dropped.Any(path => !path.Below && path.Names.Count == 1 && path.Names[0] == field))
        {
            Root.At([field]).See();
            return true;
        }

        return Selects && !kept.Any(path => path.Names.Count > 0 ? path.Names[0] == field : path.Below);
    }

    /// <summary>Makes a mapping; null where nothing is asked for.</summary>
    /// <param name="fields">The fields that go; null or none for all. A star at the end means every field of an object.</param>
    /// <param name="excluded">Fields that do not.</param>
    /// <param name="renames">Fields with their new places.</param>
    /// <param name="flattens">Nested objects become fields of the payload.</param>
    /// <param name="types">Fields with the names of their types.</param>
    /// <exception cref="MigrationException">A path or a type is none, or two of them contradict each other.</exception>
    public static PayloadMapping? Of(
        IEnumerable<string>? fields, IEnumerable<string>? excluded, IEnumerable<KeyValuePair<string, string>>? renames, bool flattens,
        IEnumerable<KeyValuePair<string, string>>? types)
    {
        List<FieldPath> kept = [.. (fields ?? []).Select(static field => FieldPath.Parse(field, KeepParameter, mayEndInStar: true))];
        List<FieldPath> dropped = [.. (excluded ?? []).Select(static field => FieldPath.Parse(field, DropParameter, mayEndInStar: true))];
        List<(FieldPath, FieldPath)> renamed =
            [.. (renames ?? []).Select(static pair => (FieldPath.Parse(pair.Key, RenameParameter), FieldPath.Parse(pair.Value, RenameParameter)))];
        List<(FieldPath, PayloadFieldType)> typed = [.. (types ?? []).Select(static pair => (FieldPath.Parse(pair.Key, TypeParameter), TypeOf(pair)))];
        return kept.Count + dropped.Count + renamed.Count + typed.Count == 0 && !flattens ? null
            : new PayloadMapping(kept, dropped, renamed, flattens, typed);
    }

    /// <summary>What the mapping was made of, as <see cref="Of"/> takes it.</summary>
    internal (string[] Fields, string[] Excluded, KeyValuePair<string, string>[] Renames, KeyValuePair<string, string>[] Types) Given() =>
        (kept.Select(static path => path.Text).ToArray(),
            dropped.Select(static path => path.Text).ToArray(),
            renamed.Select(static pair => KeyValuePair.Create(pair.From.Text, pair.To.Text)).ToArray(),
            typed.Select(static one => KeyValuePair.Create(one.Path.Text, one.Type.ToString())).ToArray());

    /// <inheritdoc/>
    public bool Equals(PayloadMapping? other) => other?.Text == Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PayloadMapping);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static PayloadFieldType TypeOf(KeyValuePair<string, string> pair) =>
        pair.Value.All(char.IsAsciiLetter) && Enum.TryParse(pair.Value, ignoreCase: true, out PayloadFieldType type) ? type
            : throw MappingErrors.NotAType(pair.Key, pair.Value);

    /// <summary>Refuses what says nothing together, or says it twice.</summary>
    private void Check()
    {
        RefuseTwice(KeepParameter, kept);
        RefuseTwice(DropParameter, dropped);
        RefuseTwice(RenameParameter, renamed.Select(static rename => rename.From));
        RefuseTwice(TypeParameter, typed.Select(static field => field.Path));
        for (int i = 0; i < renamed.Count; i++)
        {
            if (renamed.Take(i).FirstOrDefault(other => other.To.Text == renamed[i].To.Text).From is FieldPath same)
            {
                throw MappingErrors.SameTarget(same.Text, renamed[i].From.Text, renamed[i].To.Text);
            }
        }

        RefuseLeftOut(KeepParameter, kept, selectionToo: false);
        RefuseLeftOut(RenameParameter, renamed.Select(static rename => rename.From), selectionToo: true);
        RefuseLeftOut(TypeParameter, typed.Select(static field => field.Path), selectionToo: true);
        foreach ((FieldPath whole, PayloadFieldType _) in typed)
        {
            if (kept.Concat(dropped).Concat(renamed.Select(static rename => rename.From)).Concat(typed.Select(static field => field.Path))
                .FirstOrDefault(path => path.Text != whole.Text && whole.Holds(path)) is FieldPath inner)
            {
                throw MappingErrors.Within(inner.Text, whole.Text);
            }
        }
    }

    private static void RefuseTwice(string parameter, IEnumerable<FieldPath> paths)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        if (paths.FirstOrDefault(path => !seen.Add(path.Text)) is FieldPath twice)
        {
            throw MappingErrors.Twice(parameter, twice.Text);
        }
    }

    private void RefuseLeftOut(string parameter, IEnumerable<FieldPath> paths, bool selectionToo)
    {
        if (paths.FirstOrDefault(path => dropped.Any(gone => gone.Holds(path) || gone.Text == path.Text)
            || (selectionToo && Selects && !kept.Any(field => field.Holds(path) || path.Holds(field)))) is FieldPath unseen)
        {
            throw MappingErrors.NotKept(parameter, unseen.Text);
        }
    }

    private string InWords()
    {
        List<string> words = [];
        if (kept.Count > 0)
        {
            words.Add($"only {Listed(kept)}");
        }

        if (dropped.Count > 0)
        {
            words.Add($"without {Listed(dropped)}");
        }

        words.AddRange(typed.OrderBy(static field => field.Path.Text, StringComparer.Ordinal)
            .Select(static field => $"{field.Path.Text} as {field.Type.ToString().ToLowerInvariant()}"));
        words.AddRange(renamed.OrderBy(static rename => rename.From.Text, StringComparer.Ordinal)
            .Select(static rename => $"{rename.From.Text} becomes {rename.To.Text}"));
        if (Flattens)
        {
            words.Add("nested fields become fields of the payload under their last name");
        }

        return string.Join("; ", words);
    }

    private static string Listed(IEnumerable<FieldPath> paths) => string.Join(", ", paths.Select(static path => path.Text).Order(StringComparer.Ordinal));

    private void Build()
    {
        foreach (FieldPath path in kept)
        {
            MappingNode node = Root.At(path.Names);
            node.Keep |= !path.Below;
            node.KeepBelow |= path.Below;
        }

        foreach (FieldPath path in dropped)
        {
            MappingNode node = Root.At(path.Names);
            node.Drop |= !path.Below;
            node.DropBelow |= path.Below;
        }

        foreach ((FieldPath path, PayloadFieldType type) in typed)
        {
            Root.At(path.Names).Type = type;
        }

        foreach ((FieldPath from, FieldPath to) in renamed)
        {
            Root.At(from.Names).Target = [.. to.Names.Select(MadeName.Of)];
        }

        foreach ((FieldPath _, FieldPath to) in renamed)
        {
            for (int depth = 1; depth < to.Names.Count; depth++)
            {
                Receive([.. to.Names.Take(depth)]);
            }
        }
    }

    /// <summary>An object into which a field is put must be taken apart, where it stays and where it comes from.</summary>
    private void Receive(IReadOnlyList<string> place)
    {
        Root.At(place).Receives = true;
        foreach ((FieldPath from, FieldPath to) in renamed)
        {
            if (to.Names.Count <= place.Count && to.Names.SequenceEqual(place.Take(to.Names.Count)))
            {
                Root.At(from.Names.Concat(place.Skip(to.Names.Count))).Receives = true;
            }
        }
    }
}
