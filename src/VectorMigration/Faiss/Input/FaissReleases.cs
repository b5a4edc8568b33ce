using System.Collections.Frozen;

namespace VectorMigration.Faiss.Input;

/// <summary>The release of FAISS that brought each four-character code: of indexes, of transforms and of inverted lists.</summary>
internal static class FaissReleases
{
    /// <summary>The newest release whose codes are all known here.</summary>
    public const string Newest = "1.15.0";

    /// <summary>The oldest release whose files are read; codes that are named in none of the later ones are at least as old.</summary>
    public const string Oldest = "1.2.1";

    private static readonly FrozenDictionary<uint, string> Releases = new (string Release, string Codes)[]
    {
        (Oldest, "rrot LTra PcAm PCAm RmDT VNrm ilar ilod il00"),
        ("1.3.0", "IBwF IBxF IwFd"),
        ("1.5.0", "IBFf IBHf"),
        ("1.5.1", "IwSq VCnt"),
        ("1.5.2", "IwSh"),
        ("1.5.3", "IBM2 IBMp"),
        ("1.6.0", "IxLa Viqm Viqt"),
        ("1.6.2", "IxFl"),
        ("1.6.3", "IBHh IBHm"),
        ("1.7.0", "IPfs IwPf ilbl"),
        ("1.7.1", "INSf ImRQ IxRQ"),
        ("1.7.2", "IwLS IwRQ IxLS IxRq Pcam"),
        ("1.7.3", "ILfs IRfs IPLf IPRf IVLf IVRf NPLf NPRf INNf INSp INSs IRMf IRMh IwPL IwPR IxPL IxPR"),
        ("1.8.0", "IwIQ"),
        ("1.9.0", "IHNc null"),
        ("1.11.0", "Iwrq Ixrq"),
        ("1.12.0", "IBHc IHc2"),
        ("1.13.0", "Irfs Iwrf IwPn ilpn"),
        ("1.13.1", "Iwrr Ixrr IxFP"),
        ("1.13.2", "IHfP IxRP ILVQ ISVD ISVF ISVL"),
        ("1.14.0", "Irfn Iwrn IxFp"),
        ("1.14.1", "HRot"),
        ("1.14.2", "IwP2 ilp2 ISID ISIL ISIQ ISV2"),
        (Newest, "IH00 IwEe IxEe IwEd IxEd"),
    }.SelectMany(static entry => entry.Codes.Split(' ').Select(code => (Code: FourCharacters.Of(code), entry.Release)))
        .ToFrozenDictionary(static entry => entry.Code, static entry => entry.Release);

    /// <summary>The release that brought a code, which is one of those that are known.</summary>
    public static string Of(string code) => Find(FourCharacters.Of(code)) ?? Oldest;

    /// <summary>The release that brought a code; null where none of the later ones did.</summary>
    public static string? Find(uint code) => Releases.GetValueOrDefault(code);
}
