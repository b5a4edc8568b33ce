using System.Text;
using System.Text.Json;
using VectorMigration.Cli.Output;

namespace VectorMigration.Tests.Files;

/// <summary>Text for consoles that lack characters.</summary>
public sealed class ConsoleTextTests
{
    private const string People = "10,000 × 100 → Größe 語 😀 █░ 1.5 s … 50 µs";

    [Fact]
    public void A_console_without_a_character_shows_a_readable_one_and_never_a_control_character()
    {
        Shown(People, Encoding.Latin1).ShouldBe("10,000 × 100 -> Größe ? ? #- 1.5 s ... 50 µs");
        Shown(People, Encoding.ASCII).ShouldBe("10,000 x 100 -> Gr??e ? ? #- 1.5 s ... 50 us");
    }

    [Fact]
    public void A_console_with_all_characters_is_left_alone()
    {
        using StringWriter utf16 = new();
        ConsoleText.Over(utf16).ShouldBeSameAs(utf16);
        Shown(People, new UTF8Encoding(false)).ShouldBe(People);
    }

    [Fact]
    public void A_character_whose_halves_come_apart_is_one_character()
    {
        using MemoryStream bytes = new();
        using (StreamWriter writer = new(bytes, Encoding.ASCII))
        {
            using TextWriter text = ConsoleText.Over(writer);
            foreach (char half in "a😀b→\n")
            {
                text.Write(half);
            }

            text.Write("x→y".ToCharArray(), 1, 2);
            text.WriteLine("→");
            text.Flush();
        }

        Encoding.ASCII.GetString(bytes.ToArray()).ShouldBe("a?b->\n->y->" + Environment.NewLine);
    }

    [Fact]
    public void Json_is_the_same_object_in_ascii()
    {
        string json = JsonSerializer.Serialize(new Dictionary<string, string> { [People] = People }, Relaxed);
        string ascii = ConsoleText.Ascii(json);
        ascii.ShouldNotBe(json);
        ascii.ShouldAllBe(sign => sign < 0x7F);
        JsonSerializer.Deserialize<Dictionary<string, string>>(ascii)![People].ShouldBe(People);
        ConsoleText.Ascii("{\"a\":1}").ShouldBe("{\"a\":1}");
    }

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Shown(string text, Encoding encoding)
    {
        using MemoryStream bytes = new();
        using (StreamWriter writer = new(bytes, encoding))
        {
            TextWriter shown = ConsoleText.Over(writer);
            shown.Write(text);
            shown.Flush();
        }

        return encoding.GetString(bytes.ToArray());
    }
}
