using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;
using BitOperations = System.Numerics.BitOperations;

namespace Millrace.Sql.Functions;

/// <summary>
/// How many different hashes there were: all of them while they are few, then HyperLogLog with 4096 registers, whose standard
/// error is 1.6 %.
/// </summary>
internal sealed class DistinctSketch : ISketch<DistinctSketch>
{
    private const int Bits = 12;
    private const int Registers = 1 << Bits;
    private const int MaxExact = 128;

    private HashSet<ulong>? _exact = [];
    private byte[]? _registers;

    public static int TypicalBytes => Registers;

    public static DistinctSketch Create() => new();

    public void Add(ulong hash)
    {
        if (_exact is null)
        {
            Register(hash);
            return;
        }

        if (_exact.Add(hash) && _exact.Count > MaxExact)
        {
            UseRegisters();
        }
    }

    public long Estimate()
    {
        if (_exact is not null)
        {
            return _exact.Count;
        }

        // Ertl's improved raw estimator, which needs no correction tables: counts of each register value.
        Span<int> counts = stackalloc int[64 - Bits + 2];
        counts.Clear();
        foreach (byte register in _registers!)
        {
            counts[register]++;
        }

        const int max = 64 - Bits;
        double z = Registers * Tau((Registers - counts[max + 1]) / (double)Registers);
        for (int k = max; k >= 1; k--)
        {
            z = 0.5 * (z + counts[k]);
        }

        z += Registers * Sigma(counts[0] / (double)Registers);
        return (long)Math.Round(Registers / (2 * Math.Log(2)) * Registers / z);
    }

    public void Write(ByteBuffer target)
    {
        target.Write(_exact is null ? (byte)1 : (byte)0);
        if (_exact is null)
        {
            target.Write(_registers);
            return;
        }

        foreach (ulong hash in _exact)
        {
            target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in hash)));
        }
    }

    public void Merge(ReadOnlySpan<byte> other)
    {
        if (other[0] == 0)
        {
            for (ReadOnlySpan<byte> rest = other[1..]; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            {
                Add(MemoryMarshal.Read<ulong>(rest));
            }

            return;
        }

        if (_exact is not null)
        {
            UseRegisters();
        }

        for (int i = 0; i < Registers; i++)
        {
            _registers![i] = Math.Max(_registers[i], other[1 + i]);
        }
    }

    private void UseRegisters()
    {
        _registers = new byte[Registers];
        foreach (ulong hash in _exact!)
        {
            Register(hash);
        }

        _exact = null;
    }

    // The high bits choose the register; it keeps the greatest place of the first one among the others.
    private void Register(ulong hash)
    {
        var at = (int)(hash >> (64 - Bits));
        var rank = (byte)(Math.Min(BitOperations.LeadingZeroCount(hash << Bits), 64 - Bits) + 1);
        if (rank > _registers![at])
        {
            _registers[at] = rank;
        }
    }

    private static double Sigma(double x)
    {
        if (x == 1)
        {
            return double.PositiveInfinity;
        }

        double y = 1;
        double z = x;
        double before;
        do
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        }
        while (z != before);
        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
        {
            return 0;
        }

        double y = 1;
        double z = 1 - x;
        double before;
        do
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }
        while (z != before);
        return z / 3;
    }
}

/// <summary><c>approx_count_distinct</c> of any type.</summary>
internal sealed unsafe class DistinctSketchAccumulator() : SketchAccumulator<DistinctSketch>(DataType.Int64)
{
    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column column = arguments[0].ToColumn(groups.Length);
        using NativeBuffer memory = BufferPool.Rent(groups.Length * sizeof(ulong));
        var hashes = new Span<ulong>(memory.Pointer, groups.Length);
        Hash.Rows(column, hashes);
        for (int i = 0; i < groups.Length; i++)
        {
            Sketch(groups[i]).Add(hashes[i]);
        }
    }

    public override Column Results(int start, int count, RowFaults faults)
    {
        using var builder = new FixedBuilder<long>(DataType.Int64, count);
        for (int group = start; group < start + count; group++)
        {
            builder.Append(Existing(group)?.Estimate() ?? 0);
        }

        return builder.Build();
    }
}
