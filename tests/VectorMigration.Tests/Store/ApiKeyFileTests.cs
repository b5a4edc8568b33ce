using System.Text;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Store;

/// <summary>Key files as editors and shells write them.</summary>
public sealed class ApiKeyFileTests : IDisposable
{
    private const string Key = "a-key-of-a-test";
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, byte[]> Files => new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes(Key + "\n") },
        { "UTF-8 with a mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Key + "\r\n")] },
        { "UTF-16, as > of Windows PowerShell writes it", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Key + "\r\n")] },
        { "UTF-16 with its bytes reversed", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Key)] },
        { "UTF-16 without a mark", Encoding.Unicode.GetBytes(Key) },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void A_key_is_read(string form, byte[] content)
    {
        string path = Path.Combine(folder.Path, "key");
        File.WriteAllBytes(path, content);
        ApiKeyFile.Read(path).Key.ShouldBe(Key, form);
    }

    [Fact]
    public void A_file_that_another_program_writes_is_read()
    {
        string path = Path.Combine(folder.Path, "key");
        File.WriteAllText(path, Key);
        using FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        ApiKeyFile.Read(path).Key.ShouldBe(Key);
    }

    [Fact]
    public void What_is_no_key_is_told_without_its_text()
    {
        string path = Path.Combine(folder.Path, "key");
        File.WriteAllBytes(path, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("two words")]);
        ApiKeyFile.Read(path).Problem.ShouldNotContain("two words");
        ApiKeyFile.Read(path).Fault.ShouldBe(ApiKeyFault.Invalid);
    }
}
