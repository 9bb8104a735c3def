using System.Numerics;

namespace Millrace.Sql.Execution;

/// <summary>Goes through the numbers of the rows of a mask in ascending order.</summary>
internal unsafe ref struct RowNumbers(RowMask mask)
{
    private readonly ulong* _words = mask.Words;
    private readonly int _count = mask.WordCount;
    private int _index = -1;
    private ulong _word;

    public int Current { get; private set; }

    public readonly RowNumbers GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_word == 0)
        {
            if (++_index >= _count)
            {
                return false;
            }

            _word = _words[_index];
        }

        Current = (_index << 6) + BitOperations.TrailingZeroCount(_word);
        _word &= _word - 1;
        return true;
    }
}
