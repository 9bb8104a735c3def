using System.Numerics;
using System.Runtime.InteropServices;

namespace Millrace.Connectors.Datagen;

/// <summary>
/// Random walks that can be had at any row. Rows come in blocks of fixed length. Where a walk stands between two blocks is a
/// point of a Brownian path, found by halving intervals (Lévy's construction) in steps that grow with the logarithm of the row.
/// Within the block the steps are those of an ordinary walk, tilted so that it arrives where the next block begins.
/// </summary>
internal sealed class WalkReals : Reals
{
    private const int Block = 1024;

    // Half as full at most, so that probing is short.
    private const int Slots = 2 * Block;

    // Evenly spread steps from -sqrt(3) to sqrt(3) have deviation 1.
    private static readonly double Width = 2 * Math.Sqrt(3);

    private readonly Dice _steps;
    private readonly Dice _edges;
    private readonly Wholes? _keys;
    private readonly double _start;
    private readonly double _step;
    private readonly double _edgeStep;
    private readonly double? _least;
    private readonly double? _most;

    /// <param name="dice">Chance.</param>
    /// <param name="start">Where every walk starts.</param>
    /// <param name="step">Deviation of a step.</param>
    /// <param name="least">Where it turns around.</param>
    /// <param name="most">Where it turns around.</param>
    /// <param name="keys">Which walk each row belongs to; null for one walk.</param>
    public WalkReals(Dice dice, double start, double step, double? least, double? most, Wholes? keys)
    {
        _steps = dice;
        _edges = dice.Fork(1);
        _keys = keys;
        _start = start;
        _step = step;
        _edgeStep = step * Math.Sqrt((double)Block / (keys?.Cardinality ?? 1));
        _least = least;
        _most = most;
    }

    public override void Fill(long firstRow, Span<double> target)
    {
        Span<double> values = stackalloc double[Block];
        while (!target.IsEmpty)
        {
            long block = firstRow / Block;
            int skip = (int)(firstRow % Block);
            int count = Math.Min(target.Length, Block - skip);
            FillBlock(block, values);
            values.Slice(skip, count).CopyTo(target);
            target = target[count..];
            firstRow += count;
        }
    }

    private void FillBlock(long block, Span<double> values)
    {
        Span<int> walkOf = stackalloc int[Block];
        Span<Walk> walks = stackalloc Walk[Block];
        int count = _keys is null ? OneWalk(walkOf, walks) : FindWalks(block, walkOf, walks);
        long first = block * Block;
        for (int i = 0; i < Block; i++)
        {
            double step = (_steps.Fraction(first + i) - 0.5) * Width * _step;
            values[i] = step;
            ref Walk walk = ref walks[walkOf[i]];
            walk.Sum += step;
            walk.Rows++;
        }

        foreach (ref Walk walk in walks[..count])
        {
            Dice dice = _edges.Fork(walk.Key);
            double from = Edge(dice, block) * _edgeStep;
            double to = Edge(dice, block + 1) * _edgeStep;
            walk.Value = _start + from;
            walk.Tilt = (to - from - walk.Sum) / walk.Rows;
        }

        for (int i = 0; i < Block; i++)
        {
            ref Walk walk = ref walks[walkOf[i]];
            walk.Value += values[i] + walk.Tilt;
            values[i] = Fold(walk.Value);
        }
    }

    private static int OneWalk(Span<int> walkOf, Span<Walk> walks)
    {
        walkOf.Clear();
        walks[0] = default;
        return 1;
    }

    // Numbers the keys of the block as they come.
    private int FindWalks(long block, Span<int> walkOf, Span<Walk> walks)
    {
        Span<long> keys = stackalloc long[Block];
        Span<int> table = stackalloc int[Slots];
        table.Clear();
        _keys!.Fill(block * Block, keys);
        int count = 0;
        for (int i = 0; i < Block; i++)
        {
            long key = keys[i];
            int slot = (int)(((ulong)key * 0x9E3779B97F4A7C15) >> 53);
            while (table[slot] != 0 && walks[table[slot] - 1].Key != key)
            {
                slot = (slot + 1) & (Slots - 1);
            }

            if (table[slot] == 0)
            {
                walks[count] = new Walk { Key = key };
                table[slot] = ++count;
            }

            walkOf[i] = table[slot] - 1;
        }

        return count;
    }

    /// <summary>A standard Brownian path at a whole number.</summary>
    private static double Edge(Dice dice, long at)
    {
        if (at == 0)
        {
            return 0;
        }

        Dice angle = dice.Fork(0);
        int doublings = BitOperations.Log2((ulong)at);
        double value = NormalReals.Standard(dice, angle, 1);
        for (int i = 0; i < doublings; i++)
        {
            value += Math.Sqrt(1L << i) * NormalReals.Standard(dice, angle, 2L << i);
        }

        long low = 1L << doublings;
        if (low == at)
        {
            return value;
        }

        long high = low * 2;
        double end = value + (Math.Sqrt(low) * NormalReals.Standard(dice, angle, high));
        while (true)
        {
            long middle = low + ((high - low) / 2);
            double between = ((value + end) / 2) + (Math.Sqrt((high - low) / 4.0) * NormalReals.Standard(dice, angle, middle));
            if (middle == at)
            {
                return between;
            }

            (low, value, high, end) = middle < at ? (middle, between, high, end) : (low, value, middle, between);
        }
    }

    // Reflects at the bounds, as often as it takes.
    private double Fold(double value)
    {
        if (_least is { } least && _most is { } most)
        {
            double width = most - least;
            if (width <= 0)
            {
                return least;
            }

            double within = Math.Abs(value - least) % (2 * width);
            return least + (within > width ? (2 * width) - within : within);
        }

        return _least is { } low ? low + Math.Abs(value - low) : _most is { } high ? high - Math.Abs(high - value) : value;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Walk
    {
        public long Key;
        public double Sum;
        public double Value;
        public double Tilt;
        public int Rows;
    }
}
