using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// Sums, differences and products of decimals of which operands and results fit 64 bits: only the lower halves are computed
/// with, four at a time. A decimal lies in memory as two words, the lower first, and here the upper one is only the sign.
/// </summary>
internal static unsafe class NarrowArithmetic
{
    // Products of numbers of so many bits together have 63.
    private const int ProductBits = 62;

    /// <summary>The kernel of sums and differences: by the types of its operands it is known whether they are small enough.</summary>
    public static ScalarKernel Add(AddDecimals operation)
    {
        if (!operation.IsSmall)
        {
            return FixedKernels.CheckedBinary<Int128, Int128, Int128, AddDecimals>(operation);
        }

        return (in KernelCall call) =>
        {
            NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(Int128), call.Type);
            Add(Halves(call, 0, operation.LeftFactor), Halves(call, 1, operation.RightFactor), (long*)memory.Pointer, call.Rows);
            return new FixedColumn<Int128>(call.Type, call.Rows, memory);
        };
    }

    /// <summary>The kernel of products: the operands are looked at first.</summary>
    public static ScalarKernel Multiply(MultiplyDecimals operation)
    {
        ScalarKernel wide = FixedKernels.CheckedBinary<Int128, Int128, Int128, MultiplyDecimals>(operation);
        if (!operation.IsExactInShort)
        {
            return wide;
        }

        return (in KernelCall call) =>
        {
            if (Bits(call, 0) + Bits(call, 1) > ProductBits)
            {
                return wide(call);
            }

            NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(Int128), call.Type);
            Multiply(Halves(call, 0, 1), Halves(call, 1, 1), (long*)memory.Pointer, call.Rows);
            return new FixedColumn<Int128>(call.Type, call.Rows, memory);
        };
    }

    private static int Bits(in KernelCall call, int argument)
    {
        Vector vector = call.Arguments[argument];
        return NarrowDecimals.MagnitudeBits(((FixedColumn<Int128>)vector.Column).Values);
    }

    private static Operand Halves(in KernelCall call, int argument, long factor)
    {
        var values = (long*)FixedKernels.Start<Int128>(call, argument, out int step);
        return new Operand(values, 2 * step, factor);
    }

    private static void Add(Operand left, Operand right, long* target, int rows)
    {
        int row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row <= rows - 4; row += 4)
            {
                Store(left.Four(row) + right.Four(row), target + (2 * row));
            }
        }

        for (; row < rows; row++)
        {
            Store(left[row] + right[row], target + (2 * row));
        }
    }

    private static void Multiply(Operand left, Operand right, long* target, int rows)
    {
        int row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row <= rows - 4; row += 4)
            {
                Store(left.Four(row) * right.Four(row), target + (2 * row));
            }
        }

        for (; row < rows; row++)
        {
            Store(left[row] * right[row], target + (2 * row));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(long value, long* target)
    {
        target[0] = value;
        target[1] = value >> 63;
    }

    // Every second word is a result, the others mean nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<long> values, long* target)
    {
        Vector512<long> twice = Vector512.Shuffle(values, Vector512.Create(0L, 0, 2, 2, 4, 4, 6, 6));
        Vector512.ConditionalSelect(Vector512.Create(0, -1L, 0, -1L, 0, -1L, 0, -1L), twice >> 63, twice).Store(target);
    }

    // A column or a constant, scaled to the result.
    private readonly struct Operand(long* halves, int step, long factor)
    {
        private readonly Vector512<long> _constant = Vector512.Create(*halves * factor);

        public long this[int row]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => halves[(long)row * step] * factor;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<long> Four(int row)
        {
            if (step == 0)
            {
                return _constant;
            }

            Vector512<long> values = Vector512.Load(halves + (2L * row));
            return factor == 1 ? values : values * Vector512.Create(factor);
        }
    }
}
