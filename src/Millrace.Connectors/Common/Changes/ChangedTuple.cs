namespace Millrace.Connectors.Common;

/// <summary>Where the values of one row of a change lie in the buffer of its message.</summary>
internal sealed class ChangedTuple
{
    /// <summary>Length of a value that is null.</summary>
    public const int Null = -1;

    /// <summary>Length of a value that was not sent, since it is kept beside the row and did not change.</summary>
    public const int Unchanged = -2;

    private int[] _starts = [];
    private int[] _lengths = [];

    public int Count { get; private set; }

    /// <summary>Whether the row was sent at all.</summary>
    public bool IsThere { get; private set; }

    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    public Span<int> Lengths => _lengths.AsSpan(0, Count);

    public void Clear() => IsThere = false;

    /// <summary>Begins a row, whose values are then set one by one.</summary>
    public void Start(int columns)
    {
        Count = columns;
        IsThere = true;
        if (_starts.Length < columns)
        {
            _starts = new int[columns];
            _lengths = new int[columns];
        }
    }

    /// <param name="column">The column.</param>
    /// <param name="start">Where the value begins in the buffer; of no meaning for one that is not there.</param>
    /// <param name="length">Its length, or one of the constants.</param>
    public void Set(int column, int start, int length)
    {
        _starts[column] = start;
        _lengths[column] = length;
    }

    /// <summary>Values that were not sent are null.</summary>
    public void Forget() => Lengths.Replace(Unchanged, Null);

    /// <summary>The bytes of the row lie somewhere else now.</summary>
    public void Move(int distance)
    {
        for (int i = 0; i < Count; i++)
        {
            _starts[i] += distance;
        }
    }

    /// <summary>Takes the values that were not sent from the row as it was before.</summary>
    public void FillFrom(ChangedTuple before)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_lengths[i] == Unchanged && before._lengths[i] != Unchanged)
            {
                _lengths[i] = before._lengths[i];
                _starts[i] = before._starts[i];
            }
        }
    }

    /// <summary>Whether a column has the same bytes in both rows.</summary>
    public bool IsSame(ChangedTuple other, int column, ReadOnlySpan<byte> data)
    {
        int length = _lengths[column];
        if (length == Unchanged || length != other._lengths[column])
        {
            return length == Unchanged;
        }

        return length <= 0 || data.Slice(_starts[column], length).SequenceEqual(data.Slice(other._starts[column], length));
    }
}
