namespace Millrace.Connectors.Datagen;

/// <summary>
/// Draws one of n things with given frequencies in constant time, by Walker's alias method: n equal columns, each shared by at
/// most two things.
/// </summary>
internal sealed class AliasTable
{
    /// <summary>The most things a table is made for.</summary>
    public const int MaxCount = 1 << 20;

    // Share of the column that belongs to its own thing, as a fraction of 2^32, and whose the rest is.
    private readonly ulong[] _own;
    private readonly int[] _other;

    public AliasTable(ReadOnlySpan<double> weights)
    {
        int count = weights.Length;
        _own = new ulong[count];
        _other = new int[count];
        double total = 0;
        foreach (double weight in weights)
        {
            total += weight;
        }

        var scaled = new double[count];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int i = 0; i < count; i++)
        {
            scaled[i] = weights[i] / total * count;
            (scaled[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            int less = small.Pop();
            int more = large.Pop();
            _own[less] = (ulong)(scaled[less] * (1UL << 32));
            _other[less] = more;
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }

        // Rounding leaves some that are a hair away from one.
        foreach (int left in small.Concat(large))
        {
            _own[left] = 1UL << 32;
            _other[left] = left;
        }
    }

    public int Count => _own.Length;

    /// <summary>The thing that random bits stand for.</summary>
    public int Draw(ulong bits)
    {
        // The product's whole part is the column; its fraction is as random as the bits were, below.
        ulong column = Math.BigMul(bits, (ulong)_own.Length, out ulong fraction);
        int index = (int)column;
        return fraction >> 32 < _own[index] ? index : _other[index];
    }
}
