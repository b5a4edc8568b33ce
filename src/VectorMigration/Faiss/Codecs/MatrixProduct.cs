using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VectorMigration.Faiss.Codecs;

/// <summary>
/// Products of many rows and one matrix: rows × depth by depth × width. The matrix is kept in panels of as many columns as a step
/// works on, so that it is read in order; rows are taken in groups whose numbers stay in the first caches.
/// </summary>
internal sealed class MatrixProduct
{
    /// <summary>Rows of a step, as many as have their sums in registers.</summary>
    private const int StepRows = 6;

    /// <summary>Rows that are laid out at once.</summary>
    private const int GroupRows = 8 * StepRows;

    /// <summary>Depth of a step. Sums begin anew after it, which also keeps their rounding small.</summary>
    private const int StepDepth = 256;

    private readonly float[] panels;
    private readonly int depth;
    private readonly int width;
    private readonly int panelWidth;

    /// <param name="matrix">Row-major, <paramref name="depth"/> × <paramref name="width"/>.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="width">Columns of the matrix.</param>
    /// <param name="lanes">Floats of the widest vector to use (4, 8 or 16); 0 takes what the processor has.</param>
    public MatrixProduct(ReadOnlySpan<float> matrix, int depth, int width, int lanes = 0)
    {
        if (matrix.Length != (long)depth * width)
        {
            throw new ArgumentException($"{matrix.Length} numbers are no matrix of {depth} x {width}.", nameof(matrix));
        }

        lanes = lanes != 0 ? lanes : Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
        panelWidth = 2 * lanes;
        this.depth = depth;
        this.width = width;
        int count = (width + panelWidth - 1) / panelWidth;
        panels = new float[checked(count * depth * panelWidth)];
        for (int panel = 0; panel < count; panel++)
        {
            int columns = Math.Min(panelWidth, width - (panel * panelWidth));
            for (int k = 0; k < depth; k++)
            {
                matrix.Slice((k * width) + (panel * panelWidth), columns).CopyTo(panels.AsSpan(((panel * depth) + k) * panelWidth));
            }
        }
    }

    /// <summary>Computes (rows − bias) × matrix; the bias is empty if there is none.</summary>
    public void Multiply(ReadOnlySpan<float> rows, ReadOnlySpan<float> bias, Span<float> product)
    {
        int count = CodeRows.Of(rows.Length, depth, product.Length, width);
        if (depth == 0)
        {
            product.Clear();
            return;
        }

        float[] rented = ArrayPool<float>.Shared.Rent((GroupRows * StepDepth) + (StepRows * panelWidth));
        Span<float> laid = rented.AsSpan(0, GroupRows * StepDepth);
        Span<float> edge = rented.AsSpan(GroupRows * StepDepth, StepRows * panelWidth);
        for (int first = 0; first < count; first += GroupRows)
        {
            int group = Math.Min(GroupRows, count - first);
            for (int k = 0; k < depth; k += StepDepth)
            {
                int steps = Math.Min(StepDepth, depth - k);
                LayOut(rows.Slice(first * depth, group * depth), group, bias, k, steps, laid);
                MultiplyGroup(laid, group, k, steps, product.Slice(first * width, group * width), edge);
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Lays rows out as a step reads them: six numbers of one depth side by side. The last row stands in for rows that are wanting.</summary>
    private void LayOut(ReadOnlySpan<float> rows, int group, ReadOnlySpan<float> bias, int first, int steps, Span<float> laid)
    {
        ReadOnlySpan<float> less = bias.IsEmpty ? bias : bias.Slice(first, steps);
        for (int row = 0; row < group; row += StepRows)
        {
            ref float source = ref MemoryMarshal.GetReference(rows[first..]);
            ref float a = ref Unsafe.Add(ref source, row * depth);
            ref float b = ref Unsafe.Add(ref source, Math.Min(row + 1, group - 1) * depth);
            ref float c = ref Unsafe.Add(ref source, Math.Min(row + 2, group - 1) * depth);
            ref float d = ref Unsafe.Add(ref source, Math.Min(row + 3, group - 1) * depth);
            ref float e = ref Unsafe.Add(ref source, Math.Min(row + 4, group - 1) * depth);
            ref float f = ref Unsafe.Add(ref source, Math.Min(row + 5, group - 1) * depth);
            ref float target = ref laid[row * steps];
            for (int k = 0; k < steps; k++)
            {
                float bk = less.IsEmpty ? 0f : less[k];
                target = Unsafe.Add(ref a, k) - bk;
                Unsafe.Add(ref target, 1) = Unsafe.Add(ref b, k) - bk;
                Unsafe.Add(ref target, 2) = Unsafe.Add(ref c, k) - bk;
                Unsafe.Add(ref target, 3) = Unsafe.Add(ref d, k) - bk;
                Unsafe.Add(ref target, 4) = Unsafe.Add(ref e, k) - bk;
                Unsafe.Add(ref target, 5) = Unsafe.Add(ref f, k) - bk;
                target = ref Unsafe.Add(ref target, StepRows);
            }
        }
    }

    private void MultiplyGroup(ReadOnlySpan<float> laid, int group, int first, int steps, Span<float> product, Span<float> edge)
    {
        for (int column = 0; column < width; column += panelWidth)
        {
            ReadOnlySpan<float> panel = panels.AsSpan(((column / panelWidth * depth) + first) * panelWidth, steps * panelWidth);
            for (int row = 0; row < group; row += StepRows)
            {
                ReadOnlySpan<float> step = laid.Slice(row * steps, steps * StepRows);
                if (row + StepRows <= group && column + panelWidth <= width)
                {
                    Step(step, panel, steps, product[((row * width) + column)..], width, first > 0);
                    continue;
                }

                Step(step, panel, steps, edge, panelWidth, false);
                CopyEdge(edge, Math.Min(StepRows, group - row), Math.Min(panelWidth, width - column), product[((row * width) + column)..], first > 0);
            }
        }
    }

    private void CopyEdge(ReadOnlySpan<float> edge, int rows, int columns, Span<float> product, bool add)
    {
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> source = edge.Slice(row * panelWidth, columns);
            Span<float> target = product.Slice(row * width, columns);
            if (add)
            {
                VectorSums.Add(target, source);
            }
            else
            {
                source.CopyTo(target);
            }
        }
    }

    private void Step(ReadOnlySpan<float> rows, ReadOnlySpan<float> panel, int steps, Span<float> product, int stride, bool add)
    {
        ref float left = ref MemoryMarshal.GetReference(rows);
        ref float right = ref MemoryMarshal.GetReference(panel);
        ref float target = ref MemoryMarshal.GetReference(product);
        switch (panelWidth)
        {
            case 32:
                Step<Lane512>(ref left, ref right, steps, ref target, (nuint)stride, add);
                break;
            case 16:
                Step<Lane256>(ref left, ref right, steps, ref target, (nuint)stride, add);
                break;
            default:
                Step<Lane128>(ref left, ref right, steps, ref target, (nuint)stride, add);
                break;
        }
    }

    /// <summary>Six rows by one panel: twelve sums that stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step<T>(ref float left, ref float right, int steps, ref float product, nuint stride, bool add)
        where T : struct, ILane<T>
    {
        T a0 = T.Zero, a1 = T.Zero, b0 = T.Zero, b1 = T.Zero, c0 = T.Zero, c1 = T.Zero;
        T d0 = T.Zero, d1 = T.Zero, e0 = T.Zero, e1 = T.Zero, f0 = T.Zero, f1 = T.Zero;
        for (int k = 0; k < steps; k++)
        {
            T first = T.Load(ref right, 0);
            T second = T.Load(ref right, (nuint)T.Count);
            T row = T.Of(left);
            a0 = T.MultiplyAdd(row, first, a0);
            a1 = T.MultiplyAdd(row, second, a1);
            row = T.Of(Unsafe.Add(ref left, 1));
            b0 = T.MultiplyAdd(row, first, b0);
            b1 = T.MultiplyAdd(row, second, b1);
            row = T.Of(Unsafe.Add(ref left, 2));
            c0 = T.MultiplyAdd(row, first, c0);
            c1 = T.MultiplyAdd(row, second, c1);
            row = T.Of(Unsafe.Add(ref left, 3));
            d0 = T.MultiplyAdd(row, first, d0);
            d1 = T.MultiplyAdd(row, second, d1);
            row = T.Of(Unsafe.Add(ref left, 4));
            e0 = T.MultiplyAdd(row, first, e0);
            e1 = T.MultiplyAdd(row, second, e1);
            row = T.Of(Unsafe.Add(ref left, 5));
            f0 = T.MultiplyAdd(row, first, f0);
            f1 = T.MultiplyAdd(row, second, f1);
            left = ref Unsafe.Add(ref left, StepRows);
            right = ref Unsafe.Add(ref right, 2 * T.Count);
        }

        Store(a0, a1, ref product, 0, add);
        Store(b0, b1, ref product, stride, add);
        Store(c0, c1, ref product, 2 * stride, add);
        Store(d0, d1, ref product, 3 * stride, add);
        Store(e0, e1, ref product, 4 * stride, add);
        Store(f0, f1, ref product, 5 * stride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T first, T second, ref float product, nuint at, bool add)
        where T : struct, ILane<T>
    {
        nuint next = at + (nuint)T.Count;
        T.Store(add ? T.Add(first, T.Load(ref product, at)) : first, ref product, at);
        T.Store(add ? T.Add(second, T.Load(ref product, next)) : second, ref product, next);
    }
}
