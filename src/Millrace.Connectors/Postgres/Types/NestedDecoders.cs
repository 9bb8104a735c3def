using System.Buffers.Binary;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Arrays: number of dimensions, whether there are nulls, type of the elements; length and lower bound of each dimension; the
/// elements, each with its length (<c>array_send</c> in the server). Columns have lists of one dimension.
/// </summary>
internal sealed class ArrayDecoder : ColumnDecoder
{
    private const int HeaderLength = 12;
    private const int DimensionLength = 8;

    private readonly ListBuilder _builder;
    private readonly ColumnDecoder _elements;
    private readonly RunLog _log = new();

    /// <param name="type">A list.</param>
    /// <param name="makeElements">Makes the decoder of the elements, which appends to a builder of its own.</param>
    /// <param name="capacity">Rows to expect.</param>
    public ArrayDecoder(DataType type, Func<int, ColumnDecoder> makeElements, int capacity)
    {
        _elements = makeElements(capacity);
        _builder = new ListBuilder(type, capacity);
    }

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        _log.Clear();
        var ends = new int[run.Count];
        var nulls = new bool[run.Count];
        for (int i = 0; i < run.Count; i++)
        {
            nulls[i] = run.IsNull(i) || !FindElements(run, i, bad);
            ends[i] = _log.Count;
        }

        int[]? outer = bad.RowOf;
        bad.RowOf = _log.RowsOf(outer);
        _elements.Decode(_log.Run(run.Data), bad);
        bad.RowOf = outer;
        using Column items = _elements.Builder.Build();
        int start = 0;
        for (int i = 0; i < run.Count; i++)
        {
            _builder.Items.AppendRange(items, start, ends[i] - start);
            start = ends[i];
            _builder.AppendRow();
            if (nulls[i])
            {
                _builder.SetNull(_builder.Length - 1);
            }
        }
    }

    public override void Dispose()
    {
        _elements.Dispose();
        base.Dispose();
    }

    private bool FindElements(FieldRun run, int row, BadValues bad)
    {
        ReadOnlySpan<byte> value = run[row];
        if (value.Length < HeaderLength)
        {
            throw PostgresErrors.WrongLength(Builder.Type, value.Length, HeaderLength);
        }

        int dimensions = BinaryPrimitives.ReadInt32BigEndian(value);
        if (dimensions == 0)
        {
            return true;
        }

        if (dimensions != 1)
        {
            bad.Add(row, $"{dimensions} dimensions", "is an array of several dimensions; a column holds lists of one");
            return false;
        }

        if (value.Length < HeaderLength + DimensionLength)
        {
            throw PostgresErrors.WrongLength(Builder.Type, value.Length, HeaderLength + DimensionLength);
        }

        int count = BinaryPrimitives.ReadInt32BigEndian(value[HeaderLength..]);
        _log.Take(value, run.Starts[row], HeaderLength + DimensionLength, count, row, skip: 0);
        return true;
    }
}

/// <summary>Composite values: number of fields, then of each its type, its length and its bytes (<c>record_send</c> in the server).</summary>
internal sealed class CompositeDecoder : ColumnDecoder
{
    private readonly StructBuilder _builder;
    private readonly ColumnDecoder[] _fields;
    private readonly RunLog[] _logs;

    public CompositeDecoder(DataType type, IReadOnlyList<Func<int, ColumnDecoder>> makeFields, int capacity)
    {
        _builder = new StructBuilder(type, capacity);
        _fields = [.. makeFields.Select(m => m(capacity))];
        _logs = [.. makeFields.Select(_ => new RunLog())];
    }

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        foreach (RunLog log in _logs)
        {
            log.Clear();
        }

        for (int i = 0; i < run.Count; i++)
        {
            FindFields(run, i);
        }

        int[]? outer = bad.RowOf;
        for (int f = 0; f < _fields.Length; f++)
        {
            bad.RowOf = _logs[f].RowsOf(outer);
            _fields[f].Decode(_logs[f].Run(run.Data), bad);
            bad.RowOf = outer;
            using Column values = _fields[f].Builder.Build();
            _builder.Fields[f].AppendRange(values, 0, values.Length);
        }

        for (int i = 0; i < run.Count; i++)
        {
            _builder.AppendRow();
            if (run.IsNull(i))
            {
                _builder.SetNull(_builder.Length - 1);
            }
        }
    }

    public override void Dispose()
    {
        foreach (ColumnDecoder field in _fields)
        {
            field.Dispose();
        }

        base.Dispose();
    }

    private void FindFields(FieldRun run, int row)
    {
        if (run.IsNull(row))
        {
            foreach (RunLog log in _logs)
            {
                log.AddNull(row);
            }

            return;
        }

        ReadOnlySpan<byte> value = run[row];
        int at = 4;
        if (value.Length < at || BinaryPrimitives.ReadInt32BigEndian(value) != _logs.Length)
        {
            throw PostgresErrors.BrokenCopy.Error($"A value of {Builder.Type} does not have {_logs.Length} fields.");
        }

        foreach (RunLog log in _logs)
        {
            at = log.Take(value, run.Starts[row], at, 1, row, skip: 4);
        }
    }
}

/// <summary>Where the parts of nested values lie.</summary>
internal sealed class RunLog
{
    private int[] _starts = new int[256];
    private int[] _lengths = new int[256];
    private int[] _rows = new int[256];

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    public FieldRun Run(ReadOnlySpan<byte> data) => new(data, _starts.AsSpan(0, Count), _lengths.AsSpan(0, Count));

    /// <summary>The row of the batch of each part.</summary>
    public int[] RowsOf(int[]? outer) => outer is null ? _rows : [.. _rows.AsSpan(0, Count).ToArray().Select(r => outer[r])];

    public void AddNull(int row) => Add(0, -1, row);

    /// <summary>Takes parts, each behind its length; the place behind them.</summary>
    /// <param name="value">The value that holds them.</param>
    /// <param name="origin">Where the value starts in the data.</param>
    /// <param name="at">Where the first part starts in the value.</param>
    /// <param name="count">Parts.</param>
    /// <param name="row">The row they belong to.</param>
    /// <param name="skip">Bytes before each length.</param>
    public int Take(ReadOnlySpan<byte> value, int origin, int at, int count, int row, int skip)
    {
        if (count < 0 || count > (value.Length - at) / (4 + skip))
        {
            throw PostgresErrors.BrokenCopy.Error($"A value of {value.Length} bytes cannot have {count} parts.");
        }

        for (int i = 0; i < count; i++)
        {
            at += skip;
            if (value.Length - at < 4)
            {
                throw PostgresErrors.BrokenCopy.Error("A nested value ends too early.");
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(value[at..]);
            at += 4;
            if (length < -1 || length > value.Length - at)
            {
                throw PostgresErrors.BrokenCopy.Error($"A part of a nested value has the length {length}.");
            }

            Add(origin + at, length, row);
            at += Math.Max(length, 0);
        }

        return at;
    }

    private void Add(int start, int length, int row)
    {
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _lengths, Count * 2);
            Array.Resize(ref _rows, Count * 2);
        }

        _starts[Count] = start;
        _lengths[Count] = length;
        _rows[Count++] = row;
    }
}
