using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>Finds which rows of a batch come to which slice. One thread uses it.</summary>
internal sealed class RowSlices(WindowLayout layout)
{
    private readonly Dictionary<WindowId, int> _numbers = [];
    private readonly List<WindowId> _slices = [];
    private int[] _of = [];
    private int[] _ends = [];
    private int[] _rows = [];

    /// <summary>The slices of the batch at hand.</summary>
    public IReadOnlyList<WindowId> Slices => _slices;

    /// <summary>Takes a batch.</summary>
    /// <param name="source">Times or bounds.</param>
    /// <param name="rows">Rows of the batch.</param>
    public void Split(Vector source, int rows)
    {
        _numbers.Clear();
        _slices.Clear();
        if (_of.Length < rows)
        {
            (_of, _rows) = (new int[rows], new int[rows]);
        }

        var values = (FixedColumn<long>)source.Column;
        if (source.IsConstant)
        {
            _of.AsSpan(0, rows).Fill(values.IsNull(0) ? NumberOfNull() : Number(layout.SliceOf(values.Values[0]).Slice));
        }
        else if (values.HasNulls)
        {
            Find(values, rows);
        }
        else
        {
            Find(values.Values, _of);
        }

        Sort(rows);
    }

    /// <summary>Numbers of the rows of a slice, in their order.</summary>
    public ReadOnlySpan<int> RowsOf(int slice)
    {
        int start = slice == 0 ? 0 : _ends[slice - 1];
        return _rows.AsSpan(start, _ends[slice] - start);
    }

    private void Find(ReadOnlySpan<long> values, int[] slices)
    {
        // Mostly rows that follow each other come to one slice.
        (long first, long end, int number) = (long.MaxValue, long.MinValue, -1);
        for (int row = 0; row < values.Length; row++)
        {
            long value = values[row];
            if (value < first || value >= end)
            {
                (WindowId slice, first, end) = layout.SliceOf(value);
                number = Number(slice);
            }

            slices[row] = number;
        }
    }

    private void Find(FixedColumn<long> values, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            _of[row] = values.IsNull(row) ? NumberOfNull() : Number(layout.SliceOf(values.Values[row]).Slice);
        }
    }

    // Rows without a time are in no window, rows without a bound in that without one.
    private int NumberOfNull() => layout.ReadsTime ? -1 : Number(WindowId.Null);

    private int Number(WindowId slice)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, slice, out bool known);
        if (!known)
        {
            number = _slices.Count;
            _slices.Add(slice);
        }

        return number;
    }

    private void Sort(int rows)
    {
        if (_ends.Length < _slices.Count)
        {
            _ends = new int[_slices.Count];
        }

        Array.Clear(_ends);
        for (int row = 0; row < rows; row++)
        {
            if (_of[row] >= 0)
            {
                _ends[_of[row]]++;
            }
        }

        int start = 0;
        for (int slice = 0; slice < _slices.Count; slice++)
        {
            (start, _ends[slice]) = (start + _ends[slice], start);
        }

        for (int row = 0; row < rows; row++)
        {
            if (_of[row] >= 0)
            {
                _rows[_ends[_of[row]]++] = row;
            }
        }
    }
}
