namespace VectorMigration.Fuzzing.Pickles;

/// <summary>Ways of damaging a pickle.</summary>
internal enum PickleMutation
{
    /// <summary>One to eight bits turned over.</summary>
    BitFlips,

    /// <summary>One to sixteen neighbouring bytes at random.</summary>
    Bytes,

    /// <summary>A byte becomes an opcode.</summary>
    Opcodes,

    /// <summary>Two, four or eight bytes become a telling number.</summary>
    Lengths,

    /// <summary>The end cut off.</summary>
    Cuts,

    /// <summary>The beginning of one pickle and the end of another.</summary>
    Splices,

    /// <summary>Bytes put in or taken out.</summary>
    Shifts,

    /// <summary>A part repeated many times.</summary>
    Repeats,

    /// <summary>A name of a module or a class exchanged for another of as many characters, or of an attack.</summary>
    Names,

    /// <summary>Opcodes at random, without any pickle.</summary>
    Nonsense,

    /// <summary>Opcodes at random that fit what is on the stack: containers in each other and in themselves, classes, calls, states.</summary>
    Programs,

    /// <summary>Two to five of these one after the other.</summary>
    Several,
}
