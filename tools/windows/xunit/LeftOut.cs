using Xunit.Abstractions;

namespace VectorMigration.WindowsTests;

/// <summary>Tests that cannot run on Wine: a part of their names, and the reason.</summary>
/// <param name="Part">Part of the display names.</param>
/// <param name="Reason">Why they are left out.</param>
internal sealed record LeftOut(string Part, string Reason)
{
    /// <summary>How many tests it has left out.</summary>
    public int Count { get; private set; }

    /// <summary>Reads the lines "SUITE | PART | REASON" of a suite.</summary>
    /// <param name="path">The list.</param>
    /// <param name="suite">The suite.</param>
    public static LeftOut[] Read(string path, string suite) => [.. File.ReadLines(path).Where(static line => !line.StartsWith('#'))
        .Select(static line => line.Split(" | ")).Where(fields => fields.Length == 3 && fields[0] == suite)
        .Select(static fields => new LeftOut(fields[1], fields[2]))];

    /// <summary>Counts a test that it leaves out.</summary>
    /// <param name="test">The test.</param>
    /// <returns>True if it leaves the test out.</returns>
    public bool Takes(ITestCase test)
    {
        bool taken = test.DisplayName.Contains(Part, StringComparison.Ordinal);
        Count += taken ? 1 : 0;
        return taken;
    }
}
