using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.Stores.Tables.Columns;
using VectorMigration.SideFiles.Stores.Tables.Parquet;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Tables beside an index or elsewhere: found by their numbers, joined by row or column, refused by name where they are damaged.</summary>
public sealed class TableTests : IDisposable
{
    private static readonly string Tables = Path.Combine(Fixture.Root, "stores", "tables");

    private readonly string folder = Directory.CreateTempSubdirectory("vm-table-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_rows_of_clip_retrieval_belong_to_its_images_and_to_its_texts()
    {
        Copy("clip_retrieval", folder);
        File.Copy(Path.Combine(folder, "image.index"), Path.Combine(folder, "text.index"));
        // What --reorder leaves: a list of numbers without a header, which says where rows went in metadata_reordered.hdf5. The Parquet parts stay as they are.
        File.WriteAllBytes(Path.Combine(folder, "ivf_old_to_new_mapping.npy"), new byte[11 * sizeof(long)]);
        foreach (string index in (string[])["image.index", "text.index"])
        {
            FoundStore found = StoreFinder.Find(Path.Combine(folder, index), withStore: true, default);
            found.StorePath.ShouldBe(Path.Combine(folder, "metadata"));
        }

        using IPayloadSource source = StorePayloads.Open(Path.Combine(folder, "metadata"), default, null, null, default)!;
        source.Check(scattered: false, default);
        StoreDescription description = ((IDescribedPayloadSource)source).Describe(FaissIndex.Describe(Path.Combine(folder, "image.index")), () => []);
        (description.Framework, description.Generation).ShouldBe(("clip-retrieval", "11 parts in the order of their names"));
        Payload(source, 2).ShouldBe("""{"image_path":"/images/10.jpg","caption":"Caption 10","width":10}""");
    }

    [Fact]
    public void A_dataset_is_found_in_a_folder_beside_its_index_and_named_by_any_of_its_files()
    {
        string dataset = Path.Combine(folder, "rows");
        Copy("hf_dataset", dataset);
        File.Move(Path.Combine(dataset, "index.faiss"), Path.Combine(folder, "wiki.faiss"));
        StoreFinder.Find(folder, withStore: true, default).StorePath.ShouldBe(Path.Combine(dataset, "state.json"));
        foreach (string path in (string[])["rows", "rows/state.json", "rows/data-00000-of-00002.arrow"])
        {
            using IPayloadSource source = StorePayloads.Open(Path.Combine(folder, path), new PayloadRules { VectorDimension = 2 }, null, null, default)!;
            source.Check(scattered: false, default);
            source.Count.ShouldBe(8);
            Payload(source, 5).ShouldContain("Text 5,");
            ((IDescribedPayloadSource)source).Describe(FaissIndex.Describe(Path.Combine(folder, "wiki.faiss")), () => []).Generation
                .ShouldBe("without the vectors in 'embeddings'");
        }

        File.Copy(Path.Combine(Fixture.Root, "stores", "json", "list_texts", "index.faiss"), Path.Combine(folder, "wiki.faiss"), overwrite: true);
        Should.Throw<MigrationException>(() => StoreFinder.Find(folder, withStore: true, default)).Message.ShouldContain("it has 8 entries");
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(null, true)]
    public void Only_lists_of_as_many_real_numbers_as_the_index_has_components_are_left_out(int? dimension, bool isThere)
    {
        foreach (string path in (string[])["hf_dataset/state.json", "parquet_snappy/rows.parquet"])
        {
            using IPayloadSource source =
                StorePayloads.Open(Path.Combine(Tables, path), new PayloadRules { VectorDimension = dimension }, null, null, default)!;
            source.Check(scattered: false, default);
            Payload(source, 1).Contains("\"embeddings\":[1.0,1.5]", StringComparison.Ordinal).ShouldBe(isThere);
        }
    }

    [Theory]
    [InlineData("hf_dataset/state.json", 8)]
    [InlineData("parquet_gzip/rows.parquet", 12)]
    public void Rows_are_joined_by_the_column_that_is_named_and_what_was_spilled_is_removed(string path, int rows)
    {
        PayloadRules rules = new() { Key = "id", DropKey = true, VectorDimension = 2 };
        using (IPayloadSource source = StorePayloads.Open(Path.Combine(Tables, path), rules, folder, indexPath: null, default)!)
        {
            source.Check(scattered: true, default);
            ((IKeyedPayloadSource)source).Keys(default).ShouldBe(Enumerable.Range(0, rows).Select(static row => row * 10L));
            Directory.GetFiles(folder, "*.spill").ShouldNotBeEmpty();
            PayloadBlock block = source.Read([40, 5, 0], default);
            Encoding.UTF8.GetString(block[0].Span).ShouldStartWith("""{"text":"Text 4,""");
            block[1].Length.ShouldBe(0);
            Encoding.UTF8.GetString(block[2].Span).ShouldStartWith("""{"text":"Text 0,""");
        }

        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"_data_files":[{"filename":"../rows.arrow"}]}""", "names a file that is not next to it")]
    [InlineData("""{"_data_files":[{"filename":"/etc/passwd"}]}""", "names a file that is not next to it")]
    [InlineData("""{"_data_files":[{"filename":7}]}""", "names a file that is not next to it")]
    [InlineData("""{"_data_files":[{"filename":"a.arrow","take":3}]}""", "files of which only some rows are used")]
    [InlineData("""{"_data_files":3}""", "'_data_files' is not a list")]
    [InlineData("{", "it is not JSON")]
    public void A_state_that_names_other_files_is_refused(string state, string words)
    {
        string path = Path.Combine(folder, "state.json");
        File.WriteAllText(path, state);
        MigrationException error = Should.Throw<MigrationException>(() => OpenDataset(path));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("<f4", 2, "elements of the type '<f4'")]
    [InlineData("<i3", 2, "elements of 3 bytes")]
    [InlineData("<i8", 3, "3 elements of 8 bytes announced, 16 bytes found")]
    public void An_array_of_something_else_is_refused_by_its_type(string type, int count, string words)
    {
        string path = Npy(type, $"{count},", new byte[16]);
        MigrationException error = Should.Throw<MigrationException>(() => StorePayloads.Open(path, default, null, null, default));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldContain(words);
        Should.Throw<MigrationException>(() =>
            StorePayloads.Open(Npy("<i8", "1, 2", new byte[16]), default, null, null, default)).Message.ShouldContain("2 dimensions");
    }

    [Fact]
    public void Ids_beyond_64_bits_with_a_sign_are_refused_or_kept_as_texts()
    {
        string path = Npy("<u8", "1,", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        using IPayloadSource refused = StorePayloads.Open(path, default, null, null, default)!;
        Should.Throw<MigrationException>(() => refused.Check(scattered: false, default)).ErrorId.ShouldBe("PayloadIntegerTooLarge");
        using IPayloadSource kept = StorePayloads.Open(path, new PayloadRules { LargeInteger = LargeInteger.Text }, null, null, default)!;
        kept.Check(scattered: false, default);
        Payload(kept, 0).ShouldBe("""{"id":"18446744073709551615"}""");
    }

    [Theory]
    [InlineData("a\n\nb\n", "line 2: expected an id, found a blank line")]
    [InlineData("a\nb\n\n\nc", "line 3: expected an id, found a blank line")]
    public void A_blank_line_among_ids_is_refused(string text, string words)
    {
        string path = Path.Combine(folder, "docid");
        File.WriteAllText(path, text);
        Should.Throw<MigrationException>(() => StorePayloads.Open(path, default, null, null, default)).Message.ShouldContain(words);
        File.WriteAllText(path, "a\r\nb\n\n");
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.Count.ShouldBe(2);
        Payload(source, 0).ShouldBe("""{"docid":"a"}""");
    }

    [Theory]
    [InlineData("a\r\nb\r\n")]
    [InlineData("a\nb")]
    public void A_byte_order_mark_is_no_part_of_the_first_id(string text)
    {
        string path = Path.Combine(folder, "docid");
        File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using IPayloadSource source = StorePayloads.Open(path, default, null, null, default)!;
        source.Count.ShouldBe(2);
        Payload(source, 0).ShouldBe("""{"docid":"a"}""");
        Payload(source, 1).ShouldBe("""{"docid":"b"}""");
    }

    [Theory]
    [InlineData("Signed", "FEFFFFFF", "-2")]
    [InlineData("Unsigned", "FEFFFFFF", "4294967294")]
    [InlineData("Real", "0000C03F", "1.5")]
    [InlineData("Decimal2", "85FFFFFF", "\"-1.23\"")]
    [InlineData("Decimal-2", "05000000", "\"500\"")]
    [InlineData("Days", "FFFFFFFF", "\"1969-12-31\"")]
    [InlineData("Moment", "FFFFFFFFFFFFFFFF", "\"1969-12-31T23:59:59.999999999Z\"")]
    [InlineData("Duration", "00C3EC61954E0000", "\"PT86403.5S\"")]
    [InlineData("Time", "40420F00", "\"00:16:40\"")]
    [InlineData("Uuid", "00112233445566778899AABBCCDDEEFF", "\"00112233-4455-6677-8899-aabbccddeeff\"")]
    [InlineData("Julian", "0000000000000000D28A2500", "\"2024-02-29T00:00:00\"")]
    public void A_value_is_written_as_the_documents_say(string kind, string hex, string json)
    {
        ColumnValue value = kind switch
        {
            "Signed" => ColumnValue.Signed(4),
            "Unsigned" => ColumnValue.Unsigned(4),
            "Real" => ColumnValue.Real(4),
            "Decimal2" => ColumnValue.Decimal(4, 2, isBigEndian: false),
            "Decimal-2" => ColumnValue.Decimal(4, -2, isBigEndian: false),
            "Days" => ColumnValue.Days(),
            "Moment" => ColumnValue.Moment(1_000_000_000, isUtc: true),
            "Duration" => ColumnValue.Duration(1_000_000_000),
            "Time" => ColumnValue.TimeOfDay(4, 1_000),
            "Uuid" => ColumnValue.Uuid(),
            _ => ColumnValue.JulianMoment(),
        };
        Write(value, Convert.FromHexString(hex)).ShouldBe(json);
    }

    [Theory]
    [InlineData("0000C07F", "NaN, which is not JSON")]
    [InlineData("0000807F", "an infinite number, which is not JSON")]
    public void Numbers_that_JSON_does_not_have_are_refused_by_row_and_column(string hex, string words)
    {
        MigrationException error = Should.Throw<MigrationException>(() => Write(ColumnValue.Real(4), Convert.FromHexString(hex)));
        error.ErrorId.ShouldBe("StoreValueRefused");
        error.Message.ShouldContain($"row 1 has in 'column' {words}");
        Should.Throw<MigrationException>(() => Write(ColumnValue.Binary(4), new byte[4])).Message.ShouldContain("bytes, which JSON cannot represent");
    }

    [Fact]
    public void Pages_in_other_codecs_are_refused_by_name_and_Snappy_copies_reach_into_themselves()
    {
        Should.Throw<TableNotRead>(() => ParquetCodec.Unpack(3, [1, 2, 3], 9)).Message.ShouldContain("LZO");
        Should.Throw<TableDamage>(() => ParquetCodec.Unpack(1, [0xFF, 0xFF, 0xFF, 0xFF, 0x07], int.MaxValue)).Message
            .ShouldContain("more bytes than it can have");
        // Two bytes, then a copy of seven from two back.
        Encoding.ASCII.GetString(Snappy.Unpack([9, 4, (byte)'a', (byte)'b', 13, 2], 9)).ShouldBe("ababababa");
        Should.Throw<TableDamage>(() => Snappy.Unpack([9, 4, (byte)'a', (byte)'b', 13, 3], 9));
    }

    private static void OpenDataset(string path) =>
        TableForms.Open(path, StoreForm.Dataset, default, new SpillFolder(), default).Dispose();

    private static string Write(ColumnValue value, byte[] bytes)
    {
        System.Buffers.ArrayBufferWriter<byte> output = new();
        new TableBlock(1, [("column", new FixedColumn(1, default, bytes, value))]).Write(0, "file", "row 1", output);
        using JsonDocument row = JsonDocument.Parse(output.WrittenMemory);
        return row.RootElement.GetProperty("column").GetRawText();
    }

    private string Npy(string type, string shape, byte[] data)
    {
        string path = Path.Combine(folder, "ids.npy");
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}\n");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. data]);
        return path;
    }

    private static string Payload(IPayloadSource source, long place) => Encoding.UTF8.GetString(source.Read([place], default)[0].Span);

    private static void Copy(string name, string target)
    {
        string from = Path.Combine(Tables, name);
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(target, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }
}
