using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Reports;
using VectorMigration.Store;

namespace VectorMigration.Support;

/// <summary>
/// Gathers what helps to find out why a run came out as it did, into one archive: files with the names that runs give, and nothing else of the folder. All
/// text is searched for secrets. Links are not followed.
/// </summary>
internal sealed class SupportWriter
{
    private const int MostOfFile = 10_000_000;
    private const int HeadOfFile = 1_000_000;
    private const int MostHeader = 1_000_000;
    private const string Redacted = "keys and passwords of the session and the environment by their value; "
        + "values of variables, headers, options and fields that are named like secrets; "
        + "user and password in addresses; bearer and basic credentials; JSON web tokens; private keys";

    private static readonly string[] RunNames = [RunFolder.LogName, RunFolder.SlowName, RunFolder.SummaryName, RunFolder.ReportName, Steering.RunFile.Name];
    private readonly SupportRequest request;
    private readonly TimeProvider time;
    private readonly SecretRedactor redactor;
    private readonly List<SupportEntry> entries = [];
    private readonly List<SupportOmission> omitted = [];
    private long total;

    private SupportWriter(SupportRequest request, TimeProvider time)
    {
        this.request = request;
        this.time = time;
        redactor = new SecretRedactor([.. request.Secrets, .. SecretsOf(request.Variables)]);
    }

    /// <summary>Writes a package. A file that is there already is not replaced; one that could not be completed is removed.</summary>
    /// <param name="request">What goes into it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">There are no logs, or the archive cannot be written.</exception>
    public static SupportPackage Write(SupportRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(request.LogDirectory))
        {
            throw SupportErrors.NoLogs(request.LogDirectory);
        }

        RunFolder[] runs = [.. RunFolder.All(request.LogDirectory).Where(run => request.RunId is null || run.RunId == request.RunId).Reverse()
            .Take(SupportRequest.UsualRuns)];
        if (request.RunId is Guid wanted && runs.Length == 0)
        {
            throw SupportErrors.NoRun(request.LogDirectory, wanted);
        }

        if (File.Exists(request.OutputPath))
        {
            throw SupportErrors.Exists(request.OutputPath);
        }

        SupportWriter writer = new(request, time);
        try
        {
            using (FileStream file = PrivateFile.Open(request.OutputPath, FileMode.CreateNew, FileShare.None))
            {
                try
                {
                    using ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);
                    writer.WriteAll(archive, runs, cancellationToken);
                }
                catch
                {
                    file.Close();
                    File.Delete(request.OutputPath);
                    throw;
                }
            }

            return new SupportPackage
            {
                Path = request.OutputPath,
                Size = new FileInfo(request.OutputPath).Length,
                Runs = [.. runs.Select(static run => run.RunId)],
                FileCount = writer.entries.Count + 1,
                RedactionCount = writer.redactor.Count,
                Omitted = [.. writer.omitted.Select(static one => $"{one.Name}: {one.Reason}")],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw SupportErrors.Unwritable(request.OutputPath, e);
        }
    }

    private static string Version =>
        typeof(SupportWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty;

    private void WriteAll(ZipArchive archive, RunFolder[] runs, CancellationToken cancellationToken)
    {
        AddText(archive, "environment.json", JsonSerializer.Serialize(Machine(), SupportJson.Default.SupportEnvironment));
        if (request.Checks.Count > 0)
        {
            AddText(archive, "checks.json", JsonSerializer.Serialize(request.Checks, SupportJson.Default.IReadOnlyListConnectionCheck));
        }

        foreach (RunFolder run in runs)
        {
            foreach (string path in Files(run.Path))
            {
                cancellationToken.ThrowIfCancellationRequested();
                string name = $"{RunFolder.ParentName}/{Path.GetFileName(run.Path)}/{Path.GetFileName(path)}";
                if (RunNames.Contains(Path.GetFileName(path)))
                {
                    AddFile(archive, name, path, MostOfFile);
                }
                else
                {
                    omitted.Add(new SupportOmission(name, "it is not a log, a summary or a report"));
                }
            }
        }

        foreach (string path in Files(request.LogDirectory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddOfFolder(archive, path);
        }

        SupportManifest manifest = new(Version, time.GetUtcNow(), entries, redactor.Count, Redacted, omitted);
        using Stream stream = archive.CreateEntry("manifest.json", CompressionLevel.Optimal).Open();
        stream.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, SupportJson.Default.SupportManifest));
    }

    private void AddOfFolder(ZipArchive archive, string path)
    {
        string name = Path.GetFileName(path);
        if (Path.GetExtension(name) == ".journal")
        {
            AddFile(archive, request.WithJournals ? $"journals/{name}" : $"journals/{name}.header", path, request.WithJournals ? MostOfFile : 0);
        }
        else if (name is RunFolder.LogName or RunFolder.SlowName)
        {
            AddFile(archive, name, path, MostOfFile);
        }
        else if (!Path.GetFullPath(path).Equals(request.OutputPath, StringComparison.Ordinal))
        {
            omitted.Add(new SupportOmission(name, "it is not a log or a journal"));
        }
    }

    private static string[] Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Adds a file without its secrets.</summary>
    /// <param name="archive">The package.</param>
    /// <param name="name">Name in it.</param>
    /// <param name="path">Full path.</param>
    /// <param name="most">Most bytes; of a longer file, beginning and end. 0 for the first line alone.</param>
    private void AddFile(ZipArchive archive, string name, string path, int most)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is not null || SpecialFile.KindOf(path) is not null)
            {
                omitted.Add(new SupportOmission(name, "it is a link or a device"));
                return;
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long size = file.Length;
            if (most > 0 && total + Math.Min(size, most) > request.MostBytes)
            {
                omitted.Add(new SupportOmission(name, "the package is full"));
                return;
            }

            string text = most == 0 ? FirstLine(file) : Text(file, size, most);
            Add(archive, name, text, size, size > Math.Max(most, Encoding.UTF8.GetByteCount(text)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            omitted.Add(new SupportOmission(name, e is UnauthorizedAccessException ? "access is denied" : "it cannot be read"));
        }
    }

    /// <summary>The header of a journal: its whole first line. A line without an end in sight ends after a whole field, and says so.</summary>
    private static string FirstLine(FileStream file)
    {
        byte[] start = new byte[(int)Math.Min(MostHeader, file.Length)];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        int end = start.AsSpan(0, read).IndexOf((byte)'\n');
        if (end >= 0 || read < MostHeader)
        {
            return Encoding.UTF8.GetString(start, 0, end < 0 ? read : end);
        }

        int whole = start.AsSpan(0, read).LastIndexOf((byte)',') + 1;
        return Encoding.UTF8.GetString(start, 0, whole)
            + string.Create(CultureInfo.InvariantCulture, $"\n… the line is longer than {MostHeader:N0} bytes and is cut here …");
    }

    private static string Text(FileStream file, long size, int most)
    {
        byte[] bytes = new byte[(int)Math.Min(size, most)];
        if (size <= most)
        {
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(bytes, 0, read);
        }

        file.ReadExactly(bytes, 0, HeadOfFile);
        file.Seek(size - (most - HeadOfFile), SeekOrigin.Begin);
        int rest = file.ReadAtLeast(bytes.AsSpan(HeadOfFile), bytes.Length - HeadOfFile, throwOnEndOfStream: false);
        return Whole(Encoding.UTF8.GetString(bytes, 0, HeadOfFile), atEnd: true)
            + string.Create(CultureInfo.InvariantCulture, $"… {size - most:N0} bytes are left out here …\n")
            + Whole(Encoding.UTF8.GetString(bytes, HeadOfFile, rest), atEnd: false);
    }

    /// <summary>Whole lines alone: half of a secret is not found by its place.</summary>
    private static string Whole(string part, bool atEnd) =>
        atEnd ? part[..(part.LastIndexOf('\n') + 1)] : part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..];

    private void AddText(ZipArchive archive, string name, string text) => Add(archive, name, text, 0, isShortened: false);

    private void Add(ZipArchive archive, string name, string text, long originalBytes, bool isShortened)
    {
        long before = redactor.Count;
        redactor.Begin();
        StringBuilder clean = new(text.Length);
        foreach (string line in text.Split('\n'))
        {
            clean.Append(redactor.Line(line)).Append('\n');
        }

        clean.Length--;
        byte[] bytes = Encoding.UTF8.GetBytes(clean.ToString());
        using (Stream stream = archive.CreateEntry(name, CompressionLevel.Optimal).Open())
        {
            stream.Write(bytes);
        }

        total += bytes.Length;
        entries.Add(new SupportEntry(name, bytes.Length, originalBytes, redactor.Count - before, isShortened));
    }

    private SupportEnvironment Machine() => new()
    {
        Tool = Version,
        Runtime = RuntimeInformation.FrameworkDescription,
        IsNative = !RuntimeFeature.IsDynamicCodeSupported,
        OperatingSystem = RuntimeInformation.OSDescription,
        Architecture = RuntimeInformation.OSArchitecture.ToString(),
        IsContainer = Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") == "true" || File.Exists("/.dockerenv"),
        Cores = Environment.ProcessorCount,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        FreeDiskBytes = DiskSpace.Free(request.LogDirectory),
        LogDirectory = request.LogDirectory,
        Culture = CultureInfo.CurrentCulture.Name,
        TimeZone = TimeZoneInfo.Local.Id,
        Variables = Variables(),
    };

    /// <summary>The variables that change what this tool does; the others are nobody's business.</summary>
    private SortedDictionary<string, string> Variables() => new(
        request.Variables.Where(static variable => IsOfTool(variable.Key)).ToDictionary(
            static variable => variable.Key, static variable => IsHidden(variable.Key) ? SecretRedactor.Mark : variable.Value),
        StringComparer.Ordinal);

    private static bool IsHidden(string name) => SecretVariables.IsSecretName(name);

    private static bool IsOfTool(string name) =>
        ((string[])["QDRANT_", "VECTOR_MIGRATION", "DOTNET_", "OTEL_", "SSL_CERT_"]).Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase))
        || ((string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "COLUMNS", "LANG", "LC_ALL", "TZ", "PSModulePath"])
            .Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Secrets in the environment by their values: they are looked for in everything.</summary>
    private static IEnumerable<string> SecretsOf(IReadOnlyDictionary<string, string> variables) =>
        variables.SelectMany(static variable => IsOfTool(variable.Key) && IsHidden(variable.Key)
            ? [variable.Value, .. SecretVariables.SecretsOf(variable.Key, variable.Value)]
            : SecretVariables.SecretsOf(variable.Key, variable.Value));
}
