namespace Millrace.Connectors.Postgres;

/// <summary>Where the values of one row lie in the buffer of a message (documentation, "Logical Replication Message Formats", TupleData).</summary>
internal sealed class TupleIndex
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

    /// <param name="message">Stands at the row.</param>
    /// <param name="offset">Where the message lies in its buffer.</param>
    /// <param name="columns">Columns that the table has.</param>
    public void Read(ref MessageBytes message, int offset, int columns)
    {
        Count = message.Int16();
        if (Count != columns)
        {
            throw ChangeErrors.BrokenStream.Error($"The server sent a row of {Count} columns; the table has {columns}.");
        }

        if (_starts.Length < Count)
        {
            _starts = new int[Count];
            _lengths = new int[Count];
        }

        IsThere = true;
        for (int i = 0; i < Count; i++)
        {
            byte kind = message.Byte();
            switch (kind)
            {
                case (byte)'n':
                    _lengths[i] = Null;
                    break;
                case (byte)'u':
                    _lengths[i] = Unchanged;
                    break;
                case (byte)'b' or (byte)'t':
                    _lengths[i] = message.Int32();
                    _starts[i] = offset + message.Take(_lengths[i]);
                    break;
                default:
                    throw ChangeErrors.BrokenStream.Error($"The server sent a value of the kind {kind}.");
            }
        }
    }

    /// <summary>Takes the values that were not sent from the row as it was before.</summary>
    public void FillFrom(TupleIndex before)
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
    public bool IsSame(TupleIndex other, int column, ReadOnlySpan<byte> data)
    {
        int length = _lengths[column];
        if (length == Unchanged || length != other._lengths[column])
        {
            return length == Unchanged;
        }

        return length <= 0 || data.Slice(_starts[column], length).SequenceEqual(data.Slice(other._starts[column], length));
    }
}
