namespace Millrace.TestKit.Sql;

/// <summary>Numbers that are the same on every machine and runtime (SplitMix64).</summary>
internal struct TpchRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>, both possible.</summary>
    public int Next(int first, int last) => first + (int)(((Bits() >> 32) * (ulong)(last - first + 1)) >> 32);

    public T Of<T>(T[] values) => values[Next(0, values.Length - 1)];

    private ulong Bits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
