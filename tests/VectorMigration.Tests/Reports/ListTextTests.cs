namespace VectorMigration.Tests;

/// <summary>Texts of list views are broken at words, whatever language the session has.</summary>
public sealed class ListTextTests
{
    private const string Sentence = "If the migration sent other payloads, name them with -PayloadPath; if it sent none, use -NoStore.";

    [Theory]
    [InlineData(20)]
    [InlineData(33)]
    [InlineData(79)]
    public void Lines_end_with_words_and_are_no_longer_than_their_room(int room)
    {
        string[] lines = ListText.WrapWithin(Sentence, room).Split('\n');
        lines.Length.ShouldBeGreaterThan(1);
        lines.ShouldAllBe(line => line.Length <= room && line.Length > 0);
        string.Join(' ', lines).ShouldBe(Sentence);
    }

    [Fact]
    public void Colours_take_no_room_and_a_word_that_is_too_long_stays_whole()
    {
        ListText.WrapWithin("\e[32maaaaaaaaaa\e[0m bbbbbbbbb", 20).ShouldBe("\e[32maaaaaaaaaa\e[0m bbbbbbbbb");
        ListText.WrapWithin("see /a/path/that/is/longer/than/the/room here", 20).ShouldBe("see\n/a/path/that/is/longer/than/the/room\nhere");
        ListText.WrapWithin("one line\nand another", 20).ShouldBe("one line\nand another");
        ListText.WrapWithin(Sentence, 10).ShouldBe(Sentence);
    }
}
