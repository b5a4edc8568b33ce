namespace VectorMigration.Fuzzing;

/// <summary>Ways of damaging an index file.</summary>
internal enum Mutation
{
    /// <summary>One to eight bits turned over.</summary>
    BitFlips,

    /// <summary>One to sixteen neighbouring bytes at random.</summary>
    Bytes,

    /// <summary>A length, a count or another number replaced by a hostile one.</summary>
    Numbers,

    /// <summary>The end cut off.</summary>
    Cuts,

    /// <summary>The beginning of one file and the end of another.</summary>
    Splices,

    /// <summary>Bytes put in or taken out, so that all after them shifts.</summary>
    Shifts,

    /// <summary>Four-character codes exchanged.</summary>
    Codes,

    /// <summary>Indexes or transforms around the index, up to 10,000 deep.</summary>
    Nesting,

    /// <summary>Bytes or another index after the index.</summary>
    Trailing,

    /// <summary>A block zeroed, filled or copied over another.</summary>
    Blocks,

    /// <summary>Two to five of these one after the other.</summary>
    Several,
}
