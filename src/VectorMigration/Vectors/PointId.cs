using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace VectorMigration.Vectors;

/// <summary>A Qdrant point id: an unsigned 64-bit number or a UUID. Numbers sort before UUIDs, as Qdrant scrolls them.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct PointId : IEquatable<PointId>, IComparable<PointId>, IComparable
{
    private readonly Guid guid;
    private readonly ulong number;

    private PointId(ulong number, Guid guid, bool isGuid)
    {
        this.number = number;
        this.guid = guid;
        IsGuid = isGuid;
    }

    /// <summary>True when the id is a UUID, false when it is a number.</summary>
    public bool IsGuid { get; }

    /// <summary>The number; 0 when <see cref="IsGuid"/>.</summary>
    public ulong Number => number;

    /// <summary>The UUID; <see cref="Guid.Empty"/> when the id is a number.</summary>
    public Guid Guid => guid;

    /// <summary>The id as an object a shell can show and compare: a <see cref="ulong"/> or a <see cref="System.Guid"/>.</summary>
    public object Value => IsGuid ? guid : number;

    /// <summary>Makes a numeric id.</summary>
    public static PointId FromNumber(ulong number) => new(number, Guid.Empty, isGuid: false);

    /// <summary>Makes a UUID id.</summary>
    public static PointId FromGuid(Guid guid) => new(0, guid, isGuid: true);

    /// <summary>Reads a decimal number from 0 to 2⁶⁴−1 or a UUID in any form that <see cref="System.Guid"/> reads.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static PointId Parse(string text) =>
        TryParse(text, out PointId id)
            ? id
            : throw new FormatException($"'{text}' is not a point id: expected a whole number from 0 to 18446744073709551615 or a UUID.");

    /// <summary>As <see cref="Parse"/>, answering false instead of throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PointId id)
    {
        if (ulong.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out ulong number))
        {
            id = FromNumber(number);
            return true;
        }

        if (Guid.TryParse(text, out Guid guid))
        {
            id = FromGuid(guid);
            return true;
        }

        id = default;
        return false;
    }

    /// <inheritdoc/>
    public int CompareTo(PointId other) => IsGuid == other.IsGuid
        ? IsGuid ? guid.CompareTo(other.guid) : number.CompareTo(other.number)
        : IsGuid ? 1 : -1;

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is PointId other ? CompareTo(other) : 1;

    /// <inheritdoc/>
    public bool Equals(PointId other) => IsGuid == other.IsGuid && number == other.number && guid == other.guid;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PointId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => IsGuid ? guid.GetHashCode() : number.GetHashCode();

    /// <summary>The number in decimal, or the UUID lower-case and hyphenated, as Qdrant writes it.</summary>
    public override string ToString() => IsGuid ? guid.ToString("D") : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Equality of value.</summary>
    public static bool operator ==(PointId left, PointId right) => left.Equals(right);

    /// <summary>Inequality of value.</summary>
    public static bool operator !=(PointId left, PointId right) => !left.Equals(right);

    /// <summary>Order: numbers ascending, then UUIDs.</summary>
    public static bool operator <(PointId left, PointId right) => left.CompareTo(right) < 0;

    /// <summary>Order: numbers ascending, then UUIDs.</summary>
    public static bool operator <=(PointId left, PointId right) => left.CompareTo(right) <= 0;

    /// <summary>Order: numbers ascending, then UUIDs.</summary>
    public static bool operator >(PointId left, PointId right) => left.CompareTo(right) > 0;

    /// <summary>Order: numbers ascending, then UUIDs.</summary>
    public static bool operator >=(PointId left, PointId right) => left.CompareTo(right) >= 0;
}
