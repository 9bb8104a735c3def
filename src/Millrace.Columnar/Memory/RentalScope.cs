using System.Collections.Concurrent;
using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>
/// Test mode: remembers each buffer that the code inside the scope rents. The scope flows with the
/// execution context, so it covers the tasks and threads that the code starts and none of its neighbours': tests that
/// use it can run side by side. Slow; without any scope alive the cost of a rental is one comparison.
/// </summary>
public sealed class RentalScope : IDisposable
{
    /// <summary>The environment variable that makes scopes remember stacks, when it is 1.</summary>
    public const string StacksVariable = "MILLRACE_RENTAL_STACKS";

    private static readonly AsyncLocal<RentalScope?> Current = new();
    private static int _scopes;

    // Taking the stack of every rental costs many times what the rest of a test does.
    private static readonly bool WithStacks = Environment.GetEnvironmentVariable(StacksVariable) == "1";

    private readonly ConcurrentDictionary<Rental, bool> _live = new();
    private readonly RentalScope? _outer;

    public RentalScope()
    {
        _outer = Current.Value;
        Current.Value = this;
        Interlocked.Increment(ref _scopes);
    }

    /// <summary>The buffers of this scope that are rented now, each with its size and, where <see cref="StacksVariable"/> asks for it, the stack that rented it.</summary>
    public IReadOnlyList<string> LiveRentals => [.. _live.Keys.Select(r => r.ToString())];

    public void Dispose()
    {
        Interlocked.Decrement(ref _scopes);
        Current.Value = _outer;
    }

    internal static Rental? Record(int capacity)
    {
        if (Volatile.Read(ref _scopes) == 0 || Current.Value is not { } scope)
        {
            return null;
        }

        var rental = new Rental(scope, capacity, WithStacks ? new StackTrace(2, fNeedFileInfo: true) : null);
        scope._live.TryAdd(rental, true);
        return rental;
    }

    internal sealed class Rental(RentalScope scope, int capacity, StackTrace? trace)
    {
        public void End() => scope._live.TryRemove(this, out _);

        public override string ToString() => trace is null ? $"{capacity} bytes" : $"{capacity} bytes\n{trace}";
    }
}
