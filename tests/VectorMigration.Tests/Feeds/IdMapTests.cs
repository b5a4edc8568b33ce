namespace VectorMigration.Tests.Feeds;

/// <summary>Ids of a pipeline become what the same ids of an index or a store become.</summary>
public sealed class IdMapTests
{
    [Fact]
    public void A_text_becomes_a_UUID_of_itself_wherever_it_stands_and_whatever_the_offset()
    {
        PointId plain = PointId.FromGuid(UuidV5.OfText("doc-a"));
        IdMap part = new(IdMapping.Uuid5, offset: 0, part: "wiki");
        PointId inPart = part.Remap(plain, faissId: 0, "doc-a");
        inPart.ShouldBe(PointId.FromGuid(NamedUuid.OfText(NamedUuid.OfPart("wiki"), "doc-a")));
        part.Remap(plain, faissId: 41, "doc-a").ShouldBe(inPart);
        part.Remap(PointId.FromGuid(UuidV5.OfText("doc-b")), faissId: 0, "doc-b").ShouldNotBe(inPart);
        new IdMap(IdMapping.Uuid5, offset: 1_000).Remap(plain, faissId: 5, "doc-a").ShouldBe(plain);
        new IdMap(IdMapping.Uuid5, offset: 1_000, "wiki").Remap(plain, faissId: 5, "doc-a").ShouldBe(inPart);
    }

    [Fact]
    public void A_number_becomes_what_it_becomes_in_an_index()
    {
        IdMap part = new(IdMapping.Uuid5, offset: 10, part: "wiki");
        part.Remap(PointId.FromGuid(UuidV5.OfFaissId(7)), faissId: 7).ShouldBe(part.Map(7));
        new IdMap(IdMapping.Keep, offset: 10).Remap(PointId.FromNumber(7), faissId: 7).ShouldBe(PointId.FromNumber(17));
    }
}
