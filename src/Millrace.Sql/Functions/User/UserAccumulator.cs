using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// States of an aggregate of the user, by group. A group in which a method threw has no result any more: what it threw goes with
/// its state and is the fault of the group.
/// </summary>
/// <param name="calls">The methods.</param>
/// <param name="add">Adds rows.</param>
/// <param name="remove">Takes rows back; null where that is not possible.</param>
/// <param name="readers">The arguments.</param>
internal sealed class UserAccumulator<TState>(UserAggregateCalls<TState> calls, AddLoop<TState> add, AddLoop<TState>? remove, ValueReader[] readers) : Accumulator
{
    // Bytes of an object with a few fields, until states have been measured.
    private const int GuessedSize = 96;
    private const int Measured = 8;

    private readonly ValueWriter _writer = calls.Result.CreateWriter();
    private TState[] _states = [];
    private Dictionary<int, Fault>? _faults;
    private int _count;
    private int[] _groups = [];
    private long _size = RuntimeHelpers.IsReferenceOrContainsReferences<TState>() ? Unsafe.SizeOf<TState>() + GuessedSize : Unsafe.SizeOf<TState>();
    private long _rows;
    private long _measureAt = 1 << 14;

    public override DataType Type => calls.Result.Result;

    public override IReadOnlyList<DataType> StateTypes { get; } = [calls.State.Type, DataType.Utf8];

    public override bool Retracts => remove is not null;

    public override long ByteSize => _states.Length * _size;

    public override void Resize(int groups)
    {
        if (groups > _states.Length)
        {
            Array.Resize(ref _states, Math.Max(groups, Math.Min(_states.Length * 2, Array.MaxLength)));
        }

        for (; _count < groups; _count++)
        {
            _states[_count] = Empty();
        }
    }

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i].Bind(arguments[i]);
        }

        if (_groups.Length < groups.Length)
        {
            _groups = new int[groups.Length];
        }

        groups.CopyTo(_groups);
        if (weights.IsEmpty)
        {
            Run(add, 0, groups.Length);
        }
        else
        {
            for (int row = 0; row < weights.Length; row++)
            {
                AddLoop<TState> loop = weights[row] >= 0 ? add : remove ?? throw new System.Diagnostics.UnreachableException("Weights below zero go to those that retract.");
                for (long left = Math.Abs(weights[row]); left > 0; left--)
                {
                    Run(loop, row, row + 1);
                }
            }
        }

        _rows += groups.Length;
        if (_rows >= _measureAt)
        {
            Measure();
        }
    }

    public override Column Results(int start, int count, RowFaults faults)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(Type, count);
        _writer.Attach(builder);
        for (int row = 0; row < count; row++)
        {
            if (_faults is not null && _faults.TryGetValue(start + row, out Fault known))
            {
                faults.Add(row, known.Code, known.Message);
                builder.AppendNull();
                continue;
            }

            int end = row + 1;
            while (end < count && _faults?.ContainsKey(start + end) is not true)
            {
                end++;
            }

            try
            {
                calls.Results(_states, start, _writer, ref row, end);
                row--;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fault fault = UserFunctionErrors.Threw(calls.Name, e);
                faults.Add(row, fault.Code, fault.Message);
                builder.Truncate(row);
                builder.AppendNull();
            }
        }

        return builder.Build();
    }

    public override Column[] Export(int start, int count)
    {
        Column states = Keep(start, count);
        using var faults = new BinaryBuilder(DataType.Utf8, count);
        for (int group = start; group < start + count; group++)
        {
            if (_faults is not null && _faults.TryGetValue(group, out Fault fault))
            {
                faults.Append(fault.Message);
            }
            else
            {
                faults.AppendNull();
            }
        }

        return [states, faults.Build()];
    }

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
    {
        var faults = (BinaryColumn)states[1];
        for (int i = 0; i < groups.Length; i++)
        {
            if (!faults.IsNull(i))
            {
                Fail(groups[i], new Fault(UserFunctionErrors.ThrewCode, faults.GetString(i)));
                continue;
            }

            try
            {
                _states[groups[i]] = calls.Merge(_states[groups[i]], calls.State.Get(states[0], i));
            }
            catch (Exception e) when (e is not MillraceException and not OutOfMemoryException)
            {
                Fail(groups[i], UserFunctionErrors.Threw(calls.Name, e));
            }
        }
    }

    public override void Merge(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        // Objects of one state must not become parts of another, which go on to change them.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TState>() || _faults is not null)
        {
            base.Merge(from, to);
            return;
        }

        for (int i = 0; i < from.Length; i++)
        {
            try
            {
                _states[to[i]] = calls.Merge(_states[to[i]], _states[from[i]]);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(to[i], UserFunctionErrors.Threw(calls.Name, e));
            }
        }
    }

    public override void Clear(int start, int count)
    {
        for (int group = start; group < start + count; group++)
        {
            _states[group] = Empty();
            _faults?.Remove(group);
        }
    }

    public override void Dispose() => _states = [];

    private void Run(AddLoop<TState> loop, int row, int rows)
    {
        for (; row < rows; row++)
        {
            try
            {
                loop(_states, _groups, readers, ref row, rows);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(_groups[row], UserFunctionErrors.Threw(calls.Name, e));
            }
        }
    }

    private Column Keep(int start, int count)
    {
        try
        {
            return calls.State.Keep(_states, start, count);
        }
        catch (Exception e) when (e is not MillraceException and not OutOfMemoryException)
        {
            throw UserFunctionErrors.BadStateCode.Error($"A state of {calls.Name} cannot be kept: {e.GetType().Name}: {e.Message}", inner: e);
        }
    }

    private TState Empty()
    {
        try
        {
            return calls.Init();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw UserFunctionErrors.BadStateCode.Error($"{calls.Name} has no empty state: {e.GetType().Name}: {e.Message}", inner: e);
        }
    }

    private void Fail(int group, Fault fault) => (_faults ??= []).TryAdd(group, fault);

    // What objects hold only their kept form tells.
    private void Measure()
    {
        _measureAt = _rows * 2;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TState>() && _count > 0)
        {
            int sample = Math.Min(_count, Measured);
            using Column kept = Keep(0, sample);
            _size = Unsafe.SizeOf<TState>() + GuessedSize + (kept.ByteSize / sample);
        }
    }
}
