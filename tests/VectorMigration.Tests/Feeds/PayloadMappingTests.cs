namespace VectorMigration.Tests.Feeds;

/// <summary>What may be asked of payloads, and how it is told.</summary>
public sealed class PayloadMappingTests
{
    [Fact]
    public void Nothing_asked_is_no_mapping()
    {
        PayloadMapping.Of(null, null, null, false, null).ShouldBeNull();
        PayloadMapping.Of([], [], [], false, []).ShouldBeNull();
    }

    [Fact]
    public void Two_mappings_that_do_the_same_are_equal_whatever_their_order()
    {
        PayloadMapping first = Make(["b", "a.*"], ["a.x"], [("a.c", "c"), ("b", "d.e")], true, [("b", "INTEGER"), ("a.c", "datetime")]);
        PayloadMapping second = Make(["a.*", "b"], ["a.x"], [("b", "d.e"), ("a.c", "c")], true, [("a.c", "Datetime"), ("b", "integer")]);
        first.ShouldBe(second);
        first.GetHashCode().ShouldBe(second.GetHashCode());
        first.ToString().ShouldBe("only a.*, b; without a.x; a.c as datetime; b as integer; a.c becomes c; b becomes d.e; "
            + "nested fields become fields of the payload under their last name");
        first.ShouldNotBe(Make(["a.*", "b"], ["a.x"], [("b", "d.e"), ("a.c", "c")], false, [("a.c", "Datetime"), ("b", "integer")]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("*")]
    [InlineData("*.a")]
    [InlineData("a*")]
    [InlineData("a[0]")]
    [InlineData("a\"b")]
    [InlineData("\"a")]
    [InlineData("\"\"")]
    public void What_is_no_path_is_refused(string path) => Refused(() => Make([path]), "is not the path of a field");

    [Fact]
    public void A_star_is_for_selecting_only()
    {
        Refused(() => Make(renames: [("a.*", "b")]), "is not the path of a field");
        Refused(() => Make(renames: [("a", "b.*")]), "is not the path of a field");
        Refused(() => Make(types: [("a.*", "integer")]), "is not the path of a field");
    }

    [Theory]
    [InlineData("number")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("integer,float")]
    public void An_unknown_type_is_refused_with_the_known_ones(string type) => Refused(
        () => Make(types: [("a", type)]), "unknown type", "integer, float, bool, datetime, unix, keyword, text, array, geo");

    [Fact]
    public void What_contradicts_itself_is_refused()
    {
        Refused(() => Make(["a", "a"]), "twice");
        Refused(() => Make(excluded: ["a", "\"a\""]), "twice");
        Refused(() => Make(renames: [("a", "b"), ("a", "c")]), "twice");
        Refused(() => Make(types: [("a", "integer"), ("a", "float")]), "twice");
        Refused(() => Make(renames: [("a", "x.y"), ("b", "x.y")]), "'a' and 'b' the same name, 'x.y'");
        Refused(() => Make(["a"], ["a"]), "excludes");
        Refused(() => Make(["a.b"], ["a"]), "excludes");
        Refused(() => Make(["a"], renames: [("b", "c")]), "excludes");
        Refused(() => Make(["a"], types: [("b", "integer")]), "excludes");
        Refused(() => Make(excluded: ["a.*"], renames: [("a.b", "c")]), "excludes");
        Refused(() => Make(types: [("a", "geo"), ("a.lat", "float")]), "is part of 'a'");
        Refused(() => Make(renames: [("a.lat", "lat")], types: [("a", "geo")]), "is part of 'a'");
    }

    [Fact]
    public void What_only_looks_like_a_contradiction_is_taken()
    {
        Make(["a.*"], ["a.b"]);
        Make(["a.b"], renames: [("a", "c")]);
        Make(renames: [("a", "b"), ("b", "a")]);
        Make(renames: [("a.b", "a.b")], flattens: true);
        Make(renames: [("a", "a.old")]);
    }

    internal static PayloadMapping Make(
        string[]? fields = null, string[]? excluded = null, (string, string)[]? renames = null, bool flattens = false, (string, string)[]? types = null) =>
        PayloadMapping.Of(fields, excluded, Pairs(renames), flattens, Pairs(types)).ShouldNotBeNull();

    private static IEnumerable<KeyValuePair<string, string>> Pairs((string, string)[]? pairs) =>
        (pairs ?? []).Select(static pair => KeyValuePair.Create(pair.Item1, pair.Item2));

    private static void Refused(Action make, string message, string action = "")
    {
        MigrationException error = Should.Throw<MigrationException>(make);
        error.ErrorId.ShouldBe("PayloadMappingInvalid");
        error.Kind.ShouldBe(ErrorKind.InvalidArgument);
        error.Message.ShouldContain(message);
        error.RecommendedAction.ShouldContain(action);
    }
}
