namespace Millrace.Sql.Execution;

/// <summary>The random numbers of a statement. Any thread may ask.</summary>
/// <param name="seed">Where they begin; null for anywhere.</param>
public sealed class RandomNumbers(int? seed)
{
    private readonly Lock _lock = new();
    private Random _random = seed is { } known ? new Random(known) : new Random();

    /// <summary>Numbers from 0 to less than 1.</summary>
    public void Fill(Span<double> target)
    {
        lock (_lock)
        {
            foreach (ref double value in target)
            {
                value = _random.NextDouble();
            }
        }
    }

    /// <summary>Begins anew.</summary>
    public void Reset(int seed)
    {
        lock (_lock)
        {
            _random = new Random(seed);
        }
    }
}
