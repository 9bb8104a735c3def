namespace Millrace.TestKit.Nexmark;

/// <summary>
/// Random numbers of one event: a SplitMix64 sequence that begins at a hash of the seed and the event's number, so that no
/// event depends on the ones before.
/// </summary>
internal ref struct NexmarkRandom(ulong seed, long number)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = Mix(seed + Step) ^ Mix((ulong)number * Step);

    public ulong Next() => Mix(_state += Step);

    /// <summary>A number from 0 to less than the bound.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number from 0 to less than 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
