namespace VectorMigration.SideFiles;

/// <summary>Names what lies where a file of JSON Lines should.</summary>
internal static class OtherForms
{
    /// <summary>The refusal of a file that begins so.</summary>
    public static MigrationException Refusal(string path, ReadOnlySpan<byte> head) => FileForms.Of(head) switch
    {
        FileForm.Utf16 => PayloadErrors.NotUtf8(path, "it begins with the byte order mark of UTF-16"),
        FileForm.Gzip => PayloadErrors.NotUtf8(path, "it is compressed with gzip"),
        FileForm.JsonArray => PayloadErrors.OtherForm(path, "a JSON array"),
        FileForm.Text or FileForm.Unknown when FaissIndex.BeginsLikeIndex(head) =>
            PayloadErrors.OtherForm(path, "a FAISS index", "Name the payload file, which is usually next to the index."),
        FileForm.Text => PayloadErrors.OtherForm(path, "plain text without columns"),
        FileForm.GitLfsPointer => PayloadErrors.OtherForm(path, FileForms.Name(FileForm.GitLfsPointer)!, "Fetch the file itself: git lfs pull."),
        FileForm.GitAnnexPointer => PayloadErrors.OtherForm(path, FileForms.Name(FileForm.GitAnnexPointer)!, "Fetch the file itself: git annex get."),
        FileForm.Html => PayloadErrors.OtherForm(path, FileForms.Name(FileForm.Html)!, "Download the file itself."),
        FileForm form => PayloadErrors.OtherForm(path, FileForms.Name(form) ?? "binary data"),
    };
}
