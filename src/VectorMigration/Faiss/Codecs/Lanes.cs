using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorMigration.Faiss.Codecs;

/// <summary>Floats that a processor handles at once; one kernel serves all widths.</summary>
internal interface ILane<T>
    where T : struct, ILane<T>
{
    static abstract int Count { get; }

    static abstract T Zero { get; }

    static abstract T Of(float value);

    static abstract T Load(ref float source, nuint at);

    static abstract void Store(T lane, ref float target, nuint at);

    static abstract T Add(T left, T right);

    /// <summary>left × right + sum, fused where the processor can.</summary>
    static abstract T MultiplyAdd(T left, T right, T sum);
}

/// <summary>128 bits.</summary>
internal readonly struct Lane128(Vector128<float> value) : ILane<Lane128>
{
    private readonly Vector128<float> value = value;

    public static int Count => Vector128<float>.Count;

    public static Lane128 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Of(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Load(ref float source, nuint at) => new(Vector128.LoadUnsafe(ref source, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane128 lane, ref float target, nuint at) => lane.value.StoreUnsafe(ref target, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Add(Lane128 left, Lane128 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 MultiplyAdd(Lane128 left, Lane128 right, Lane128 sum) =>
        new(Vector128.MultiplyAddEstimate(left.value, right.value, sum.value));
}

/// <summary>256 bits.</summary>
internal readonly struct Lane256(Vector256<float> value) : ILane<Lane256>
{
    private readonly Vector256<float> value = value;

    public static int Count => Vector256<float>.Count;

    public static Lane256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Of(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Load(ref float source, nuint at) => new(Vector256.LoadUnsafe(ref source, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane256 lane, ref float target, nuint at) => lane.value.StoreUnsafe(ref target, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Add(Lane256 left, Lane256 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 MultiplyAdd(Lane256 left, Lane256 right, Lane256 sum) =>
        new(Vector256.MultiplyAddEstimate(left.value, right.value, sum.value));
}

/// <summary>512 bits.</summary>
internal readonly struct Lane512(Vector512<float> value) : ILane<Lane512>
{
    private readonly Vector512<float> value = value;

    public static int Count => Vector512<float>.Count;

    public static Lane512 Zero => new(Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Of(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Load(ref float source, nuint at) => new(Vector512.LoadUnsafe(ref source, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane512 lane, ref float target, nuint at) => lane.value.StoreUnsafe(ref target, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Add(Lane512 left, Lane512 right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 MultiplyAdd(Lane512 left, Lane512 right, Lane512 sum) =>
        new(Vector512.MultiplyAddEstimate(left.value, right.value, sum.value));
}
