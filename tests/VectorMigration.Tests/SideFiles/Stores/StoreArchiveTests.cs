using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Archives of stores: unpacked into a private folder that is gone afterwards, and refused where an entry could do harm.</summary>
public sealed class StoreArchiveTests : IDisposable
{
    private static readonly string Fixtures = Path.Combine(Fixture.Root, "stores", "sqlite");

    private readonly string folder = Directory.CreateTempSubdirectory("vm-archive-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("store.tar.gz")]
    [InlineData("store.zip")]
    public void A_store_is_found_in_its_archive_and_every_payload_arrives(string name)
    {
        string copy;
        using (FoundStore found = StoreFinder.Find(Path.Combine(Fixtures, "txtai_archives", name), withStore: true, default))
        {
            copy = Path.GetDirectoryName(found.IndexPath)!;
            copy.ShouldContain(name);
            (Path.GetFileName(found.IndexPath), Path.GetFileName(found.StorePath)).ShouldBe(("embeddings", "documents"));
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(Path.GetDirectoryName(copy)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            using IPayloadSource source = StorePayloads.Open(found.StorePath!, default, null, found.IndexPath, default)!;
            source.Check(scattered: true, default);
            using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixtures, "txtai_archives", "truth.json")));
            foreach (JsonProperty entry in truth.RootElement.EnumerateObject())
            {
                using JsonDocument payload = JsonDocument.Parse(source.Read([long.Parse(entry.Name)], default)[0]);
                JsonElement.DeepEquals(payload.RootElement, entry.Value).ShouldBeTrue(entry.Name);
            }
        }

        Directory.Exists(copy).ShouldBeFalse();
    }

    [Theory]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.V7)]
    public void Every_form_of_tar_is_read(TarEntryFormat format)
    {
        string deep = format is TarEntryFormat.Gnu or TarEntryFormat.Pax ? new string('d', 150) : "d";
        string path = WriteTar(format, ("./", null), ($"./{deep}/", null), ($"./{deep}/embeddings", Index()), ($"./{deep}/empty", []));
        if (format == TarEntryFormat.V7)
        {
            // It has no mark that it is tar at all, and no program writes it any more.
            StoreFinder.Find(path, withStore: true, default).IndexPath.ShouldBe(path);
            return;
        }

        using FoundStore found = StoreFinder.Find(path, withStore: true, default);
        File.ReadAllBytes(found.IndexPath).ShouldBe(Index());
        found.IndexPath.ShouldContain(deep);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/evil")]
    [InlineData("a//evil")]
    [InlineData("C:/evil")]
    [InlineData("a\\evil")]
    public void Names_that_leave_the_folder_are_refused(string name)
    {
        foreach (string path in (string[])[WriteTar(TarEntryFormat.Pax, ("embeddings", Index()), (name, [1])), WriteZip(("embeddings", Index()), (name, [1]))])
        {
            MigrationException error = Refused(path);
            error.Message.ShouldContain("a path that is outside the folder, or not a plain path");
            File.Exists(Path.Combine(folder, "evil")).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink, "a link")]
    [InlineData(TarEntryType.HardLink, "a link")]
    [InlineData(TarEntryType.CharacterDevice, "a device")]
    [InlineData(TarEntryType.Fifo, "a device")]
    public void Links_and_devices_are_refused(TarEntryType type, string words)
    {
        string path = Path.Combine(folder, "store.tar.gz");
        using (GZipStream stream = new(File.Create(path), CompressionLevel.Fastest))
        using (TarWriter writer = new(stream))
        {
            PaxTarEntry entry = new(type, "documents");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                entry.LinkName = "/etc/passwd";
            }

            writer.WriteEntry(entry);
        }

        Refused(path).Message.ShouldContain($"'documents' is {words}");
    }

    [Fact]
    public void A_link_in_a_zip_and_an_entry_that_is_there_twice_are_refused()
    {
        string path = Path.Combine(folder, "store.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            archive.CreateEntry("config.json");
            archive.CreateEntry("documents").ExternalAttributes = unchecked((int)0xA1FF0000);
        }

        Refused(path).Message.ShouldContain("a link, a device or a pipe");
        Refused(WriteZip(("embeddings", Index()), ("embeddings", Index()))).Message.ShouldContain("'embeddings' is in the archive twice");
        Refused(WriteTar(TarEntryFormat.Pax, ("a", [1]), ("a/embeddings", [1]))).ErrorId.ShouldBe("PayloadTableFailed");
    }

    [Fact]
    public void What_grows_without_end_is_refused()
    {
        byte[] zeros = new byte[256 << 20];
        MigrationException error = Refused(WriteZip(("embeddings", zeros)));
        error.Message.ShouldContain("exceeds a limit for archives");
        Refused(WriteZip([("config", []), .. Enumerable.Range(0, 10_001).Select(static i => ($"f{i}", Array.Empty<byte>()))]))
            .Message.ShouldContain("more than 10,000 entries");
    }

    [Fact]
    public void An_archive_cut_or_damaged_anywhere_is_refused()
    {
        foreach (string name in (string[])["store.tar.gz", "store.zip"])
        {
            byte[] sound = File.ReadAllBytes(Path.Combine(Fixtures, "txtai_archives", name));
            string path = Path.Combine(folder, name);
            for (int at = 0; at < sound.Length; at += 13)
            {
                byte[] damaged = [.. sound];
                damaged[at] ^= 0x55;
                foreach (byte[] bytes in (byte[][])[sound[..at], damaged])
                {
                    File.WriteAllBytes(path, bytes);
                    try
                    {
                        using FoundStore found = StoreFinder.Find(path, withStore: true, default);
                    }
                    catch (MigrationException error)
                    {
                        error.ErrorId.ShouldBeOneOf("StoreInvalid", "IndexIsDirectory", "PayloadTableFailed", "StoreAmbiguous");
                    }
                }
            }
        }
    }

    [Fact]
    public void Other_archives_are_nobodys()
    {
        string path = WriteZip(("data.npy", [1]));
        StoreFinder.Find(path, withStore: true, default).ShouldBe(new FoundStore(path, null));
    }

    private static MigrationException Refused(string path)
    {
        MigrationException error = Should.Throw<MigrationException>(() => StoreFinder.Find(path, withStore: true, default).Dispose());
        error.Message.ShouldContain("store.");
        return error;
    }

    private static byte[] Index() => File.ReadAllBytes(Path.Combine(Fixtures, "txtai", "embeddings"));

    private string WriteTar(TarEntryFormat format, params (string Name, byte[]? Content)[] entries)
    {
        string path = Path.Combine(folder, "store.tar.gz");
        using GZipStream stream = new(File.Create(path), CompressionLevel.Fastest);
        using TarWriter writer = new(stream, format);
        foreach ((string name, byte[]? content) in entries)
        {
            TarEntryType type = content is null ? TarEntryType.Directory : format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
            TarEntry entry = format switch
            {
                TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                TarEntryFormat.Pax => new PaxTarEntry(type, name),
                TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                _ => new V7TarEntry(type, name),
            };
            if (content is not null)
            {
                entry.DataStream = new MemoryStream(content);
            }

            writer.WriteEntry(entry);
        }

        return path;
    }

    private string WriteZip(params (string Name, byte[] Content)[] entries)
    {
        string path = Path.Combine(folder, "store.zip");
        File.Delete(path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = archive.CreateEntry(name).Open();
            stream.Write(content);
        }

        return path;
    }
}
