using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;
using Vector = System.Numerics.Vector;

namespace Millrace.Sql.Functions;

/// <summary>An operation that vector instructions do, and how it tells that a result is not one.</summary>
/// <typeparam name="T">The values.</typeparam>
internal interface IVectorOperation<T>
    where T : unmanaged
{
    /// <summary>The results; lanes of <paramref name="bad"/> that are negative, or negative zero, may have no result.</summary>
    static abstract Vector<T> Invoke(Vector<T> left, Vector<T> right, ref Vector<T> bad);

    /// <summary>One result and whether it is one. Decides about the rows that <see cref="Invoke"/> suspects.</summary>
    static abstract bool TryInvoke(T left, T right, out T result);

    static abstract Fault Explain(T left, T right);
}

/// <summary>
/// Kernels that compute all rows with vector instructions and collect what is suspicious on the way. Only when something is,
/// rows are looked at one by one.
/// </summary>
internal static unsafe class VectorKernels
{
    public static ScalarKernel Binary<T, TOperation>()
        where T : unmanaged
        where TOperation : IVectorOperation<T> => static (in KernelCall call) =>
        {
            NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(T), call.Type);
            var target = (T*)memory.Pointer;
            T* left = FixedKernels.Start<T>(call, 0, out int leftStep);
            T* right = FixedKernels.Start<T>(call, 1, out int rightStep);
            if (!Compute<T, TOperation>(left, leftStep, right, rightStep, target, call.Rows))
            {
                FindFaults<T, TOperation>(left, leftStep, right, rightStep, call.Rows, call.Faults);
            }

            return new FixedColumn<T>(call.Type, call.Rows, memory);
        };

    // Whether nothing is suspicious.
    private static bool Compute<T, TOperation>(T* left, int leftStep, T* right, int rightStep, T* target, int rows)
        where T : unmanaged
        where TOperation : IVectorOperation<T>
    {
        Vector<T> bad = Vector<T>.Zero;
        int row = 0;
        if (leftStep == 1 && rightStep == 1)
        {
            for (; row <= rows - Vector<T>.Count; row += Vector<T>.Count)
            {
                TOperation.Invoke(Vector.Load(left + row), Vector.Load(right + row), ref bad).Store(target + row);
            }
        }
        else if (leftStep == 1)
        {
            Vector<T> constant = Vector.Create(*right);
            for (; row <= rows - Vector<T>.Count; row += Vector<T>.Count)
            {
                TOperation.Invoke(Vector.Load(left + row), constant, ref bad).Store(target + row);
            }
        }
        else if (rightStep == 1)
        {
            Vector<T> constant = Vector.Create(*left);
            for (; row <= rows - Vector<T>.Count; row += Vector<T>.Count)
            {
                TOperation.Invoke(constant, Vector.Load(right + row), ref bad).Store(target + row);
            }
        }

        bool good = true;
        for (; row < rows; row++)
        {
            good &= TOperation.TryInvoke(left[row * leftStep], right[row * rightStep], out target[row]);
        }

        return good && !AnyNegative(bad);
    }

    private static bool AnyNegative<T>(Vector<T> bad)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<Vector<T>>(in bad));
        for (int i = sizeof(T) - 1; i < bytes.Length; i += sizeof(T))
        {
            if ((bytes[i] & 0x80) != 0)
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FindFaults<T, TOperation>(T* left, int leftStep, T* right, int rightStep, int rows, RowFaults faults)
        where T : unmanaged
        where TOperation : IVectorOperation<T>
    {
        for (int row = 0; row < rows; row++)
        {
            T a = left[row * leftStep];
            T b = right[row * rightStep];
            if (!TOperation.TryInvoke(a, b, out _) && faults.Wants(row))
            {
                Fault fault = TOperation.Explain(a, b);
                faults.Add(row, fault.Code, fault.Message);
            }
        }
    }
}
