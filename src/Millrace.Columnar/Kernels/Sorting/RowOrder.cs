namespace Millrace.Columnar;

/// <summary>Compares single rows of two batches in the order in which <see cref="Sort"/> brings rows. Lives no longer than the columns.</summary>
public sealed class RowOrder
{
    private readonly RowComparer[] _comparers;
    private readonly Column[] _left;
    private readonly Column[] _right;
    private readonly bool[] _descending;
    private readonly bool[] _nullsFirst;

    /// <param name="left">Columns of the left rows, with the directions.</param>
    /// <param name="right">Columns of the right rows, of the same types.</param>
    public RowOrder(ReadOnlySpan<SortKey> left, ReadOnlySpan<Column> right)
    {
        _comparers = new RowComparer[left.Length];
        _left = new Column[left.Length];
        _right = right.ToArray();
        _descending = new bool[left.Length];
        _nullsFirst = new bool[left.Length];
        for (int i = 0; i < left.Length; i++)
        {
            _left[i] = left[i].Column;
            _comparers[i] = RowComparer.Create(_left[i], _right[i]);
            _descending[i] = left[i].Descending;
            _nullsFirst[i] = left[i].NullsFirst;
        }
    }

    /// <summary>Less than zero if the left row comes first.</summary>
    public int Compare(int leftRow, int rightRow)
    {
        for (int i = 0; i < _comparers.Length; i++)
        {
            int order = Compare(i, leftRow, rightRow);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private int Compare(int key, int leftRow, int rightRow)
    {
        bool leftNull = _left[key].IsNull(leftRow);
        bool rightNull = _right[key].IsNull(rightRow);
        if (leftNull || rightNull)
        {
            int nulls = leftNull.CompareTo(rightNull);
            return _nullsFirst[key] ? -nulls : nulls;
        }

        int order = _comparers[key].CompareValues(leftRow, rightRow);
        return _descending[key] ? -order : order;
    }
}
