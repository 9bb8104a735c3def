using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Kernels over values of a fixed width: the loop around an operation of single values.</summary>
internal static unsafe class FixedKernels
{
    public static ScalarKernel Unary<TIn, TOut, TOperation>(TOperation operation = default)
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, IUnary<TIn, TOut>
        => (in KernelCall call) =>
        {
            NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(TOut), call.Type);
            var target = (TOut*)memory.Pointer;
            var values = Start<TIn>(call, 0, out int step);
            TOperation local = operation;
            for (int row = 0, at = 0; row < call.Rows; row++, at += step)
            {
                target[row] = local.Invoke(values[at]);
            }

            return new FixedColumn<TOut>(call.Type, call.Rows, memory);
        };

    public static ScalarKernel CheckedUnary<TIn, TOut, TOperation>(TOperation operation = default)
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ICheckedUnary<TIn, TOut>
        => (in KernelCall call) =>
        {
            NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(TOut), call.Type);
            var target = (TOut*)memory.Pointer;
            var values = Start<TIn>(call, 0, out int step);
            TOperation local = operation;
            for (int row = 0, at = 0; row < call.Rows; row++, at += step)
            {
                if (!local.TryInvoke(values[at], out target[row]))
                {
                    Report<TIn, TOut, TOperation>(local, values[at], row, call.Faults);
                }
            }

            return new FixedColumn<TOut>(call.Type, call.Rows, memory);
        };

    public static ScalarKernel Binary<TLeft, TRight, TOut, TOperation>(TOperation operation = default)
        where TLeft : unmanaged
        where TRight : unmanaged
        where TOut : unmanaged
        where TOperation : struct, IBinary<TLeft, TRight, TOut>
        => (in KernelCall call) =>
        {
            NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(TOut), call.Type);
            var target = (TOut*)memory.Pointer;
            var left = Start<TLeft>(call, 0, out int leftStep);
            var right = Start<TRight>(call, 1, out int rightStep);
            TOperation local = operation;
            for (int row = 0; row < call.Rows; row++, left += leftStep, right += rightStep)
            {
                target[row] = local.Invoke(*left, *right);
            }

            return new FixedColumn<TOut>(call.Type, call.Rows, memory);
        };

    public static ScalarKernel CheckedBinary<TLeft, TRight, TOut, TOperation>(TOperation operation = default)
        where TLeft : unmanaged
        where TRight : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ICheckedBinary<TLeft, TRight, TOut>
        => (in KernelCall call) =>
        {
            NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(TOut), call.Type);
            var target = (TOut*)memory.Pointer;
            var left = Start<TLeft>(call, 0, out int leftStep);
            var right = Start<TRight>(call, 1, out int rightStep);
            TOperation local = operation;
            for (int row = 0; row < call.Rows; row++, left += leftStep, right += rightStep)
            {
                if (!local.TryInvoke(*left, *right, out target[row]))
                {
                    Report<TLeft, TRight, TOut, TOperation>(local, *left, *right, row, call.Faults);
                }
            }

            return new FixedColumn<TOut>(call.Type, call.Rows, memory);
        };

    /// <summary>A condition of one value.</summary>
    public static ScalarKernel Test<TIn, TOperation>()
        where TIn : unmanaged
        where TOperation : struct, IUnary<TIn, bool>
        => (in KernelCall call) =>
        {
            NativeBuffer memory = KernelMemory.RentBits(call.Rows);
            var values = Start<TIn>(call, 0, out int step);
            TOperation operation = default;
            for (int row = 0, at = 0; row < call.Rows; row++, at += step)
            {
                Bits.Write(memory.Pointer, row, operation.Invoke(values[at]));
            }

            return new BooleanColumn(call.Rows, memory);
        };

    /// <summary>The first value of an argument.</summary>
    /// <param name="step">Values from one row to the next: 0 for a constant.</param>
    public static T* Start<T>(in KernelCall call, int argument, out int step)
        where T : unmanaged
    {
        Vector vector = call.Arguments[argument];
        System.Diagnostics.Debug.Assert(vector.Column is FixedColumn<T>, "The argument has the type of the overload.");
        step = vector.Step;
        return (T*)FixedMemory.Start(vector.Column);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Report<TIn, TOut, TOperation>(TOperation operation, TIn value, int row, RowFaults faults)
        where TOperation : struct, ICheckedUnary<TIn, TOut>
    {
        if (faults.Wants(row))
        {
            Fault fault = operation.Explain(value);
            faults.Add(row, fault.Code, fault.Message);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Report<TLeft, TRight, TOut, TOperation>(TOperation operation, TLeft left, TRight right, int row, RowFaults faults)
        where TOperation : struct, ICheckedBinary<TLeft, TRight, TOut>
    {
        if (faults.Wants(row))
        {
            Fault fault = operation.Explain(left, right);
            faults.Add(row, fault.Code, fault.Message);
        }
    }
}
