namespace VectorMigration.Tests.Files;

/// <summary>What can be a path, by the rules of Windows and of the others.</summary>
public sealed class FileNamesTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData("a\0b", "U+0000")]
    public void What_is_a_path_nowhere_is_refused_everywhere(string path, string problem)
    {
        FileNames.Problem(path, windows: false).ShouldNotBeNull().ShouldContain(problem);
        FileNames.Problem(path, windows: true).ShouldNotBeNull().ShouldContain(problem);
        MigrationException error = Should.Throw<MigrationException>(() => FileNames.Full(path));
        error.ErrorId.ShouldBe("PathNotFound");
        error.Message.ShouldContain("cannot be a path");
    }

    [Theory]
    [InlineData(@"C:\data\a<b.faiss", "it contains <")]
    [InlineData(@"C:\data\a>b.faiss", "it contains >")]
    [InlineData(@"C:\data\a|b.faiss", "it contains |")]
    [InlineData(@"C:\data\a*b.faiss", "it contains *")]
    [InlineData(@"C:\data\a?b.faiss", "it contains ?")]
    [InlineData(@"words.faiss:stream", "it contains :")]
    [InlineData("a\u001Ab", "U+001A")]
    [InlineData(@"C:\data\words.faiss.", "ends with a dot or a space")]
    [InlineData(@"C:\data \words.faiss", "ends with a dot or a space")]
    [InlineData(@"C:\data\nul", "for a device")]
    [InlineData(@"CON.faiss", "for a device")]
    [InlineData(@"logs\CONIN$", "for a device")]
    [InlineData("COM\u00B9.journal", "for a device")]
    [InlineData(@"\\.\PhysicalDrive0", "names a device")]
    [InlineData(@"\\?\C:\data\a|b", "it contains |")]
    public void Windows_refuses(string path, string problem)
    {
        FileNames.Problem(path, windows: true).ShouldNotBeNull().ShouldContain(problem);
        FileNames.Problem(path, windows: false).ShouldBeNull();
    }

    [Fact]
    public void A_name_of_300_characters_is_too_long_and_a_path_of_them_is_not()
    {
        FileNames.Problem(new string('n', 300), windows: true).ShouldNotBeNull().ShouldContain("300 characters");
        FileNames.Problem($@"C:\{new string('n', 200)}\{new string('m', 200)}", windows: true).ShouldBeNull();
    }

    [Theory]
    [InlineData(@"C:\data\words.faiss")]
    [InlineData(@"\\server\share\words.faiss")]
    [InlineData(@"\\?\C:\data\words.faiss")]
    [InlineData(@"\\?\UNC\server\share\words.faiss")]
    [InlineData(@"..\logs\.\words")]
    [InlineData("../logs/Größe→語.faiss")]
    [InlineData("console.faiss")]
    [InlineData("COM10")]
    public void Windows_takes(string path) => FileNames.Problem(path, windows: true).ShouldBeNull();
}
