using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// An accumulator whose state is a value of fixed size, all zero when empty. States are exported as they lie in memory, in one
/// column of fixed-width bytes.
/// </summary>
/// <param name="type">Type of the result.</param>
internal abstract unsafe class StateAccumulator<TState>(DataType type) : Accumulator
    where TState : unmanaged
{
    private readonly GrowingArray<TState> _states = new();

    public sealed override DataType Type => type;

    public sealed override IReadOnlyList<DataType> StateTypes { get; } = [DataType.FixedBinary(sizeof(TState))];

    public override long ByteSize => _states.ByteSize;

    protected TState* States => _states.Pointer;

    public override void Resize(int groups) => _states.Resize(groups);

    public sealed override Column Results(int start, int count, RowFaults faults) => Results(States + start, count, faults);

    public sealed override Column Results(ReadOnlySpan<int> groups, RowFaults faults)
    {
        using NativeBuffer gathered = Gather(groups);
        return Results((TState*)gathered.Pointer, groups.Length, faults);
    }

    public sealed override Column[] Export(int start, int count)
    {
        long bytes = (long)count * sizeof(TState);
        NativeBuffer copy = BufferPool.Rent(checked((int)bytes));
        Buffer.MemoryCopy(States + start, copy.Pointer, bytes, bytes);
        return [new FixedBinaryColumn(StateTypes[0], count, copy)];
    }

    public sealed override Column[] Export(ReadOnlySpan<int> groups) => [new FixedBinaryColumn(StateTypes[0], groups.Length, Gather(groups))];

    public sealed override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
    {
        fixed (byte* bytes = ((FixedBinaryColumn)states[0]).Bytes)
        {
            for (int i = 0; i < groups.Length; i++)
            {
                // Memory of a column need not be aligned for the state.
                TState from = Unsafe.ReadUnaligned<TState>(bytes + ((long)i * sizeof(TState)));
                Merge(States + groups[i], &from);
            }
        }
    }

    public sealed override void Merge(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        TState* states = States;
        for (int i = 0; i < from.Length; i++)
        {
            Merge(states + to[i], states + from[i]);
        }
    }

    public sealed override void Clear(int start, int count) => new Span<TState>(States + start, count).Clear();

    public sealed override void Dispose() => _states.Dispose();

    /// <summary>The results of states that lie one after the other.</summary>
    protected abstract Column Results(TState* states, int count, RowFaults faults);

    /// <summary>Adds one state to another.</summary>
    protected abstract void Merge(TState* into, TState* from);

    private NativeBuffer Gather(ReadOnlySpan<int> groups)
    {
        NativeBuffer gathered = BufferPool.Rent(checked(groups.Length * sizeof(TState)));
        var target = (TState*)gathered.Pointer;
        foreach (int group in groups)
        {
            *target++ = States[group];
        }

        return gathered;
    }
}
