namespace VectorMigration.Tests.Collections;

public sealed class PayloadIndexTextTests
{
    [Theory]
    [InlineData("metadata.source:keyword", "metadata.source", PayloadIndexType.Keyword)]
    [InlineData("year:Integer", "year", PayloadIndexType.Integer)]
    [InlineData("a:b:float", "a:b", PayloadIndexType.Float)]
    [InlineData("at:datetime", "at", PayloadIndexType.Datetime)]
    [InlineData("place:geo", "place", PayloadIndexType.Geo)]
    [InlineData("text:text", "text", PayloadIndexType.Text)]
    [InlineData("done:bool", "done", PayloadIndexType.Bool)]
    [InlineData("user:uuid", "user", PayloadIndexType.Uuid)]
    public void An_index_is_a_field_and_a_type(string text, string field, PayloadIndexType type) =>
        PayloadIndexText.Parse(text).ShouldBe(new PayloadIndexSettings(field, type));

    [Fact]
    public void Flags_follow_the_type()
    {
        PayloadIndexText.Parse("user:keyword:tenant").ShouldBe(new PayloadIndexSettings("user", PayloadIndexType.Keyword) { IsTenant = true });
        PayloadIndexText.Parse("at:datetime:principal,on_disk")
            .ShouldBe(new PayloadIndexSettings("at", PayloadIndexType.Datetime) { IsPrincipal = true, OnDisk = true });
        PayloadIndexText.Parse("at:datetime:principal,on_disk").ToString().ShouldBe("at:datetime:principal,on_disk");
    }

    [Theory]
    [InlineData("year", "expected FIELD:TYPE")]
    [InlineData("", "expected FIELD:TYPE")]
    [InlineData(":keyword", "expected FIELD:TYPE")]
    [InlineData("year:number", "expected FIELD:TYPE")]
    [InlineData("year:1", "expected FIELD:TYPE")]
    [InlineData("year:integer:tenant", "keyword and uuid")]
    [InlineData("user:keyword:principal", "integer, float and datetime")]
    [InlineData("user:keyword:fast", "tenant, principal or on_disk")]
    public void What_is_no_index_is_refused_with_what_was_expected(string text, string expected)
    {
        MigrationException refused = Should.Throw<MigrationException>(() => PayloadIndexText.Parse(text));
        refused.ErrorId.ShouldBe(ErrorIds.PayloadIndexInvalid);
        refused.Message.ShouldContain(expected);
    }

    [Fact]
    public void A_field_has_one_index() =>
        Should.Throw<MigrationException>(() => PayloadIndexText.ParseAll(["a:keyword", "a:integer"])).Message.ShouldContain("'a'");
}
